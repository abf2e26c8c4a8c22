#!/usr/bin/env python3
"""Zalo as an Official Account meets it, written from docs/contracts/zalo-oa.md alone: the token host, the OA API, templates by phone,
the host of attachments, and the webhooks that Zalo sends. All of it on one loopback port.

`Zalo` is the peer; switch it with `trouble` (what the next calls of a path meet), `now` (its clock) and the members of the same
name as the contract's facts. `Zalo.user(id)` writes messages and posts them, signed, to the webhook. As a program it prints
`{"port": N}` and obeys `POST /control` and `GET /control`.
"""

import argparse
import collections
import dataclasses
import email.parser
import email.policy
import hashlib
import hmac
import http.client
import http.server
import json
import re
import secrets
import socket
import struct
import sys
import threading
import time
import unicodedata
import urllib.parse

HOUR = 3600 * 1000
DAY = 24 * HOUR
MOST_TEXT = 2000
MOST_IMAGE = 1 << 20
MOST_FILE = 5 << 20
PATIENCE = 2.0  # Seconds that Zalo waits for a webhook's answer.
RETRY_STEPS = (30, 300, 900, 1800, 3600)  # Seconds.
DOCUMENTS = ("pdf", "doc", "docx", "csv")


def mac_of(first_term, body, timestamp, key):
    """The signature: plain SHA-256 over the concatenation."""
    return hashlib.sha256(first_term.encode() + body + timestamp.encode() + key.encode()).hexdigest()


class Refused(Exception):
    """An error of the API: HTTP 200 with a code that is not 0."""

    def __init__(self, code, message="refused"):
        super().__init__(message)
        self.code, self.message = code, message


@dataclasses.dataclass
class Sent:
    """A message that a user got."""

    way: str  # cs, template, phone
    to: str
    body: dict
    message_id: str
    at: int
    free: bool = True  # Within 48 hours of the user's last message.
    tracking_id: str = ""

    @property
    def text(self):
        return self.body.get("message", {}).get("text", "")


@dataclasses.dataclass
class Posted:
    """A webhook and its answer."""

    status: int
    seconds: float
    name: str


