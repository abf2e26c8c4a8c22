"""Drives the real hub from outside, as its users do: the program, its folders, HTTP. No test hook in the hub is used.

PAKN_BIN names the program, TORTURE_SHIM the library of shim/; both are set by CTest.
"""

import base64
import dataclasses
import hashlib
import http.client
import itertools
import json
import os
import pathlib
import queue
import random
import secrets
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time
import zlib

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY / "tests" / "peers"), str(REPOSITORY / "tests" / "integration"),
                str(REPOSITORY / "tests" / "support")]

import openapi_check  # noqa: E402  (their folders are known only now)
import pdf  # noqa: E402
import webhook_receiver  # noqa: E402
from shim import power_cut  # noqa: E402

HUB = os.environ.get("PAKN_BIN", str(REPOSITORY / "build" / "release" / "bin" / "paknhub"))
PLUGINS = pathlib.Path(HUB).parents[1] / "lib" / "paknhub"
SHIM = os.environ.get("TORTURE_SHIM", "")
DEADLINE = 20.0
EXIT_REFUSED = 4

CONTRACT = openapi_check.Contract()
breaches: list[str] = []  #: Answers that the API's description does not know, from whatever thread; a test that has some fails.

#: Who carries a petition from intake to release: login, role, in a unit.
OFFICIALS = (("dieu.phoi", "dispatcher", False), ("can.bo", "officer", True), ("lanh.dao", "leader", True))
UNIT, CATEGORY = "doi-chieu-sang-mau", "chieu-sang-mau"
#: The effects of a petition's way, in this order; a workflow may leave out the draft or the start.
WAY = ("accept", "distribute", "start", "draft", "submit", "approve", "release")


class HubDied(Exception):
    """The hub is gone: whether the request was carried out is open."""


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self):
        return json.loads(self.body)


class Client:
    """One keep-alive connection. Not for several threads."""

    def __init__(self, port: int, session: dict[str, str] | None = None):
        self._session = session or {}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)

    def call(self, method: str, path: str, body: bytes | dict | None = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()} | self._session
        if isinstance(body, dict):
            body = json.dumps(body).encode()
            sent["content-type"] = "application/json"
        try:
            self._connection.request(method, path, body, sent)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise HubDied(str(error)) from error
        try:
            CONTRACT.check(method, path.partition("?")[0], openapi_check.RawAnswer(response.status, response.headers, content))
        except Exception as breach:  # pylint: disable=broad-except
            breaches.append(f"{method} {path.partition('?')[0]}: {response.status}: {breach}")
        # Of several with one name the first: the session's cookie stands before that of its CSRF token.
        return Answer(response.status, {name.lower(): value for name, value in reversed(response.getheaders())}, content)


def photo(seed: int) -> bytes:
    """A real PNG that exists once, about 12 kB."""
    noise = random.Random(seed)
    rows = b"".join(b"\0" + noise.randbytes(64 * 3) for _ in range(64))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def document(seed: int) -> bytes:
    """A file that exists once, about 12 kB, of a type that the hub hands out as it came."""
    return pdf.pdf(filler=random.Random(seed).randbytes(12000))


class Submission:
    """One petition as a citizen sends it, again and again with the same key if need be, and what the hub promised."""

    _numbers = itertools.count(1)

    def __init__(self, with_file: bool):
        self.number = next(self._numbers)
        self.key = secrets.token_hex(12)
        self.file = document(self.number) if with_file else None
        self.receipt: dict | None = None  #: The acknowledgement, once there is one.
        petition = {
            "title": f"Đèn đường hỏng số {self.number}", "category": CATEGORY,
            "content": f"Cột đèn số {self.number} đường Mẫu không sáng từ ba hôm nay.",
            "petitioner": {"kind": "individual", "name": "Nguyễn Văn Mẫu", "phone": "0912345678"},
            "consent": {"process_personal_data": True, "use_identity_in_handling": True}, "declared_true": True}
        if self.file and self.number % 2:
            petition["attachments"] = [{"name": "don.pdf", "content_type": "application/pdf",
                                        "data": base64.b64encode(self.file).decode()}]
        self._body, self._type = json.dumps(petition).encode(), "application/json"
        if self.file and not self.number % 2:
            self._body, self._type = self._multipart(petition)

    def _multipart(self, petition: dict) -> tuple[bytes, str]:
        boundary = "bien-gioi-" + self.key
        parts = [('name="petition"', "application/json", json.dumps(petition).encode()),
                 ('name="attachments"; filename="don.pdf"', "application/pdf", self.file)]
        body = b"".join(
            f"--{boundary}\r\nContent-Disposition: form-data; {name}\r\nContent-Type: {kind}\r\n\r\n".encode()
            + data + b"\r\n"
            for name, kind, data in parts)
        return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"

    def send(self, client: Client) -> Answer:
        """Raises HubDied. An acknowledgement is remembered, and must never change."""
        answer = client.call("POST", "/api/v1/petitions", self._body, content_type=self._type, idempotency_key=self.key)
        if answer.status in (200, 201):
            receipt = {name: answer.json()[name] for name in ("code", "id", "tracking_token")}
            assert self.receipt in (None, receipt), "the same key, another petition"
            self.receipt = receipt
        return answer

    def assert_kept(self, client: Client, replay: bool = True) -> None:
        """What was acknowledged is there: by code and token, with its file, and by its key."""
        assert self.receipt, "never acknowledged"
        path, token = f"/api/v1/track/{self.receipt['code']}", f"?token={self.receipt['tracking_token']}"
        found = client.call("GET", path + token)
        assert found.status == 200, f"petition {self.number} is lost: {found.status}"
        view = found.json()
        assert view["code"] == self.receipt["code"] and view["title"].endswith(f" {self.number}")
        if self.file:
            digest = hashlib.sha256(self.file).hexdigest()
            assert [file["sha256"] for file in view["attachments"]] == [digest]
            file = client.call("GET", f"{path}/files/{digest}{token}")
            kept = file.status == 200 and file.body == self.file
            assert kept, f"the file of petition {self.number} is lost: {file.status}"
        if replay:
            assert self.send(client).status == 200


