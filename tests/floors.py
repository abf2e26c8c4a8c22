#!/usr/bin/env python3
"""Walks the includes of core/, plugins/ and connectors/ and fails on an arrow that points up (docs/architecture.md, floors)."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# What each room may include of ours; the SDK's headers are free to all.
ALLOWED = {
    "sdk": set(),
    "spreadsheet": set(),
    "isolation": set(),
    "sandbox": set(),
    "decoding": {"isolation"},
    "decoder_process": {"decoding", "isolation", "sandbox"},
    "domain": set(),
    "security": {"domain"},
    "store": {"domain", "security"},
    "config": {"domain"},
    "plugin_host": {"isolation"},
    "plugin_process": {"isolation", "sandbox", "plugin_host"},
    "testing": {"isolation"},
    "engine": {"domain", "security", "config", "plugin_host", "decoding", "store"},
    "reporting": {"domain", "security", "config", "store"},
    "http": {"engine", "reporting", "security", "config", "domain", "store", "plugin_host"},
    "app": {"http", "engine", "reporting", "security", "config", "domain", "store", "plugin_host", "decoding", "spreadsheet"},
}
# Rooms that plugins of this repository may use beside the SDK: they know nothing of petitions.
FOR_PLUGINS = {"spreadsheet"}
# Libraries that must not show in a header another room includes.
PRIVATE_LIBRARIES = re.compile(r"^(Poco/|sqlite3|libpq|curl/|openssl/|yaml\.h|sodium|rapidjson/|simdjson|magic\.h|seccomp|vips/|unicode/)")
# Domain is pure: no clock, no threads, no files.
IMPURE = re.compile(r"\b(system_clock|steady_clock|std::thread|std::jthread|std::mutex|fstream|std::filesystem)\b")
NOW = re.compile(r"(system_clock|clock)::now\(")
# The hub's clock and its log; the age of left-over files, which only their file system knows; how long a commit has
# waited for a server that went away, which is no time of day.
NOW_ALLOWED = {"core/app/workplace.cpp", "core/app/log.cpp", "core/store/blobs_directory.cpp",
               "core/store/postgresql/transaction.cpp"}


def room_of(path):
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "core" and len(parts) > 2 else None


def included_elsewhere(header, users):
    """Rooms other than its own that include a header."""
    return {room for room in users.get(header, set()) if room != header.split("/")[1]}


def main():
    errors = []
    files = [p for top in ("core", "plugins", "connectors") for p in (ROOT / top).rglob("*") if p.suffix in (".cpp", ".hpp")]
    users = {}
    library_includes = {}
    for path in files:
        name = str(path.relative_to(ROOT))
        room = room_of(path)
        text = path.read_text(encoding="utf-8")
        for target in re.findall(r'^\s*#\s*include\s*[<"]([^">]+)[">]', text, re.M):
            if target.startswith("core/"):
                other = target.split("/")[1]
                users.setdefault(target, set()).add(room or name)
                if room is None and "/tests/" not in name and other not in FOR_PLUGINS:
                    errors.append(f"{name}: a plugin includes {target}; it may use pakn/sdk only")
                elif room is not None and other != room and other not in ALLOWED.get(room, set()):
                    errors.append(f"{name}: {room} may not use {other} ({target})")
            if PRIVATE_LIBRARIES.match(target):
                library_includes.setdefault(name, []).append(target)
        if room == "domain" and (found := IMPURE.search(text)):
            errors.append(f"{name}: the domain is pure, no {found.group(0)}")
        if room and name not in NOW_ALLOWED and NOW.search(text):
            errors.append(f"{name}: only the injected clock knows the time")
    for header, libraries in library_includes.items():
        if header.endswith(".hpp") and included_elsewhere(header, users):
            errors.append(f"{header}: shows {', '.join(libraries)} to another room")
    for error in errors:
        print(error)
    print(f"{len(files)} files, {len(errors)} arrows or shows in the wrong place")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
