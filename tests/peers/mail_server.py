"""A mail server that behaves badly on command: IMAP4rev1 (RFC 3501, IDLE of RFC 2177, MOVE, UIDPLUS, LITERAL+, ID) and message
submission (RFC 5321, 6409, AUTH PLAIN and LOGIN, STARTTLS), written from those documents alone. What it understands it does
right and strictly, so that a client that misuses the protocols is answered BAD or 5yz; everything else is a rule of its plan.

In a Python test:

    with MailServer(users={"hop-thu": "mật khẩu"}) as server:
        uid = server.put(b"From: ...", mailbox="INBOX")
        server.imap_plan({"at": "UID FETCH", "cut_literal": 100})
        assert server.wait("commands", protocol="imap", command="IDLE")

    MailServer(users=None, certificate=None, key=None, imap_port=0, smtp_port=0, **settings)
                       paths of PEM files; ports, any unless said; settings as below
      .host .imap_port .imaps_port .smtp_port .smtps_port .control_port .control_url
      .put(raw, mailbox="INBOX", flags=(), received=None) -> uid        received: an aware datetime
      .messages(mailbox="INBOX") -> [{..., "raw"}]
      .set_flags(mailbox, uid, flags) .expunge(mailbox, uid) .make_mailbox(name) .remove_mailbox(name)
      .change_uidvalidity(mailbox="INBOX", value=None, renumber=True, shuffle=False) -> new value
      .settings(**changes)
      .imap_plan(*rules) .smtp_plan(*rules) .clear_plans()
      .commands(protocol, command=None) -> [{...}]
      .received -> [{..., "raw"}]  .accepted, of these  .cut_short  .duplicates
      .send(text, to="idling") -> count  .drop(protocol="imap", how="close", to="all") -> count  .release()  .reset()
      .wait(what, seconds=20, **of) -> bool

As a program it prints one line of JSON, {"host", "imap", "imaps", "smtp", "smtps", "control"} (ports; imaps and smtps are null
without a certificate), and serves until it gets SIGTERM or SIGINT:

    mail_server.py [--user NAME:PASSWORD ...] [--certificate PEM --key PEM] [--control PORT]

Without --user the one user is "hop-thu@mau.example", password "mật-khẩu-mẫu". STARTTLS is offered where there is a certificate.

Control: HTTP on the port `control`; bodies and answers are JSON unless "raw" is said. The methods of MailServer do the same.
Mailbox names are Unicode here (percent-encoded in paths) and modified UTF-7 on the wire. Errors: 400 {"error"}, 404.

    GET    /state                             {"imap": {"connections", "idling", "commands", "logins"}, "smtp": {"connections",
                                              "commands", "accepted"}, "mailboxes": {NAME: {"uidvalidity", "uidnext", "count"}}}
    POST   /reset                             as after the start; connections are cut
    PUT    /settings                          merges any of (defaults)
               users             {name: password}
               capabilities      ["IMAP4rev1", "IDLE", "MOVE", "UIDPLUS", "LITERAL+", "ID", "UNSELECT", "NAMESPACE", "AUTH=PLAIN",
                                 "SASL-IR"]
               imap_tls          "optional"; "required": LOGINDISABLED before TLS; "off": no STARTTLS
               extensions        ["PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "AUTH PLAIN LOGIN"]
               smtp_tls          "optional"; "required": 530 5.7.0 before TLS; "off"
               smtp_auth         true: MAIL needs AUTH (530 5.7.0)
               size_limit        26214400; 552 5.3.4 above it; 0: SIZE is not offered
               separator         "/" of mailbox names
    POST   /messages/MAILBOX?flags=a,b&received=ISO        raw message -> {"uid"}; the mailbox is made if need be
    GET    /messages/MAILBOX                  [{"uid", "flags", "size", "sha256", "message_id"}]
    GET    /messages/MAILBOX/UID              raw
    DELETE /messages/MAILBOX/UID              another client expunged it
    PUT    /flags/MAILBOX/UID                 ["\\\\Seen", ...]: another client set exactly these
    PUT    /mailboxes/MAILBOX                 makes an empty one;  DELETE: takes it away
    POST   /uidvalidity/MAILBOX               {"value": N?, "renumber": true} -> {"uidvalidity"}: by default a higher one, UIDs anew from 1
                                              (in another order with "shuffle": true); sessions that have it selected are cut
    GET    /imap/commands, /smtp/commands     [{"connection", "tls", "command", "arguments", "rule": true|false}] in order; passwords are
                                              masked. "COMPLAINT" is no command but a breach: text after STARTTLS, not DONE in IDLE
    POST   /imap/plan, /smtp/plan             one rule or a list, added at the end;  GET: those left;  DELETE: forgets them
    POST   /imap/send                         {"text", "to": "idling"|"all"} -> {"count"}: unsolicited bytes: just now, or before the
                                              next answer
    POST   /imap/drop, /smtp/drop             {"how": "close"|"reset", "to": "all"|"idling"} -> {"count"}: ends connections just now
    POST   /release                           whoever hangs goes on
    GET    /smtp/messages                     [{"index", "connection", "user", "tls", "from", "to", "mail_parameters", "rcpt_parameters",
                                              "size", "sha256", "message_id", "accepted", "reply", "complaints"}]: everything
                                              whose final dot arrived, accepted or not, each time that it came
    GET    /smtp/messages/INDEX               raw, as sent, dots unstuffed (index from 0)
    DELETE /smtp/messages                     forgets them
    GET    /smtp/cut_short                    [{"from", "to", "size"}]: messages whose final dot never came
    GET    /smtp/duplicates                   {message_id: times}, of what was accepted more than once
    POST   /wait                              {"what", ..., "seconds": 20} -> {"met": true|false}
               {"what": "commands", "protocol": "imap"|"smtp", "command": "IDLE", "count": 1}   at least so many came
               {"what": "idling", "count": 1}                             at least so many clients are waiting in IDLE
               {"what": "connections", "protocol": ..., "count": 0}       exactly so many
               {"what": "accepted", "count": 1}                           at least so many messages were accepted over SMTP
               {"what": "mailbox", "mailbox": "INBOX", "count": 0}        exactly so many messages
               {"what": "flags", "mailbox", "uid", "flags": [...]}        has all of them

"complaints" of a message received are breaches of the RFCs that a lenient server forgives: "bare LF", "bare CR", "NUL", "line of N
bytes" (over 998), "8-bit without 8BITMIME", "8-bit header without SMTPUTF8", "no Date", "no From", "no Message-ID", "two FIELD".

Rules. The first rule of the plan that fits a command treats it; then its count goes down.
  Which command:
    at             its name: "CONNECT" (the greeting), "LOGIN", "AUTHENTICATE", "STARTTLS", "SELECT", "UID FETCH", "FETCH", "UID SEARCH",
                   "UID STORE", "UID MOVE", "UID COPY", "EXPUNGE", "UID EXPUNGE", "IDLE", "DONE", "NOOP", "LOGOUT" ...; for SMTP
                   "CONNECT", "EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA" (the command), "BODY" (while the message comes),
                   "MESSAGE" (after its final dot), "RSET", "NOOP", "QUIT"; "*": any but BODY
    match          a regular expression found in its arguments (of MESSAGE: in the message)
    skip           this many fitting commands go by before (0)
    times          for so many commands (1); 0: for all
  What happens (all may be combined):
    acts           whether the command does what it says. By default it does, unless `reply`, `raw` or `cut: 0` is given
    reply          the answer instead of the usual one. IMAP: "NO [UNAVAILABLE] text", "BAD ...", "OK ..." get the tag; "BYE ..." is
                   untagged and ends the connection, "PREAUTH ..." is for CONNECT. SMTP: "451 4.3.0 text"; lines with "\\n" in between;
                   421 ends the connection
    before, after  lists of lines sent before and after the answer (CR LF is added): unsolicited responses, garbage. After
                   STARTTLS, `after` goes out in the clear in one packet with the answer: an injection
    flood          N bytes of one line without end before the answer
    raw            the bytes sent instead of the whole answer, as a string of Latin-1; {tag} is replaced
    delay          seconds before the answer
    hang           no answer until the client goes away or /release
    chunk, pause   the answer goes in packets of `chunk` bytes, `pause` seconds apart
    cut            the connection ends after so many bytes of the answer; 0: without an answer
    cut_literal    ... after so many bytes of the answer's first literal
    end            how it ends: "close" (default) or "reset". Given alone: after the answer
    size_add       RFC822.SIZE is told so much greater (or smaller)
    literal_add    the lengths of literals are told so much greater (or smaller)
    read           BODY only: the connection ends after so many bytes of the message were read
  Unknown outcome: {"at": "MESSAGE", "acts": true, "cut": 0} was received and kept, the client never hears of it; with "acts": false it
  was not kept; {"at": "BODY", "read": 100} never arrived whole.
"""

