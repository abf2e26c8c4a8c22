#!/usr/bin/env python3
"""Measures whether hostile plugins in processes of their own disturb the others: petitions over the API while several
connectors crash, hang, freeze, flood and lie without end, against the same without them (invariant I10). As whoever starts this, and when
that is root, also as somebody else.

Loads are interleaved and paired. benchmarks/README.md tells how to read the result.
"""

import argparse
import http.client
import json
import os
import platform
import shutil
import sys
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path[:0] = [str(Path(__file__).parents[1] / "intake"), str(Path(__file__).parents[1])]

import compare  # noqa: E402
import ratios  # noqa: E402
import run as intake  # noqa: E402
import systems  # noqa: E402
import workload  # noqa: E402

BASELINE = systems.ROOT / "benchmarks" / "baselines" / "isolation.json"
BUILD = systems.ROOT / "build" / "release"
CLIENTS = 16
NOBODY = 65534
DEEDS = ["abort", "segv", "exit", "hang", "garbage", "answer_twice", "close", "threads", "descriptors", "memory", "freeze", "flood_log",
         "flood_now", "flood_state", "memfd", "small_threads", "own_thread", "answer_first", "ping"]
RAGING = 3  # Connectors at the same time, each at another deed.
# They are started anew at once and for ever: a hub with the usual settings would hold them back after five crashes.
CONNECTOR = """
  hostile{number}:
    plugin: hostile
    isolation: process
    limits: {{ call: 300ms }}
    restart: {{ backoff: [10ms, 100ms], trip: 1000 in 1s }}
"""


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5, help="measured seconds of each load (default 5)")
    parser.add_argument("--out", type=Path, default=systems.CACHE / "isolation.json", help="where the JSON goes")
    parser.add_argument("--compare", action="store_true", help="print beside the recorded baseline")
    parser.add_argument("--record", action="store_true", help="make this result the baseline")
    return parser.parse_args()


class HauntedHub(systems.Hub):
    """The hub of the intake benchmark with hostile connectors. `user`: whom it runs as."""

    def __init__(self, folder, rules, user):
        super().__init__(folder, rules)
        self.user = user

    def prepare(self):
        command, environment = super().prepare()
        plugins = self.folder / "plugins"
        plugins.mkdir()
        for file in [*(BUILD / "lib" / "paknhub").glob("*.so"), BUILD / "tests" / "fixtures" / "plugins" / "hostile.so"]:
            shutil.copy(file, plugins)
        config = self.folder / "benchmark.yaml"
        raging = "".join(CONNECTOR.format(number=number) for number in range(RAGING))
        config.write_text(config.read_text().replace("\nconnectors:\n", "\nconnectors:" + raging, 1))
        command += ["--plugins", plugins]
        if self.user != os.geteuid():
            for path in [self.folder, *self.folder.rglob("*")]:
                os.chown(path, self.user, self.user)
            command = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", *command]
        return command, environment

    def call(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", path)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def crashes(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", "/readyz")
        connectors = json.loads(connection.getresponse().read())["connectors"]
        return sum(one["process"]["crashes"] for one in connectors if one["id"].startswith("hostile"))


class Haunting:
    """Each connector one deed after the other, each as a request of its own, until it is over."""

    def __init__(self, hub):
        self.hub = hub
        self.over = threading.Event()
        self.each = [0] * RAGING
        self.threads = [threading.Thread(target=self.work, args=(number,)) for number in range(RAGING)]

    def work(self, number):
        first = number * len(DEEDS) // RAGING
        while not self.over.is_set():
            deed = DEEDS[(first + self.each[number]) % len(DEEDS)]
            try:
                self.hub.call(f"/hooks/hostile{number}/{deed}?{self.each[number]}")
            except OSError:
                pass
            self.each[number] += 1

    @property
    def done(self):
        return sum(self.each)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()


def measure(arguments, folder, rules, bodies_file, user):
    hub = HauntedHub(folder, rules, user)
    hub.start()
    url = f"http://127.0.0.1:{hub.port}/api/v1/petitions"
    intake.load(url, CLIENTS, 2, bodies_file, "warm")
    samples = []
    for repeat in range(arguments.repeats):
        clean = intake.load(url, CLIENTS, arguments.seconds, bodies_file, f"clean{repeat}")
        before = hub.crashes()
        with Haunting(hub) as haunting:
            haunted = intake.load(url, CLIENTS, arguments.seconds, bodies_file, f"haunted{repeat}")
        samples.append({"clean": clean, "haunted": haunted, "deeds": haunting.done, "crashes": hub.crashes() - before})
        print(f"  user {user}: {json.dumps(samples[-1])}", file=sys.stderr)
    hub.stop()
    return samples


def goals_of(samples, name, who):
    accepted = [1 - one["haunted"]["failures"] / one["haunted"]["requests"] for one in samples]
    pairs = [(one["haunted"]["p99_us"], one["clean"]["p99_us"]) for one in samples]
    deeds = [one["deeds"] for one in samples]  # Not all of them kill: a flood goes on until it is cut.
    return [ratios.bounded(f"I10a {name}", f"share of petitions accepted meanwhile, {who}", 0.999, accepted, at_most=False),
            ratios.goal(f"I10b {name}", f"p99 against the undisturbed one, {who}", 3, pairs, at_most=True),
            ratios.bounded(f"I10c {name}", f"misdeeds in each load, {who}", 10, deeds, at_most=False)]


def main():
    arguments = parse_arguments()
    systems.CACHE.mkdir(parents=True, exist_ok=True)
    folder = systems.CACHE / "isolation"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    rules = folder / "rules.json"
    rules.write_text(json.dumps(workload.rules_for_peers(), ensure_ascii=False))
    bodies_file = folder / "bodies.jsonl"
    bodies_file.write_text("\n".join(workload.make_load()[0]) + "\n")
    conditions = {"cores": len(os.sched_getaffinity(0)), "kernel": platform.release().split("-")[0], "clients": CLIENTS,
                  "load_before": round(os.getloadavg()[0], 2), "repeats": arguments.repeats}
    users = [os.geteuid()] + ([NOBODY] if os.geteuid() == 0 else [])
    samples, goals = {}, []
    for user in users:
        name = "root" if user == 0 else "user"
        samples[name] = measure(arguments, folder / name, rules, bodies_file, user)
        goals += goals_of(samples[name], name, f"hub as {name}")
    result = {"benchmark": "isolation", "measured": time.strftime("%Y-%m-%d"), "conditions": conditions, "goals": goals,
              "samples": samples}
    ratios.print_goals(result)
    text = json.dumps(result, indent=1) + "\n"
    arguments.out.write_text(text)
    if arguments.compare and BASELINE.exists():
        compare.print_comparison(json.loads(BASELINE.read_text()), result)
    if arguments.record:
        BASELINE.write_text(text)
    return 0 if all(one["met"] for one in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
