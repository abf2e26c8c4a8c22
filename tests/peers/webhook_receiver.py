"""A receiver of the hub's webhooks, written from docs/contracts/webhooks.md alone: Standard Webhooks signatures,
CloudEvents 1.0 bodies.

It honours webhook-id: whatever arrives again is acknowledged but done once, also after a restart, because what was done
is in a journal file before it answers. It can behave badly on command.

As a program it prints what arrives:

    webhook_receiver.py --port 9099 --secret-file FILE [--journal FILE] [--first N --status 503] [--slow SECONDS]
"""

import argparse
import base64
import binascii
import collections
import collections.abc
import dataclasses
import datetime
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import re
import signal
import socket
import struct
import sys
import threading
import time

TOLERANCE_SECONDS = 300
MAX_BODY = 1 << 20
ATTRIBUTE_NAME = re.compile(r"[a-z0-9]+")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


class Refused(Exception):
    """What arrived is not acceptable; `status` says so to the sender."""

    def __init__(self, status: int, problem: str):
        super().__init__(problem)
        self.status = status
        self.problem = problem


def decode_secret(text: str) -> bytes:
    """`whsec_` + base64 of 24 to 64 bytes."""
    text = text.strip()
    if not text.startswith("whsec_"):
        raise ValueError("the secret must begin with whsec_")
    key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    if not 24 <= len(key) <= 64:
        raise ValueError(f"the secret has {len(key)} bytes, not 24 to 64")
    return key


def verify(headers, body: bytes, secrets: list[bytes], now: float) -> str:
    """The webhook-id of a request that is really from the hub and is fresh. Raises Refused."""
    webhook_id = headers.get("webhook-id") or ""
    timestamp = headers.get("webhook-timestamp") or ""
    signatures = headers.get("webhook-signature") or ""
    if not webhook_id or not signatures or not re.fullmatch(r"[0-9]{1,12}", timestamp):
        raise Refused(401, "header missing or malformed")
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        raise Refused(401, "timestamp out of tolerance")
    signed = b".".join([webhook_id.encode(), timestamp.encode(), body])
    expected = [hmac.digest(secret, signed, "sha256") for secret in secrets]
    for signature in signatures.split(" "):
        version, _, encoded = signature.partition(",")
        if version != "v1":
            continue
        try:
            given = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            continue
        if any(hmac.compare_digest(given, good) for good in expected):
            return webhook_id
    raise Refused(401, "no signature matches")


def read_event(content_type: str, body: bytes) -> dict:
    """A CloudEvent in structured mode. Raises Refused."""
    if content_type.split(";")[0].strip().lower() != "application/cloudevents+json":
        raise Refused(415, "not application/cloudevents+json")
    try:
        event = json.loads(body)
    except ValueError as error:
        raise Refused(400, "not JSON") from error
    if not isinstance(event, dict) or event.get("specversion") != "1.0":
        raise Refused(400, "not a CloudEvent 1.0")
    for name in ("id", "source", "type"):
        if not isinstance(event.get(name), str) or not event[name]:
            raise Refused(400, f"attribute {name} missing")
    if "time" in event and not INSTANT.fullmatch(str(event["time"])):
        raise Refused(400, "time is not RFC 3339")
    if "data" in event and "data_base64" in event:
        raise Refused(400, "data twice")
    bad = [name for name in event if name != "data_base64" and not ATTRIBUTE_NAME.fullmatch(name)]
    if bad:
        raise Refused(400, "attribute names must be lower-case letters and digits: " + ", ".join(bad))
    return event


@dataclasses.dataclass
class Behaviour:
    """How one request is treated, if it is authentic."""

    status: int = 204
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    delay: float = 0.0
    acts: bool = True  #: Does what the event says before answering (or not answering).
    answer: str = "http"  #: http, garbage, or reset: the connection breaks after the request was read.
    before_answer: "collections.abc.Callable[[], None] | None" = None  #: The request has been read and done.

    @classmethod
    def failing(cls, status: int, **headers: str) -> "Behaviour":
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status=status, acts=False, headers=named)

    @classmethod
    def resetting(cls) -> "Behaviour":
        return cls(answer="reset")

    @classmethod
    def garbling(cls) -> "Behaviour":
        return cls(answer="garbage")

    @classmethod
    def killing(cls, pid: int) -> "Behaviour":
        """The sender dies between sending and hearing the answer."""
        return cls(before_answer=lambda: os.kill(pid, signal.SIGKILL), answer="reset")


@dataclasses.dataclass
class Arrival:
    webhook_id: str
    event: dict
    repeated: bool


