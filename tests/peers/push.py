#!/usr/bin/env python3
"""FCM and APNs as a server that sends notifications meets them, written from docs/contracts/push.md alone: Google's token endpoint and
`messages:send` over http, APNs over HTTP/2 and TLS, all on loopback ports.

`Push` is the peer. What a device answers says its token: `sim-404-UNREGISTERED` is that row of the table every time; any other token takes
what it is sent. `trouble` gives the next answers of a service instead, `goaway_after` ends APNs connections in the middle of a burst. As a
program it prints one line of JSON (ports, certificate, keys) and obeys `GET /control` and `POST /control` of its http port.
"""

import argparse
import base64
import collections
import dataclasses
import email.utils
import http.server
import json
import pathlib
import re
import secrets
import socket
import ssl
import sys
import tempfile
import threading
import time
import urllib.parse
import uuid

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from ca import Authority  # noqa: E402

MOST_MESSAGE = 4096
MOST_COLLAPSE_ID = 64
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
AUDIENCE = "https://oauth2.googleapis.com/token"
FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
STATUS_WORDS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 413: "INVALID_ARGUMENT",
                429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 502: "INTERNAL", 503: "UNAVAILABLE"}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HOUR = 3600
YOUNGEST = 20 * 60  # Seconds: a provider token is not replaced sooner.


def contract_rows(table):
    """The first cells of a table of the contract: [(status, word)]; the status is None for any, the word "" for none."""
    text = (pathlib.Path(__file__).parents[2] / "docs" / "contracts" / "push.md").read_text(encoding="utf-8")
    lines = text.partition(f"<!-- table: {table} -->")[2].strip().splitlines()[2:]
    rows = []
    for line in lines:
        if not line.startswith("| "):
            break
        status, word = line[2:].split(" |")[0].split()
        rows.append((None if status == "any" else int(status), "" if word == "-" else word))
    return rows


def token_for(row):
    """A device token that is answered by that row."""
    status, word = row
    return f"sim-{status or 500}-{word or 'none'}"


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status, word="", headers=None):
        super().__init__(f"{status} {word}")
        self.status, self.word, self.headers = status, word, headers or {}


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def opened(token):
    """The parts of a JWT: header, claims, what is signed, signature."""
    parts = token.split(".")
    if len(parts) != 3 or "=" in token:
        raise ValueError("no token")
    return (json.loads(from_base64url(parts[0])), json.loads(from_base64url(parts[1])), f"{parts[0]}.{parts[1]}".encode(),
            from_base64url(parts[2]))


@dataclasses.dataclass
class Sent:
    """A notification that a device got."""

    service: str
    token: str
    body: dict
    headers: dict
    name: str

    @property
    def shown(self):
        """What the lock screen shows."""
        alert = self.body["message"]["notification"] if self.service == "fcm" else self.body["aps"]["alert"]
        return f"{alert['title']}\n{alert['body']}"

    @property
    def collapses_by(self):
        return self.body["message"]["android"]["collapse_key"] if self.service == "fcm" else self.headers.get("apns-collapse-id")


