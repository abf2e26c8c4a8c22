#!/usr/bin/env python3
"""Prints the goals of a benchmark's result beside its recorded baseline: compare.py RESULT.json [BASELINE.json].

Any result with "benchmark" and "goals" ({id, goal, value, met}) will do. A change counts only when it is larger than the
spread of the repeats; the machines are noisy.
"""

import json
import sys
from pathlib import Path

BASELINES = Path(__file__).parent / "baselines"


def print_comparison(baseline, result):
    before = {goal["id"]: goal for goal in baseline["goals"]}
    print(f"\nAgainst the baseline of {baseline['measured']}:")
    print(f"{'goal':<8} {'wanted':>8} {'baseline':>9} {'now':>8} {'now/base':>9}")
    for goal in result["goals"]:
        old = before.get(goal["id"])
        if not old:
            continue
        inside = old["least"] <= goal["value"] <= old["most"]
        note = "within the baseline's spread" if inside else ""
        print(f"{goal['id']:<8} {goal['goal']:>8} {old['value']:>9.2f} {goal['value']:>8.2f}"
              f" {goal['value'] / old['value']:>9.2f}  {note}")
    differing = [name for name, value in result["conditions"].items()
                 if name not in ("load_before", "hub") and baseline["conditions"].get(name) != value]
    if differing:
        print("Other conditions than the baseline's: " + ", ".join(differing))


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    result = json.loads(Path(sys.argv[1]).read_text())
    baseline = Path(sys.argv[2]) if len(sys.argv) == 3 else BASELINES / f"{result['benchmark']}.json"
    print_comparison(json.loads(baseline.read_text()), result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