class Load:
    """Clients that send petitions until they are told to stop or the hub is gone."""

    def __init__(self, port: int, threads: int, file_every: int = 3):
        self.sent: list[Submission] = []
        self.unexpected: list[int] = []
        self._port = port
        self._file_every = file_every
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def _run(self) -> None:
        client = Client(self._port)
        for turn in itertools.count():
            if self._stop.is_set():
                return
            submission = Submission(with_file=turn % self._file_every == 0)
            self.sent.append(submission)
            try:
                answer = submission.send(client)
            except HubDied:
                return
            if answer.status != 201:
                self.unexpected.append(answer.status)
                return

    def finish(self, stopping: bool = False) -> list[Submission]:
        """All that was sent. A hub that is stopping may refuse with 503; otherwise every answer must be 201."""
        self._stop.set()
        for thread in self._threads:
            thread.join(DEADLINE)
        bad = [status for status in self.unexpected if not (stopping and status == 503)]
        assert not bad, f"unexpected answers under load: {bad}"
        return self.sent


class Installation:
    """A hub's folders: a copy of the configuration, a store, keys; under a root of its own."""

    def __init__(self, base: pathlib.Path, url: str, secret: str):
        self.base = base
        self.config = base / "config" / "provinces" / "torture"
        self.var = self.config / "var"
        self.shadow = base / "shadow"
        self.control = base / "control"
        shutil.copytree(REPOSITORY / "config", base / "config", ignore=shutil.ignore_patterns("var"))
        (self.var / "spool" / "in").mkdir(parents=True)
        (self.config / "hub.yaml").write_text(self._settings(url), encoding="utf-8")
        self._write_secret(self.var / "hub.key", secrets.token_hex(32))
        self._write_secret(self.var / "webhook.secret", secret)

    def _settings(self, url: str) -> str:
        return ("include: [../demo]\n"
                "hub: { listen: \"127.0.0.1:0\" }\n"
                f"units: [{{ id: {UNIT}, name: Đội chiếu sáng Mẫu, code: H99.90 }}]\n"
                f"categories: [{{ id: {CATEGORY}, name: Chiếu sáng Mẫu, unit: {UNIT} }}]\n"
                "connectors:\n"
                "  webhook:\n"
                f"    settings: {{ url: \"{url}\", secret: \"${{file:var/webhook.secret}}\" }}\n"
                "    backoff: [50ms, 500ms]\n")

    def empty_store(self) -> None:
        """As before the first start; keys stay."""
        for path in self.var.glob("paknhub.db*"):
            path.unlink()
        shutil.rmtree(self.var / "blobs", ignore_errors=True)

    @staticmethod
    def _write_secret(path: pathlib.Path, text: str) -> None:
        path.touch(mode=0o600)
        path.write_text(text + "\n", encoding="ascii")

    def command(self, *arguments: str) -> tuple[int, dict | list]:
        """A verb of the command line: exit code and what it says in JSON."""
        done = subprocess.run([HUB, *arguments, "--config", self.config, "--json"], capture_output=True, text=True,
                              timeout=60, check=False)
        try:
            return done.returncode, json.loads(done.stdout)
        except ValueError:
            return done.returncode, {"stdout": done.stdout, "stderr": done.stderr}

    def rules(self, *lines: str) -> None:
        """What the shim does from now on; nothing: it only looks on."""
        if not lines:
            self.control.unlink(missing_ok=True)
            return
        fresh = self.control.with_suffix(".new")
        fresh.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        os.replace(fresh, self.control)


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