class Push:
    """Its members may be read and set from any thread."""

    project, key_id, team, topic = "mau-paht", "KEY1234567", "TEAM123456", "vn.example.paht"

    def __init__(self, folder, port=0):
        folder = pathlib.Path(folder)
        self.offset = 0  # Of the clock, in seconds.
        self.expires_in = HOUR
        self.access_tokens = {}  # Token to the second when it is over.
        self.assertions = 0
        self.trouble = collections.defaultdict(list)  # By "fcm", "token", "apns": Refused, or what closes the connection ("break").
        self.retry_after = None  # A header that refusals carry.
        self.sent = []
        self.refused = []  # (service, token, status, word)
        self.goaway_after = None  # Streams of a connection, after which GOAWAY comes; once.
        self.apns_connections = 0
        self.apns_logins = {}  # Provider token to when it was seen first.
        self.lock = threading.RLock()
        self.fcm_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.apns_key = ec.generate_private_key(ec.SECP256R1())
        self.account = {"type": "service_account", "project_id": self.project, "private_key_id": "1", "private_key": pem(self.fcm_key),
                        "client_email": f"hub@{self.project}.iam.gserviceaccount.example", "token_uri": AUDIENCE}
        self.apns_pem = pem(self.apns_key)
        self.certificate = Authority(folder).issue()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler_of(self))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.load_cert_chain(self.certificate.certificate, self.certificate.key)
        self.context.set_alpn_protocols(["h2"])
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.accept_apns, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.listener.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def apns_url(self):
        return f"https://127.0.0.1:{self.listener.getsockname()[1]}"

    def now(self):
        return time.time() + self.offset

    def to(self, token):
        with self.lock:
            return [one for one in self.sent if one.token == token]

    def next_trouble(self, service):
        with self.lock:
            return self.trouble[service].pop(0) if self.trouble[service] else None

    def refusal_headers(self):
        if self.retry_after is None:
            return {}
        if isinstance(self.retry_after, int):
            return {"retry-after": str(self.retry_after)}
        return {"retry-after": email.utils.formatdate(self.now() + float(self.retry_after), usegmt=True)}

    def keep(self, service, token, body, headers, name):
        with self.lock:
            self.sent.append(Sent(service, token, body, headers, name))

    def by_token(self, service, token):
        """What the device's token says is answered."""
        found = re.fullmatch(r"sim-(\d{3})-(\w+)", token)
        if not found:
            return
        word = "" if found[2] == "none" else found[2]
        if (int(found[1]), word) in contract_rows(service) or (None, word) in contract_rows(service):
            raise Refused(int(found[1]), word)

    # Google.

    def grant(self, form):
        """The token endpoint."""
        self.assertions += 1
        trouble = self.next_trouble("token")
        if trouble:
            raise trouble
        if form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            raise Refused(400, "unsupported_grant_type")
        try:
            header, claims, signed, signature = opened(form.get("assertion", ""))
            self.fcm_key.public_key().verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        except (ValueError, InvalidSignature) as fault:
            raise Refused(400, "invalid_grant") from fault
        now = self.now()
        good = (header.get("alg") == "RS256" and claims.get("iss") == self.account["client_email"] and claims.get("scope") == SCOPE
                and claims.get("aud") == AUDIENCE and isinstance(claims.get("iat"), int) and isinstance(claims.get("exp"), int)
                and claims["exp"] <= claims["iat"] + HOUR and claims["iat"] <= now + 60 and claims["exp"] > now)
        if not good:
            raise Refused(400, "invalid_grant")
        token = "ya29." + secrets.token_urlsafe(32)
        with self.lock:
            self.access_tokens[token] = now + self.expires_in
        return {"access_token": token, "expires_in": self.expires_in, "token_type": "Bearer"}

    def send_fcm(self, path, authorization, raw):
        """`messages:send`."""
        token = authorization.removeprefix("Bearer ")
        if self.access_tokens.get(token, 0) <= self.now():
            raise Refused(401)
        if path != f"/v1/projects/{self.project}/messages:send":
            raise Refused(404)
        if len(raw) > MOST_MESSAGE:
            raise Refused(400, "BadRequest")
        try:
            body = json.loads(raw)
            message = body["message"]
            device = message["token"]
        except (ValueError, KeyError, TypeError) as fault:
            raise Refused(400, "BadRequest") from fault
        if not valid_message(message):
            raise Refused(400, "BadRequest")
        trouble = self.next_trouble("fcm")
        if trouble:
            raise trouble
        self.by_token("fcm", device)
        name = f"projects/{self.project}/messages/0:{secrets.randbelow(10**16)}%31bd1c9631bd1c96"
        self.keep("fcm", device, body, {}, name)
        return {"name": name}

    # Apple.

    def accept_apns(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve_apns, args=(connection,), daemon=True).start()

    def serve_apns(self, connection):
        try:
            with self.context.wrap_socket(connection, server_side=True) as peer:
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if peer.selected_alpn_protocol() != "h2":  # What no push service does.
                    peer.recv(65536)
                    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                    return
                with self.lock:
                    self.apns_connections += 1
                ApnsConnection(self, peer).run()
        except (OSError, h2.exceptions.ProtocolError):
            pass

    def send_apns(self, headers, path, method, raw):
        """One notification: its name, or Refused."""
        self.check_login(headers)
        if method != "POST":
            raise Refused(405, "MethodNotAllowed")
        found = re.fullmatch(r"/3/device/([^/?#]*)", path)
        if not found:
            raise Refused(404, "BadPath")
        token = urllib.parse.unquote(found[1])
        if not token:
            raise Refused(400, "MissingDeviceToken")
        self.check_headers(headers)
        if not raw:
            raise Refused(400, "PayloadEmpty")
        if len(raw) > MOST_MESSAGE:
            raise Refused(413, "PayloadTooLarge")
        try:
            body = json.loads(raw)
            if not isinstance(body["aps"]["alert"]["title"], str):
                raise KeyError("title")
        except (ValueError, KeyError, TypeError) as fault:
            raise Refused(400, "PayloadEmpty") from fault
        trouble = self.next_trouble("apns")
        if trouble:
            raise trouble
        self.by_token("apns", token)
        name = headers.get("apns-id") or str(uuid.uuid4())
        self.keep("apns", token, body, headers, name)
        return name

    def check_login(self, headers):
        authorization = headers.get("authorization", "")
        if not authorization.lower().startswith("bearer "):
            raise Refused(403, "MissingProviderToken")
        token = authorization[len("bearer "):]
        try:
            header, claims, signed, signature = opened(token)
            if len(signature) != 64:
                raise ValueError("not two numbers of 32 bytes")
            der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
            self.apns_key.public_key().verify(der, signed, ec.ECDSA(hashes.SHA256()))
        except (ValueError, InvalidSignature) as fault:
            raise Refused(403, "InvalidProviderToken") from fault
        good = (header.get("alg") == "ES256" and header.get("kid") == self.key_id and claims.get("iss") == self.team
                and isinstance(claims.get("iat"), int))
        if not good:
            raise Refused(403, "InvalidProviderToken")
        if abs(self.now() - claims["iat"]) > HOUR:
            raise Refused(403, "ExpiredProviderToken")
        with self.lock:
            youngest = max(self.apns_logins.values(), default=None)
            if token not in self.apns_logins:
                if youngest is not None and claims["iat"] - youngest < YOUNGEST:
                    raise Refused(429, "TooManyProviderTokenUpdates")
                self.apns_logins[token] = claims["iat"]

    def check_headers(self, headers):
        if not headers.get("apns-topic"):
            raise Refused(400, "MissingTopic")
        if headers["apns-topic"] != self.topic:
            raise Refused(400, "BadTopic")
        if headers.get("apns-push-type") not in ("alert", "background"):
            raise Refused(400, "BadTopic")
        if headers.get("apns-priority") not in ("10", "5"):
            raise Refused(400, "BadPriority")
        if not headers.get("apns-expiration", "").isdigit():
            raise Refused(400, "BadExpirationDate")
        if len(headers.get("apns-collapse-id", "").encode()) > MOST_COLLAPSE_ID:
            raise Refused(400, "BadCollapseId")
        if "apns-id" in headers and not UUID.fullmatch(headers["apns-id"]):
            raise Refused(400, "BadMessageId")