class Receiver:
    """Use as a context manager. Its counts may be read from any thread."""

    def __init__(self, secrets: list[bytes], journal: pathlib.Path, port: int = 0, on_request=None):
        self.arrivals: list[Arrival] = []
        self.refused: list[str] = []
        self.changed: list[str] = []  #: webhook-ids that came again with another body.
        self.cut_short = 0  #: Requests that never arrived whole, because their sender died or went away.
        self._secrets = secrets
        self._journal = journal
        self._on_request = on_request
        self._plan: collections.deque[Behaviour] = collections.deque()
        self._lock = threading.Condition()
        self._bodies: dict[str, str] = {}
        self._effects: dict[str, str] = {}
        self._load()
        handler = type("Handler", (_Handler,), {"receiver": self})
        self._server = _Server(("127.0.0.1", port), handler)

    def __enter__(self) -> "Receiver":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/events"

    @property
    def effects(self) -> dict[str, str]:
        """webhook-id to event type, of everything done: now and in earlier lives."""
        with self._lock:
            return dict(self._effects)

    def plan(self, *behaviours: Behaviour) -> None:
        """The next authentic requests are treated so, in this order; those after them as usual."""
        with self._lock:
            self._plan.extend(behaviours)

    def wait(self, condition, seconds: float = 20.0) -> bool:
        """Until condition(self) holds; it is asked after each request."""
        with self._lock:
            return self._lock.wait_for(lambda: condition(self), seconds)

    def serve(self) -> None:
        self._server.serve_forever()

    # The rest is for the handler.

    def take(self, headers, body: bytes) -> Behaviour:
        """Checks, does what is to be done once, and says how to answer."""
        try:
            webhook_id = verify(headers, body, self._secrets, time.time())
            event = read_event(headers.get("content-type") or "", body)
        except Refused as refusal:
            self._note(None, refusal.problem)
            return Behaviour.failing(refusal.status)
        with self._lock:
            behaviour = self._plan.popleft() if self._plan else Behaviour()
            digest = hashlib.sha256(body).hexdigest()
            arrival = Arrival(webhook_id, event, repeated=webhook_id in self._bodies)
            if self._bodies.setdefault(webhook_id, digest) != digest:
                self.changed.append(webhook_id)
            if behaviour.acts and webhook_id not in self._effects:
                self._do(webhook_id, event, digest)
            self.arrivals.append(arrival)
            self._lock.notify_all()
        self._note(arrival, "")
        return behaviour

    def lose(self) -> None:
        """A request ended before its body did: nobody asked for anything, so there is nothing to refuse."""
        with self._lock:
            self.cut_short += 1
            self._lock.notify_all()

    def _note(self, arrival: Arrival | None, problem: str) -> None:
        if problem:
            with self._lock:
                self.refused.append(problem)
                self._lock.notify_all()
        if self._on_request:
            self._on_request(arrival, problem)

    def _do(self, webhook_id: str, event: dict, digest: str) -> None:
        line = json.dumps({"id": webhook_id, "type": event["type"], "body": digest}) + "\n"
        with open(self._journal, "a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        self._effects[webhook_id] = event["type"]

    def _load(self) -> None:
        if not self._journal.exists():
            return
        for line in self._journal.read_text(encoding="utf-8").splitlines():
            done = json.loads(line)
            self._effects[done["id"]] = done["type"]
            self._bodies[done["id"]] = done["body"]


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address) -> None:
        """A sender that goes away in the middle is what we are here for; anything else is our own mistake."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    receiver: Receiver

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or -1)
        if not 0 <= length <= MAX_BODY:
            self.close_connection = True
            self.send_error(411 if length < 0 else 413)
            return
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True
            self.receiver.lose()
            return
        behaviour = self.receiver.take(self.headers, body)
        if behaviour.before_answer:
            behaviour.before_answer()
        time.sleep(behaviour.delay)
        if behaviour.answer == "reset":
            self._reset()
        elif behaviour.answer == "garbage":
            self.wfile.write(b"\x00\xff nothing like HTTP\r\n\r\n")
            self.close_connection = True
        else:
            self._answer(behaviour)

    def _answer(self, behaviour: Behaviour) -> None:
        self.send_response(behaviour.status)
        for name, value in behaviour.headers.items():
            self.send_header(name, value)
        if behaviour.status != 204:
            self.send_header("content-length", "0")
        self.end_headers()

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.wfile = self.rfile  # nothing is flushed to a connection that is gone
        self.connection.close()

    def log_message(self, *_) -> None:
        """Quiet: the receiver reports in its own words."""


def _print_request(arrival: Arrival | None, problem: str) -> None:
    clock = datetime.datetime.now().strftime("%H:%M:%S")
    if arrival is None:
        print(f"{clock}  REFUSED   {problem}", flush=True)
        return
    event = arrival.event
    again = "  (again: acknowledged, not done twice)" if arrival.repeated else ""
    print(f"{clock}  {event['type']}  {event.get('subject', '')}{again}", flush=True)
    for name, value in (event.get("data") or {}).items():
        if value not in (None, "", [], {}):
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            print(f"          {name}: {text}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--secret-file", type=pathlib.Path, required=True, action="append",
                        help="again for an old secret")
    parser.add_argument("--journal", type=pathlib.Path, help="what was done; default: beside the secret")
    parser.add_argument("--first", type=int, default=0, help="so many requests fail")
    parser.add_argument("--status", type=int, default=503, help="… with this status")
    parser.add_argument("--slow", type=float, default=0.0, help="seconds before the first answer")
    arguments = parser.parse_args()
    journal = arguments.journal or arguments.secret_file[0].with_suffix(".received")
    secrets = [decode_secret(path.read_text(encoding="ascii")) for path in arguments.secret_file]
    receiver = Receiver(secrets, journal, arguments.port, _print_request)
    if arguments.slow:
        receiver.plan(Behaviour(delay=arguments.slow))
    receiver.plan(*[Behaviour.failing(arguments.status)] * arguments.first)
    print(f"webhook receiver at {receiver.url}, {len(receiver.effects)} done before", flush=True)
    try:
        receiver.serve()
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
