"""FETCH of IMAP (RFC 3501, 6.4.5): reads the items, and writes what they say of a message. Parts of MIME structures, ENVELOPE and
BODYSTRUCTURE are not simulated."""

import dataclasses
import re

from mail_link import Answer
from mail_plan import Rule
from mail_store import Message, header_of
from mail_syntax import ASTRING, Malformed, Parser, internal_date, quoted

FAST = ("FLAGS", "INTERNALDATE", "RFC822.SIZE")
SIMPLE = ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "UID", "RFC822", "RFC822.HEADER", "RFC822.TEXT")
NAME = re.compile(rb"[A-Za-z0-9.]+")
PARTIAL = re.compile(rb"<(\d+)\.([1-9]\d*)>")


@dataclasses.dataclass
class Item:
    name: str  #: Of SIMPLE, or BODY.
    section: str = ""  #: "", HEADER, TEXT, HEADER.FIELDS, HEADER.FIELDS.NOT
    fields: list = dataclasses.field(default_factory=list)
    start: "int | None" = None
    count: int = 0
    peeks: bool = True


def parse(parser: Parser) -> "list[Item]":
    if parser.peek(b"("):
        return parser.items(lambda: _item(parser))
    item = _item(parser, macros=True)
    return item if isinstance(item, list) else [item]


def _item(parser: Parser, macros: bool = False):
    name = parser.match(NAME, "an item")[0].decode("ascii").upper()
    if macros and name == "FAST":
        return [Item(one) for one in FAST]
    if name in SIMPLE:
        return Item(name, peeks=name not in ("RFC822", "RFC822.TEXT"))
    if name not in ("BODY", "BODY.PEEK") or not parser.accepts(b"["):
        raise Malformed(f"{name} is not simulated")
    item = Item("BODY", peeks=name == "BODY.PEEK")
    if not parser.peek(b"]"):
        item.section = parser.match(NAME, "a section")[0].decode("ascii").upper()
        if item.section in ("HEADER.FIELDS", "HEADER.FIELDS.NOT"):
            parser.space()
            item.fields = [name.decode("ascii", "replace") for name in parser.items(lambda: parser.astring(ASTRING))]
        elif item.section not in ("HEADER", "TEXT"):
            raise Malformed(f"the section {item.section} is not simulated")
    parser.expect(b"]")
    if parser.peek(b"<"):
        start, count = parser.match(PARTIAL, "a partial range").groups()
        item.start, item.count = int(start), int(count)
    return item


def write(answer: Answer, rule: Rule, number: int, message: Message, items: "list[Item]") -> None:
    answer.add(f"* {number} FETCH (")
    for index, item in enumerate(items):
        if index:
            answer.add(" ")
        _write_item(answer, rule, message, item)
    answer.add(")\r\n")


def _write_item(answer: Answer, rule: Rule, message: Message, item: Item) -> None:
    header = header_of(message.raw)
    if item.name == "FLAGS":
        answer.add(f"FLAGS ({' '.join(sorted(message.flags))})")
    elif item.name == "UID":
        answer.add(f"UID {message.uid}")
    elif item.name == "INTERNALDATE":
        answer.add(f"INTERNALDATE {internal_date(message.received)}")
    elif item.name == "RFC822.SIZE":
        answer.add(f"RFC822.SIZE {max(0, len(message.raw) + rule.size_add)}")
    elif item.name == "BODY":
        _write_body(answer, message, item)
    else:
        answer.add(item.name + " ")
        answer.literal({"RFC822": message.raw, "RFC822.HEADER": header}.get(item.name, message.raw[len(header):]))


def _write_body(answer: Answer, message: Message, item: Item) -> None:
    header = header_of(message.raw)
    content = {"": message.raw, "HEADER": header, "TEXT": message.raw[len(header):]}.get(item.section)
    section = item.section
    if content is None:
        content = some_fields(header, item.fields, wanted=item.section == "HEADER.FIELDS")
        section += " (" + " ".join(_name(field) for field in item.fields) + ")"
    answer.add(f"BODY[{section}]" + (f"<{item.start}>" if item.start is not None else "") + " ")
    if item.start is not None:
        content = content[item.start:item.start + item.count]
    answer.literal(content)


def _name(field: str) -> str:
    return field if re.fullmatch(ASTRING.pattern.decode("latin-1"), field) else quoted(field)


def some_fields(header: bytes, names: list, wanted: bool) -> bytes:
    """Those fields of a header, or all others, with the empty line after them."""
    chosen = {name.lower() for name in names}
    fields = re.findall(rb"[^\r\n][^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", header)
    kept = [field for field in fields if (field.split(b":")[0].strip().decode("latin-1").lower() in chosen) == wanted]
    return b"".join(kept) + b"\r\n"
