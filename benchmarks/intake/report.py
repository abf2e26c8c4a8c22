"""From samples to ratios: pairs of one repeat are divided, the median of the pairs counts."""

from statistics import median

# id, what is divided by what (system, connections, figure), the goal.
GOALS = [
    ("P1@32", "requests/s, hub / Node-RED, 32 clients", ("hub", 32, "rps"), ("node-red", 32, "rps"), (">=", 5)),
    ("P1@128", "requests/s, hub / Node-RED, 128 clients", ("hub", 128, "rps"), ("node-red", 128, "rps"), (">=", 5)),
    ("P2@32", "requests/s, hub / plain Node, same rows, 32 clients", ("hub", 32, "rps"), ("node-plain", 32, "rps"),
     (">=", 1.5)),
    ("P2@128", "requests/s, hub / plain Node, same rows, 128 clients", ("hub", 128, "rps"), ("node-plain", 128, "rps"),
     (">=", 1)),
    ("P2b@32", "requests/s, hub / plain Node, one row, 32 clients", ("hub", 32, "rps"),
     ("node-plain-one-row", 32, "rps"), None),
    ("P2b@128", "requests/s, hub / plain Node, one row, 128 clients", ("hub", 128, "rps"),
     ("node-plain-one-row", 128, "rps"), None),
    ("P3@32", "p99, hub / Node-RED, 32 clients", ("hub", 32, "p99_ms"), ("node-red", 32, "p99_ms"), ("<=", 1 / 3)),
    ("P3@128", "p99, hub / Node-RED, 128 clients", ("hub", 128, "p99_ms"), ("node-red", 128, "p99_ms"), ("<=", 1 / 3)),
    ("P4", "memory after the load, hub / Node-RED", ("hub", 128, "loaded_mb"), ("node-red", 128, "loaded_mb"),
     ("<=", 1 / 6)),
    ("P4 idle", "memory of the idle hub, MB", ("hub", 32, "idle_mb"), None, ("<=", 40)),
    ("P5", "requests/s at 128 clients / raw SQLite rows/s, one a commit", ("hub", 128, "rps"), ("raw", 1, "rps"),
     (">=", 3)),
]


def goals_reached(samples):
    """One entry for each goal whose systems were measured."""
    figures = {(s["repeat"], s["system"], s["connections"]): s for s in samples}
    repeats = sorted({s["repeat"] for s in samples})
    reached = []
    for goal_id, what, upper, lower, goal in GOALS:
        ratios = []
        for repeat in repeats:
            above = figures.get((repeat, *upper[:2]))
            below = figures.get((repeat, *lower[:2])) if lower else None
            if above and (below or not lower):
                ratios.append(above[upper[2]] / (below[lower[2]] if lower else 1))
        if not ratios:
            continue
        value = median(ratios)
        entry = {"id": goal_id, "what": what, "goal": f"{goal[0]} {goal[1]:.3g}" if goal else "", "value": round(value, 3),
                 "least": round(min(ratios), 3), "most": round(max(ratios), 3)}
        if goal:
            entry["met"] = value >= goal[1] if goal[0] == ">=" else value <= goal[1]
        reached.append(entry)
    return reached


def medians(samples):
    """The median figures of each system, for people; ratios of these are not the goals."""
    rows = []
    for system, connections in dict.fromkeys((s["system"], s["connections"]) for s in samples):
        own = [s for s in samples if (s["system"], s["connections"]) == (system, connections)]
        row = {"system": system, "connections": connections}
        for figure in ("rps", "p50_ms", "p99_ms", "cpu_us", "idle_mb", "loaded_mb"):
            values = [s[figure] for s in own if figure in s]
            row[figure] = round(median(values), 2) if values else None
        rows.append(row)
    return rows


def print_result(result):
    conditions = ", ".join(f"{name} {value}" for name, value in result["conditions"].items())
    print(f"\nConditions: {conditions}\n")
    print(f"{'system':<20} {'clients':>7} {'req/s':>8} {'p50 ms':>8} {'p99 ms':>8} {'CPU us/req':>11} {'idle MB':>8}"
          f" {'after MB':>9}")
    for row in result["medians"]:
        figures = ["-" if row[f] is None else f"{row[f]:.1f}" for f in
                   ("rps", "p50_ms", "p99_ms", "cpu_us", "idle_mb", "loaded_mb")]
        name = f"raw, {row['connections']} a commit" if row["system"] == "raw" else row["system"]
        clients = "" if row["system"] == "raw" else row["connections"]
        print(f"{name:<20} {clients:>7} {figures[0]:>8} {figures[1]:>8} {figures[2]:>8} {figures[3]:>11}"
              f" {figures[4]:>8} {figures[5]:>9}")
    if not result["goals"]:
        return
    print(f"\n{'goal':<8} {'wanted':>8} {'reached':>8} {'least..most':>16}        what")
    for goal in result["goals"]:
        verdict = "" if "met" not in goal else "met" if goal["met"] else "MISSED"
        spread = f"{goal['least']:.2f}..{goal['most']:.2f}"
        print(f"{goal['id']:<8} {goal['goal']:>8} {goal['value']:>8.2f} {spread:>16} {verdict:<6} {goal['what']}")
