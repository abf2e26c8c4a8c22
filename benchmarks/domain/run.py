#!/usr/bin/env python3
"""Routing, the working calendar and comparing two petitions alone (Google Benchmark): how the cost grows with rules and
with days (goal P9)."""

import collections
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
import adapters  # noqa: E402
import compare  # noqa: E402
import ratios  # noqa: E402


def measure(repeats, seconds):
    """CPU ns of each benchmark, one figure a repeat."""
    done = subprocess.run([adapters.ROOT / "build/release/bin/domain_bench", f"--benchmark_repetitions={repeats}",
                           f"--benchmark_min_time={seconds}", "--benchmark_format=json",
                           "--benchmark_enable_random_interleaving=true"], check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True)
    costs = collections.defaultdict(list)
    for one in json.loads(done.stdout)["benchmarks"]:
        if one["run_type"] == "iteration":
            costs[one["name"]].append(round(one["cpu_time"], 1))
    return costs


def main():
    options = adapters.arguments(__doc__)
    repeats, seconds = (1, 0.01) if options.quick else (5, 0.2)
    costs = measure(repeats, seconds)

    def growth(name, what, most, large, small):
        return ratios.goal(name, what, most, list(zip(costs[large], costs[small])), at_most=True)
    result = {"benchmark": "domain", "measured": time.strftime("%Y-%m-%d"),
              "conditions": {"cores": os.cpu_count(), "kernel": platform.release().split("-")[0],
                             "load_before": round(os.getloadavg()[0], 2), "repeats": repeats},
              "goals": [growth("P9 text", "routing, 10,000 rules with phrases / 100", 1.5, "routeByText/10000", "routeByText/100"),
                        growth("P9 set", "routing, 1,000 rules with phrases / one bare RE2::Set of them", 2, "routeByText/1000",
                               "bareSet/1000"),
                        growth("P9 area", "routing, 10,000 rules with areas / 100", 1.5, "routeByArea/10000", "routeByArea/100"),
                        growth("add", "a limit of 1,000 working days / of one", 2, "addWorkingDays/1000", "addWorkingDays/1"),
                        growth("between", "working time over 1,000 working days / over one", 2, "betweenWorkingDays/1000",
                               "betweenWorkingDays/1")],
              "samples": [{"cpu_ns": costs}]}
    ratios.print_goals(result)
    for name, values in costs.items():
        print(f"{name:<26} {sorted(values)[len(values) // 2]:>12.0f} ns")
    text = json.dumps(result, indent=1) + "\n"
    adapters.OUTPUT.mkdir(parents=True, exist_ok=True)
    (adapters.OUTPUT / "domain.json").write_text(text, encoding="utf-8")
    if options.compare:
        compare.print_comparison(json.loads((compare.BASELINES / "domain.json").read_text(encoding="utf-8")), result)
    if options.record:
        (compare.BASELINES / "domain.json").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
