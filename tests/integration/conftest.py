"""Starts the real hub on a copy of the demo configuration and talks to it over HTTP; every answer is checked against
the API's description."""

import base64
import http.server
import json
import os
import re
import secrets
import shutil
import subprocess
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from openapi_check import Contract

ROOT = Path(__file__).parents[2]
BINARY = Path(os.environ.get("PAKN_BIN", ROOT / "build" / "release" / "bin" / "paknhub"))
CONTRACT = Contract()
SECONDS = 30  # The longest that a test waits for a condition.

# No answer of a hub goes by unchecked: whatever comes over `requests` from one that runs is held against the API's description,
# whether the test looks at it or not. (What comes over bare sockets is checked where it is read; what plugins answer under mounts
# of their own is not described.)
RUNNING = set()  # Where hubs listen.
PLACES = {"api", "healthz", "readyz", "metrics", "console", "docs", "sign-in"}


def checked_send(session, request, unchecked=requests.Session.send, **arguments):
    response = unchecked(session, request, **arguments)
    url = urlsplit(request.url)
    if f"{url.scheme}://{url.netloc}" in RUNNING and url.path.split("/")[1] in PLACES:
        CONTRACT.check(request.method, url.path, response)
    return response


requests.Session.send = checked_send


def wait_until(condition, what, seconds=SECONDS):
    """Waits for a condition to become true and returns its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


class Receiver:
    """A webhook receiver that takes everything and remembers it; `status` is what it answers."""

    def __init__(self):
        self.events = []
        self.status = 204
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.events.append({"headers": dict(self.headers), "body": json.loads(body)})
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server.server_address[1]

    def about(self, code):
        return [event for event in self.events if code in json.dumps(event["body"])]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Client:
    """Somebody who calls the hub. `call` returns the answer after checking it against the contract."""

    def __init__(self, hub):
        self.hub = hub
        self.http = requests.Session()
        self.http.trust_env = False
        self.csrf = None

    def call(self, method, path, expect=200, headers=None, **arguments):
        headers = dict(headers or {})
        if self.csrf and method not in ("GET", "HEAD"):
            headers.setdefault("X-CSRF-Token", self.csrf)
        response = self.http.request(method, self.hub.url + path, headers=headers, timeout=SECONDS, **arguments)
        assert response.status_code == expect, f"{method} {path}: {response.status_code} {response.text[:500]}"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
        return response

    def get(self, path, expect=200, **arguments):
        return self.call("GET", path, expect, **arguments)

    def post(self, path, expect=200, **arguments):
        return self.call("POST", path, expect, **arguments)

    def problem(self, method, path, expect, **arguments):
        """The code of the problem that this call meets."""
        return self.call(method, path, expect, **arguments).json()["code"]

    def sign_in(self, token):
        session = self.post("/api/v1/session", 201, json={"token": token}).json()
        self.csrf = session["csrf_token"]
        self.account = session["account"]
        return self

    def actions(self, petition):
        items = self.get(f"/api/v1/petitions/{petition}/actions").json()["items"]
        return [item["id"] for item in items]

    def act(self, petition, action, expect=200, headers=None, **body):
        return self.post(f"/api/v1/petitions/{petition}/actions/{action}", expect, json=body, headers=headers).json()


def open_to_children(folder):
    """A child of a hub that is root is another user: it has to be able to pass."""
    for part in [folder, *folder.parents]:
        if part != part.parent and part.stat().st_uid == os.geteuid():
            part.chmod(part.stat().st_mode | 0o011)


class Hub:
    options = []  # Further arguments of `serve`.
    changes = []  # Of the province's configuration: (file, pattern, replacement).
    province = "demo"
    environment = {}  # Further variables of the program.

    def __init__(self, folder, receiver):
        self.config = folder / "provinces" / self.province
        shutil.copytree(ROOT / "config" / "base", folder / "base")
        shutil.copytree(ROOT / "config" / "provinces" / self.province, self.config, ignore=shutil.ignore_patterns("var"))
        (self.config / "var" / "spool" / "in").mkdir(parents=True)
        webhook_secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
        for name, text in [("hub.key", secrets.token_hex(32)), ("webhook.secret", webhook_secret)]:
            path = self.config / "var" / name
            path.touch(mode=0o600)
            path.write_text(text + "\n", encoding="ascii")
        self._change("hub.yaml", r"listen: \S+", "listen: 127.0.0.1:0")
        self._change("connectors.yaml", r"127\.0\.0\.1:9099", f"127.0.0.1:{receiver.port}")
        for change in self.changes:
            self._change(*change)
        self.receiver = receiver
        self.logins = 0
        self.log = folder / "log.jsonl"
        self.start()

    def _change(self, name, pattern, replacement):
        path = self.config / name
        text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"))
        assert count == 1, f"{name} has no single {pattern}"
        path.write_text(text, encoding="utf-8")

    def start(self):
        with self.log.open("ab") as log:
            self.logged_before = log.tell()  # An earlier start listened on another port.
            self.process = subprocess.Popen([BINARY, "serve", "--config", self.config, *self.options], stdout=log, stderr=log,
                                            env={**os.environ, **self.environment})
        self.url = f"http://127.0.0.1:{wait_until(self._port, 'the hub to listen')}"
        RUNNING.add(self.url)
        anybody = Client(self)
        wait_until(lambda: anybody.http.get(self.url + "/readyz", timeout=SECONDS).status_code == 200, "readiness")

    def _port(self):
        assert self.process.poll() is None, f"the hub ended:\n{self.log.read_text(encoding='utf-8')}"
        for line in self.log.read_bytes()[self.logged_before:].decode().splitlines():
            if '"HTTP_LISTENING"' in line:
                return json.loads(line)["port"]
        return None

    def stop(self):
        RUNNING.discard(self.url)
        self.process.terminate()
        assert self.process.wait(SECONDS) == 0

    def run(self, *arguments):
        """The JSON that a command prints."""
        done = subprocess.run([BINARY, *arguments, "--config", self.config, "--json", *self.options], check=True, capture_output=True,
                              timeout=SECONDS, env={**os.environ, **self.environment})
        return json.loads(done.stdout)

    def one_time_token(self, role, unit=None):
        self.logins += 1
        unit_arguments = ["--unit", unit] if unit else []
        return self.run("user", "add", "--login", f"{role}{self.logins}", "--name", f"Người {self.logins}",
                        "--role", role, *unit_arguments)["one_time_token"]

    def signed_in(self, role, unit=None):
        return Client(self).sign_in(self.one_time_token(role, unit))

    def hand_in(self, expect=201, headers=None, **fields):
        """A petition from anybody: the answer."""
        body = {"content": "Hố ga mất nắp trước số 12", "category": "ha-tang", **fields}
        return Client(self).post("/api/v1/petitions", expect, json=body, headers=headers).json()


@pytest.fixture(scope="session")
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture(scope="session")
def hub(tmp_path_factory, receiver):
    hub = Hub(tmp_path_factory.mktemp("hub"), receiver)
    yield hub
    hub.stop()


@pytest.fixture(scope="session")
def people(hub):
    """One of each role, signed in; the unit's people work for so-xay-dung."""
    unit = "so-xay-dung"
    return {"dispatcher": hub.signed_in("dispatcher"), "officer": hub.signed_in("officer", unit),
            "leader": hub.signed_in("leader", unit), "stranger": hub.signed_in("officer", "cong-an"),
            "auditor": hub.signed_in("auditor"), "integrator": hub.signed_in("integrator")}


@pytest.fixture
def anybody(hub):
    return Client(hub)
