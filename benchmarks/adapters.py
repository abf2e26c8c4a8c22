"""What the small benchmarks share: run a program that prints one line of JSON a repeat, divide the figures of each repeat,
print, record."""

import argparse
import datetime
import json
import os
import platform
import subprocess
from pathlib import Path
from statistics import median

import compare

ROOT = Path(__file__).parents[1]
OUTPUT = ROOT / "build" / "bench"


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="one short repeat: does everything still work?")
    parser.add_argument("--compare", action="store_true", help="ratios now beside the baseline")
    parser.add_argument("--record", action="store_true", help="this result becomes the baseline")
    return parser.parse_args()


def samples_of(command):
    done = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def conditions(samples, **others):
    return {"cores": os.cpu_count(), "kernel": platform.release(), "load_before": round(os.getloadavg()[0], 2),
            "repeats": len(samples), "petitions": samples[0]["petitions"], **others}


def goal(samples, goal_id, what, least, ratio):
    """`ratio(sample)` of each repeat; the median has to be `least` or more."""
    ratios = [ratio(sample) for sample in samples]
    value = median(ratios)
    return {"id": goal_id, "what": what, "goal": f">= {least:.3g}" if least else "", "value": round(value, 3),
            "least": round(min(ratios), 3), "most": round(max(ratios), 3), **({"met": value >= least} if least else {})}


def finish(name, options, result_conditions, goals, samples):
    result = {"benchmark": name, "measured": datetime.date.today().isoformat(), "conditions": result_conditions,
              "goals": goals, "samples": samples}
    OUTPUT.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, indent=1) + "\n"
    (OUTPUT / f"{name}.json").write_text(text, encoding="utf-8")
    print("Conditions: " + ", ".join(f"{key} {value}" for key, value in result_conditions.items()))
    for one in goals:
        verdict = "" if "met" not in one else "met" if one["met"] else "MISSED"
        print(f"{one['id']:<8} {one['goal']:>8} {one['value']:>8.2f} {one['least']:>8.2f}..{one['most']:.2f}"
              f"  {verdict:<6} {one['what']}")
    if options.compare:
        compare.print_comparison(json.loads((compare.BASELINES / f"{name}.json").read_text()), result)
    if options.record:
        (compare.BASELINES / f"{name}.json").write_text(text, encoding="utf-8")
