"""Connectors in processes of their own: the hub and everybody else goes on, whatever they do. The plugin is tests/fixtures/plugins/hostile.cpp."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import requests

from conftest import BINARY, SECONDS, Client, Hub, Receiver, open_to_children, wait_until

BUILD = Path(os.environ.get("PAKN_BIN", BINARY)).parents[1]
CONNECTORS = """connectors:
  hostile:
    plugin: hostile
    isolation: process
    limits: { call: 300ms }
    restart: { backoff: [10ms, 100ms], trip: 100 in 5m }
  verbs: { plugin: verbs }"""  # Does not declare itself trusted: isolated by default.


class IsolatedHub(Hub):
    def _change(self, name, pattern, replacement):
        super()._change(name, pattern, replacement)
        if name == "connectors.yaml":
            super()._change(name, r"(?m)^connectors:$", CONNECTORS)
            super()._change(name, r"(?m)^(  webhook:\n)", r"\1    isolation: process\n")
            super()._change(name, r"(?m)^(  spool:\n)", r"\1    isolation: process\n")


    def start(self):
        # A child of a root hub is another user: the folder it empties has to be open to it.
        (self.config / "var" / "spool" / "in").chmod(0o777)
        super().start()


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    plugins = tmp_path_factory.mktemp("plugins")
    for file in [*(BUILD / "lib" / "paknhub").glob("*.so"),
                 *[BUILD / "tests" / "fixtures" / "plugins" / f"{name}.so" for name in ("hostile", "verbs")]]:
        shutil.copy(file, plugins)
    receiver = Receiver()
    IsolatedHub.options = ["--plugins", str(plugins)]
    folder = tmp_path_factory.mktemp("isolated")
    open_to_children(folder)
    hub = IsolatedHub(folder, receiver)
    yield hub
    hub.stop()
    receiver.stop()


def call(hub, path, **arguments):
    session = requests.Session()
    session.trust_env = False
    return session.post(hub.url + path, timeout=SECONDS, **arguments)


def connector(hub, name):
    return {one["id"]: one for one in Client(hub).get("/readyz").json()["connectors"]}[name]


def logged(hub, event):
    lines = [json.loads(line) for line in hub.log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    return [line for line in lines if line["id"] == event]


def works(hub):
    return call(hub, "/hooks/hostile/well").status_code == 200


def processes_of(hub):
    """Command lines of the hub's children."""
    out = subprocess.run(["ps", "--ppid", str(hub.process.pid), "-o", "pid=,uid=,args="], capture_output=True, text=True).stdout
    return [line.split(None, 2) for line in out.splitlines() if "paknhub-plugin-host" in line]


def test_each_has_a_process_that_is_nobody_elses(own):
    wait_until(lambda: len(processes_of(own)) == 4, "four processes")
    if os.geteuid() == 0:
        users = {uid for _, uid, _ in processes_of(own)}
        assert len(users) == 4 and "0" not in users
    for name in ("hostile", "verbs", "spool", "webhook"):
        assert connector(own, name)["process"]["starts"] == 1
    metrics = Client(own).http.get(own.url + "/metrics", timeout=SECONDS).text
    assert 'pakn_connector_process_up{connector="hostile"} 1' in metrics
    assert 'pakn_connector_process_crashes_total{connector="hostile"} 0' in metrics


def test_check_says_nothing_against_it(own):
    assert own.run("check")["warnings"] == []


def test_mounts_answer_and_take_in(own):
    answer = call(own, "/verbs/echo", data=b"raw \x00 bytes")
    assert answer.status_code == 200 and b"raw \x00 bytes" in answer.content
    assert len(call(own, "/verbs/file").content) == 300000
    first = call(own, "/verbs/accept", data="i-7")
    assert first.status_code == 201
    assert call(own, "/verbs/accept", data="i-7").text == first.text
    assert call(own, "/verbs/throw").status_code == 500


@pytest.mark.parametrize("deed", ["abort", "segv", "exit", "hang", "close", "answer_twice", "garbage"])
def test_a_death_is_an_answer_and_intake_goes_on(own, deed):
    before = connector(own, "hostile")["process"]["crashes"]
    assert call(own, f"/hooks/hostile/{deed}").status_code == 503
    assert own.hand_in()["code"]
    assert call(own, "/verbs/echo").status_code == 200
    wait_until(lambda: works(own), "the connector to come back")
    assert connector(own, "hostile")["process"]["crashes"] == before + 1
    assert logged(own, "CONNECTOR_PROCESS_ENDED")


