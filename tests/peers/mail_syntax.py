"""The grammar of IMAP commands (RFC 3501, 9), as far as the simulated mail server understands it, and strictly."""

import datetime
import re

import mailbox_names

ATOM = re.compile(rb"[^\x00-\x20\x7f-\xff(){%*\"\\\]]+")
ASTRING = re.compile(rb"[^\x00-\x20\x7f-\xff(){%*\"\\]+")
PATTERN = re.compile(rb"[^\x00-\x20\x7f-\xff(){\"\\]+")  # Of LIST.
QUOTED = re.compile(rb'"((?:[^"\\\r\n\x00\x80-\xff]|\\["\\])*)"')
LITERAL = re.compile(rb"\x00(\d+)\x00")
ANNOUNCED = re.compile(rb"\{(\d{1,10})(\+?)\}$")
SET = re.compile(rb"(?:\*|[1-9]\d*)(?::(?:\*|[1-9]\d*))?(?:,(?:\*|[1-9]\d*)(?::(?:\*|[1-9]\d*))?)*")
FLAG = re.compile(rb"\\?[^\x00-\x20\x7f-\xff(){%*\"\\\]]+")
TAG = re.compile(rb"[^\x00-\x20\x7f-\xff(){%*\"\\+]+")
NUMBER = re.compile(rb"\d+")
DATE = re.compile(rb'"?(\d{1,2})-([A-Z][a-z]{2})-(\d{4})"?')
DATE_TIME = re.compile(rb'"[ \d]\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d [+-]\d{4}"')
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Malformed(Exception):
    """The command is not what RFC 3501 allows, or is not simulated."""


class Parser:
    """Goes through a command's arguments. A literal stands there as its number between two NULs."""

    def __init__(self, text: bytes, literals: "list[bytes]"):
        self._text = text
        self._literals = literals
        self._at = 0

    def match(self, pattern: re.Pattern, what: str) -> re.Match:
        found = pattern.match(self._text, self._at)
        if not found:
            raise Malformed(f"{what} expected at byte {self._at}")
        self._at = found.end()
        return found

    def accepts(self, text: bytes) -> bool:
        """Passes over it, in either case, if it is there."""
        if self._text[self._at:self._at + len(text)].upper() != text.upper():
            return False
        self._at += len(text)
        return True

    def expect(self, text: bytes) -> None:
        if not self.accepts(text):
            raise Malformed(f"{text!r} expected at byte {self._at}")

    def peek(self, text: bytes) -> bool:
        return self._text.startswith(text, self._at)

    def space(self) -> None:
        self.expect(b" ")

    def end(self) -> None:
        if self._at != len(self._text):
            raise Malformed(f"nothing expected after byte {self._at}")

    @property
    def at_end(self) -> bool:
        return self._at == len(self._text)

    def word(self) -> str:
        return self.match(ATOM, "an atom")[0].decode("ascii").upper()

    def number(self) -> int:
        return int(self.match(NUMBER, "a number")[0])

    def literal(self) -> bytes:
        return self._literals[int(self.match(LITERAL, "a literal")[1])]

    def astring(self, plain: re.Pattern = ASTRING) -> bytes:
        if self.peek(b'"'):
            return re.sub(rb"\\(.)", rb"\1", self.match(QUOTED, "a quoted string")[1])
        if self.peek(b"\x00"):
            return self.literal()
        return self.match(plain, "a string")[0]

    def mailbox(self, plain: re.Pattern = ASTRING) -> str:
        try:
            return mailbox_names.decode(self.astring(plain).decode("ascii"))
        except ValueError as problem:
            raise Malformed("a mailbox name is modified UTF-7") from problem

    def sequence_set(self) -> "SequenceSet":
        return SequenceSet(self.match(SET, "a set of numbers")[0].decode("ascii"))

    def items(self, one) -> list:
        """A parenthesised list of what `one()` reads."""
        self.expect(b"(")
        found = []
        while not self.accepts(b")"):
            if found:
                self.space()
            found.append(one())
        return found

    def flags(self) -> list:
        def flag():
            return self.match(FLAG, "a flag")[0].decode("ascii")
        if self.peek(b"("):
            return self.items(flag)
        found = [flag()]
        while self.accepts(b" "):
            found.append(flag())
        return found

    def date(self) -> datetime.date:
        day, month, year = self.match(DATE, "a date").groups()
        try:
            return datetime.date(int(year), MONTHS.index(month.decode()) + 1, int(day))
        except ValueError as problem:
            raise Malformed("no such date") from problem

    def date_time(self) -> datetime.datetime:
        text = self.match(DATE_TIME, "a date and time")[0].decode("ascii").strip('"').strip()
        try:
            day, month, rest = text.split("-", 2)
            return datetime.datetime.strptime(f"{day}-{MONTHS.index(month) + 1}-{rest}", "%d-%m-%Y %H:%M:%S %z")
        except ValueError as problem:
            raise Malformed("no such date") from problem


class SequenceSet:
    def __init__(self, text: str):
        self._ranges = [(part.split(":")[0], part.split(":")[-1]) for part in text.split(",")]

    def holds(self, number: int, largest: int) -> bool:
        for first, last in self._ranges:
            bounds = sorted(largest if one == "*" else int(one) for one in (first, last))
            if bounds[0] <= number <= bounds[1]:
                return True
        return False

    def highest(self) -> int:
        return max((int(one) for bounds in self._ranges for one in bounds if one != "*"), default=0)


def internal_date(moment: datetime.datetime) -> str:
    return f'"{moment.day:2}-{MONTHS[moment.month - 1]}-{moment:%Y %H:%M:%S %z}"'


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
