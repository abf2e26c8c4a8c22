"""The configuration changes while the hub runs: build, check, swap, else the old one is kept and the reason said. Nothing
that runs fails of it, nothing is lost, and a connector never exists twice."""

import collections
import json
import os
import pwd
import re
import signal
import sqlite3
import subprocess
import threading
import time

import pytest
import requests
import yaml

from conftest import BINARY, SECONDS, Client, Hub, Receiver, wait_until

LEASE = 90  # Seconds: 60, and a margin.

ROUNDS = 50
CLIENTS = 8


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


class HubWithFixtures(Hub):
    """Also loads plugins that are made for tests: `exclusive` holds a file alone and answers requests, `mischief` throws where it is told to."""

    options = ["--plugins", BINARY.parents[1] / "lib" / "paknhub", "--plugins", BINARY.parents[1] / "tests/fixtures/plugins"]


@pytest.fixture
def hub(tmp_path, receiver):
    hub = HubWithFixtures(tmp_path, receiver)
    yield hub
    if hub.process.poll() is None:
        hub.stop()


def command(hub, *arguments, expect=0):
    done = subprocess.run([BINARY, *arguments, "--config", hub.config, "--json", *hub.options], capture_output=True, timeout=SECONDS)
    assert done.returncode == expect, done.stdout + done.stderr
    return json.loads(done.stdout)


def log_lines(hub, event):
    lines = hub.log.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if f'"{event}"' in line]


