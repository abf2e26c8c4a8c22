#!/usr/bin/env python3
"""Measures how soon the hub acknowledges again after kill -9 (goal P12), with 1,000,000 petitions in its store.

The store is made once, under build/bench: the hub itself takes in a few thousand petitions, then SQL copies their rows under
other ids until there are enough. Texts stay sealed under the originals' keys; starting does not read them.
"""

import argparse
import json
import os
import platform
import signal
import shutil
import sqlite3
import sys
import threading
import time
import uuid
from pathlib import Path

sys.dont_write_bytecode = True
sys.path[:0] = [str(Path(__file__).parents[1] / "intake"), str(Path(__file__).parents[1])]

import compare  # noqa: E402
import ratios  # noqa: E402
import run as intake  # noqa: E402
import systems  # noqa: E402
import workload  # noqa: E402

BASELINE = systems.ROOT / "benchmarks" / "baselines" / "restart.json"
COPIED = ["events", "payloads", "persons", "inbox", "petitions", "petition_units", "tasks", "timers", "deliveries"]
GOAL_SECONDS = 2


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--petitions", type=int, default=1000000)
    parser.add_argument("--hub", type=Path, help="the hub's program instead of build/release/bin/paknhub")
    parser.add_argument("--out", type=Path, default=systems.CACHE / "restart.json", help="where the JSON goes")
    parser.add_argument("--compare", action="store_true", help="print beside the recorded baseline")
    parser.add_argument("--record", action="store_true", help="make this result the baseline")
    arguments = parser.parse_args()
    if arguments.hub:
        systems.Hub.binary = arguments.hub.resolve()
    return arguments


class BigHub(systems.Hub):
    """A hub whose folder is kept from run to run."""

    def prepare(self):
        if not (self.folder / "benchmark.yaml").exists():
            return super().prepare()
        self.receiver = systems.HangingReceiver()
        config = self.folder / "benchmark.yaml"
        text = config.read_text()
        start = text.index('url: "http://127.0.0.1:') + len('url: "http://127.0.0.1:')
        config.write_text(text[:start] + str(self.receiver.port) + text[text.index("/", start):])
        return [self.binary, "serve", "--config", self.folder], {}

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.receiver.close()


def copied_value(table, column):
    """SQL for a column of the :k-th copy."""
    if column == "seq":
        return "seq + :k * :events"
    if column == "petition_id" or (column == "id" and table in ("events", "petitions", "deliveries")):
        return f"printf('%08x', :k) || substr({column}, 9)"
    if column in ("code", "key"):
        return f"{column} || '-' || :k"
    return column


def grow(database, wanted):
    """Copies the rows of what is there until there are `wanted` petitions."""
    store = sqlite3.connect(database, isolation_level=None)
    store.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-200000")
    first = store.execute("SELECT count(*) FROM petitions").fetchone()[0]
    events = store.execute("SELECT max(seq) FROM events").fetchone()[0]
    statements = []
    for table in COPIED:
        columns = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
        values = ", ".join(copied_value(table, column) for column in columns)
        store.execute(f"CREATE TEMP TABLE first_{table} AS SELECT * FROM {table}")
        statements.append(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM first_{table}")
    for k in range(1, -(-wanted // first)):
        store.execute("BEGIN")
        for statement in statements:
            used = {"k": k, "events": events}
            store.execute(statement, {name: value for name, value in used.items() if f":{name}" in statement})
        store.execute("COMMIT")
        if k % 20 == 0:
            print(f"  {(k + 1) * first} petitions", file=sys.stderr)
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()


def make_store(folder, rules, wanted, bodies_file):
    stamp = folder / "made"
    if stamp.exists() and stamp.read_text() == str(wanted):
        return
    shutil.rmtree(folder, ignore_errors=True)
    hub = BigHub(folder, rules)
    hub.start()
    intake.load(f"http://127.0.0.1:{hub.port}/api/v1/petitions", 16, 3, bodies_file, "base")
    hub.stop()
    grow(hub.database, wanted)
    stamp.write_text(str(wanted))


def acknowledged(hub, body):
    try:
        return hub.post(body, uuid.uuid4().hex) == 201
    except OSError:
        return False


def time_to_first_acknowledgement(folder, rules, bodies):
    """Seconds from the start of the process to the first 201, after a kill in the middle of work."""
    hub = BigHub(folder, rules)
    hub.start()
    stopping = threading.Event()

    def work():
        while not stopping.is_set():
            acknowledged(hub, bodies[0])

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    time.sleep(2)
    hub.kill()
    stopping.set()
    for worker in workers:
        worker.join()
    hub = BigHub(folder, rules)
    began = time.monotonic()
    hub.start()
    while not acknowledged(hub, bodies[0]):
        time.sleep(0.005)
    took = time.monotonic() - began
    hub.stop()
    return took


def main():
    arguments = parse_arguments()
    systems.CACHE.mkdir(parents=True, exist_ok=True)
    rules = systems.CACHE / "restart-rules.json"
    rules.write_text(json.dumps(workload.rules_for_peers(), ensure_ascii=False))
    bodies, _ = workload.make_load()
    bodies_file = systems.CACHE / "restart-bodies.jsonl"
    bodies_file.write_text("\n".join(bodies) + "\n")
    folder = systems.CACHE / "restart-store"
    make_store(folder, rules, arguments.petitions, bodies_file)
    conditions = {"cores": len(os.sched_getaffinity(0)), "kernel": platform.release().split("-")[0],
                  "petitions": arguments.petitions, "store_mb": (folder / "bench.db").stat().st_size >> 20,
                  "load_before": round(os.getloadavg()[0], 2), "repeats": arguments.repeats}
    times = []
    for _ in range(arguments.repeats):
        times.append(round(time_to_first_acknowledgement(folder, rules, bodies), 3))
        print(f"  {times[-1]} s", file=sys.stderr)
    result = {"benchmark": "restart", "measured": time.strftime("%Y-%m-%d"), "conditions": conditions,
              "goals": [ratios.bounded("P12", "seconds from start to the first acknowledgement after kill -9",
                                       GOAL_SECONDS, times)],
              "samples": times}
    ratios.print_goals(result)
    text = json.dumps(result, indent=1) + "\n"
    arguments.out.write_text(text)
    if arguments.compare and BASELINE.exists():
        compare.print_comparison(json.loads(BASELINE.read_text()), result)
    if arguments.record:
        BASELINE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