@pytest.mark.parametrize("deed", ["threads", "descriptors", "memory", "flood_now", "flood_state"])
def test_a_flood_is_its_own_trouble(own, deed):
    call(own, f"/hooks/hostile/{deed}")
    assert own.hand_in()["code"]
    assert call(own, "/verbs/echo").status_code == 200
    call(own, f"/hooks/hostile/abort?{deed}")
    wait_until(lambda: works(own), "the connector to come back")


def test_intake_goes_on_while_others_write_without_end(own):
    with ThreadPoolExecutor(8) as pool:
        floods = [pool.submit(call, own, f"/hooks/hostile/flood_state?{number}") for number in range(8)]
        assert len({own.hand_in()["code"] for _ in range(5)}) == 5
        assert {flood.result().status_code for flood in floods} == {503}
    wait_until(lambda: works(own), "the connector to come back")
    with closing(sqlite3.connect(f"file:{own.config}/var/paknhub.db?mode=ro", uri=True)) as store:
        [(size,)] = store.execute("SELECT sum(length(sealed)) FROM connector_state WHERE connector = 'hostile'")
    assert 0 < size <= 17_000_000


def test_what_kills_twice_is_kept_for_a_person(own):
    # Twice, but for a death while another call was under way: that counts half.
    answers = []
    while 422 not in answers and len(answers) < 5:
        answers.append(call(own, "/hooks/hostile/abort?poison", data="the poisonous words").status_code)
        wait_until(lambda: works(own), "the connector to come back")
    assert answers[:-1] and set(answers[:-1]) == {503} and answers[-1] == 422
    assert call(own, "/hooks/hostile/abort?poison", data="the poisonous words").status_code == 422
    items = [one for one in own.run("refused", "list")["items"] if one["problem"] == "connector.quarantined"]
    assert len(items) == 1 and items[0]["channel"] == "hostile"
    assert "the poisonous words" in own.run("refused", "show", items[0]["id"], "--content")["content"]
    assert "the poisonous words" not in own.log.read_text(encoding="utf-8")
    assert connector(own, "hostile")["process"]["quarantined"] == 1
    assert logged(own, "CONNECTOR_QUARANTINED") and logged(own, "REQUEST_SET_ASIDE")


def test_a_file_in_the_spool_comes_in(own):
    before = connector(own, "spool")["received"]
    spool = own.config / "var" / "spool" / "in"
    (spool / "1.tmp").write_text("Đèn đường không sáng", encoding="utf-8")
    (spool / "1.tmp").rename(spool / "1.txt")
    wait_until(lambda: connector(own, "spool")["received"] == before + 1, "the petition")
    wait_until(lambda: not (spool / "1.txt").exists(), "the file to go")


def test_a_released_answer_leaves_over_an_isolated_sender(own):
    unit = "so-xay-dung"
    staff = {role: own.signed_in(role, of) for role, of in [("dispatcher", None), ("officer", unit), ("leader", unit)]}
    code = own.hand_in()["code"]
    for role, action, body in [("dispatcher", "accept", {}), ("dispatcher", "distribute", {"units": [unit]}), ("officer", "start", {}),
                               ("officer", "draft", {"result": "Đã lắp nắp mới."}), ("officer", "submit", {}), ("leader", "approve", {}),
                               ("dispatcher", "release", {})]:
        staff[role].act(code, action, **body)
    wait_until(lambda: own.receiver.about(code), "the webhook")


def test_a_killed_process_comes_back(own):
    pid = next(pid for pid, _, _ in processes_of(own))
    os.kill(int(pid), signal.SIGKILL)
    wait_until(lambda: pid not in [one for one, _, _ in processes_of(own)] and len(processes_of(own)) == 4, "another process")


def test_children_do_not_outlive_the_hub(own):
    children = [int(pid) for pid, _, _ in processes_of(own)]
    own.process.kill()
    own.process.wait(SECONDS)
    wait_until(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in children), "the children to go")
    own.start()
    wait_until(lambda: works(own), "the connector")
