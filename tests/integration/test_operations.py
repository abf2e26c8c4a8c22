"""docs/operations.md, typed as it stands; and the verbs that it uses, with their exit codes."""

import json
import os
import re
import subprocess

import pytest

from conftest import BINARY, ROOT, SECONDS, Client, Hub, Receiver, wait_until

OK, PROBLEM, USAGE, UNREACHABLE, REFUSED = 0, 1, 2, 3, 4
UNIT = "so-xay-dung"


def run(hub, *arguments, typed=""):
    done = subprocess.run([BINARY, *map(str, arguments), "--config", hub.config, "--json"], input=typed, capture_output=True,
                          timeout=SECONDS, text=True)
    return done.returncode, json.loads(done.stdout) if done.stdout else None


class Case:
    """A hub with a petition whose answer was refused by the receiver."""

    def __init__(self, folder):
        self.receiver = Receiver()
        self.receiver.status = 400
        self.hub = Hub(folder, self.receiver)
        self.code = self.hub.hand_in(content="Hố ga mất nắp", petitioner={"name": "Trần Thị Thử", "phone": "0912345678"},
                                     consent={"process_personal_data": True, "use_identity_in_handling": True})["code"]
        self.people = {role: self.hub.signed_in(role, unit) for role, unit in
                       [("dispatcher", None), ("officer", UNIT), ("leader", UNIT), ("integrator", None)]}
        self.release(self.code)
        wait_until(self.dead, "the dead letter")

    def release(self, code):
        steps = [("dispatcher", "accept", {}), ("dispatcher", "distribute", {"units": [UNIT]}), ("officer", "start", {}),
                 ("officer", "draft", {"result": "Đã lắp nắp mới."}), ("officer", "submit", {}), ("leader", "approve", {}),
                 ("dispatcher", "release", {})]
        for role, action, body in steps:
            self.people[role].act(code, action, **body)

    def dead(self):
        return self.hub.run("deliveries", "list", "--dead")["items"]

    def stop(self):
        self.hub.stop()
        self.receiver.stop()


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    case = Case(tmp_path_factory.mktemp("operations"))
    yield case
    case.stop()


