"""`paknhub sim`: over every channel of the demo a petition arrives and its answer goes back; what does not is seen."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess

import pytest

from conftest import BINARY, ROOT, SECONDS, Hub, wait_until

OK, PROBLEM, USAGE, UNREACHABLE, REFUSED = range(5)
PATIENCE = 240  # Seconds that a whole run may take.
# By what an answer gets back to whoever wrote over a channel.
WAYS = {"api": ["tra cứu", "sms"], "web": ["trang tra cứu", "sms"], "mobile": ["ứng dụng", "push", "sms"], "open311": ["GET requests", "sms"],
        "email": ["email"], "zalo": ["zalo"], "tongdai": ["sms"], "cong": ["cong"], "spool": ["webhook"]}
LEFT_OUT = ["cong", "open311", "spool"]  # Where nobody opens a petition again: their senders get no secret of it.
PEERS = {"cong", "email", "push", "sms", "tongdai", "webhook", "zalo"}


def free_ports(count):
    """All held before any is let go, so that they differ."""
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in held]


class DemoHub(Hub):
    """On the demo with all its channels, its peers at free ports."""

    listen = "127.0.0.1:0"
    name = "demo-channels"

    def __init__(self, folder):
        self.config = folder / self.name
        for name in ("base", "provinces/demo", self.name):
            shutil.copytree(ROOT / "config" / name, folder / name, ignore=shutil.ignore_patterns("var"))
        files = [*self.config.rglob("*.yaml"), *(folder / "provinces").rglob("*.yaml")]
        texts = {file: file.read_text(encoding="utf-8").replace("listen: 127.0.0.1:8080", f"listen: {self.listen}") for file in files}
        ports = sorted({port for text in texts.values() for port in re.findall(r"(?:127\.0\.0\.1:|_port: )(9\d{3})\b", text)})
        free = dict(zip(ports, map(str, free_ports(len(ports)))))
        for file, text in texts.items():
            file.write_text(re.sub(r"(127\.0\.0\.1:|_port: )(9\d{3})\b", lambda found: found[1] + free[found[2]], text), encoding="utf-8")
        subprocess.run([ROOT / "tools" / "demo_secrets.sh", BINARY, self.config], check=True, timeout=SECONDS)
        subprocess.run([BINARY, "init", "--config", self.config], check=True, timeout=SECONDS, capture_output=True)
        self.logins = 0
        self.log = folder / "log.jsonl"
        self.serve_simulators()  # First, as in the demo: what finds nobody at its start tries again after a while.
        self.start()

    def serve_simulators(self):
        self.simulators = subprocess.Popen([BINARY, "sim", "serve", "--config", self.config], stdout=subprocess.PIPE, text=True)
        started = set()
        while "ready" not in (line := json.loads(self.simulators.stdout.readline())):
            started.add(line["simulator"])
        assert started == PEERS

    def stop_simulators(self):
        self.simulators.terminate()
        assert self.simulators.wait(SECONDS) == OK
        self.simulators.stdout.close()
        assert not (self.config / "var" / "sim.sock").exists()

    def stop(self):
        super().stop()
        self.stop_simulators()


def sim(config, *words, program=BINARY, **environment):
    """Exit code, report and stderr of a run."""
    done = subprocess.run([program, "sim", "run", "--config", config, "--json", *words], capture_output=True, timeout=PATIENCE, text=True,
                          env={**os.environ, **environment})
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def failures(report):
    """Of the channels, for whoever reads why a test failed."""
    return report and {one["channel"]: (one["failed_at"], one["problem"]) for one in report["channels"] if not one["ok"]}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    hub = DemoHub(tmp_path_factory.mktemp("sim"))
    yield hub
    hub.stop()


class ProvinceHub(DemoHub):
    """On what a province brings; a run has to start whatever it plays with."""

    name = "provinces/hue"

    def serve_simulators(self):
        pass

    def stop_simulators(self):
        pass


@contextlib.contextmanager
def changed(file, pattern, replacement):
    """A file of the configuration for a while; what runs is reloaded by whoever wants that."""
    before = file.read_text(encoding="utf-8")
    text, count = re.subn(pattern, replacement, before)
    assert count == 1, pattern
    file.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(before, encoding="utf-8")


def test_the_demo_is_a_sound_configuration():
    done = subprocess.run([BINARY, "check", "--no-environment", "--config", ROOT / "config" / "demo-channels", "--json"],
                          capture_output=True, timeout=SECONDS)
    assert json.loads(done.stdout) == {"ok": True, "errors": [], "warnings": []}


def test_every_channel_there_and_back(demo):
    code, report, error = sim(demo.config)
    assert (code, report["ok"]) == (OK, True), failures(report)
    assert {one["channel"]: one["answered_over"] for one in report["channels"]} == WAYS
    assert len({one["petition"] for one in report["channels"]}) == len(WAYS) and not error
    assert all(one["arrived_after"] >= 0 and one["came_back_after"] >= 0 for one in report["channels"])
    # In the hub's own books, too.
    auditor = demo.signed_in("auditor")
    items = auditor.get("/api/v1/petitions", params={"limit": 100}).json()["items"]
    assert {item["code"]: item["status"] for item in items} == {one["petition"]: "answered" for one in report["channels"]}
    # Nothing stays open.
    assert demo.run("token", "list")["items"] == []
    for login in ("mo-phong-dispatcher", "mo-phong-officer-so-xay-dung", "mo-phong-leader-so-xay-dung", "mo-phong-operator"):
        locked = subprocess.run([BINARY, "user", "reset", "--config", demo.config, "--login", login], capture_output=True, timeout=SECONDS)
        assert locked.returncode == REFUSED, login


@pytest.mark.parametrize("province", ["gia-lai", "ha-tinh", "hue", "soc-trang"])
def test_officers_find_their_way_through_every_provinces_workflow(tmp_path, monkeypatch, province):
    monkeypatch.setattr(ProvinceHub, "name", f"provinces/{province}")
    hub = ProvinceHub(tmp_path)
    try:
        code, report, _ = sim(hub.config, "reopen")
        assert code == OK, failures(report)
        assert [one["answered_over"] for one in report["channels"]] == [["tra cứu"]]
    finally:
        hub.stop()


def test_opened_again_and_answered_again(demo):
    code, report, _ = sim(demo.config, "reopen")
    assert code == OK, failures(report)
    assert {one["channel"] for one in report["channels"]} == WAYS.keys() - set(LEFT_OUT) and report["left_out"] == LEFT_OUT
    dispatcher = demo.signed_in("dispatcher")
    by_code = {one["code"]: one["id"] for one in dispatcher.get("/api/v1/petitions", params={"limit": 100}).json()["items"]}
    for one in report["channels"]:
        assert dispatcher.get(f"/api/v1/petitions/{by_code[one['petition']]}").json()["reopened"] == 1, one["channel"]


def test_what_comes_twice_is_one_petition(demo):
    code, report, _ = sim(demo.config, "duplicates")
    assert code == OK, failures(report)
    assert {one["channel"] for one in report["channels"]} == WAYS.keys()


def test_an_answer_that_does_not_come_back_is_seen(demo):
    with changed(demo.config / "answers.yaml", r"  - \{ on: released, to: reply.*\n", ""):
        demo.run("reload")
        code, report, _ = sim(demo.config, "--channel", "email", "--channel", "in_portal", "--patience", "4")
    demo.run("reload")
    assert (code, report["ok"]) == (PROBLEM, False)
    assert {one["channel"]: (one["ok"], one["failed_at"]) for one in report["channels"]} == {"email": (False, "back"), "cong": (True, None)}


def test_a_petition_that_does_not_arrive_is_seen(demo):
    demo.run("connector", "pause", "spool")
    code, report, _ = sim(demo.config, "--channel", "spool", "--patience", "3")
    demo.run("connector", "resume", "spool")
    assert code == PROBLEM
    [one] = report["channels"]
    assert (one["ok"], one["failed_at"], one["petition"]) == (False, "send", None)


def test_without_simulators_that_stay_a_run_starts_its_own(demo):
    demo.stop_simulators()
    try:
        code, report, error = sim(demo.config, "--channel", "email", "--channel", "cong", "--channel", "api")
        assert code == OK, (failures(report), error)
    finally:
        demo.serve_simulators()  # Others again, who remember nothing.
    code, report, _ = sim(demo.config, "--channel", "email", "--channel", "tongdai")
    assert code == OK, failures(report)


def test_a_report_for_people(demo):
    done = subprocess.run([BINARY, "sim", "run", "--config", demo.config, "--channel", "api"], capture_output=True, timeout=PATIENCE,
                          text=True)
    assert done.returncode == OK
    lines = done.stdout.splitlines()
    assert len(lines) == 3 and re.search(r"\b\d{9}\b", lines[1]), lines


def test_nothing_is_played_where_messages_could_reach_people(demo):
    with changed(demo.config / "answers.yaml", r"url: http://127\.0\.0\.1(?=:\d+/Main)", "url: http://192.0.2.7"):
        code, report, error = sim(demo.config)
        assert (code, report) == (REFUSED, None) and "sms.url" in error
    with changed(demo.config / "answers.yaml", r"(      fcm_account: .*\n)", r"\1      apns_key: ${file:var/fcm.secret}\n"):
        code, report, error = sim(demo.config)
        assert (code, report) == (REFUSED, None) and "push.apns_url" in error, "where it sends when nothing is said"


def test_a_hub_that_listens_to_everybody_is_left_alone(tmp_path):
    class OpenHub(DemoHub):
        listen = "0.0.0.0:0"
    hub = OpenHub(tmp_path)
    try:
        assert sim(hub.config)[:2] == (REFUSED, None)
        code, report, _ = sim(hub.config, "--yes", "--channel", "api")
        assert code == OK, failures(report)
    finally:
        hub.stop()
    code, report, error = sim(hub.config)
    assert (code, report) == (UNREACHABLE, None) and error


def test_what_is_missing_is_named(demo, tmp_path):
    code, _, error = sim(demo.config, PAKN_PYTHON=str(tmp_path / "python"))
    assert code == USAGE and str(tmp_path / "python") in error
    alone = tmp_path / "bin" / "paknhub"
    alone.parent.mkdir()
    shutil.copy(BINARY, alone)
    code, _, error = sim(demo.config, program=alone)
    assert code == USAGE and str(tmp_path / "share") in error


@pytest.mark.parametrize("words", [["dance"], ["--channel", "fax"], ["--patience", "0"], ["reopen", "--channel", "spool"]])
def test_wrong_usage(demo, words):
    code, report, error = sim(demo.config, *words)
    assert (code, report) == (USAGE, None) and error