class Zalo:
    """Its members may be read and set from any thread."""

    def __init__(self, webhook=None, app_id="1234567890123456789", oa_id="1646000000000000001", port=0):
        self.app_id, self.oa_id = app_id, oa_id
        self.oa_secret = "oa-" + secrets.token_hex(16)
        self.app_secret = "app-" + secrets.token_hex(16)
        self.webhook = webhook  # Where events are posted.
        self.trouble = collections.defaultdict(list)  # By path.
        self.offset = 0  # Of the clock, in ms.
        self.expires_in = "90000"
        self.demands_proof = False
        self.templates = {"user": {"T-USER"}, "phone": {"T-PHONE"}}
        self.without_zalo = set()  # Phone numbers without an account.
        self.followers = collections.defaultdict(lambda: True)
        self.last_interaction = {}  # By user, in ms.
        self.codes = set()  # Authorization codes that are not used yet.
        self.refresh_tokens = set()  # The same: each works once.
        self.access_tokens = {}  # Token to the ms when it expires.
        self.assets = {}  # Id to (kind, bytes); None instead when it has expired.
        self.sent = []
        self.calls = []  # (method, path) in order.
        self.posted = []
        self.files = {}  # Path below /files/ to bytes.
        self.lock = threading.RLock()
        self.number = 0
        self.server = _Server(("127.0.0.1", port), _handler(self))
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def port(self):
        return self.server.server_address[1]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def now(self):
        return int(time.time() * 1000) + self.offset

    def new_id(self, prefix):
        with self.lock:
            self.number += 1
            return f"{prefix}-{self.number}-{secrets.token_hex(4)}"

    def consent(self):
        """An administrator of the OA agrees: a refresh token that works once."""
        token = "RT-" + secrets.token_hex(16)
        self.refresh_tokens.add(token)
        return token

    def expire_access(self):
        with self.lock:
            for token in self.access_tokens:
                self.access_tokens[token] = 0

    def expire_assets(self):
        with self.lock:
            for name in self.assets:
                self.assets[name] = None

    def user(self, name):
        return User(self, name)

    def to(self, user):
        """What a user got, in order."""
        with self.lock:
            return [one for one in self.sent if one.to == user]

    @property
    def slow(self):
        """Webhooks whose answer came too late."""
        return [one for one in self.posted if one.seconds > PATIENCE]

    # The API.

    def tokens(self, headers, form):
        with self.lock:
            if headers.get("secret_key") != self.app_secret or form.get("app_id") != self.app_id:
                raise Refused(-14002, "Invalid app")
            grant = form.get("grant_type")
            if grant == "authorization_code":
                if form.get("code") not in self.codes:
                    raise Refused(-14020, "Invalid code")
                self.codes.remove(form["code"])
            elif grant == "refresh_token":
                if form.get("refresh_token") not in self.refresh_tokens:
                    raise Refused(-14020, "Invalid refresh token")
                self.refresh_tokens.remove(form["refresh_token"])
            else:
                raise Refused(-14003, "Invalid grant")
            access = "AT-" + secrets.token_hex(16)
            self.access_tokens[access] = self.now() + int(self.expires_in) * 1000
            return {"access_token": access, "refresh_token": self.consent(), "expires_in": self.expires_in}

    def admit(self, headers, by_phone=False):
        token = headers.get("access_token")
        expiry = self.access_tokens.get(token)
        if expiry is None:
            raise Refused(-124 if by_phone else -216, "Access token is invalid")
        if self.now() >= expiry:
            raise Refused(-124 if by_phone else -220, "Access token has expired")
        if self.demands_proof:
            proof = hmac.new(self.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
            if headers.get("appsecret_proof") != proof:
                raise Refused(-242, "appsecret_proof is wrong")

    def consult(self, body):
        """A consultation message: its shape, its length, and whether the user may be written to."""
        user = member(body, "recipient", "user_id")
        message = body.get("message")
        if not isinstance(message, dict) or not {"text", "attachment"} & message.keys():
            raise Refused(-201, "message is invalid")
        if "text" in message:
            check_text(message["text"])
        if "attachment" in message:
            self.check_attachment(message["attachment"])
        if not self.followers[user]:
            raise Refused(-213, "User has not followed the OA")
        age = self.now() - self.last_interaction.get(user, 0)
        if age > 7 * DAY:
            raise Refused(-230, "User has not interacted with the OA in the past 7 days")
        return self.deliver(Sent("cs", user, body, self.new_id("m-out"), self.now(), free=age <= 48 * HOUR), user, "message_id", "user_id")

    def check_attachment(self, attachment):
        kind, payload = attachment.get("type"), attachment.get("payload")
        if not isinstance(payload, dict):
            raise Refused(-201, "payload is invalid")
        if kind == "file":
            self.check_asset(payload.get("token"), "file")
        elif kind == "template" and payload.get("template_type") in ("media", "request_user_info"):
            [element] = payload.get("elements") or [{}]
            if payload["template_type"] == "media":
                self.check_asset(element.get("attachment_id"), "image")
            elif not all(isinstance(element.get(name), str) and element[name] for name in ("title", "subtitle", "image_url")):
                raise Refused(-201, "element is invalid")
        else:
            raise Refused(-201, "attachment is invalid")

    def check_asset(self, name, kind):
        if name not in self.assets:
            raise Refused(-201, "no such attachment")
        if self.assets[name] is None:
            raise Refused(-100, "attachment has expired")
        if self.assets[name][0] != kind:
            raise Refused(-201, "attachment is of another kind")

    def template_by_user(self, body):
        user = member(body, "user_id")
        self.check_template(body, "user")
        return self.deliver(Sent("template", user, body, self.new_id("m-tpl"), self.now()), user, "message_id", "user_id")

    def template_by_phone(self, body):
        phone = member(body, "phone")
        if not re.fullmatch(r"84\d{9,10}", phone):
            raise Refused(-108, "Invalid phone number")
        self.check_template(body, "phone")
        tracking = body.get("tracking_id", "")
        if not isinstance(tracking, str) or len(tracking) > 48:
            raise Refused(-201, "tracking_id is invalid")
        if phone in self.without_zalo:
            raise Refused(-118, "Zalo account does not exist")
        sent = Sent("phone", phone, body, self.new_id("15a"), self.now(), tracking_id=tracking)
        with self.lock:
            self.sent.append(sent)
        return {"msg_id": sent.message_id, "sent_time": str(sent.at), "sending_mode": "1",
                "quota": {"dailyQuota": "500", "remainingQuota": "499"}}

    def check_template(self, body, way):
        if body.get("template_id") not in self.templates[way]:
            raise Refused(-201, "template_id is invalid")
        data = body.get("template_data")
        if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
            raise Refused(-201, "template_data is invalid")

    def deliver(self, sent, user, id_member, user_member):
        with self.lock:
            self.sent.append(sent)
        return {id_member: sent.message_id, user_member: user,
                "quota": {"quota_type": "reply", "remain": "0", "total": "8", "expired_date": "31/12/2026"}}

    def upload(self, kind, content_type, body):
        name, data = multipart_file(content_type, body)
        if kind == "image":
            if not data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
                raise Refused(-201, "not a jpg or png")
            most = MOST_IMAGE
        else:
            if name.rpartition(".")[2].lower() not in DOCUMENTS:
                raise Refused(-201, "not a document")
            most = MOST_FILE
        if not 0 < len(data) <= most:
            raise Refused(-201, "file is too large")
        asset = self.new_id("asset")
        with self.lock:
            self.assets[asset] = (kind, data)
        return {"attachment_id" if kind == "image" else "token": asset}

    def quota(self, body):
        user = member(body, "user_id")
        return {"last_interaction": self.last_interaction.get(user, 0), "cs_reply": {"remain": 8, "total": 8}}

    def detail(self, query):
        user = json.loads(query.get("data", "{}")).get("user_id")
        if user not in self.last_interaction:
            raise Refused(-213, "no such user")
        day = time.strftime("%d/%m/%Y", time.gmtime(self.last_interaction[user] / 1000 + 7 * 3600))
        return {"user_id": user, "display_name": "Người Thử", "shared_info": {}, "user_is_follower": self.followers[user],
                "user_last_interaction_date": day}

    # Webhooks.

    def post(self, body, signature="header", headers=None, key=None, first_term=None):
        """Posts the bytes of an event. `signature`: body (by the body's time), header (a time of its own is sent), bare (without
        `mac=`), wrong, hmac, none."""
        key, first_term = key or self.oa_secret, first_term or self.app_id
        found = re.search(rb'"timestamp":"(\d+)"', body)
        stamp = found.group(1).decode() if found else ""
        all_headers = {"Content-Type": "application/json"}
        if signature in ("header", "bare"):
            stamp = str(self.now())
            all_headers["X-ZEvent-Timestamp"] = stamp
        mac = mac_of(first_term, body, stamp, key)
        if signature == "wrong":
            mac = mac_of(first_term, body, stamp, key + "x")
        if signature == "hmac":
            mac = hmac.new(key.encode(), first_term.encode() + body + stamp.encode(), hashlib.sha256).hexdigest()
        if signature != "none":
            all_headers["X-ZEvent-Signature"] = mac if signature == "bare" else "mac=" + mac
        all_headers.update(headers or {})
        address = urllib.parse.urlsplit(self.webhook)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
        began = time.monotonic()
        try:
            connection.request("POST", address.path, body, all_headers)
            response = connection.getresponse()
            response.read()
            status = response.status
        finally:
            connection.close()
        named = re.search(rb'"event_name":"(\w+)"', body)
        with self.lock:
            self.posted.append(Posted(status, time.monotonic() - began, named.group(1).decode() if named else ""))
        return status

    def probe(self):
        """How the console tries an address before it keeps it."""
        return self.post(b"{}", "none")

    def retry_ladder(self, body, steps=len(RETRY_STEPS)):
        """The same event again and again, as if nobody had answered; the statuses."""
        return [self.post(body, headers={"num_retry": str(step + 1)}) for step in range(steps)]

    def envelope(self, name, sender, recipient, **members):
        event = {"event_name": name, "app_id": self.app_id, "sender": {"id": sender}, "recipient": {"id": recipient}}
        event.update(members)
        event["timestamp"] = str(self.now())
        return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()

    def receipt(self, sent, name="user_received_message"):
        """The event by which a message's arrival or reading is told."""
        message = {"msg_id": sent.message_id}
        if sent.way == "phone":
            message.update(delivery_time=str(self.now()), tracking_id=sent.tracking_id)
        return self.envelope(name, self.oa_id, sent.to, message=message)

    def echo(self, sent):
        return self.envelope("oa_send_text", self.oa_id, sent.to, message={"msg_id": sent.message_id, "text": sent.text})

    def relation(self, name, user):
        event = {"event_name": name, "oa_id": self.oa_id, "follower": {"id": user}, "source": "oa_profile", "app_id": self.app_id,
                 "timestamp": str(self.now())}
        return json.dumps(event, separators=(",", ":")).encode()


class User:
    """Somebody with Zalo on the telephone. Each method makes the event; `say` and `send` post it, too."""

    def __init__(self, zalo, name):
        self.zalo, self.name = zalo, name

    def event(self, event_name, **members):
        self.zalo.last_interaction[self.name] = self.zalo.now()
        return self.zalo.envelope(event_name, self.name, self.zalo.oa_id, **members)

    def message(self, event_name, **members):
        return self.event(event_name, message={"msg_id": self.zalo.new_id("m"), **members})

    def text(self, text, **more):
        return self.message("user_send_text", text=text, **more)

    def image(self, url, text="", kind="image"):
        return self.message("user_send_image", text=text, attachments=[{"type": kind, "payload": {"url": url, "thumbnail": url}}])

    def file(self, url, name):
        return self.message("user_send_file", attachments=[{"type": "file", "payload": {
            "url": url, "size": "1000", "name": name, "checksum": "db8f0000", "type": name.rpartition(".")[2]}}])

    def voice(self, url):
        return self.message("user_send_audio", attachments=[{"type": "audio", "payload": {"url": url}}])

    def place(self, title, latitude="16.4001", longitude="107.6902"):
        coordinates = {"latitude": latitude, "longitude": longitude}
        return self.message("user_send_location", text=title, attachments=[{"type": "location", "payload": {"coordinates": coordinates}}])

    def info(self, name, phone):
        return self.event("user_submit_info", info={"name": name, "phone": phone, "full_address": {
            "user_city": "Thành phố Huế", "user_ward": "Phường Vỹ Dạ", "user_address": "12 Đường X"}})

    def say(self, text, **how):
        return self.zalo.post(self.text(text), **how)

    def heard(self):
        return [one.text for one in self.zalo.to(self.name)]


def member(body, *path):
    value = body
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, str) or not value:
        raise Refused(-201, ".".join(path) + " is invalid")
    return value


