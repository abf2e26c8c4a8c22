"""A call centre beside the hub, written from docs/contracts/hotline-1022.md alone: an Asterisk with its manager interface, a server
of recordings, a sender of signed webhooks, and files of call detail records. All calls are made up.

It misbehaves on command: a login that is refused, packets that come in pieces, events nobody knows, lines without end, a connection
that ends in the middle of a packet, recordings that come late or never, files as spreadsheets leave them.

As a program it prints where it listens as one line of JSON and does what it is told over HTTP:

    call_centre.py [--user pakn --secret SECRET]
    POST /control {"login": "refuse"} | {"say": "Event: …"} | {"scene": "answered", "call": "17.1"} | {"hang_up": true, "within": 40}
                | {"recording": "/rec/17.1.wav", "missing": 1}
"""

import argparse
import contextlib
import csv
import hmac
import http.client
import http.server
import io
import json
import socket
import socketserver
import struct
import threading
import time
import urllib.parse

GREETING = b"Asterisk Call Manager/7.0.3\r\n"


def packet(**lines: object) -> bytes:
    """`Key: Value` lines and the empty one behind them. An underscore in a key stands for a dash."""
    return "".join(f"{key.replace('_', '-')}: {value}\r\n" for key, value in lines.items()).encode() + b"\r\n"


def event(kind: str, leg: str, call: str, **more: object) -> bytes:
    """An event about one leg of a call."""
    return packet(Event=kind, Privilege="call,all", Uniqueid=leg, Linkedid=call, **more)


def leg_event(kind: str, leg: str, call: str, channel: str, number: str, context: str, **more: object) -> bytes:
    return event(kind, leg, call, Channel=channel, ChannelState=6, ChannelStateDesc="Up", CallerIDNum=number, CallerIDName="<unknown>",
                 ConnectedLineNum="<unknown>", ConnectedLineName="<unknown>", Language="vi", AccountCode="", Context=context,
                 Exten="1022", Priority=4, **more)


def caller_comes(call: str, number: str = "0912345678", context: str = "from-1022") -> bytes:
    return leg_event("Newchannel", call, call, "PJSIP/trunk-0000002a", number, context)


def agent_rings(call: str, leg: str, agent: str) -> bytes:
    return (leg_event("Newchannel", leg, call, f"PJSIP/{agent}-0000002b", agent, "from-internal") +
            event("DialBegin", call, call, DestUniqueid=leg, DestChannel=f"PJSIP/{agent}-0000002b", DestCallerIDNum=agent))


def agent_takes(call: str, leg: str, agent: str) -> bytes:
    return (event("DialEnd", call, call, DestUniqueid=leg, DestChannel=f"PJSIP/{agent}-0000002b", DestCallerIDNum=agent,
                  DialStatus="ANSWER") +
            leg_event("BridgeEnter", call, call, "PJSIP/trunk-0000002a", "0912345678", "from-1022", BridgeUniqueid="b-1") +
            leg_event("BridgeEnter", leg, call, f"PJSIP/{agent}-0000002b", agent, "from-internal", BridgeUniqueid="b-1") +
            event("VarSet", call, call, Variable="MIXMONITOR_FILENAME", Value=f"/var/spool/asterisk/monitor/{call}.wav") +
            event("MixMonitorStart", call, call, Channel="PJSIP/trunk-0000002a"))


def agent_does_not(call: str, leg: str, agent: str, status: str = "NOANSWER", cause: int = 19) -> bytes:
    return (event("DialEnd", call, call, DestUniqueid=leg, DestChannel=f"PJSIP/{agent}-0000002b", DestCallerIDNum=agent,
                  DialStatus=status) + hangs_up(call, leg, "from-internal", cause))


def hangs_up(call: str, leg: str, context: str = "from-1022", cause: int = 16) -> bytes:
    return leg_event("Hangup", leg, call, "PJSIP/trunk-0000002a", "0912345678", context, Cause=cause, Cause_txt="x")


def answered_call(call: str, number: str = "0912345678", agent: str = "202") -> list[bytes]:
    """Three legs: the first agent does not answer, the second does."""
    base = call.split(".")[0]
    one, two = f"{base}.8", f"{base}.9"
    return [caller_comes(call, number), event("QueueCallerJoin", call, call, Queue="1022"), agent_rings(call, one, "201"),
            agent_does_not(call, one, "201"), agent_rings(call, two, agent), agent_takes(call, two, agent),
            event("MixMonitorStop", call, call), hangs_up(call, two, "from-internal"), hangs_up(call, call),
            packet(Event="Cdr", UniqueID=call, Source=number, Destination="1022", Disposition="ANSWERED")]


