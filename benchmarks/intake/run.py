#!/usr/bin/env python3
"""Measures petition intake of the hub beside Node-RED, plain Node.js and raw SQLite (goals P1-P5), in one run.

Repeats are interleaved, each on a fresh database on the same disk; the ratios of one repeat are paired. Only ratios count:
the machines are noisy. benchmarks/README.md tells how to read the result.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

import compare  # noqa: E402
import report  # noqa: E402
import systems  # noqa: E402
import workload  # noqa: E402

BASELINE = systems.ROOT / "benchmarks" / "baselines" / "intake.json"
RAW_BENCH = systems.ROOT / "build" / "release" / "bin" / "raw_sqlite_bench"
LOAD_SCRIPT = Path(__file__).with_name("load.lua")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5, help="interleaved repeats (default 5)")
    parser.add_argument("--seconds", type=int, default=5, help="measured seconds per system and repeat (default 5)")
    parser.add_argument("--warm-up", type=int, default=2, help="seconds before, not measured (default 2)")
    parser.add_argument("--quick", action="store_true", help="one short repeat: proves that all works, measures nothing")
    parser.add_argument("--systems", default=",".join([*systems.SYSTEMS, "raw"]), help="comma-separated; default all")
    parser.add_argument("--connections", default="32,128", help="numbers of clients (default 32,128)")
    parser.add_argument("--hub", type=Path, help="the hub's program instead of build/release/bin/paknhub")
    parser.add_argument("--raw", type=Path, default=RAW_BENCH, help="the raw SQLite program")
    parser.add_argument("--out", type=Path, default=systems.CACHE / "intake.json", help="where the JSON goes")
    parser.add_argument("--compare", action="store_true", help="print the ratios beside the recorded baseline")
    parser.add_argument("--record", action="store_true", help="make this result the baseline")
    arguments = parser.parse_args()
    if arguments.quick and arguments.record:
        parser.error("a quick run is no baseline")
    if arguments.quick:
        arguments.repeats, arguments.seconds, arguments.warm_up = 1, 2, 1
    if arguments.hub:
        systems.Hub.binary = arguments.hub.resolve()
    return arguments


def settle():
    """What the last system left to write must not slow down the next one."""
    os.sync()
    time.sleep(0.5)


def load(url, connections, seconds, bodies, tag):
    """One wrk run from one thread; its figures."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency",
               "-s", str(LOAD_SCRIPT), url, "--", str(bodies), tag]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for line in output.splitlines():
        if line.startswith("RESULT "):
            return json.loads(line[len("RESULT "):])
    raise systems.Void(f"wrk gave no result:\n{output}")


