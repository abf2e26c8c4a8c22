#!/usr/bin/env python3
"""Goals P11 and P15: lists, search, statistics and an idle poll with 1,000,000 petitions; what one more petition costs.

The store, about 8 GB, is made once under build/bench/reports-store; the costs of P15 are measured while it is made and kept beside it.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path[:0] = [str(Path(__file__).parents[1])]
import compare  # noqa: E402
import ratios  # noqa: E402

ROOT = Path(__file__).parents[2]
CACHE = ROOT / "build" / "bench"
BASELINE = ROOT / "benchmarks" / "baselines" / "reports.json"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--petitions", type=int, default=1000000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--compare", action="store_true", help="print beside the recorded baseline")
    parser.add_argument("--record", action="store_true", help="make this result the baseline")
    options = parser.parse_args()
    folder = CACHE / f"reports-store-{options.petitions}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    kept = CACHE / f"reports-cost-{options.petitions}.json"
    load = round(os.getloadavg()[0], 2)
    samples = []
    for _ in range(options.repeats):
        done = subprocess.run([ROOT / "build/release/bin/reports_bench", folder, str(options.petitions), str(options.queries)], check=True,
                              stdout=subprocess.PIPE)
        sample = json.loads(done.stdout)
        cost = {name: value for name, value in sample.items() if "_cpu_us_at_" in name}
        if cost:
            kept.write_text(json.dumps(cost))
        samples.append(sample)
    cost = json.loads(kept.read_text()) if kept.exists() else {}
    goals = [ratios.bounded("P11", f"{what}, p95 ms", wanted, [sample[f"{name}_p95_ms"] for sample in samples])
             for name, what, wanted in (("list", "a page of a list", 60), ("search", "search without accents", 150),
                                        ("statistic", "a statistic", 100), ("poll", "timers with nothing due", 0.1))]
    sizes = sorted(int(name.rsplit("_", 1)[1]) for name in cost if name.startswith("intake"))
    if len(sizes) > 1:
        for who in ("intake", "follower"):
            grown = cost[f"{who}_cpu_us_at_{sizes[-1]}"] / cost[f"{who}_cpu_us_at_{sizes[0]}"]
            goals.append(ratios.bounded("P15", f"CPU of {who} a petition, {sizes[-1]:,} / {sizes[0]:,} stored", 1.3, [grown]))
    result = {"benchmark": "reports", "measured": time.strftime("%Y-%m-%d"),
              "conditions": {"cores": len(os.sched_getaffinity(0)), "kernel": platform.release().split("-")[0], "petitions": options.petitions,
                             "store_mb": samples[-1]["store_mb"], "load_before": load, "repeats": options.repeats},
              "goals": goals, "cost": cost, "samples": samples}
    ratios.print_goals(result)
    (CACHE / "reports.json").write_text(json.dumps(result, indent=1) + "\n")
    if options.compare and BASELINE.exists():
        compare.print_comparison(json.loads(BASELINE.read_text()), result)
    if options.record:
        BASELINE.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
