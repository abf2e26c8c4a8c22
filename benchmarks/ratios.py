"""Goals as medians of paired ratios, shared by benchmarks that need no table of their own."""

import statistics


def goal(name, what, wanted, pairs, at_most=False):
    """`pairs`: (ours, theirs) of each repeat."""
    ratios = [ours / theirs for ours, theirs in pairs]
    return bounded(name, what, wanted, ratios, at_most)


def bounded(name, what, wanted, values, at_most=True):
    value = statistics.median(values)
    met = value <= wanted if at_most else value >= wanted
    return {"id": name, "what": what, "goal": f"{'<=' if at_most else '>='} {wanted}", "value": round(value, 3),
            "least": round(min(values), 3), "most": round(max(values), 3), "met": met}


def print_goals(result):
    print("\nConditions: " + ", ".join(f"{name} {value}" for name, value in result["conditions"].items()))
    print(f"\n{'goal':<8} {'wanted':>8} {'reached':>8} {'least..most':>16}        what")
    for one in result["goals"]:
        spread = f"{one['least']:.2f}..{one['most']:.2f}"
        print(f"{one['id']:<8} {one['goal']:>8} {one['value']:>8.2f} {spread:>16} {'met' if one['met'] else 'MISSED':<6}"
              f" {one['what']}")
