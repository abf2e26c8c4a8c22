"""`paknhub open311-check` against a server that is right, and against servers that are wrong in one rule each: every rule that the checklist
looks at is found when it is broken, and only looked at."""

import json
import re
import subprocess
import sys
from contextlib import contextmanager

import pytest

from conftest import BINARY, ROOT, SECONDS

sys.path.insert(0, str(ROOT / "tests" / "peers"))
import open311_server as peer  # noqa: E402

OK, PROBLEM, USAGE, UNREACHABLE = 0, 1, 2, 3
RULES = sorted(set(re.findall(r"O-\d{2,3}", (ROOT / "docs" / "contracts" / "open311.md").read_text(encoding="utf-8"))))
UNSEEN = {"O-35": "a changeset moves when services change, which nobody who only looks can bring about"}


@contextmanager
def server(broken=None):
    one = peer.Open311Server(broken)
    try:
        yield one
    finally:
        one.stop()


@pytest.fixture(scope="module")
def key_file(tmp_path_factory):
    file = tmp_path_factory.mktemp("key") / "key.txt"
    file.write_text(peer.KEY + "\n", encoding="ascii")
    return file


def run(*arguments):
    return subprocess.run([BINARY, "open311-check", *map(str, arguments)], capture_output=True, timeout=SECONDS, text=True)


def checked(url, *arguments):
    done = run(url, "--json", *arguments)
    report = json.loads(done.stdout)
    assert set(report) == {"ok", "url", "checks"} and report["ok"] == (done.returncode == OK)
    assert [one["id"] for one in report["checks"]] == RULES_IN_ORDER
    for one in report["checks"]:
        assert set(one) == {"id", "result", "expected", "seen"} and one["expected"]
        assert bool(one["seen"]) == (one["result"] != "pass")
    return done.returncode, {one["id"]: one for one in report["checks"]}


RULES_IN_ORDER = sorted(RULES, key=lambda rule: int(rule[2:]))


def test_a_server_that_is_right_passes(key_file):
    with server() as right:
        code, checks = checked(right.url, "--jurisdiction", peer.JURISDICTION, "--api-key-file", key_file, "--post")
        assert {id_: one for id_, one in checks.items() if one["result"] == "fail"} == {}
        assert code == OK
        assert {id_ for id_, one in checks.items() if one["result"] == "skip"} == set(UNSEEN)
        assert right.tried and not right.reports, "what is sent goes to the test endpoint"


def test_it_only_looks_unless_it_is_told_to_send(key_file):
    with server() as right:
        code, checks = checked(right.url, "--jurisdiction", peer.JURISDICTION, "--api-key-file", key_file)
        assert code == OK and not right.tried and not right.reports
        skipped = {id_ for id_, one in checks.items() if one["result"] == "skip"}
        assert skipped == {f"O-{number}" for number in [*range(60, 72), 80, 82, 112]} | set(UNSEEN)


def test_an_endpoint_may_be_named_instead(key_file):
    with server() as right:
        code, checks = checked(right.url + "/v2/", "--jurisdiction", peer.JURISDICTION)
        assert code == OK and checks["O-30"]["result"] == "pass"


@pytest.mark.parametrize("rule", [rule for rule in RULES_IN_ORDER if rule not in UNSEEN])
def test_a_rule_that_is_broken_is_found(rule, key_file):
    with server(rule) as wrong:
        code, checks = checked(wrong.url, "--jurisdiction", peer.JURISDICTION, "--api-key-file", key_file, "--post")
        assert checks[rule]["result"] == "fail", checks[rule]
        assert code == PROBLEM


def test_the_key_is_shown_nowhere(key_file):
    for broken in (None, "O-60", "O-71", "O-69"):
        with server(broken) as one:
            done = run(one.url, "--api-key-file", key_file, "--post", "--verbose")
            assert peer.KEY not in done.stdout + done.stderr


def test_what_is_printed_for_people():
    with server("O-42") as wrong:
        done = run(wrong.url)
        assert done.returncode == PROBLEM
        assert re.search(r"^pass O-40 ", done.stdout, re.M) and re.search(r"^fail O-42 .*\n     seen: ", done.stdout, re.M)


def test_usage_and_nobody_there(tmp_path, key_file):
    assert run("ftp://127.0.0.1/").returncode == USAGE
    assert run("http://127.0.0.1:1/", "--post").returncode == USAGE
    assert run("http://127.0.0.1:1/", "--api-key-file", tmp_path / "none").returncode == USAGE
    assert run().returncode == USAGE
    with server() as gone:
        url = gone.url
    assert run(url).returncode == UNREACHABLE


def test_garbage_is_no_end_of_it():
    """Every question answered with the same nonsense: a report comes out, of failures."""
    for nonsense in (b"", b"\xff\xfe\x00", b"<a>" * 100000, b"[" * 100000, b'{"a":' * 1000, b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"):
        with server() as odd:
            odd.handle = lambda *_, body=nonsense: (200, {"Content-Type": "text/xml"}, body)
            done = run(odd.url, "--json")
            assert done.returncode == PROBLEM and not json.loads(done.stdout)["ok"]