def check_text(text):
    if not isinstance(text, str) or not text or len(unicodedata.normalize("NFC", text)) > MOST_TEXT:
        raise Refused(-201, "text is invalid")
    if unicodedata.normalize("NFC", text) != text:
        raise Refused(-201, "text is not NFC")


def multipart_file(content_type, body):
    """Name and bytes of the field `file`."""
    head = b"Content-Type: " + content_type.encode() + b"\r\n\r\n"
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    for part in message.iter_parts() if message.is_multipart() else []:
        if part.get_param("name", header="content-disposition") == "file":
            return part.get_filename() or "", part.get_payload(decode=True)
    raise Refused(-201, "no file")


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def _handler(zalo):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def do_GET(self):
            address = urllib.parse.urlsplit(self.path)
            query = dict(urllib.parse.parse_qsl(address.query))
            if address.path == "/control":
                return self.answer(200, zalo_state(zalo))
            if address.path.startswith("/files/"):
                return self.serve_file(address.path.removeprefix("/files/"))
            return self.call(address.path, {
                "/v2.0/oa/getoa": lambda: {"oa_id": zalo.oa_id, "name": "Tổng đài Mẫu", "is_verified": True},
                "/v3.0/oa/user/detail": lambda: zalo.detail(query)})

        def do_POST(self):
            path = urllib.parse.urlsplit(self.path).path
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if path == "/control":
                return self.answer(200, obey(zalo, json.loads(body)))
            if path == "/v4/oa/access_token":
                form = dict(urllib.parse.parse_qsl(body.decode()))
                return self.call(path, {path: lambda: zalo.tokens(self.headers, form)}, token=True)
            return self.call(path, {
                "/v3.0/oa/message/cs": lambda: zalo.consult(self.json(body)),
                "/v3.0/oa/message/template": lambda: zalo.template_by_user(self.json(body)),
                "/message/template": lambda: zalo.template_by_phone(self.json(body)),
                "/v2.0/oa/upload/image": lambda: zalo.upload("image", self.headers.get("Content-Type", ""), body),
                "/v2.0/oa/upload/file": lambda: zalo.upload("file", self.headers.get("Content-Type", ""), body),
                "/v3.0/oa/quota/message": lambda: zalo.quota(self.json(body)),
                "/v2.0/oa/message": lambda: stopped(),
                "/v3.0/oa/message/transaction": lambda: stopped(),
                "/v3.0/oa/message/promotion": lambda: stopped()})

        @staticmethod
        def json(body):
            try:
                value = json.loads(body)
            except ValueError:
                raise Refused(-201, "no JSON") from None
            if not isinstance(value, dict):
                raise Refused(-201, "no object")
            return value

        def call(self, path, known, token=False):
            with zalo.lock:
                zalo.calls.append((self.command, path))
                trouble = zalo.trouble[path].pop(0) if zalo.trouble[path] else None
            if path not in known:
                return self.answer(404, {"error": -404})
            try:
                if trouble is not None and self.misbehaves(trouble):
                    return None
                if not token:
                    zalo.admit(self.headers, by_phone=path == "/message/template")
                data = known[path]()
            except Refused as refusal:
                words = {"error": refusal.code, ("error_name" if token else "message"): refusal.message}
                return self.answer(200, words)
            return self.answer(200, data if token else {"error": 0, "message": "Success", "data": data})

        def misbehaves(self, trouble):
            """A code, an HTTP status, {"delay": seconds} or {"then": …} with it, "reset" (before anything is done), "vanish" (after)."""
            if isinstance(trouble, dict):
                time.sleep(trouble.get("delay", 0))
                return "then" in trouble and self.misbehaves(trouble["then"])
            if trouble == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()
                return True
            if trouble < 0:
                raise Refused(trouble)
            self.answer(trouble, {"error": -1})
            return True

        def serve_file(self, name):
            """expired: 403. endless: no end. private: to an address that is nobody's business."""
            if name == "endless":
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                piece = b"%x\r\n%s\r\n" % (65536, b"x" * 65536)
                try:
                    for _ in range(16384):  # A gigabyte is enough of it.
                        self.wfile.write(piece)
                except OSError:
                    pass
                self.close_connection = True
                return None
            if name == "private":
                return self.answer(302, {}, {"Location": "http://10.0.0.1/secret"})
            if name.startswith("expired") or name not in zalo.files:
                return self.answer(403 if name.startswith("expired") else 404, {})
            return self.answer(200, zalo.files[name])

        def answer(self, status, content, headers=None):
            body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/octet-stream" if isinstance(content, bytes) else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("X-RateLimit-Limit", "4000")
            self.send_header("X-RateLimit-Remain", "3999")
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    return Handler