import argparse
import collections
import contextlib
import datetime
import json
import signal
import socket
import ssl
import sys
import threading
import traceback

import mail_imap
import mail_smtp
from mail_control import Control
from mail_link import Gone, Link
from mail_plan import AS_USUAL, Plan, Rule
from mail_store import Mailbox, Store, same_flag

HOST = "127.0.0.1"
USERS = {"hop-thu@mau.example": "mật-khẩu-mẫu"}
DEFAULTS = {
    "capabilities": ["IMAP4rev1", "IDLE", "MOVE", "UIDPLUS", "LITERAL+", "ID", "UNSELECT", "NAMESPACE", "AUTH=PLAIN", "SASL-IR"],
    "imap_tls": "optional", "extensions": ["PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "AUTH PLAIN LOGIN"],
    "smtp_tls": "optional", "smtp_auth": True, "size_limit": 25 << 20, "separator": "/"}
TLS = ("optional", "required", "off")


class MailServer:
    def __init__(self, users: "dict | None" = None, certificate=None, key=None, control: int = 0,
                 imap_port: int = 0, smtp_port: int = 0, **settings):
        self.host = HOST
        self.lock = threading.Condition()
        self._first = {"users": dict(USERS if users is None else users), **DEFAULTS, **settings}
        self._context = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate, key)
        self._sessions: dict = {}  # Session to Link.
        self._connections = 0
        self._begin()
        self._listeners = []
        self.imap_port = self._listen(mail_imap.Session, imap_port)
        self.smtp_port = self._listen(mail_smtp.Session, smtp_port)
        self.imaps_port = self._listen(mail_imap.Session, tls=True) if self._context else None
        self.smtps_port = self._listen(mail_smtp.Session, tls=True) if self._context else None
        self._control = Control(self, control)
        self.control_port = self._control.port
        self.control_url = f"http://{HOST}:{self.control_port}"

    def _begin(self) -> None:
        self._apply(self._first)
        self.store = Store()
        self._plans = {"imap": Plan(), "smtp": Plan()}
        self._commands: dict = {"imap": [], "smtp": []}
        self._logins: list = []
        self._received: list = []
        self._cut_short: list = []
        self._unsolicited: dict = collections.defaultdict(list)
        self._releases = 0

    def __enter__(self) -> "MailServer":
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def stop(self) -> None:
        for listener in self._listeners:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self._control.stop()
        self.drop("imap")
        self.drop("smtp")

    # Connections.

    def _listen(self, kind, port: int = 0, tls: bool = False) -> int:
        listener = socket.create_server((HOST, port), backlog=100)
        self._listeners.append(listener)
        threading.Thread(target=self._accept, args=(listener, kind, tls), daemon=True).start()
        return listener.getsockname()[1]

    def _accept(self, listener: socket.socket, kind, tls: bool) -> None:
        with contextlib.suppress(OSError):  # The listener was closed.
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self._serve, args=(connection, kind, tls), daemon=True).start()

    def _serve(self, connection: socket.socket, kind, tls: bool) -> None:
        try:
            link = Link(connection, self._context, tls)
        except Gone:
            connection.close()
            return
        with self.lock:
            self._connections += 1
            session = kind(self, link, self._connections)
            self._sessions[session] = link
            self.lock.notify_all()
        try:
            session.run()
        except Gone:
            pass
        except Exception:  # A mistake of ours must be seen, and end this connection alone.
            traceback.print_exc()
        with self.lock:
            self._sessions.pop(session)
            self._unsolicited.pop(session, None)
            self.lock.notify_all()
        link.close()

    def changed(self) -> None:
        """Under the lock: whoever waits looks again."""
        for session in self._sessions:
            session.on_change()
        self.lock.notify_all()

    # For the sessions.

    def meet(self, session, command: str, arguments: bytes, shown: "bytes | None" = None) -> Rule:
        with self.lock:
            rule = self._plans[session.protocol].take(command, arguments)
            told = (arguments if shown is None else shown).decode("utf-8", "replace")
            self._note(session, command, told[:2000], rule is not AS_USUAL)
            return rule

    def complain(self, session, text: str) -> None:
        with self.lock:
            self._note(session, "COMPLAINT", text, False)

    def _note(self, session, command: str, arguments: str, by_rule: bool) -> None:
        self._commands[session.protocol].append({"connection": session.number, "tls": session.link.tls, "command": command,
                                                 "arguments": arguments, "rule": by_rule})
        self.lock.notify_all()

    def offers_tls(self, protocol: str) -> bool:
        return self._context is not None and (self.imap_tls if protocol == "imap" else self.smtp_tls) != "off"

    def log_in(self, session, name: str, password: bytes) -> bool:
        with self.lock:
            fits = name in self.users and self.users[name].encode() == password
            self._logins.append({"protocol": session.protocol, "connection": session.number, "user": name, "ok": fits})
            return fits

    def releases(self):
        """A condition that holds once /release is called."""
        before = self._releases
        return lambda: self._releases > before

    def take_unsolicited(self, session) -> list:
        return self._unsolicited.pop(session, [])

    def cut_off(self, mailbox: Mailbox) -> None:
        """Under the lock: ends the sessions that have it selected."""
        for session, link in self._sessions.items():
            if getattr(session, "mailbox", None) is mailbox:
                link.drop("close")

    def receive(self, envelope: mail_smtp.Received) -> None:
        with self.lock:
            self._received.append(envelope)
            self.lock.notify_all()

    def cut_short_by(self, envelope: mail_smtp.Received) -> None:
        with self.lock:
            self._cut_short.append(envelope)
            self.lock.notify_all()

    # For the tests; see the top.

    def put(self, raw: bytes, mailbox: str = "INBOX", flags=(), received: "datetime.datetime | None" = None) -> int:
        with self.lock:
            message = self.store.make(mailbox).put(raw, flags, received)
            self.changed()
            return message.uid

    def messages(self, mailbox: str = "INBOX") -> "list[dict]":
        with self.lock:
            return [message.described() | {"raw": message.raw} for message in self.store.get(mailbox).messages]

    def set_flags(self, mailbox: str, uid: int, flags) -> None:
        with self.lock:
            self.store.get(mailbox).find(uid).flags = {same_flag(flag) for flag in flags}
            self.changed()

    def expunge(self, mailbox: str, uid: int) -> None:
        with self.lock:
            found = self.store.get(mailbox)
            found.remove(found.find(uid))
            self.changed()

    def make_mailbox(self, name: str) -> None:
        with self.lock:
            self.store.make(name)

    def remove_mailbox(self, name: str) -> None:
        with self.lock:
            self.cut_off(self.store.remove(name))

    def change_uidvalidity(self, mailbox: str = "INBOX", value: "int | None" = None, renumber: bool = True, shuffle: bool = False) -> int:
        with self.lock:
            old, fresh = self.store.change_uidvalidity(mailbox, value, renumber, shuffle)
            self.cut_off(old)
            return fresh.uidvalidity

    def settings(self, **changes) -> None:
        with self.lock:
            self._apply(changes)

    def _apply(self, changes: dict) -> None:
        for name, value in changes.items():
            usual = DEFAULTS.get(name, {})
            if name != "users" and name not in DEFAULTS or type(value) is not type(usual):
                raise ValueError(f"no such setting, or not of that kind: {name}")
            if name.endswith("_tls") and value not in TLS:
                raise ValueError(f"{name} is one of {', '.join(TLS)}")
        for name, value in changes.items():
            setattr(self, name, value)

    def plan(self, protocol: str, rules: "list[dict]") -> None:
        with self.lock:
            self._plans[protocol].add(rules)

    def imap_plan(self, *rules: dict) -> None:
        self.plan("imap", list(rules))

    def smtp_plan(self, *rules: dict) -> None:
        self.plan("smtp", list(rules))

    def clear_plan(self, protocol: str) -> None:
        with self.lock:
            self._plans[protocol].clear()

    def clear_plans(self) -> None:
        self.clear_plan("imap")
        self.clear_plan("smtp")

    def plan_left(self, protocol: str) -> "list[dict]":
        with self.lock:
            return self._plans[protocol].left()

    def commands(self, protocol: str, command: "str | None" = None) -> "list[dict]":
        with self.lock:
            return [dict(one) for one in self._commands[protocol] if command in (None, one["command"])]

    @property
    def received(self) -> "list[dict]":
        with self.lock:
            return [one.described(index) | {"raw": one.raw} for index, one in enumerate(self._received)]

    @property
    def accepted(self) -> "list[dict]":
        return [one for one in self.received if one["accepted"]]

    def forget_received(self) -> None:
        with self.lock:
            self._received.clear()

    @property
    def cut_short(self) -> "list[dict]":
        with self.lock:
            return [{"from": one.sender, "to": one.recipients, "size": len(one.raw)} for one in self._cut_short]

    @property
    def duplicates(self) -> "dict[str, int]":
        counts = collections.Counter(one["message_id"] for one in self.accepted)
        return {name: count for name, count in counts.items() if name and count > 1}

    def state(self) -> dict:
        with self.lock:
            mailboxes = {name: {"uidvalidity": one.uidvalidity, "uidnext": one.uidnext, "count": len(one.messages)}
                         for name, one in self.store.mailboxes.items()}
            return {"imap": {"connections": self._count("imap"), "idling": self._idling(), "commands": len(self._commands["imap"]),
                             "logins": list(self._logins)},
                    "smtp": {"connections": self._count("smtp"), "commands": len(self._commands["smtp"]),
                             "accepted": sum(one.accepted for one in self._received)},
                    "mailboxes": mailboxes}

    def _count(self, protocol: str) -> int:
        return sum(session.protocol == protocol for session in self._sessions)

    def _idling(self) -> int:
        return sum(session.idling for session in self._sessions)

    def _chosen(self, protocol: str, to: str) -> list:
        if to not in ("all", "idling"):
            raise ValueError("to is all or idling")
        return [(session, link) for session, link in self._sessions.items()
                if session.protocol == protocol and (to == "all" or session.idling)]

    def send(self, text: str, to: str = "idling") -> int:
        """Whoever is not idling hears it before the next answer."""
        with self.lock:
            chosen = self._chosen("imap", to)
            for session, link in chosen:
                self._unsolicited[session].append(text)
                link.wake()
            return len(chosen)

    def drop(self, protocol: str = "imap", how: str = "close", to: str = "all") -> int:
        if how not in ("close", "reset"):
            raise ValueError("how is close or reset")
        with self.lock:
            chosen = self._chosen(protocol, to)
            for _, link in chosen:
                link.drop(how)
            return len(chosen)

    def release(self) -> None:
        with self.lock:
            self._releases += 1
            for link in self._sessions.values():
                link.wake()

    def reset(self) -> None:
        with self.lock:
            for link in self._sessions.values():
                link.drop("close")
            self.lock.wait_for(lambda: not self._sessions, 20)
            self._begin()

    def wait(self, what: str, seconds: float = 20.0, **of) -> bool:
        condition = self._condition(what, of)
        with self.lock:
            return self.lock.wait_for(condition, seconds)

    def _condition(self, what: str, of: dict):
        """What is asked, under the lock, after each change."""
        known = {
            "commands": lambda protocol, command, count=1: len(self.commands(protocol, command)) >= count,
            "idling": lambda count=1: self._idling() >= count,
            "connections": lambda protocol, count=0: self._count(protocol) == count,
            "accepted": lambda count=1: sum(one.accepted for one in self._received) >= count,
            "mailbox": lambda mailbox="INBOX", count=0: len(self.store.make(mailbox).messages) == count,
            "flags": lambda mailbox, uid, flags: {same_flag(flag) for flag in flags} <= self.store.get(mailbox).find(uid).flags,
        }
        if what not in known:
            raise ValueError(f"what is one of {', '.join(known)}")
        return lambda: known[what](**of)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--user", action="append", metavar="NAME:PASSWORD")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--control", type=int, default=0, help="port; default: any")
    arguments = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    users = dict(user.split(":", 1) for user in arguments.user) if arguments.user else None
    with MailServer(users, arguments.certificate, arguments.key, arguments.control) as server:
        print(json.dumps({"host": HOST, "imap": server.imap_port, "imaps": server.imaps_port, "smtp": server.smtp_port,
                          "smtps": server.smtps_port, "control": server.control_port}), flush=True)
        ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
