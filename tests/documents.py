#!/usr/bin/env python3
"""Holds documents against the tree: excerpts stand verbatim in the file they name, links lead somewhere."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXCERPT = re.compile(r"<!-- excerpt: (\S+) -->\n```[a-z]*\n(.*?)```", re.S)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def normal(text):
    """Lines without indentation, so that a document may quote a part of a function."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


def problems_of(document):
    text = document.read_text(encoding="utf-8")
    name = document.relative_to(ROOT)
    for source, excerpt in EXCERPT.findall(text):
        path = ROOT / source
        if not path.is_file():
            yield f"{name}: {source} does not exist"
        elif normal(excerpt) not in normal(path.read_text(encoding="utf-8")):
            yield f"{name}: this no longer stands in {source}:\n{excerpt}"
    for target in LINK.findall(text):
        if not (document.parent / target).exists():
            yield f"{name}: dead link {target}"


def main():
    documents = [p for p in ROOT.rglob("*.md") if not {"node_modules", "build", "run", ".git"} & set(p.parts)]
    problems = [problem for document in documents for problem in problems_of(document)]
    print("\n".join(problems))
    excerpts = sum(len(EXCERPT.findall(d.read_text(encoding="utf-8"))) for d in documents)
    print(f"{len(documents)} documents, {excerpts} excerpts, {len(problems)} problems")
    return 1 if problems or not excerpts else 0


if __name__ == "__main__":
    sys.exit(main())
