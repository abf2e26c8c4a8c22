"""The mailboxes of the simulated mail server. Use them under the server's lock."""

import dataclasses
import datetime
import hashlib
import random
import re

SYSTEM_FLAGS = (r"\Answered", r"\Flagged", r"\Deleted", r"\Seen", r"\Draft")
MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.I | re.M)


def header_of(raw: bytes) -> bytes:
    """With the empty line, if there is one."""
    if raw.startswith(b"\r\n"):
        return b"\r\n"
    end = raw.find(b"\r\n\r\n")
    return raw if end < 0 else raw[:end + 4]


def message_id(raw: bytes) -> "str | None":
    found = MESSAGE_ID.search(header_of(raw))
    return found[1].decode("latin-1") if found else None


def same_flag(flag: str) -> str:
    """System flags are alike in either case; keywords stay as they are."""
    return next((known for known in SYSTEM_FLAGS if known.lower() == flag.lower()), flag)


@dataclasses.dataclass(eq=False)
class Message:
    uid: int
    raw: bytes
    flags: set
    received: datetime.datetime

    def described(self) -> dict:
        return {"uid": self.uid, "flags": sorted(self.flags), "size": len(self.raw), "sha256": hashlib.sha256(self.raw).hexdigest(),
                "message_id": message_id(self.raw)}


class Mailbox:
    def __init__(self, uidvalidity: int):
        self.uidvalidity = uidvalidity
        self.uidnext = 1
        self.messages: list[Message] = []

    def put(self, raw: bytes, flags=(), received: "datetime.datetime | None" = None) -> Message:
        """Lines of any kind are made lines of the Internet: a mailbox has no others."""
        raw = re.sub(rb"\r?\n", b"\r\n", raw)
        received = received or datetime.datetime.now(datetime.timezone.utc)
        message = Message(self.uidnext, raw, {same_flag(flag) for flag in flags}, received)
        self.uidnext += 1
        self.messages.append(message)
        return message

    def find(self, uid: int) -> Message:
        for message in self.messages:
            if message.uid == uid:
                return message
        raise KeyError(f"no message {uid}")

    def remove(self, message: Message) -> None:
        self.messages = [one for one in self.messages if one is not message]

    def number_anew(self, uidvalidity: int, renumber: bool, shuffle: bool) -> "Mailbox":
        """The mailbox as it is after it was made again."""
        fresh = Mailbox(uidvalidity)
        messages = list(self.messages)
        if shuffle:
            random.Random(uidvalidity).shuffle(messages)
        for message in messages:
            copied = fresh.put(message.raw, message.flags, message.received)
            if not renumber and not shuffle:
                copied.uid = message.uid
        if not renumber and not shuffle:
            fresh.uidnext = self.uidnext
        return fresh


class Store:
    def __init__(self):
        self.mailboxes: dict[str, Mailbox] = {}
        self._last_uidvalidity = 1_700_000_000
        self.make("INBOX")

    @staticmethod
    def name(name: str) -> str:
        return "INBOX" if name.upper() == "INBOX" else name

    def make(self, name: str) -> Mailbox:
        self._last_uidvalidity += 1
        return self.mailboxes.setdefault(self.name(name), Mailbox(self._last_uidvalidity))

    def get(self, name: str) -> Mailbox:
        name = self.name(name)
        if name not in self.mailboxes:
            raise KeyError(f"no mailbox {name}")
        return self.mailboxes[name]

    def remove(self, name: str) -> Mailbox:
        mailbox = self.get(name)
        del self.mailboxes[self.name(name)]
        return mailbox

    def change_uidvalidity(self, name: str, value: "int | None", renumber: bool, shuffle: bool) -> "tuple[Mailbox, Mailbox]":
        old = self.get(name)
        self._last_uidvalidity = max(self._last_uidvalidity, old.uidvalidity) + 1
        fresh = old.number_anew(value or self._last_uidvalidity, renumber, shuffle)
        self.mailboxes[self.name(name)] = fresh
        return old, fresh
