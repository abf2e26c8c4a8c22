"""Names of IMAP mailboxes: Unicode and modified UTF-7 (RFC 3501, 5.1.3)."""

import base64
import re


def encode(name: str) -> str:
    """`Đã xử lý` as it goes over the wire."""
    def shifted(match) -> str:
        if match[0] == "&":
            return "&-"
        coded = base64.b64encode(match[0].encode("utf-16-be")).decode("ascii").rstrip("=")
        return "&" + coded.replace("/", ",") + "-"
    return re.sub(r"&|[^\x20-\x7e]+", shifted, name)


def decode(name: str) -> str:
    """Raises ValueError for what nobody may send."""
    def plain(match) -> str:
        coded = match[1].replace(",", "/")
        text = base64.b64decode(coded + "=" * (-len(coded) % 4), validate=True).decode("utf-16-be") if coded else "&"
        if encode(text) != match[0]:
            raise ValueError("not the one way to write it")
        return text
    if re.search(r"[^\x20-\x7e]|&(?![A-Za-z0-9+,]*-)", name):
        raise ValueError("not modified UTF-7")
    return re.sub(r"&([A-Za-z0-9+,]*)-", plain, name)


def quoted(name: str) -> str:
    """A quoted string for a command."""
    return '"' + encode(name).replace("\\", "\\\\").replace('"', '\\"') + '"'