def valid_message(message):
    """Texts only, no name that FCM keeps for itself, durations in seconds."""
    data, note, android = message.get("data", {}), message.get("notification", {}), message.get("android", {})
    if not all(isinstance(part, dict) for part in (data, note, android)):
        return False
    if not all(isinstance(value, str) for value in [*data.values(), *note.values(), *android.values()]):
        return False
    if any(name in ("from", "gcm") or name.startswith("google") for name in data):
        return False
    return re.fullmatch(r"\d+(\.\d+)?s", android.get("ttl", "0s")) and android.get("priority", "NORMAL") in ("NORMAL", "HIGH")


def pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


class ApnsConnection:
    """One connection of HTTP/2; streams are answered in the order in which they end."""

    def __init__(self, push, peer):
        self.push, self.peer = push, peer
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        self.streams = {}
        self.ended = 0
        self.gone = False

    def run(self):
        self.h2.initiate_connection()
        self.flush()
        while not self.gone:
            data = self.peer.recv(65536)
            if not data:
                return
            for event in self.h2.receive_data(data):
                self.handle(event)
            self.flush()
        self.linger()

    def linger(self):
        """What was said last reaches the other side: a socket that is closed over unread bytes takes it back."""
        self.peer.settimeout(5)
        while self.peer.recv(65536):
            pass

    def flush(self):
        self.peer.sendall(self.h2.data_to_send())

    def handle(self, event):
        if isinstance(event, h2.events.RequestReceived):
            self.streams[event.stream_id] = (event.headers, bytearray())
        elif isinstance(event, h2.events.DataReceived):
            self.streams[event.stream_id][1].extend(event.data)
            self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            self.answer(event.stream_id)
        elif isinstance(event, h2.events.ConnectionTerminated):
            self.gone = True

    def answer(self, stream):
        if self.gone:
            return  # After the last stream that GOAWAY names: not looked at.
        self.ended += 1
        headers, raw = self.streams.pop(stream)
        names = [name for name, _ in headers]
        fields = dict(headers)
        try:
            if len(names) != len(set(names)):
                raise Refused(400, "DuplicateHeaders")
            name = self.push.send_apns(fields, fields[":path"], fields[":method"], bytes(raw))
            self.h2.send_headers(stream, [(":status", "200"), ("apns-id", name)], end_stream=True)
        except Refused as refused:
            if refused.word == "break":
                raise ConnectionAbortedError from refused
            self.push.refused.append(("apns", fields.get(":path", "")[10:], refused.status, refused.word))
            extra = list({**self.push.refusal_headers(), **refused.headers}.items())
            self.h2.send_headers(stream, [(":status", str(refused.status)), ("content-type", "application/json"), *extra])
            self.h2.send_data(stream, json.dumps({"reason": refused.word}).encode(), end_stream=True)
        with self.push.lock:
            if self.push.goaway_after is not None and self.ended >= self.push.goaway_after:
                self.push.goaway_after = None
                self.gone = True
        if self.gone:
            self.h2.close_connection(h2.errors.ErrorCodes.NO_ERROR, json.dumps({"reason": "Shutdown"}).encode(), stream)