def abandoned_call(call: str, number: str = "0912345678") -> list[bytes]:
    return [caller_comes(call, number), event("QueueCallerJoin", call, call, Queue="1022"), agent_rings(call, f"{call}8", "201"),
            event("QueueCallerAbandon", call, call, Queue="1022"), hangs_up(call, f"{call}8", "from-internal", 26), hangs_up(call, call)]


def internal_call(call: str) -> list[bytes]:
    return [leg_event("Newchannel", call, call, "PJSIP/201-0000002c", "201", "from-internal"), agent_rings(call, f"{call}8", "202"),
            agent_takes(call, f"{call}8", "202"), hangs_up(call, f"{call}8", "from-internal"), hangs_up(call, call, "from-internal")]


def noise() -> list[bytes]:
    """What an exchange says besides."""
    return [packet(Event="FullyBooted", Privilege="system,all", Status="Fully Booted"),
            packet(Event="RTCPSent", Privilege="reporting,all", To="192.0.2.1:5004", Report0SourceSSRC="0x1"),
            event("NeverHeardOf", "9.1", "9.1", Value="x" * 100_000), packet(Event="VarSet", Variable="A", Value="b: c\td")]


def interleaved(*calls: list[bytes]) -> list[bytes]:
    """The events of several calls, one of each in turn."""
    mixed = []
    for i in range(max(len(one) for one in calls)):
        mixed += [one[i] for one in calls if i < len(one)]
    return mixed


class Asterisk:
    """The manager interface. Whoever signs in hears what `say` says from then on."""

    def __init__(self, user: str = "pakn", secret: str = "mat-khau-ami", port: int = 0):
        self.user, self.secret = user, secret
        self.refuse = False
        self.logins = 0
        self.refused = 0
        self.pings = 0
        self.lock = threading.Lock()
        self.clients: list[socket.socket] = []
        exchange = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                exchange._serve(self.request)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self.server = Server(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server.server_address[1]

    @property
    def connected(self) -> int:
        with self.lock:
            return len(self.clients)

    def say(self, *packets: bytes, piece: int | None = None) -> None:
        """To everybody who signed in; in pieces of so many bytes."""
        text = b"".join(packets)
        size = piece or len(text) or 1
        with self.lock:
            for client in self.clients:
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for at in range(0, len(text), size):
                    client.sendall(text[at:at + size])

    def hang_up(self, text: bytes = b"") -> None:
        """Ends all connections, behind these bytes if any: the beginning of a packet, say."""
        with self.lock:
            for client in self.clients:
                with contextlib.suppress(OSError):  # It may be gone already.
                    client.sendall(text)
                    client.shutdown(socket.SHUT_RDWR)
            self.clients = []

    def stop(self) -> None:
        self.hang_up()
        self.server.shutdown()
        self.server.server_close()

    def _serve(self, client: socket.socket) -> None:
        client.sendall(GREETING)
        lines: dict[str, str] = {}
        try:
            for raw in client.makefile("rb"):
                line = raw.decode().rstrip("\r\n")
                if line:
                    key, _, value = line.partition(":")
                    lines[key.strip().lower()] = value.strip()
                    continue
                if not self._answer(client, lines):
                    return
                lines = {}
        except (ConnectionError, OSError):
            pass
        finally:
            with self.lock:
                if client in self.clients:
                    self.clients.remove(client)

    def _answer(self, client: socket.socket, lines: dict[str, str]) -> bool:
        action, number = lines.get("action", "").lower(), lines.get("actionid", "")
        if action == "login":
            good = (lines.get("username"), lines.get("secret")) == (self.user, self.secret) and not self.refuse
            with self.lock:
                self.logins += good
                self.refused += not good
                if not good:
                    client.sendall(packet(Response="Error", ActionID=number, Message="Authentication failed"))
                    return False
                client.sendall(packet(Response="Success", ActionID=number, Message="Authentication accepted"))
                self.clients.append(client)
            return True
        if action == "ping":
            with self.lock:
                self.pings += 1
                client.sendall(packet(Response="Success", ActionID=number, Ping="Pong"))
            return True
        with self.lock:
            client.sendall(packet(Response="Error", ActionID=number, Message="Invalid/unknown command"))
        return True


def wav(seconds: float = 0.1) -> bytes:
    """Silence."""
    samples = b"\0\0" * int(8000 * seconds)
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(samples), b"WAVE", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16, b"data",
                       len(samples))
    return head + samples


