"""A session of the simulated submission server (RFC 5321, 6409, 4954, 3207, 1870, 6152, 6531, 3461, 2034)."""

import base64
import binascii
import dataclasses
import hashlib
import re

from mail_link import Answer, Gone, Link, TooLong
from mail_plan import Rule
from mail_store import header_of, message_id

LONGEST_LINE = 12288  # Of AUTH; RFC 4954, 4.
LONGEST_COMMAND = 2048  # RFC 5321 asks for 512, extensions for more.
UNLIMITED = 1 << 30
PATH = re.compile(r"<(?:|(?P<local>[^\s<>@\"\\]+|\"(?:[^\"\\]|\\.)+\")@(?P<domain>[^\s<>@]+))>")
PARAMETER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([^\s=]+))?")
MAIL_PARAMETERS = {"SIZE": "SIZE", "BODY": "8BITMIME", "SMTPUTF8": "SMTPUTF8", "AUTH": "AUTH", "RET": "DSN", "ENVID": "DSN"}
RCPT_PARAMETERS = {"NOTIFY": "DSN", "ORCPT": "DSN"}
ONCE = ("Date", "From", "Sender", "Reply-To", "To", "Cc", "Message-ID", "In-Reply-To", "References", "Subject")  # RFC 5322, 3.6.


class Refused(Exception):
    """With the reply that says so."""


@dataclasses.dataclass
class Received:
    connection: int
    user: "str | None"
    tls: bool
    sender: str
    recipients: list
    mail_parameters: dict
    rcpt_parameters: list
    raw: bytes
    accepted: bool = False
    reply: str = ""

    def described(self, index: int) -> dict:
        return {"index": index, "connection": self.connection, "user": self.user, "tls": self.tls, "from": self.sender,
                "to": self.recipients, "mail_parameters": self.mail_parameters, "rcpt_parameters": self.rcpt_parameters,
                "size": len(self.raw), "sha256": hashlib.sha256(self.raw).hexdigest(), "message_id": message_id(self.raw),
                "accepted": self.accepted, "reply": self.reply, "complaints": complaints(self.raw, self.mail_parameters)}


def complaints(raw: bytes, parameters: dict) -> "list[str]":
    """Breaches of RFC 5321 and 5322 that a lenient server forgives."""
    found = []
    header = header_of(raw)
    if re.search(rb"(?<!\r)\n", raw):
        found.append("bare LF")
    if re.search(rb"\r(?!\n)", raw):
        found.append("bare CR")
    if b"\0" in raw:
        found.append("NUL")
    longest = max(map(len, raw.split(b"\r\n")))
    if longest > 998:
        found.append(f"line of {longest} bytes")
    if not raw.isascii() and parameters.get("BODY") != "8BITMIME":
        found.append("8-bit without 8BITMIME")
    if not header.isascii() and "SMTPUTF8" not in parameters:
        found.append("8-bit header without SMTPUTF8")
    names = [name.lower() for name in re.findall(rb"^([!-9;-~]+)[ \t]*:", header, re.M)]
    found += [f"no {name}" for name in ("Date", "From", "Message-ID") if name.lower().encode() not in names]
    return found + [f"two {name}" for name in ONCE if names.count(name.lower().encode()) > 1]