class Hub:
    """One life of the hub's process."""

    def __init__(self, place: Installation, *arguments: str, power_cut_mode: bool = False, **environment: str):
        self.place = place
        self.log: list[dict] = []
        self._errors = open(place.base / "stderr", "ab")
        self._lines: queue.Queue[dict | None] = queue.Queue()
        self.process = subprocess.Popen([HUB, "serve", "--config", place.config, *arguments],
                                        env=self._environment(power_cut_mode) | environment,
                                        stdout=subprocess.PIPE, stderr=self._errors)
        threading.Thread(target=self._read_log, daemon=True).start()
        self.port = self._wait_listening()

    def _environment(self, power_cut_mode: bool) -> dict[str, str]:
        place = self.place
        env = os.environ | {"LD_PRELOAD": SHIM, "TORTURE_ROOT": str(place.var), "TORTURE_CONTROL": str(place.control)}
        if power_cut_mode:
            power_cut.reset(place.shadow)
            env |= {"TORTURE_SHADOW": str(place.shadow), "TORTURE_SYNC_US": "300"}
        return env

    def _read_log(self) -> None:
        for line in self.process.stdout:
            try:
                entry = json.loads(line.removeprefix(b"<").lstrip(b"0123456789>") or b"{}")
            except ValueError:
                entry = {"id": "NOT_JSON", "text": line.decode(errors="replace")}
            self.log.append(entry)
            self._lines.put(entry)
        self._lines.put(None)

    def _wait_listening(self) -> int:
        end = time.monotonic() + DEADLINE
        while True:
            entry = self._lines.get(timeout=max(0.01, end - time.monotonic()))
            if entry is None and self.process.wait(DEADLINE) == -signal.SIGKILL:
                raise HubDied("killed while starting")
            if entry is None:
                raise AssertionError(f"the hub did not start: {self.log} {self.errors()}")
            if entry.get("id") == "HTTP_LISTENING":
                return int(entry["port"])

    def errors(self) -> str:
        return (self.place.base / "stderr").read_text(encoding="utf-8", errors="replace")

    def client(self, session: dict[str, str] | None = None) -> Client:
        return Client(self.port, session)

    def kill(self) -> None:
        self.process.kill()
        self.assert_killed()

    def assert_killed(self) -> None:
        """It ends by SIGKILL, ours or the shim's."""
        assert self.process.wait(DEADLINE) == -signal.SIGKILL, self.errors()
        self._errors.close()

    def cut_power(self, torn_seed: int | None = None) -> int:
        """After kill() or stop(): everything that was not durable is gone."""
        return power_cut.restore(self.place.var, self.place.shadow, torn_seed)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(DEADLINE)
        if code == -signal.SIGKILL:
            raise HubDied("killed while stopping")
        assert code == 0, self.errors()
        self._errors.close()

    def __enter__(self) -> "Hub":
        return self

    def __exit__(self, *_) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(DEADLINE)
        self._errors.close()


class Officials:
    """The people who carry petitions to their release."""

    def __init__(self, place: Installation):
        self._tokens = []
        for login, role, in_unit in OFFICIALS:
            code, made = place.command("user", "add", "--login", login, "--name", "Người Mẫu", "--role", role,
                                       *(["--unit", UNIT] if in_unit else []))
            assert code == 0, made
            self._tokens.append(made["one_time_token"])
        self._sessions: list[dict[str, str]] = []

    def sign_in(self, hub: Hub) -> None:
        """Once; the sessions outlive the hub's process."""
        for token in self._tokens:
            answer = hub.client().call("POST", "/api/v1/session", {"token": token})
            assert answer.status == 201, answer
            cookie = answer.headers["set-cookie"].partition(";")[0]
            self._sessions.append({"cookie": cookie, "x-csrf-token": answer.json()["csrf_token"]})

    def carry(self, hub: Hub, petition_id: str) -> None:
        """From wherever the petition stands to its release. May be repeated after HubDied."""
        clients = [hub.client(session) for session in self._sessions]
        for effect in WAY:
            for client in clients:
                if self._act(client, petition_id, effect):
                    break
        assert clients[0].call("GET", f"/api/v1/petitions/{petition_id}").json()["status"] == "answered"

    def _act(self, client: Client, petition_id: str, effect: str) -> bool:
        path = f"/api/v1/petitions/{petition_id}/actions"
        answer = client.call("GET", path)
        if answer.status != 200:  # not this person's petition (yet)
            return False
        action = next((one for one in answer.json()["items"] if one["effect"] == effect), None)
        if action is None:
            return False
        inputs = {"comment": "Đã xem.", "result": "Đã thay bóng đèn.", "units": [UNIT]}
        body = {name: inputs[name] for name in action["needs"]}
        done = client.call("POST", f"{path}/{action['id']}", body, if_match=answer.headers["etag"],
                           idempotency_key=secrets.token_hex(8))
        assert done.status == 200, (effect, done)
        return True


def wait_until(condition, seconds: float = DEADLINE):
    """The first true value of condition(); fails after the deadline."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, "condition not reached in time"
        time.sleep(0.01)


def assert_rebuild_equal(place: Installation, petitions: int) -> None:
    """The stopped hub's projections are what its journal says, and there are exactly so many petitions."""
    code, report = place.command("rebuild")
    assert (code, report.get("ok"), report.get("equal"), report.get("petitions")) == (0, True, True, petitions), report