class Run:
    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder
        self.rules = folder / "rules.json"
        self.rules.write_text(json.dumps(workload.rules_for_peers(), ensure_ascii=False))
        self.bodies, self.shares = workload.make_load()
        self.bodies_file = folder / "bodies.jsonl"
        self.bodies_file.write_text("\n".join(self.bodies) + "\n")
        self.samples = []
        self.voids = []

    def measure_all(self):
        names = self.arguments.systems.split(",")
        for repeat in range(self.arguments.repeats):
            turned = names[repeat % len(names):] + names[:repeat % len(names)]  # Nobody is always first after a rest.
            for connections in map(int, self.arguments.connections.split(",")):
                for name in turned:
                    if name != "raw":
                        self.measure_or_again(repeat, systems.SYSTEMS[name], connections)
            if "raw" in names:
                self.measure_raw(repeat)

    def measure_or_again(self, repeat, system_class, connections):
        """A shared disk may stall any system: a void measurement is taken anew, twice in a whole run at most."""
        try:
            self.measure(repeat, system_class, connections)
        except systems.Void as void:
            self.voids.append(str(void).splitlines()[0])
            if len(self.voids) > 2:
                raise
            print(f"  void, once more: {self.voids[-1]}", file=sys.stderr)
            shutil.rmtree(self.folder / f"{repeat}-{system_class.name}-{connections}")
            self.measure_or_again(repeat, system_class, connections)

    def measure(self, repeat, system_class, connections):
        folder = self.folder / f"{repeat}-{system_class.name}-{connections}"
        system = system_class(folder, self.rules)
        settle()
        try:
            system.start()
            system.probe(self.bodies)
            time.sleep(1)
            idle = system.memory_mb()
            url = f"http://127.0.0.1:{system.port}/api/v1/petitions"
            warm = load(url, connections, self.arguments.warm_up, self.bodies_file, "warm")
            cpu = system.cpu_seconds()
            figures = load(url, connections, self.arguments.seconds, self.bodies_file, "run")
            cpu = system.cpu_seconds() - cpu
            loaded = system.memory_mb()
        finally:
            system.stop()
        if warm["failures"] + figures["failures"] > 0:
            raise systems.Void(
                f"{system.name} failed requests: {warm['failed']}; {figures['failed']}\n{system.log()[-2000:]}")
        system.check_stored(1 + warm["requests"] + figures["requests"], self.shares)
        shutil.rmtree(folder)
        self.keep({"repeat": repeat, "system": system.name, "connections": connections,
                   "rps": figures["requests"] / figures["duration_us"] * 1e6, "p50_ms": figures["p50_us"] / 1000,
                   "p99_ms": figures["p99_us"] / 1000, "cpu_us": cpu / figures["requests"] * 1e6, "idle_mb": idle,
                   "loaded_mb": loaded})

    def measure_raw(self, repeat):
        settle()
        command = [str(self.arguments.raw), str(self.folder), str(min(self.arguments.seconds, 3)), "1", "10", "100"]
        for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
            figures = json.loads(line)
            self.keep({"repeat": repeat, "system": "raw", "connections": figures["batch"],
                       "rps": figures["rows_per_second"]})

    def keep(self, sample):
        self.samples.append({name: round(value, 3) for name, value in sample.items() if not isinstance(value, str)}
                            | {"system": sample["system"]})
        print(f"  repeat {sample['repeat'] + 1}: {sample['system']} @ {sample['connections']}: {sample['rps']:.0f}/s",
              file=sys.stderr)


def version_of(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return "none"
    return ((done.stdout or done.stderr).splitlines() or ["none"])[0]


def file_system_of(folder):
    """Type of the mount that holds a folder."""
    device = os.stat(folder).st_dev
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields = line.split()
        if fields[2] == f"{os.major(device)}:{os.minor(device)}":
            return fields[fields.index("-") + 1]
    return "unknown"


def conditions(arguments, folder):
    packages = systems.CACHE / "peers" / "node_modules"
    node_red = json.loads((packages / "node-red" / "package.json").read_text())["version"]
    kilobytes = int(Path("/proc/meminfo").read_text().split()[1])
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(kilobytes / 2**20),
        "kernel": platform.release().split("-")[0],
        "file_system": file_system_of(folder),
        "load_before": round(os.getloadavg()[0], 2),
        "repeats": arguments.repeats,
        "seconds": arguments.seconds,
        "rules": len(workload.make_rules()),
        "node": version_of([systems.node_binary(), "--version"]),
        "node_red": node_red,
        "sqlite_of_node": version_of([systems.node_binary(), "-p", "process.versions.sqlite"]),
        "hub": version_of([systems.Hub.binary, "version"]),
        "wrk": version_of(["wrk", "-v"]).split()[1],
    }


def main():
    arguments = parse_arguments()
    systems.install_peers()
    folder = Path(tempfile.mkdtemp(prefix="intake-", dir=systems.CACHE))
    measured_under = conditions(arguments, folder)
    if measured_under["load_before"] > 0.5:
        print("warning: the machine is busy; the ratios will be rough", file=sys.stderr)
    run = Run(arguments, folder)
    try:
        run.measure_all()
    except systems.Void as void:
        print(f"void: {void}\n(files kept in {folder})", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    result = {"benchmark": "intake", "measured": time.strftime("%Y-%m-%d"), "conditions": measured_under | {"voids": run.voids},
              "goals": report.goals_reached(run.samples), "medians": report.medians(run.samples),
              "samples": run.samples}
    report.print_result(result)
    text = json.dumps(result, indent=1) + "\n"
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(text)
    if arguments.compare:
        if BASELINE.exists():
            compare.print_comparison(json.loads(BASELINE.read_text()), result)
        else:
            print("\nNo baseline is recorded yet: --record makes one.")
    if arguments.record:
        BASELINE.parent.mkdir(exist_ok=True)
        BASELINE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