def handler_of(push):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path = urllib.parse.urlsplit(self.path).path
            try:
                if path == "/token":
                    self.say(200, push.grant(dict(urllib.parse.parse_qsl(raw.decode("utf-8", "replace")))))
                elif path == "/control":
                    control(push, json.loads(raw))
                    self.say(200, {})
                else:
                    self.say(200, push.send_fcm(path, self.headers.get("Authorization", ""), raw))
            except Refused as refused:
                self.refuse(path, refused)

        def do_GET(self):
            self.say(200, {"sent": [{**dataclasses.asdict(one), "shown": one.shown} for one in push.sent], "refused": push.refused,
                           "connections": push.apns_connections, "assertions": push.assertions})

        def refuse(self, path, refused):
            if refused.word == "break":
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if path == "/token":
                self.say(refused.status, {"error": refused.word or "server_error"}, refused.headers)
                return
            push.refused.append(("fcm", "", refused.status, refused.word))
            details = []
            if refused.word == "BadRequest":
                details = [{"@type": BAD_REQUEST, "fieldViolations": [{"field": "message", "description": "invalid"}]}]
            elif refused.word:
                details = [{"@type": FCM_ERROR, "errorCode": refused.word}]
            self.say(refused.status, {"error": {"code": refused.status, "message": "refused", "details": details,
                                                "status": STATUS_WORDS.get(refused.status, "UNKNOWN")}},
                     {**push.refusal_headers(), **refused.headers})

        def say(self, status, body, headers=None):
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *arguments):
            pass

    return Handler


def control(push, order):
    """{"offset": 60, "goaway_after": 3, "trouble": {"apns": [[503, "Shutdown"]]}, "retry_after": 7, "expires_in": 10, "protocols": ["http/1.1"],
    "listen": false, "forget": true}"""
    for name in ("offset", "goaway_after", "retry_after", "expires_in"):
        if name in order:
            setattr(push, name, order[name])
    for service, answers in order.get("trouble", {}).items():
        push.trouble[service].extend(Refused(*answer) for answer in answers)
    if "protocols" in order:
        push.context.set_alpn_protocols(order["protocols"])
    if order.get("listen") is False:
        push.listener.shutdown(socket.SHUT_RDWR)
        push.listener.close()
    if order.get("forget"):
        with push.lock:
            push.sent.clear()
            push.refused.clear()
            push.access_tokens.clear()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        push = Push(folder)
        print(json.dumps({"url": push.url, "apns_url": push.apns_url, "ca": push.certificate.ca.read_text(encoding="ascii"),
                          "account": push.account, "apns_key": push.apns_pem, "key_id": push.key_id, "team": push.team,
                          "topic": push.topic}), flush=True)
        sys.stdin.read()  # Until whoever started it is gone.


if __name__ == "__main__":
    main()