def stopped():
    raise Refused(-240, "this API was stopped")


def obey(zalo, order):
    """Switches: {"trouble": {path: […]}, "expires_in": "60", "expire": "access"|"assets", "last_interaction": {user: ms}, "offset": ms,
    "consent": true, "webhook": url}."""
    with zalo.lock:
        for path, list_of in order.get("trouble", {}).items():
            zalo.trouble[path] = list(list_of)
        for name in ("expires_in", "offset", "webhook", "demands_proof"):
            if name in order:
                setattr(zalo, name, order[name])
        zalo.last_interaction.update(order.get("last_interaction", {}))
    if order.get("expire") == "access":
        zalo.expire_access()
    if order.get("expire") == "assets":
        zalo.expire_assets()
    return {"refresh_token": zalo.consent()} if order.get("consent") else {}


def zalo_state(zalo):
    with zalo.lock:
        return {"sent": [dataclasses.asdict(one) for one in zalo.sent], "calls": len(zalo.calls),
                "slow": [dataclasses.asdict(one) for one in zalo.slow], "app_secret": zalo.app_secret, "oa_secret": zalo.oa_secret}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--webhook", help="where events are posted")
    arguments = parser.parse_args()
    zalo = Zalo(arguments.webhook, port=arguments.port)
    print(json.dumps({"port": zalo.port}), flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        zalo.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
