#!/usr/bin/env python3
"""Holds docs/messages.md against the sources: every id that is logged and every code of a problem has one entry with cause,
effect and what to do, in Vietnamese and in English; and no entry is left over, but for ids under "Reserved", which a part that is
being built will say. Codes of the plugins and connectors here are among them: people meet them in the log, in dead letters, among the
refused and in answers to pushes."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "docs" / "messages.md"
LOG_ID = re.compile(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"')
LOADING = re.compile(r'"(plugin\.[a-z_]+)"')  # However they are given: why a plugin was refused is told by its code.
LOGS = re.compile(r"\b(?:log|log_|logLine|logListening)\s*\(|LogLevel::")
CODE = r'"([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)"'
# Where the sources name the code of a problem.
CODES = [re.compile(pattern + CODE, re.S) for pattern in (
    r"\.problem\s*=\s*", r"\bproblemError\(\s*", r"\bproblemResponse\(\s*", r"\binvalid\(\s*(?:\"/[a-z_]*\",\s*)?", r"\brefuse\(\s*(?:Errc::k\w+,\s*)?",
    r"\bfindProblem\(\s*", r"/// Problem of a [^;]*?=\s*", r"\bsize_t most;[^;]*too_long = ")]
CATALOGUED = re.compile(r"\{" + CODE + r",\s*\d{3},", re.S)
TOO_LONG = re.compile(r'TextRule\{[^{}]*?,\s*' + CODE + r"\}", re.S)
MOST = re.compile(r"\bMost \w+\{[^{}]*?,\s*" + CODE + r"\}", re.S)
# A plugin has helpers of its own that make a problem: their first parameter is called so.
HELPER = re.compile(r"\b(\w+)\(std::string(?:_view)? problem\b")
COMMENT = re.compile(r"(?<![:\"])//.*$", re.M)
INCLUDE = re.compile(r"^\s*#\s*include.*$", re.M)  # "push.hpp" is no code of the family push.
ROW = re.compile(r"^\| `([^`]+)` \| (.+?) \| (.+?) \|$", re.M)


def statements(text):
    """Pieces of source small enough that a log call and its id stand in one."""
    return re.split(r";|\{\n|\}\n", text)


def said_by(files):
    ids, codes = {}, {}
    for path in files:
        text = path.read_text(encoding="utf-8")
        name = str(path.relative_to(ROOT))
        for piece in statements(text):
            if LOGS.search(piece):
                for found in LOG_ID.findall(piece):
                    ids.setdefault(found, name)
        for pattern in [*CODES, CATALOGUED, TOO_LONG, MOST, LOADING]:
            for found in pattern.findall(text):
                codes.setdefault(found, name)
    return ids, codes


def given_by_plugins(files):
    """Codes of problems: those that are given in a known way, and whatever else in their folders has the same first word, be it
    behind a condition or put together with a number. Only what something is compared with is not given."""
    texts = {str(path.relative_to(ROOT)): INCLUDE.sub("", COMMENT.sub("", path.read_text(encoding="utf-8"))) for path in files}
    helpers = {name for text in texts.values() for name in HELPER.findall(text)}
    ways = [*CODES, *(re.compile(rf"\b{name}\(\s*" + CODE) for name in sorted(helpers))]
    families = {code.partition(".")[0] for text in texts.values() for way in ways for code in way.findall(text)}
    # Codes of the hub that plugins only look at begin with words of its own.
    literals = {name: re.findall(r"(?<![=!]= )" + CODE, text) for name, text in texts.items()}
    return {code: name for name, codes in literals.items() for code in codes if code.partition(".")[0] in families}


def main():
    def sources(*tops):
        return [path for top in tops for path in sorted((ROOT / top).rglob("*.[ch]pp"))
                if "tests" not in path.parts and path.parts[len(ROOT.parts):][:2] != ("core", "testing")]

    ids, codes = said_by(sources("core"))
    plugins = sources("plugins", "connectors")
    theirs = given_by_plugins(plugins)
    said = {**said_by(plugins)[0], **theirs, **ids, **codes}
    text = CATALOGUE.read_text(encoding="utf-8")
    optional = {name for name, _, _ in ROW.findall(text.partition("/ Reserved\n")[2])}
    problems = []
    entries = {}
    for name, vietnamese, english in ROW.findall(text):
        if name in entries:
            problems.append(f"{name}: two entries")
        entries[name] = True
        for language, cell in (("vi", vietnamese), ("en", english)):
            parts = [part for part in cell.split(" · ") if part.strip()]
            if len(parts) != 3:
                problems.append(f"{name} ({language}): cause · effect · what to do, found {len(parts)} parts")
    problems += [f"{name}: said in {said[name]}, no entry in docs/messages.md" for name in sorted(said) if name not in entries]
    problems += [f"{name}: an entry, but nothing says it" for name in sorted(entries) if name not in said and name not in optional]
    print("\n".join(problems))
    print(f"{len(ids)} log ids, {len(codes)} codes, {len(theirs)} of plugins, {len(entries)} entries, {len(problems)} problems")
    return 1 if problems or not ids or not codes or not theirs else 0


if __name__ == "__main__":
    sys.exit(main())