class Session:
    protocol = "smtp"
    idling = False

    def __init__(self, server, link: Link, number: int):
        self.server = server
        self.link = link
        self.number = number
        self.user: "str | None" = None
        self._greeted = ""
        self._forget()

    def _forget(self) -> None:
        self._sender: "str | None" = None
        self._recipients: list = []
        self._mail_parameters: dict = {}
        self._rcpt_parameters: list = []

    def on_change(self) -> None:
        """Nothing is told unasked here."""

    def run(self) -> None:
        rule = self.server.meet(self, "CONNECT", b"")
        self._wait(rule)
        self._reply(rule.reply or "220 mail.mau.example ESMTP simulator", rule)
        while not self.link.orderly:
            try:
                self._one_command()
            except TooLong:
                self._reply("421 5.5.2 line too long", Rule())

    # Commands.

    def _one_command(self) -> None:
        line = self.link.read_line(LONGEST_LINE)
        verb, _, arguments = line.partition(b" ")
        name = verb.decode("latin-1").upper()
        shown = re.sub(rb" .*", b" ***", arguments) if name == "AUTH" else arguments
        rule = self.server.meet(self, name, shown)
        self._wait(rule)
        if name == "DATA":
            self._data(arguments, rule)
            return
        reply = "250 2.0.0 ok"
        if rule.does:
            try:
                reply = self._do(name, arguments, line)
            except Refused as problem:
                reply = problem.args[0]
        reply = rule.reply or reply
        if name == "QUIT" and reply.startswith("2"):
            self.link.orderly = True
        self._reply(reply, rule)
        if name == "STARTTLS" and reply.startswith("220"):
            self._start_tls()

    def _do(self, name: str, arguments: bytes, line: bytes) -> str:
        if line.endswith(b"\n") or b"\r" in line or b"\0" in line:
            raise Refused("500 5.5.2 a command ends with CR LF")
        if len(line) > LONGEST_COMMAND and name != "AUTH":
            raise Refused("500 5.5.2 line too long")
        if name not in ("EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "RSET", "NOOP", "VRFY", "QUIT"):
            raise Refused("500 5.5.1 no such command")
        return getattr(self, "_do_" + name.lower())(self._decoded(arguments))

    @staticmethod
    def _decoded(arguments: bytes) -> str:
        try:
            return arguments.decode("utf-8")
        except UnicodeDecodeError as problem:
            raise Refused("500 5.5.2 not UTF-8") from problem

    def _wait(self, rule: Rule) -> None:
        if rule.delay:
            self.link.hang(rule.delay, lambda: False)
        if rule.hang:
            self.link.hang(None, self.server.releases())

    def _reply(self, reply: str, rule: Rule) -> None:
        code = reply[:3]
        texts = [re.sub(rf"^{re.escape(code)}[ -]?", "", text) for text in reply.split("\n")]
        answer = Answer(rule)
        for text in texts[:-1]:
            answer.line(f"{code}-{text}")
        answer.line(f"{code} {texts[-1]}")
        self.link.orderly = self.link.orderly or code == "421"
        self.link.send(answer, rule)

    # The session.

    def _do_ehlo(self, name: str) -> str:
        if not name.strip() or not name.isascii():
            raise Refused("501 5.5.4 who?")
        self._forget()
        self._greeted = name
        return "\n".join(["250 mail.mau.example", *self._extensions()])

    def _do_helo(self, name: str) -> str:
        self._do_ehlo(name)
        return "250 mail.mau.example"

    def _extensions(self) -> "list[str]":
        names = [name for name in self.server.extensions if not name.startswith("AUTH ") or self._may_log_in()]
        if self.server.size_limit:
            names.append(f"SIZE {self.server.size_limit}")
        if not self.link.tls and self.server.offers_tls("smtp"):
            names.append("STARTTLS")
        return names

    def _offers(self, extension: str) -> bool:
        return any(name.split()[0] == extension for name in self._extensions())

    def _may_log_in(self) -> bool:
        return self.link.tls or self.server.smtp_tls != "required"

    def _do_starttls(self, arguments: str) -> str:
        if arguments:
            raise Refused("501 5.5.4 no parameters")
        if self.link.tls or not self.server.offers_tls("smtp"):
            raise Refused("503 5.5.1 no TLS now")
        return "220 2.0.0 go on"

    def _start_tls(self) -> None:
        early = self.link.forget_early()
        if early:
            self.server.complain(self, f"{early} bytes in the clear after STARTTLS")
        self.link.start_tls()
        self.user, self._greeted = None, ""
        self._forget()

    def _do_rset(self, arguments: str) -> str:
        if arguments:
            raise Refused("501 5.5.4 no parameters")
        self._forget()
        return "250 2.0.0 ok"

    def _do_noop(self, _) -> str:
        return "250 2.0.0 ok"

    def _do_vrfy(self, _) -> str:
        return "252 2.0.0 try and see"

    def _do_quit(self, arguments: str) -> str:
        if arguments:
            raise Refused("501 5.5.4 no parameters")
        return "221 2.0.0 see you"

    # Login.

    def _do_auth(self, arguments: str) -> str:
        mechanism, _, initial = arguments.partition(" ")
        offered = next((name.split()[1:] for name in self._extensions() if name.startswith("AUTH ")), [])
        if self.server.smtp_tls == "required" and not self.link.tls:
            raise Refused("530 5.7.0 STARTTLS first")
        if self.user is not None or self._sender is not None or not self._greeted:
            raise Refused("503 5.5.1 not now")
        if mechanism.upper() not in offered:
            raise Refused("504 5.5.4 no such mechanism")
        if mechanism.upper() == "PLAIN":
            _, user, password = self._plain(initial)
        else:
            user = self._decode(initial) if initial else self._ask(b"Username:")
            password = self._ask(b"Password:")
        name = user.decode("utf-8", "replace")
        if not self.server.log_in(self, name, password):
            raise Refused("535 5.7.8 wrong name or password")
        self.user = name
        return "235 2.7.0 welcome"

    def _plain(self, initial: str) -> "list[bytes]":
        parts = (self._decode(initial) if initial else self._ask(b"")).split(b"\0")
        if len(parts) != 3:
            raise Refused("501 5.5.2 not PLAIN")
        return parts

    def _ask(self, question: bytes) -> bytes:
        self.link.transmit(b"334 " + base64.b64encode(question) + b"\r\n")
        return self._decode(self.link.read_line(LONGEST_LINE).decode("latin-1"))

    @staticmethod
    def _decode(text: str) -> bytes:
        try:
            return b"" if text == "=" else base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error) as problem:
            raise Refused("501 5.5.2 cancelled, or not base64") from problem

    # Mail.

    def _do_mail(self, arguments: str) -> str:
        if not self._greeted or self._sender is not None:
            raise Refused("503 5.5.1 not now")
        if self.server.smtp_tls == "required" and not self.link.tls:
            raise Refused("530 5.7.0 STARTTLS first")
        if self.server.smtp_auth and self.user is None:
            raise Refused("530 5.7.0 who are you?")
        sender, parameters = self._path("FROM:", arguments, MAIL_PARAMETERS)
        if parameters.get("BODY", "7BIT") not in ("7BIT", "8BITMIME") or not parameters.get("SIZE", "0").isdecimal():
            raise Refused("501 5.5.4 no such value")
        if self.server.size_limit and int(parameters.get("SIZE", 0)) > self.server.size_limit:
            raise Refused("552 5.3.4 too large")
        if not sender.isascii() and "SMTPUTF8" not in parameters:
            raise Refused("553 5.6.7 only with SMTPUTF8")
        self._sender, self._mail_parameters = sender, parameters
        return "250 2.1.0 ok"

    def _do_rcpt(self, arguments: str) -> str:
        if self._sender is None:
            raise Refused("503 5.5.1 MAIL first")
        recipient, parameters = self._path("TO:", arguments, RCPT_PARAMETERS)
        if not recipient:
            raise Refused("501 5.1.3 nobody")
        if not recipient.isascii() and "SMTPUTF8" not in self._mail_parameters:
            raise Refused("553 5.6.7 only with SMTPUTF8")
        self._recipients.append(recipient)
        self._rcpt_parameters.append(parameters)
        return "250 2.1.5 ok"

    def _path(self, word: str, arguments: str, known: dict) -> "tuple[str, dict]":
        found = PATH.match(arguments, len(word))
        if arguments[:len(word)].upper() != word or not found:
            raise Refused("501 5.1.7 no address in angle brackets")
        parameters = {}
        for text in arguments[found.end():].split(" ")[1:]:
            one = PARAMETER.fullmatch(text)
            name = one[1].upper() if one else ""
            if name not in known or name in parameters or not self._offers(known[name]):
                raise Refused("555 5.5.4 no such parameter")
            parameters[name] = one[2] or ""
        if not re.fullmatch(r"(?: \S+)*", arguments[found.end():]):
            raise Refused("501 5.5.4 malformed")
        return found[0][1:-1], parameters

    def _data(self, arguments: bytes, rule: Rule) -> None:
        refusal = None
        if arguments:
            refusal = "501 5.5.4 no parameters"
        elif self._sender is None or not self._recipients:
            refusal = "503 5.5.1 nobody to send it to"
        if not rule.does:
            refusal = rule.reply or refusal or "354 go on"
        reply = rule.reply or refusal or "354 go on"
        self._reply(reply, rule)
        if reply.startswith("354"):
            self._message()

    def _message(self) -> None:
        rule = self.server.meet(self, "BODY", b"")
        self._wait(rule)
        limit = self.server.size_limit or UNLIMITED
        stuffed, whole = self.link.read_message(limit, rule.read)
        raw = stuffed.removeprefix(b".").replace(b"\r\n.", b"\r\n") if whole else stuffed
        envelope = Received(self.number, self.user, self.link.tls, self._sender or "", self._recipients, self._mail_parameters,
                            self._rcpt_parameters, raw)
        if not whole:
            self.server.cut_short_by(envelope)
            self.link.drop(rule.end or "close")
            raise Gone
        self._forget()
        rule = self.server.meet(self, "MESSAGE", raw, shown=b"")
        reply = "250 2.0.0 taken"
        if len(raw) > limit:
            reply = "552 5.3.4 too large"
        elif rule.does:
            envelope.accepted = True
        envelope.reply = rule.reply or reply
        self.server.receive(envelope)
        self._wait(rule)
        self._reply(envelope.reply, rule)