class Recordings:
    """A server of recordings, with a bearer token if wanted."""

    def __init__(self, token: str | None = None, asterisk: Asterisk | None = None, port: int = 0):
        self.token = token
        self.files: dict[str, bytes] = {}
        self.missing: dict[str, int] = {}  # How often a file is not there yet.
        self.requests: list[str] = []
        self.lock = threading.Lock()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                status, body = server._find(self.path, self.headers.get("Authorization"))
                self.answer(status, body, "audio/x-wav" if status == 200 else "text/html")

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.path != "/control" or asterisk is None:
                    return self.answer(404, b"", "text/html")
                control(asterisk, server, json.loads(body))
                return self.answer(200, b"{}", "application/json")

            def answer(self, status, body, kind):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def add(self, path: str, content: bytes | None = None, missing: int = 0) -> str:
        """The address of a recording, which is not there the first `missing` times."""
        with self.lock:
            self.files[path] = wav() if content is None else content
            self.missing[path] = missing
        return self.url + path

    def asked_for(self, path: str) -> int:
        with self.lock:
            return self.requests.count(path)

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _find(self, path: str, authorization: str | None) -> tuple[int, bytes]:
        path = urllib.parse.unquote(path)
        with self.lock:
            self.requests.append(path)
            if self.token is not None and authorization != f"Bearer {self.token}":
                return 401, b"<html>login</html>"
            if self.missing.get(path, 0) > 0:
                self.missing[path] -= 1
                return 404, b"<html>not yet</html>"
            if path not in self.files:
                return 404, b"<html>not found</html>"
            return 200, self.files[path]


def signature(secret: str, stamp: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), stamp.encode() + b"." + body, "sha256").hexdigest()


def call_event(event_id: str, call_id: str, kind: str, **more: object) -> dict:
    return {"event_id": event_id, "call_id": call_id, "type": kind, **more}


def send(url: str, secret: str, told: dict | bytes, at: float | None = None, signed: str | None = None,
         headers: dict | None = None) -> tuple[int, dict]:
    """Posts one event: the status and the JSON of the answer. `at`: another time than now; `signed`: another signature."""
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    stamp = str(int((time.time() if at is None else at) * 1000))
    address = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    try:
        connection.request("POST", address.path, body,
                           {"Content-Type": "application/json", "X-Hub-Timestamp": stamp,
                            "X-Hub-Signature": signed or signature(secret, stamp, body), **(headers or {})})
        response = connection.getresponse()
        return response.status, json.loads(response.read() or b"{}")
    finally:
        connection.close()


COLUMNS = ["call_id", "started_at", "answered_at", "ended_at", "caller", "called", "agent", "result", "recording"]


def cdr(rows: list[dict], delimiter: str = ",", bom: bool = False, spreadsheet: bool = False) -> bytes:
    """A file of call detail records; `spreadsheet`: with what a spreadsheet makes of it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        cells = {name: str(row.get(name, "")) for name in COLUMNS}
        if spreadsheet:
            cells["caller"] = cells["caller"].lstrip("0")
            for name in ("started_at", "answered_at", "ended_at"):
                if cells[name]:
                    day, _, hour = cells[name][:19].partition("T")
                    cells[name] = "/".join(reversed(day.split("-"))) + " " + hour
        writer.writerow([cells[name] for name in COLUMNS])
    return (b"\xef\xbb\xbf" if bom else b"") + text.getvalue().encode()


SCENES = {"answered": answered_call, "abandoned": abandoned_call, "internal": internal_call}


def control(asterisk: Asterisk, recordings: Recordings, order: dict) -> None:
    if "login" in order:
        asterisk.refuse = order["login"] == "refuse"
    if "scene" in order:
        asterisk.say(*SCENES[order["scene"]](order["call"]), piece=order.get("piece"))
    if "say" in order:
        asterisk.say(order["say"].encode())
    if order.get("hang_up"):
        asterisk.hang_up(caller_comes("0.1")[:order.get("within", 0)])
    if "recording" in order:
        recordings.add(order["recording"], missing=order.get("missing", 0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--user", default="pakn")
    parser.add_argument("--secret", default="mat-khau-ami")
    arguments = parser.parse_args()
    asterisk = Asterisk(arguments.user, arguments.secret)
    recordings = Recordings(asterisk=asterisk)
    print(json.dumps({"ami": asterisk.port, "recordings": recordings.url, "control": recordings.url + "/control"}), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
