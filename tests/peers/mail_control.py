"""The HTTP endpoint by which a test in another process commands the simulated mail server (see mail_server.py)."""

import datetime
import http.server
import json
import re
import threading
import urllib.parse

MAX_BODY = 128 << 20


class Control:
    def __init__(self, server, port: int = 0):
        handler = type("Handler", (_Handler,), {"mail": server})
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    mail = None

    def _handle(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), MAX_BODY))
        address = urllib.parse.urlsplit(self.path)
        parts = [urllib.parse.unquote(part) for part in address.path.strip("/").split("/")]
        query = dict(urllib.parse.parse_qsl(address.query))
        try:
            for method, pattern, action in ROUTES:
                if method == self.command and len(pattern) == len(parts) and all(map(_fits, pattern, parts)):
                    fields = [part for part, wanted in zip(parts, pattern) if wanted.startswith("{")]
                    self._answer(200, action(self.mail, fields, query, body))
                    return
            self._answer(404, {"error": "no such path"})
        except (KeyError, IndexError) as problem:
            self._answer(404, {"error": str(problem)})
        except (ValueError, TypeError, re.error) as problem:
            self._answer(400, {"error": str(problem)})

    do_GET = do_POST = do_PUT = do_DELETE = _handle

    def _answer(self, status: int, answer) -> None:
        raw = isinstance(answer, bytes)
        content = answer if raw else json.dumps({} if answer is None else answer, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "message/rfc822" if raw else "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_) -> None:
        """Quiet."""


def _fits(wanted: str, part: str) -> bool:
    if wanted == "{protocol}":
        return part in ("imap", "smtp")
    return wanted.startswith("{") or wanted == part


def _without_raw(found: dict) -> dict:
    return {name: value for name, value in found.items() if name != "raw"}


def _put(mail, fields, query, body):
    flags = [flag for flag in query.get("flags", "").split(",") if flag]
    received = datetime.datetime.fromisoformat(query["received"]) if "received" in query else None
    if received is not None and received.tzinfo is None:
        received = received.replace(tzinfo=datetime.timezone.utc)
    return {"uid": mail.put(body, fields[0], flags, received)}


def _raw(mail, fields, *_):
    return next((one["raw"] for one in mail.messages(fields[0]) if one["uid"] == int(fields[1])), None) or _missing()


def _missing():
    raise KeyError("no such message")


def _plan(mail, fields, _, body):
    rules = json.loads(body)
    mail.plan(fields[0], rules if isinstance(rules, list) else [rules])


def _drop(mail, fields, _, body):
    return {"count": mail.drop(protocol=fields[0], **json.loads(body or b"{}"))}


def _wait(mail, _, __, body):
    wanted = json.loads(body)
    return {"met": mail.wait(wanted.pop("what"), wanted.pop("seconds", 20), **wanted)}


ROUTES = [(method, path.strip("/").split("/"), action) for method, path, action in (
    ("GET", "/state", lambda mail, *_: mail.state()),
    ("POST", "/reset", lambda mail, *_: mail.reset()),
    ("PUT", "/settings", lambda mail, _, __, body: mail.settings(**json.loads(body))),
    ("POST", "/messages/{mailbox}", _put),
    ("GET", "/messages/{mailbox}", lambda mail, fields, *_: [_without_raw(one) for one in mail.messages(fields[0])]),
    ("GET", "/messages/{mailbox}/{uid}", _raw),
    ("DELETE", "/messages/{mailbox}/{uid}", lambda mail, fields, *_: mail.expunge(fields[0], int(fields[1]))),
    ("PUT", "/flags/{mailbox}/{uid}", lambda mail, fields, _, body: mail.set_flags(fields[0], int(fields[1]), json.loads(body))),
    ("PUT", "/mailboxes/{mailbox}", lambda mail, fields, *_: mail.make_mailbox(fields[0])),
    ("DELETE", "/mailboxes/{mailbox}", lambda mail, fields, *_: mail.remove_mailbox(fields[0])),
    ("POST", "/uidvalidity/{mailbox}",
     lambda mail, fields, _, body: {"uidvalidity": mail.change_uidvalidity(fields[0], **json.loads(body or b"{}"))}),
    ("GET", "/{protocol}/commands", lambda mail, fields, *_: mail.commands(fields[0])),
    ("POST", "/{protocol}/plan", _plan),
    ("GET", "/{protocol}/plan", lambda mail, fields, *_: mail.plan_left(fields[0])),
    ("DELETE", "/{protocol}/plan", lambda mail, fields, *_: mail.clear_plan(fields[0])),
    ("POST", "/imap/send", lambda mail, _, __, body: {"count": mail.send(**json.loads(body))}),
    ("POST", "/{protocol}/drop", _drop),
    ("POST", "/release", lambda mail, *_: mail.release()),
    ("GET", "/smtp/messages", lambda mail, *_: [_without_raw(one) for one in mail.received]),
    ("GET", "/smtp/messages/{index}", lambda mail, fields, *_: mail.received[int(fields[0])]["raw"]),
    ("DELETE", "/smtp/messages", lambda mail, *_: mail.forget_received()),
    ("GET", "/smtp/cut_short", lambda mail, *_: mail.cut_short),
    ("GET", "/smtp/duplicates", lambda mail, *_: mail.duplicates),
    ("POST", "/wait", _wait),
)]
