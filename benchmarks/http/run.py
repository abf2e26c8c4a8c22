#!/usr/bin/env python3
"""Measures the hub's HTTP edge (goals P8 and P10): against nginx that answers from memory, and with 200 clients that idle
or drip while 32 work.

Repeats are interleaved and paired; only ratios count. benchmarks/README.md tells how to read the result.
"""

import argparse
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
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

BASELINE = systems.ROOT / "benchmarks" / "baselines" / "http.json"
LOAD_SCRIPT = Path(__file__).with_name("get.lua")
DISTURBERS = 200
ACTIVE = 32


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5, help="measured seconds of each load (default 5)")
    parser.add_argument("--hub", type=Path, help="the hub's program instead of build/release/bin/paknhub")
    parser.add_argument("--out", type=Path, default=systems.CACHE / "http.json", help="where the JSON goes")
    parser.add_argument("--compare", action="store_true", help="print the ratios beside the recorded baseline")
    parser.add_argument("--record", action="store_true", help="make this result the baseline")
    arguments = parser.parse_args()
    if arguments.hub:
        systems.Hub.binary = arguments.hub.resolve()
    return arguments


class Nginx:
    """nginx that answers every request from memory with as many bytes as the hub."""

    def __init__(self, folder, body):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        folder.mkdir()
        config = folder / "nginx.conf"
        text = body.replace("\\", "\\\\").replace("'", "\\'")
        config.write_text(f"""daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes auto;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 100000000; default_type application/json;
  client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
  uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
  server {{ listen 127.0.0.1:{self.port}; location / {{ return 200 '{text}'; }} }}
}}
""")
        program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        self.process = subprocess.Popen([program, "-p", folder, "-c", config], stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


class Disturbers:
    """Clients that are of no use: every second idles after one request, every fourth drips a head, every fourth a body,
    a byte at a time. Those that the hub cuts come again."""

    def __init__(self, port, count):
        self.port = port
        self.stopping = threading.Event()
        self.begun = threading.Event()
        self.clients = [None] * count
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        self.begun.wait(60)

    def open(self, number):
        client = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        head = b"POST /api/v1/petitions HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
        if number % 2 == 0:
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
        else:
            client.sendall(head + b"X: " if number % 4 == 1 else head + b"Content-Length: 1000\r\n\r\n{")
        client.setblocking(False)
        return client

    def run(self):
        while not self.stopping.is_set():
            for number, client in enumerate(self.clients):
                try:
                    if client is None:
                        self.clients[number] = self.open(number)
                    elif number % 2:
                        client.send(b" ")
                        if not client.recv(4096):
                            raise ConnectionResetError
                except BlockingIOError:
                    pass
                except OSError:
                    if client:
                        client.close()
                    self.clients[number] = None
            self.begun.set()
            self.stopping.wait(1)

    def stop(self):
        self.stopping.set()
        self.thread.join()
        for client in self.clients:
            if client:
                client.close()


def get(url, connections, seconds):
    """Requests/s of one wrk run."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency", "-s", LOAD_SCRIPT, url]
    for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
        if line.startswith("RESULT "):
            figures = json.loads(line[len("RESULT "):])
            if figures["failures"]:
                raise systems.Void(f"{url}: {figures['failures']} requests failed")
            return figures["requests"] / figures["duration_us"] * 1e6
    raise systems.Void("wrk gave no result")


class Run:
    def __init__(self, arguments, folder):
        self.seconds = arguments.seconds
        self.repeats = arguments.repeats
        self.folder = folder
        self.rules = folder / "rules.json"
        self.rules.write_text(json.dumps(workload.rules_for_peers(), ensure_ascii=False))
        self.bodies, _ = workload.make_load()
        self.bodies_file = folder / "bodies.jsonl"
        self.bodies_file.write_text("\n".join(self.bodies) + "\n")
        self.samples = []

    def fresh_hub(self, name):
        intake.settle()
        hub = systems.Hub(self.folder / name, self.rules)
        hub.start()
        return hub

    def measure_all(self):
        for repeat in range(self.repeats):
            sample = {"repeat": repeat}
            self.beside_nginx(repeat, sample)
            turns = [("quiet_p99_ms", 0), ("disturbed_p99_ms", DISTURBERS)]
            for name, disturbers in turns if repeat % 2 == 0 else reversed(turns):
                sample[name] = self.intake_p99(f"{repeat}-{name}", disturbers)
            self.samples.append({key: round(value, 3) for key, value in sample.items()})
            print(f"  {self.samples[-1]}", file=sys.stderr)

    def beside_nginx(self, repeat, sample):
        hub = self.fresh_hub(f"{repeat}-get")
        nginx = Nginx(self.folder / f"{repeat}-nginx", '{"status":"ready","writable":true}' + " " * 150)
        targets = [("nginx", nginx.port, "/"), ("workers", hub.port, "/readyz"), ("front", hub.port, "/healthz")]
        try:
            for connections in (16, 32):
                for name, port, path in targets[repeat % 3:] + targets[:repeat % 3]:
                    url = f"http://127.0.0.1:{port}{path}"
                    get(url, connections, 1)
                    sample[f"{name}_{connections}_rps"] = get(url, connections, self.seconds)
        finally:
            nginx.stop()
            hub.stop()

    def intake_p99(self, name, disturbers):
        hub = self.fresh_hub(name)
        disturbing = None
        try:
            hub.probe(self.bodies)
            if disturbers:
                disturbing = Disturbers(hub.port, disturbers)
            url = f"http://127.0.0.1:{hub.port}/api/v1/petitions"
            intake.load(url, ACTIVE, 2, self.bodies_file, "warm")
            figures = intake.load(url, ACTIVE, self.seconds, self.bodies_file, "run")
        finally:
            if disturbing:
                disturbing.stop()
            hub.stop()
        if figures["failures"]:
            raise systems.Void(f"failed requests: {figures['failed']}")
        shutil.rmtree(self.folder / name)
        return figures["p99_us"] / 1000

    def goals(self):
        def pairs(ours, theirs):
            return [(sample[ours], sample[theirs]) for sample in self.samples]

        found = []
        for connections in (16, 32):
            found.append(ratios.goal(f"P8@{connections}", f"requests/s through the workers / nginx, {connections} clients",
                                     0.4, pairs(f"workers_{connections}_rps", f"nginx_{connections}_rps")))
            found.append(ratios.goal(f"P8f@{connections}", f"requests/s that the front answers / nginx, {connections} clients",
                                     0.4, pairs(f"front_{connections}_rps", f"nginx_{connections}_rps")))
        found.append(ratios.goal("P10", f"p99 of {ACTIVE} clients with {DISTURBERS} idle and dripping ones / without", 2,
                                 pairs("disturbed_p99_ms", "quiet_p99_ms"), at_most=True))
        return found


def main():
    arguments = parse_arguments()
    systems.CACHE.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="http-", dir=systems.CACHE))
    conditions = {"cores": len(os.sched_getaffinity(0)), "kernel": platform.release().split("-")[0],
                  "load_before": round(os.getloadavg()[0], 2), "repeats": arguments.repeats,
                  "seconds": arguments.seconds, "wrk": intake.version_of(["wrk", "-v"]).split()[1],
                  "nginx": subprocess.run([shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin"), "-v"],
                                          capture_output=True, text=True).stderr.strip().split("/")[-1]}
    run = Run(arguments, folder)
    try:
        run.measure_all()
    except systems.Void as void:
        print(f"void: {void}\n(files kept in {folder})", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    result = {"benchmark": "http", "measured": time.strftime("%Y-%m-%d"), "conditions": conditions,
              "goals": run.goals(), "samples": run.samples}
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