def write(hub, name, text):
    """As an editor does it: nobody sees half a file."""
    temporary = hub.config / (name + ".tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.rename(hub.config / name)


def running(hub, admin):
    return admin.get("/api/v1/configuration").json()


def test_signal_command_and_api_take_a_change(hub):
    admin = hub.signed_in("admin")
    before = running(hub, admin)
    assert before["disk"] == {"ok": True, "hash": before["hash"], "errors": [], "warnings": []}
    assert before["changes"] == []

    hub._change("hub.yaml", "phản ánh thành phố Mẫu", "thành phố Mẫu")
    changed = running(hub, admin)
    assert changed["hash"] == before["hash"] and changed["disk"]["hash"] != before["hash"]
    (change,) = changed["changes"]
    line = (hub.config / "hub.yaml").read_text(encoding="utf-8").splitlines()[change["line"] - 1]
    assert (change["path"], change["file"]) == ("hub.name", "hub.yaml") and change["after"] in line
    assert command(hub, "config", "diff", expect=1)["changes"] == changed["changes"]
    os.kill(hub.process.pid, signal.SIGHUP)
    wait_until(lambda: running(hub, admin)["hash"] == changed["disk"]["hash"], "the signal to be obeyed")
    assert command(hub, "config", "diff")["changes"] == []

    hub._change("hub.yaml", "Tổng đài thành phố Mẫu", "Tổng đài của Mẫu")
    report = command(hub, "reload")
    assert report["accepted"] and report["changed"] and report["errors"] == []
    assert report["connectors"]["kept"] == ["spool", "webhook"]
    again = command(hub, "reload")
    assert again["accepted"] and not again["changed"] and again["since"] == report["since"]

    hub._change("hub.yaml", "Tổng đài của Mẫu", "Tổng đài Mẫu")
    answer = admin.post("/api/v1/configuration/reload").json()
    assert answer["changed"] and answer["hash"] == running(hub, admin)["hash"] != report["hash"]
    assert len(log_lines(hub, "CONFIGURATION_ACCEPTED")) == 4


def test_mistakes_keep_the_old_one_and_are_those_of_check(hub):
    admin = hub.signed_in("admin")
    before = running(hub, admin)["hash"]
    good = (hub.config / "routes.yaml").read_text(encoding="utf-8")
    for bad in ("routes: [ {", good.replace("so-xay-dung", "so-xd"), good + "colour: blue\n", 'routes: "'):
        write(hub, "routes.yaml", bad)
        expected = command(hub, "check", expect=2)["errors"]
        assert expected
        refused = admin.post("/api/v1/configuration/reload", 422).json()
        assert refused["code"] == "configuration.refused" and refused["hash"] == before
        assert refused["errors"] == expected
        assert command(hub, "reload", expect=2)["errors"] == expected
        seen = len(log_lines(hub, "CONFIGURATION_KEPT"))
        os.kill(hub.process.pid, signal.SIGHUP)
        wait_until(lambda: len(log_lines(hub, "CONFIGURATION_KEPT")) > seen, "the refusal to be logged")
        state = running(hub, admin)
        assert state["hash"] == before and state["disk"]["errors"] == expected
    assert hub.hand_in()["status"] == "received"
    write(hub, "routes.yaml", good)
    assert not admin.post("/api/v1/configuration/reload").json()["changed"]


def test_what_needs_a_restart_refuses_the_whole(hub):
    admin = hub.signed_in("admin")
    before = running(hub, admin)["hash"]
    good = (hub.config / "hub.yaml").read_text(encoding="utf-8")
    for pattern, replacement, path in [("127.0.0.1:0", "127.0.0.1:1", "hub.listen"),
                                       ("var/paknhub.db", "var/other.db", "store.url"),
                                       ("directory:var/blobs", "directory:var/other", "store.blobs")]:
        write(hub, "hub.yaml", good.replace(pattern, replacement).replace("phản ánh thành phố Mẫu", "khác"))
        errors = admin.post("/api/v1/configuration/reload", 422).json()["errors"]
        assert len(errors) == 1 and path in errors[0]["message"] and errors[0]["file"] == "hub.yaml"
        lines = (hub.config / "hub.yaml").read_text(encoding="utf-8").splitlines()
        assert replacement in lines[errors[0]["line"] - 1][errors[0]["column"] - 1:]
        assert running(hub, admin)["hash"] == before


def test_only_administrators_reload(hub):
    for role, unit in [("integrator", None), ("dispatcher", None), ("officer", "so-xay-dung")]:
        someone = hub.signed_in(role, unit)
        assert someone.problem("GET", "/api/v1/configuration", 403) == "role.insufficient"
        assert someone.problem("POST", "/api/v1/configuration/reload", 403) == "role.insufficient"
    assert Client(hub).problem("POST", "/api/v1/configuration/reload", 401) == "session.required"


def test_connectors_change_one_by_one(hub, receiver):
    admin = hub.signed_in("admin")
    text = (hub.config / "connectors.yaml").read_text(encoding="utf-8")
    (hub.config / "var" / "spool" / "other").mkdir()

    def reload(expect=200):
        return admin.post("/api/v1/configuration/reload", expect).json()

    def states():
        return {one["id"]: one["state"] for one in admin.get("/api/v1/connectors").json()["items"]}

    write(hub, "connectors.yaml", text.replace("var/spool/in", "var/spool/other"))
    assert reload()["connectors"] == {"kept": ["webhook"], "started": [], "restarted": ["spool"], "stopped": []}
    (hub.config / "var" / "spool" / "other" / "a.txt").write_text("Đèn đường hỏng", encoding="utf-8")
    wait_until(lambda: not list((hub.config / "var" / "spool" / "other").glob("*.txt")), "the new folder to be emptied")

    write(hub, "more.yaml", "connectors:\n  second:\n    plugin: in_spool\n    settings: { directory: var/spool/in }\n")
    assert reload()["connectors"]["started"] == ["second"]
    assert set(states()) == {"second", "spool", "webhook"}
    (hub.config / "more.yaml").unlink()
    assert reload()["connectors"]["stopped"] == ["second"]
    assert set(states()) == {"spool", "webhook"}

    # A secret that was exchanged is a change, although no file of the configuration is another.
    (hub.config / "var" / "webhook.secret").write_text("whsec_" + "QUFB" * 10 + "\n", encoding="ascii")
    assert reload()["connectors"]["restarted"] == ["webhook"]
    write(hub, "connectors.yaml", text)
    assert reload()["connectors"]["restarted"] == ["spool"]


def test_a_connector_that_cannot_be_built_refuses_the_whole(hub):
    admin = hub.signed_in("admin")

    def states():
        return {one["id"]: one["state"] for one in admin.get("/api/v1/connectors").json()["items"]}

    def with_mischief(where):
        return f"connectors:\n  bad: {{ plugin: mischief, settings: {{ where: {where} }} }}\n"

    before = running(hub, admin)["hash"]
    spool = "interval: 2s\n    settings: { directory: var/spool/in"
    hub._change("connectors.yaml", r"settings: \{ directory: var/spool/in", spool)
    write(hub, "more.yaml", with_mischief("constructor"))
    refused = admin.post("/api/v1/configuration/reload", 422).json()
    assert any('"bad"' in one["message"] for one in refused["errors"])
    assert running(hub, admin)["hash"] == before
    assert states() == {"spool": "running", "webhook": "running"}, "the former connectors run again"
    (hub.config / "var" / "spool" / "in" / "a.txt").write_text("Đèn đường hỏng", encoding="utf-8")
    wait_until(lambda: not list((hub.config / "var" / "spool" / "in").glob("*.txt")), "the former connector to work")

    write(hub, "more.yaml", with_mischief("nowhere"))
    assert admin.post("/api/v1/configuration/reload").json()["connectors"] == {
        "kept": ["webhook"], "started": ["bad"], "restarted": ["spool"], "stopped": []}

    # Out of order from the start: it keeps nobody from changing something else.
    hub.stop()
    write(hub, "more.yaml", with_mischief("constructor"))
    hub.start()
    assert states()["bad"] == "failed"
    hub._change("hub.yaml", "phản ánh thành phố Mẫu", "khác")
    assert admin.post("/api/v1/configuration/reload").json()["changed"]
    assert states() == {"bad": "failed", "spool": "running", "webhook": "running"}


def test_deliveries_queued_meanwhile_stay(hub, receiver):
    admin = hub.signed_in("admin")
    write(hub, "more.yaml", "deliveries:\n  - { on: received, to: webhook, kind: status_update }\n")
    connectors = (hub.config / "connectors.yaml").read_text(encoding="utf-8")
    write(hub, "connectors.yaml", connectors[:connectors.index("deliveries:")])
    assert admin.post("/api/v1/configuration/reload").json()["changed"]
    receiver.status = 503
    codes = [hub.hand_in()["code"] for _ in range(5)]
    wait_until(lambda: receiver.events, "a first attempt")
    hub._change("connectors.yaml", "workers: 2", "workers: 3")
    assert admin.post("/api/v1/configuration/reload").json()["connectors"]["restarted"] == ["webhook"]
    receiver.status = 204
    # What the former connector had claimed and not begun waits for the end of its lease.
    wait_until(lambda: all(receiver.about(code) for code in codes), "all deliveries to arrive", LEASE + SECONDS)


def test_petitions_keep_the_workflow_they_started_with(hub):
    admin = hub.signed_in("admin")
    dispatcher = hub.signed_in("dispatcher")
    early = hub.hand_in(category="khac", content="Việc có từ trước")["id"]
    workflow = hub.config.parents[1] / "base" / "workflows" / "officer-first.yaml"
    original = workflow.read_text(encoding="utf-8")
    workflow.write_text(original.replace("id: accept\n", "id: take_on\n"), encoding="utf-8")
    assert admin.post("/api/v1/configuration/reload").json()["changed"]
    late = hub.hand_in(category="khac", content="Việc mới")["id"]
    for _ in range(2):  # Before a restart, and after it.
        assert "accept" in dispatcher.actions(early) and "take_on" not in dispatcher.actions(early)
        assert "take_on" in dispatcher.actions(late) and "accept" not in dispatcher.actions(late)
        hub.stop()
        hub.start()
        dispatcher = hub.signed_in("dispatcher")
    assert dispatcher.act(early, "accept")["status"] == "accepted"
    assert dispatcher.act(late, "take_on")["status"] == "accepted"


def test_what_a_plugin_finds_wrong_is_said_with_its_place(hub):
    admin = hub.signed_in("admin")
    before = running(hub, admin)["hash"]
    (hub.config / "mappings").mkdir()
    (hub.config / "mappings" / "portal.yaml").write_text("fields:\n  external_id: /id\n  titel: /t\n", encoding="utf-8")
    write(hub, "portal.yaml", "connectors:\n  portal: { plugin: in_portal, isolation: in-process, settings: { mapping: mappings/portal.yaml } }\n")
    errors = admin.post("/api/v1/configuration/reload", 422).json()["errors"]
    assert ("mappings/portal.yaml", 3, 3) in {(one["file"], one["line"], one["column"]) for one in errors}
    assert errors == command(hub, "check", expect=2)["errors"]
    assert running(hub, admin)["hash"] == before


def test_a_command_beside_the_hub_writes_under_what_is_in_effect(hub):
    """Whatever the files say meanwhile: nobody has accepted that."""
    petition = hub.hand_in(petitioner={"name": "Bùi Văn Mẫu", "phone": "0912000000"}, consent={"use_identity_in_handling": True})
    admin = hub.signed_in("admin")
    accepted = running(hub, admin)["hash"]
    hub._change("hub.yaml", "phản ánh thành phố Mẫu", "thành phố Mẫu")
    command(hub, "petition", "show", petition["code"], "--reveal", "--reason", "Người dân gọi lại")
    events = admin.get(f"/api/v1/petitions/{petition['id']}/events").json()["items"]
    assert "identity_revealed" in {event["kind"] for event in events}
    with sqlite3.connect(hub.config / "var" / "paknhub.db") as database:
        assert {row[0] for row in database.execute("SELECT DISTINCT config_hash FROM events")} == {accepted}


def test_a_hub_can_be_asked_and_paused_while_its_files_have_mistakes(hub):
    write(hub, "routes.yaml", "routes: [ {")
    state = command(hub, "status")
    assert state["configuration_on_disk"] is None and state["nodes"][0]["ready"]
    assert command(hub, "connector", "pause", "webhook")["mode"] == "paused"
    assert command(hub, "connector", "resume", "webhook")["mode"] == "running"
    done = subprocess.run([BINARY, "connector", "pause", "nobody", "--config", hub.config], capture_output=True, timeout=SECONDS, check=False)
    assert done.returncode == 1


def test_every_acceptance_is_journalled(hub):
    admin = hub.signed_in("admin")
    login = admin.get("/api/v1/me").json()["account"]["login"]
    first = running(hub, admin)["hash"]
    hub._change("hub.yaml", "phản ánh thành phố Mẫu", "thành phố Mẫu")
    assert command(hub, "reload")["changed"]
    second = running(hub, admin)["hash"]
    assert not command(hub, "reload")["changed"]
    hub._change("hub.yaml", "Tổng đài thành phố Mẫu", "Tổng đài phản ánh thành phố Mẫu")
    assert admin.post("/api/v1/configuration/reload").json()["hash"] == first != second
    hub.stop()
    hub.start()
    items = command(hub, "config", "history")["items"]
    assert [one["hash"] for one in items] == [first, second, first]
    assert items[0]["actor"] == f"account:{login}" and items[2]["actor"] == "start"
    assert items[1]["actor"] == f"socket:{pwd.getpwuid(os.getuid()).pw_name}"
    assert {one["node"] for one in items} == {os.uname().nodename}
    assert [one["at"] for one in items] == sorted((one["at"] for one in items), reverse=True)
    assert command(hub, "config", "history", "--limit", "1")["items"] == items[:1]


def test_where_the_hub_is_reached_reaches_the_connectors(hub):
    admin = hub.signed_in("admin")
    hub._change("hub.yaml", r"public_url: \S+", "public_url: https://paht.mau.example")
    assert admin.post("/api/v1/configuration/reload").json()["connectors"]["restarted"] == ["spool", "webhook"]


def test_a_connector_that_hangs_refuses_the_reload(hub, tmp_path):
    admin = hub.signed_in("admin")
    slow = ("connectors:\n  slow: {{ plugin: slow, isolation: in-process, interval: 10ms, limits: {{ call: 500ms, workers: {} }}, "
            f"settings: {{{{ where: poll, gate: {tmp_path}/gate, diary: {tmp_path}/diary }}}} }}}}\n")
    write(hub, "more.yaml", slow.format(1))
    before = admin.post("/api/v1/configuration/reload").json()["hash"]
    wait_until((tmp_path / "diary").exists, "the plugin to hang")
    write(hub, "more.yaml", slow.format(2))
    refused = admin.post("/api/v1/configuration/reload", 422).json()
    assert '"slow"' in refused["errors"][0]["message"] and running(hub, admin)["hash"] == before
    (tmp_path / "gate").touch()
    again = {"url": hub.url + "/api/v1/configuration/reload", "headers": {"X-CSRF-Token": admin.csrf}, "timeout": SECONDS}
    wait_until(lambda: admin.http.post(**again).status_code == 200, "the plugin to be back")
    assert running(hub, admin)["hash"] != before


def test_sandbox_lets_nothing_leave(hub, receiver):
    admin = hub.signed_in("admin")
    write(hub, "sandbox.yaml", "sandbox: true\ndeliveries:\n  - { on: received, to: webhook, kind: status_update }\n")
    connectors = (hub.config / "connectors.yaml").read_text(encoding="utf-8")
    write(hub, "connectors.yaml", connectors[:connectors.index("deliveries:")])
    assert admin.post("/api/v1/configuration/reload").json()["changed"]
    code = hub.hand_in()["code"]

    def sent():
        return [one for one in admin.get("/api/v1/deliveries?state=sent").json()["items"] if one["code"] == code]

    wait_until(sent, "the delivery to end")
    assert sent()[0]["reference"] == "sandbox"
    assert receiver.about(code) == []


def test_the_effective_configuration_reads_back_as_itself(hub, tmp_path):
    shown = command(hub, "config", "show")
    values = {one["path"]: one for one in shown["values"]}
    assert values["sla.thuong.handle"]["value"] == "7wd" and values["sla.thuong.handle"]["file"] == "../../base/rules.yaml"
    assert values["connectors.webhook.settings.secret"]["value"] == "${file:var/webhook.secret}"
    text = subprocess.run([BINARY, "config", "show", "--config", hub.config, *hub.options], check=True, capture_output=True).stdout.decode()
    assert (hub.config / "var" / "webhook.secret").read_text(encoding="ascii").strip() not in text
    assert re.search(r"handle: 7wd +# \.\./\.\./base/rules\.yaml:\d+", text)
    assert yaml.safe_load(text)["units"][0]["id"] == "ubnd"
    # The one file that is shown says what all files said: workflows are files of their own.
    for file in hub.config.glob("*.yaml"):
        file.unlink()
    (hub.config / "all.yaml").write_text(text, encoding="utf-8")
    (hub.config / "workflows").mkdir()
    for source in (hub.config.parents[1] / "base" / "workflows").iterdir():
        (hub.config / "workflows" / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    again = command(hub, "config", "show")
    assert [(one["path"], one["value"]) for one in again["values"]] == [(one["path"], one["value"]) for one in shown["values"]]


def test_nobody_to_ask(hub):
    hub.stop()
    for arguments in (["reload"], ["config", "diff"]):
        done = subprocess.run([BINARY, *arguments, "--config", hub.config], capture_output=True, timeout=SECONDS)
        assert done.returncode == 3, done
    hub.start()
    assert command(hub, "reload")["accepted"]


class Load(threading.Thread):
    """Hands in and reads back, one after the other, until told to stop; remembers what it was promised."""

    def __init__(self, hub, number):
        super().__init__()
        self.hub, self.number = hub, number
        self.stopping = threading.Event()
        self.promised = []
        self.failure = None

    def run(self):
        client = Client(self.hub)
        try:
            while not self.stopping.is_set():
                answer = client.post("/api/v1/petitions", 201, json={
                    "content": f"Đèn đường hỏng, người {self.number}, lần {len(self.promised)}", "category": "ha-tang"},
                    headers={"Idempotency-Key": f"{self.number}-{len(self.promised)}"}).json()
                self.promised.append(answer)
                client.get(f"/api/v1/track/{answer['code']}?token={answer['tracking_token']}")
        except BaseException as failure:  # Told by the test's own thread.
            self.failure = failure


class Pushes(threading.Thread):
    """A peer that pushes to a connector, one request after the other, until told to stop."""

    def __init__(self, hub):
        super().__init__()
        self.hub = hub
        self.stopping = threading.Event()
        self.answers = collections.Counter()

    def run(self):
        with requests.Session() as peer:
            peer.trust_env = False
            while not self.stopping.is_set():
                self.answers[peer.post(self.hub.url + "/hooks/alone/news", data=b"{}", timeout=SECONDS).status_code] += 1


def test_under_load_no_request_fails(hub, receiver):
    admin = hub.signed_in("admin")
    dispatcher = hub.signed_in("dispatcher")
    spool = hub.config / "var" / "spool" / "in"
    connectors = (hub.config / "connectors.yaml").read_text(encoding="utf-8")
    routes = (hub.config / "routes.yaml").read_text(encoding="utf-8")
    load = [Load(hub, number) for number in range(CLIENTS)]
    pushes = [Pushes(hub) for _ in range(3)]
    for one in load:
        one.start()
    reports = 0
    lock = hub.config / "var" / "lock"
    for round_number in range(ROUNDS):
        (spool / f"{round_number}.tmp").write_text(f"Tin {round_number}: rác thải chưa dọn", encoding="utf-8")
        (spool / f"{round_number}.tmp").rename(spool / f"{round_number}.txt")
        reports += 1
        before = running(hub, admin)["hash"]
        if round_number % 2:
            write(hub, "routes.yaml", routes.replace("so-xay-dung", "so-xd"))
            assert admin.post("/api/v1/configuration/reload", 422).json()["hash"] == before
            assert running(hub, admin)["hash"] == before
        else:
            write(hub, "routes.yaml", re.sub("tags: \\[den-duong\\]", f"tags: [lan-{round_number}]", routes))
            # The polling connector is another one each time: what it polls is the same folder.
            write(hub, "connectors.yaml", connectors.replace("category: khac }", f"category: loai-{round_number} }}"))
            write(hub, "alone.yaml", "connectors:\n  alone: { plugin: exclusive, interval: 10ms, settings: "
                                     f"{{ lock: {lock}, word: w{round_number} }} }}\n")
            report = admin.post("/api/v1/configuration/reload").json()
            assert report["hash"] != before
            assert sorted(report["connectors"]["restarted"] + report["connectors"]["started"]) == ["alone", "spool"]
            assert lock.exists()
            if round_number == 0:
                for one in pushes:
                    one.start()
            placed = hub.hand_in(content="Cột đèn trước nhà không sáng")
            assert dispatcher.get(f"/api/v1/petitions/{placed['id']}").json()["tags"][0] == f"lan-{round_number}"
    for one in load + pushes:
        one.stopping.set()
    for one in pushes:
        one.join(SECONDS)
        assert set(one.answers) == {204}, one.answers
        assert one.answers[204] > ROUNDS
    for one in load:
        one.join(SECONDS)
        assert one.failure is None, one.failure
        assert one.promised
    promised = [answer for one in load for answer in one.promised]
    assert len({answer["code"] for answer in promised}) == len(promised)
    for answer in promised[:: max(1, len(promised) // 50)]:
        assert dispatcher.get(f"/api/v1/petitions/{answer['id']}").json()["code"] == answer["code"]
    wait_until(lambda: not list(spool.glob("*.txt")), "the spool folder to be emptied")
    metrics = Client(hub).http.get(hub.url + "/metrics", timeout=SECONDS).text
    duplicates = int(re.search(r'pakn_intake_total\{outcome="duplicate"\} (\d+)', metrics).group(1))
    assert duplicates == 0, "a file was taken by two connectors"
    stored = int(re.search(r'pakn_intake_total\{outcome="stored"\} (\d+)', metrics).group(1))
    assert stored == len(promised) + reports + ROUNDS // 2
    started = [line for line in log_lines(hub, "CONNECTOR_STARTED") if "spool" in json.dumps(line)]
    stopping = [line for line in log_lines(hub, "CONNECTOR_STOPPING") if "spool" in json.dumps(line)]
    assert len(started) == len(stopping) + 1