def page():
    """The commands of the page: before and after the receiver is mended."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    return ["\n".join(re.findall(r"```sh\n(.*?)```", part, re.S)) for part in text.split("<!-- the receiver is mended -->")]


def test_a_petition_is_shown_without_its_sender(case):
    code, shown = run(case.hub, "petition", "show", case.code)
    assert (code, shown["code"], shown["status"], shown["unit"]) == (OK, case.code, "answered", UNIT)
    assert shown["petitioner"]["masked"] and shown["petitioner"]["phone"] not in (None, "+84912345678")
    assert shown["title"] is None and shown["content"] is None
    assert [one["state"] for one in shown["deliveries"]] == ["dead"]
    assert run(case.hub, "petition", "show", shown["id"])[1]["code"] == case.code
    assert run(case.hub, "petition", "show", "000000000")[0] == PROBLEM
    assert run(case.hub, "petition", "show", case.code, "--reveal")[0] == USAGE


def test_a_look_at_an_identity_is_journalled(case):
    code = case.hub.hand_in(petitioner={"name": "Lê Văn Thử", "phone": "0987654321"},
                            consent={"process_personal_data": True, "use_identity_in_handling": True})["code"]
    status, shown = run(case.hub, "petition", "show", code, "--reveal", "--reason", "gọi lại để hỏi vị trí")
    assert status == OK
    assert (shown["petitioner"]["name"], shown["petitioner"]["phone"], shown["petitioner"]["masked"]) == \
        ("Lê Văn Thử", "+84987654321", False)
    assert shown["content"]
    [look] = [one for one in run(case.hub, "petition", "timeline", code)[1]["events"] if one["kind"] == "identity_revealed"]
    assert look["actor"] == f"command-line:{os.getuid()}"
    anonymous = case.hub.hand_in(anonymous=True, petitioner={"name": "Ẩn Danh"})["code"]
    assert run(case.hub, "petition", "show", anonymous, "--reveal", "--reason", "tò mò")[0] == REFUSED


def test_a_delivery_is_shown_with_every_attempt(case):
    [dead] = case.dead()
    code, shown = run(case.hub, "deliveries", "show", dead["id"])
    assert (code, shown["state"], shown["cause"]) == (OK, "dead", "released")
    assert [one["kind"] for one in shown["events"]] == ["delivery_queued", "delivery_dead"]
    assert shown["events"][1]["error"]
    assert run(case.hub, "deliveries", "show", "nothing")[0] == PROBLEM


@pytest.mark.parametrize("filters, found", [
    (["--state", "dead"], True), (["--state", "sent"], False), (["--connector", "webhook"], True), (["--connector", "spool"], False),
    (["--code", "000000000"], False), (["--since", "2020-01-01T00:00:00Z"], True), (["--until", "2020-01-01T00:00:00Z"], False)])
def test_deliveries_are_filtered(case, filters, found):
    code, answer = run(case.hub, "deliveries", "list", *filters)
    assert (code, case.code in [one["code"] for one in answer["items"]]) == (OK, found)


@pytest.mark.parametrize("arguments", [["list", "--state", "lost"], ["list", "--since", "yesterday"], ["replay"], ["discard", "--dead"],
                                       ["discard", "--reason", "x"]])
def test_a_selection_that_makes_no_sense(case, arguments):
    assert run(case.hub, "deliveries", *arguments)[0] == USAGE


def test_a_dry_run_changes_nothing(case):
    assert run(case.hub, "deliveries", "replay", "--dead", "--dry-run") == (OK, {"replayed": 1, "skipped": 0, "dry_run": True})
    assert run(case.hub, "deliveries", "discard", "--dead", "--dry-run", "--reason", "x") == \
        (OK, {"discarded": 1, "skipped": 0, "dry_run": True})
    assert len(case.dead()) == 1


def test_the_page_works_as_it_is_typed(case, tmp_path):
    # Colleagues of whom the page speaks.
    for login in ("lan", "truong"):
        case.hub.run("user", "add", "--login", login, "--name", "Người thử", "--role", "officer", "--unit", UNIT)
    [dead] = case.dead()
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "paknhub"
    codes = tmp_path / "codes"
    program.write_text(f'#!/bin/sh\n"{BINARY}" "$@" --config "{case.hub.config}"\ncode=$?\necho "$code $*" >> "{codes}"\nexit $code\n',
                       encoding="ascii")
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "LOG": str(case.hub.log)}
    variables = tmp_path / "variables"
    before, after = page()
    for part, start, end in ((before, "", f"\ndeclare -p ID CODE > {variables}"), (after, f"source {variables}\n", "")):
        done = subprocess.run(["bash", "-uo", "pipefail", "-c", start + part + end], env=environment, cwd=tmp_path, text=True,
                              capture_output=True, timeout=2 * SECONDS)
        assert done.returncode == OK, done.stdout + done.stderr
        assert "Trần Thị Thử" not in done.stdout and "0912345678" not in done.stdout
        case.receiver.status = 204
    ended = [line.split(" ", 1) for line in codes.read_text(encoding="utf-8").splitlines()]
    # `status` tells of the connector that failed by its exit code.
    assert {command for code, command in ended if code != "0"} <= {"status"}, ended
    assert f'ID="{dead["id"]}"' in variables.read_text(encoding="utf-8")
    assert case.dead() == []
    received = case.receiver.about(case.code)
    assert len({one["headers"]["webhook-id"] for one in received}) == 1, "the key stays"


def test_a_delivery_that_was_sent_is_neither_replayed_nor_discarded(case):
    sent = case.hub.run("deliveries", "list", "--state", "sent")["items"][0]
    assert run(case.hub, "deliveries", "replay", sent["id"])[0] == REFUSED
    assert run(case.hub, "deliveries", "discard", sent["id"], "--reason", "x")[0] == REFUSED


def test_discarding_is_for_good(case):
    case.receiver.status = 400
    code = case.hub.hand_in()["code"]
    case.release(code)
    [dead] = wait_until(case.dead, "the dead letter")
    assert run(case.hub, "deliveries", "discard", dead["id"], "--reason", "nơi nhận đã đóng") == \
        (OK, {"discarded": 1, "skipped": 0, "dry_run": False})
    assert run(case.hub, "deliveries", "show", dead["id"])[1]["state"] == "discarded"
    assert run(case.hub, "deliveries", "replay", dead["id"])[0] == REFUSED
    case.receiver.status = 204


def test_refused_items_are_listed_and_shown(case):
    spool = case.hub.config / "var" / "spool" / "in"
    (spool / "trong.tmp").write_bytes(b"   \n")
    (spool / "trong.tmp").rename(spool / "trong.txt")
    [item] = wait_until(lambda: case.hub.run("refused", "list", "--channel", "spool")["items"], "the refused item")
    assert item["problem"] == "petition.content_missing"
    code, shown = run(case.hub, "refused", "show", item["id"])
    assert code == OK and shown["detail"] and "content" not in shown
    kept = run(case.hub, "refused", "show", item["id"], "--content")[1]["content"]
    assert json.loads(kept)["content"].strip() == ""
    assert run(case.hub, "refused", "list", "--channel", "zalo")[1]["items"] == []
    assert run(case.hub, "refused", "show", "nothing")[0] == PROBLEM


def test_log_lines_are_json_with_an_id(case):
    lines = [json.loads(line) for line in case.hub.log.read_text(encoding="utf-8").splitlines()]
    assert lines
    for line in lines:
        assert re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", line["id"])
        assert line["level"] in ("debug", "info", "warning", "error") and line["node"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?\+07:00", line["ts"])
    [rejected] = [line for line in lines if line["id"] == "DELIVERY_REJECTED"][:1]
    assert rejected["conn"] == "webhook" and rejected["trace"] and rejected["petition"]
    assert [line for line in lines if line["id"] == "PETITION_REFUSED"][0]["conn"] == "spool"


def test_requests_are_found_by_their_trace(tmp_path, receiver):
    class Verbose(Hub):
        options = ["--verbose"]

    hub = Verbose(tmp_path, receiver)
    trace = "0af7651916cd43dd8448eb211c80319c"
    Client(hub).get("/healthz", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    wait_until(lambda: trace in hub.log.read_text(encoding="utf-8"), "the request in the log")
    hub.stop()


def test_the_journal_gets_priorities(tmp_path, receiver):
    hub = Hub(tmp_path, receiver)
    hub.stop()
    log = tmp_path / "journal"
    with log.open("ab") as out:
        status = os.fstat(out.fileno())
        environment = {**os.environ, "JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
        with subprocess.Popen([BINARY, "serve", "--config", hub.config], stdout=out, stderr=out, env=environment) as process:
            wait_until(lambda: "HTTP_LISTENING" in log.read_text(encoding="utf-8"), "the hub to listen")
            process.terminate()
            assert process.wait(SECONDS) == OK
    for line in log.read_text(encoding="utf-8").splitlines():
        assert re.match(r"<[3-7]>\{", line), line


def test_a_store_that_another_hub_holds_is_refused(case):
    assert subprocess.run([BINARY, "migrate", "up", "--config", case.hub.config], capture_output=True,
                          timeout=SECONDS).returncode == REFUSED
    assert run(case.hub, "migrate", "status")[1]["up_to_date"]


def test_a_store_that_cannot_be_written_is_unreachable(tmp_path, receiver):
    hub = Hub(tmp_path, receiver)
    hub.stop()
    database = hub.config / "var" / "paknhub.db"
    for file in database.parent.glob("paknhub.db*"):
        file.unlink()
    database.mkdir()
    assert run(hub, "deliveries", "list")[0] == UNREACHABLE
