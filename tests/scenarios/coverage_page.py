#!/usr/bin/env python3
"""docs/coverage.md: which requirement is covered by which passed test, and what the others wait for.

    coverage_page.py record RESULTS...   reads JUnit files (or folders of them) of a whole run, writes passed.txt and the page
    coverage_page.py write               writes the page from passed.txt
    coverage_page.py check RESULTS...    every test of passed.txt ran and passed in that run; what was skipped is named

Only a test that passed counts, and only by what it says itself: a scenario by its `covers`, any other test by an id in its name
(AX09_…, ax01…, DF6_…). tests/scenarios/test_coverage.py holds page, passed.txt and sources together; `check` ends a whole run."""

import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import yaml

import scenario

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent
PAGE = TESTS.parent / "docs" / "coverage.md"
PASSED = HERE / "passed.txt"
GROUPS = {"ST": "Sóc Trăng", "GL": "Gia Lai", "HT": "Hà Tĩnh", "HUE": "Huế", "AX": "Worked examples", "DF": "Defects seen elsewhere"}
WAITS = {"channel": "open: a channel or a way to sign in that is not there yet", "output": "open: an output that is not there yet",
         "screen": "open: a screen", "later": "open: a part of the hub that is not there yet"}
# How GoogleTest calls a variant of a test: "Adapters/StoreContract.Name/sqlite  # GetParam() = sqlite".
VARIANT = re.compile(r"^(?:\w+/)?(\w+)\.(\w+)(?:/.*)?$", re.S)
IN_NAME = re.compile(r"(?:^|_)(AX|DF|ST|GL|HT|HUE)_?(\d{1,2})(?=[A-Z_]|$)", re.I)


def requirements():
    return yaml.safe_load((HERE / "requirements.yaml").read_text(encoding="utf-8"))


def ids_in(name, known):
    found = {f"{kind.upper()}-{int(number):02d}" if kind.upper() != "DF" else f"DF-{int(number)}" for kind, number in IN_NAME.findall(name)}
    return sorted(found & known)


def results(paths):
    """(test, ids) of everything that passed in these files, with all its variants; and what was skipped."""
    known = {one["id"] for one in requirements()}
    scenarios = {one.id: one for one in scenario.all_scenarios()}
    passed, failed, skipped = {}, set(), set()
    files = [file for path in map(Path, paths) for file in (sorted(path.rglob("*.xml")) if path.is_dir() else [path])]
    for file in files:
        for case in ElementTree.parse(file).getroot().iter("testcase"):
            sound = case.get("status", "run") in ("run", "passed") and all(case.find(bad) is None for bad in ("failure", "error", "skipped"))
            name = case.get("name")
            if name.startswith("test_scenario["):
                one = scenarios[name.removeprefix("test_scenario[").removesuffix("]")]
                test, ids = f"scenario {one.id}", [] if one.xfail else one.covers
            else:
                room, _, rest = name.partition("_tests.")
                variant = VARIANT.match(rest or room)
                test = ".".join(variant.groups()) if variant else f"{case.get('classname').split('.')[-1]}.{name.split('[')[0]}"
                ids = ids_in(test.split(".")[-1], known)
            if not sound:
                failed.add(test)
                if case.find("skipped") is not None or case.get("status") == "notrun":
                    skipped.add(test)
            elif ids:
                passed[test] = ids
    return {test: ids for test, ids in passed.items() if test not in failed}, skipped


def read_passed():
    rows = [line.split("\t") for line in PASSED.read_text(encoding="utf-8").splitlines()]
    return {test: ids.split() for test, ids in rows}


def page(passed):
    rows = requirements()
    by_id = {one["id"]: [] for one in rows}
    for test, ids in passed.items():
        for one in ids:
            by_id[one].append(test)
    covered = sum(bool(tests) for tests in by_id.values())
    lines = ["# What is covered by tests", "",
             "Written by `tests/scenarios/coverage_page.py` from the results of a run; not to be edited. A test counts when it passed and names",
             "the requirement itself: a scenario (`tests/scenarios/*.yaml`) by its `covers`, any other test by an id in its name. Covered means",
             "that the named tests hold it as far as the hub goes today, not that nothing could be added.", "",
             f"{covered} of {len(rows)} covered. Kinds: R role, S screen, F field, T transition, D deadline or rule, X statistic, N notification,",
             "M template, C channel, P privacy, A administration.", ""]
    for prefix, title in GROUPS.items():
        group = [one for one in rows if one["id"].split("-")[0] == prefix]
        done = sum(bool(by_id[one["id"]]) for one in group)
        lines += [f"## {title}: {done} of {len(group)}", "", "| id | kind | requirement | covered by |", "|---|---|---|---|"]
        for one in group:
            tests = by_id[one["id"]]
            text = one["text"].replace("|", "\\|")
            lines.append(f"| {one['id']} | {one['kind']} | {text} | {', '.join(f'`{test}`' for test in sorted(tests)) or WAITS[one['open']]} |")
        lines.append("")
    return "\n".join(lines)


def named_in_sources():
    """Tests of the sources whose name carries an id."""
    known = {one["id"] for one in requirements()}
    for path in sorted((TESTS / "unit").rglob("*.cpp")):
        for suite, name in re.findall(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", path.read_text(encoding="utf-8"), re.M):
            if ids := ids_in(name, known):
                yield f"{suite}.{name}", ids
    for path in sorted(TESTS.rglob("test_*.py")):
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M):
            if ids := ids_in(name, known):
                yield f"{path.stem}.{name}", ids


def check(paths):
    passed, skipped = results(paths)
    missing = sorted(set(read_passed()) - set(passed))
    for test in missing:
        print(f"docs/coverage.md counts {test}, which {'was skipped' if test in skipped else 'did not pass'} in this run")
    return 1 if set(missing) - skipped else 0


def main(arguments):
    if arguments[:1] == ["record"] and len(arguments) > 1:
        passed = sorted(results(arguments[1:])[0].items())
        PASSED.write_text("".join(f"{test}\t{' '.join(ids)}\n" for test, ids in passed), encoding="utf-8")
    elif arguments[:1] == ["check"] and len(arguments) > 1:
        return check(arguments[1:])
    elif arguments != ["write"]:
        print(__doc__)
        return 2
    PAGE.write_text(page(read_passed()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
