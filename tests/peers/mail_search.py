"""SEARCH of IMAP (RFC 3501, 6.4.4): reads the keys, and gives a function that says whether a message fits."""

import email
import email.policy
import email.utils

from mail_store import header_of
from mail_syntax import Malformed, Parser

HAS = {"ANSWERED": r"\Answered", "DELETED": r"\Deleted", "DRAFT": r"\Draft", "FLAGGED": r"\Flagged", "SEEN": r"\Seen"}
CHARSETS = {"US-ASCII": "ascii", "UTF-8": "utf-8"}


def parse(parser: Parser, largest_number: int, largest_uid: int):
    """All keys up to the end of the command."""
    charset = "ascii"
    if parser.accepts(b"CHARSET "):
        name = parser.astring().decode("ascii", "replace").upper()
        if name not in CHARSETS:
            raise LookupError("[BADCHARSET (US-ASCII UTF-8)] no such charset")
        charset = CHARSETS[name]
        parser.space()
    reader = _Reader(parser, charset, largest_number, largest_uid)
    keys = [reader.key()]
    while parser.accepts(b" "):
        keys.append(reader.key())
    parser.end()
    return lambda message, number: all(key(message, number) for key in keys)


class _Reader:
    def __init__(self, parser, charset, largest_number, largest_uid):
        self._parser = parser
        self._charset = charset
        self._largest_number = largest_number
        self._largest_uid = largest_uid

    def key(self):
        parser = self._parser
        if parser.peek(b"("):
            keys = parser.items(self.key)
            return lambda message, number: all(key(message, number) for key in keys)
        try:
            numbers = parser.sequence_set()
        except Malformed:
            return self._named(parser.word())
        return lambda _, number: numbers.holds(number, self._largest_number)

    def _named(self, name: str):
        plain = name.removeprefix("UN")
        if name in HAS:
            return lambda message, _: HAS[name] in message.flags
        if name.startswith("UN") and plain in HAS:
            return lambda message, _: HAS[plain] not in message.flags
        if name == "ALL" or name == "OLD":
            return lambda *_: True
        if name in ("NEW", "RECENT"):  # Nothing is recent here.
            return lambda *_: False
        self._parser.space()
        if name == "NOT":
            key = self.key()
            return lambda message, number: not key(message, number)
        if name == "OR":
            first = self.key()
            self._parser.space()
            second = self.key()
            return lambda message, number: first(message, number) or second(message, number)
        if name == "UID":
            numbers = self._parser.sequence_set()
            return lambda message, _: numbers.holds(message.uid, self._largest_uid)
        if name in ("KEYWORD", "UNKEYWORD"):
            keyword = self._parser.astring().decode("ascii", "replace")
            return lambda message, _: (keyword in message.flags) == (name == "KEYWORD")
        if name in ("LARGER", "SMALLER"):
            size = self._parser.number()
            return lambda message, _: len(message.raw) > size if name == "LARGER" else len(message.raw) < size
        return self._dated(name) or self._textual(name)

    def _dated(self, name: str):
        sent = name.startswith("SENT")
        compare = {"BEFORE": lambda day, limit: day < limit, "ON": lambda day, limit: day == limit,
                   "SINCE": lambda day, limit: day >= limit}.get(name.removeprefix("SENT"))
        if not compare:
            return None
        limit = self._parser.date()

        def fits(message, _):
            day = sent_on(message.raw) if sent else message.received.date()
            return day is not None and compare(day, limit)
        return fits

    def _textual(self, name: str):
        if name == "HEADER":
            field = self._parser.astring().decode("ascii", "replace")
            self._parser.space()
        elif name in ("SUBJECT", "FROM", "TO", "CC", "BCC"):
            field = name
        elif name in ("TEXT", "BODY"):
            field = None
        else:
            raise Malformed(f"{name} is no search key")
        try:
            wanted = self._parser.astring().decode(self._charset).casefold()
        except UnicodeDecodeError as problem:
            raise Malformed("not in that charset") from problem

        def fits(message, _):
            header = header_of(message.raw)
            if field is None:
                text = message.raw if name == "TEXT" else message.raw[len(header):]
                return wanted in text.decode("utf-8", "replace").casefold()
            parsed = email.message_from_bytes(header, policy=email.policy.default)
            return any(wanted in str(value).casefold() for value in parsed.get_all(field, []))
        return fits


def sent_on(raw: bytes):
    parsed = email.message_from_bytes(header_of(raw), policy=email.policy.compat32)
    try:
        return email.utils.parsedate_to_datetime(parsed["Date"]).date()
    except (TypeError, ValueError):
        return None
