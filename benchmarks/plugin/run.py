#!/usr/bin/env python3
"""Measures what a call of a connector costs (goal P13): in process against a virtual call, and isolated with 2 KB."""

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
BUILD = ROOT / "build" / "release"
BASELINE = ROOT / "benchmarks" / "baselines" / "plugin.json"
MOST_NANOSECONDS = 50
MOST_MICROSECONDS = 25


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench" / "plugin.json", help="where the JSON goes")
    parser.add_argument("--compare", action="store_true", help="print beside the recorded baseline")
    parser.add_argument("--record", action="store_true", help="make this result the baseline")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    conditions = {"cores": len(os.sched_getaffinity(0)), "kernel": platform.release().split("-")[0],
                  "load_before": round(os.getloadavg()[0], 2), "repeats": arguments.repeats, "root": os.geteuid() == 0}
    done = subprocess.run([BUILD / "bin" / "plugin_bench", BUILD / "benchmarks" / "plugin", str(arguments.repeats)], check=True,
                          capture_output=True, text=True)
    samples = [json.loads(line) for line in done.stdout.splitlines()]
    added = [one["in_process_ns"] - one["direct_ns"] for one in samples]
    isolated = [one["isolated_p50_us"] for one in samples]
    result = {"benchmark": "plugin", "measured": time.strftime("%Y-%m-%d"), "conditions": conditions,
              "goals": [ratios.bounded("P13a", "ns that a call in process takes more than a virtual call", MOST_NANOSECONDS, added),
                        ratios.bounded("P13b", "us of an isolated call with 2 KB, p50", MOST_MICROSECONDS, isolated)],
              "samples": samples}
    ratios.print_goals(result)
    text = json.dumps(result, indent=1) + "\n"
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(text)
    if arguments.compare and BASELINE.exists():
        compare.print_comparison(json.loads(BASELINE.read_text()), result)
    if arguments.record:
        BASELINE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
