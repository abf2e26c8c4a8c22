"""`doctor` and `status`: beside a running hub and without one."""

import json
import os
import pty
import re
import shutil
import signal
import subprocess

import pytest

from conftest import BINARY, SECONDS, Hub, Receiver, wait_until

OK, PROBLEM, USAGE, UNREACHABLE, REFUSED = 0, 1, 2, 3, 4


def run(config, *arguments):
    done = subprocess.run([BINARY, *map(str, arguments), "--config", config, "--json"], capture_output=True, timeout=SECONDS,
                          text=True)
    return done.returncode, json.loads(done.stdout) if done.stdout else None


def findings(config, *arguments):
    """check → its grades, and the whole answer."""
    code, answer = run(config, "doctor", *arguments)
    grades = {}
    for one in answer["findings"]:
        assert one["grade"] in ("ok", "WARN", "FAIL") and one["text"]
        assert (one["grade"] == "ok") == (one["fix"] is None), f"{one}: what is wrong has a fix"
        grades.setdefault(one["check"], set()).add(one["grade"])
    assert answer["ok"] == (not any("FAIL" in one for one in grades.values()))
    return code, grades


@pytest.fixture
def own(tmp_path):
    receiver = Receiver()
    hub = Hub(tmp_path, receiver)
    # It says where it runs just after it has begun to listen.
    wait_until(lambda: run(hub.config, "status")[1]["nodes"], "the hub to announce itself")
    yield hub
    if hub.process.poll() is None:
        hub.stop()
    receiver.stop()


def test_a_running_hub_is_looked_over(own):
    code, grades = findings(own.config)
    assert code == OK
    for check in ("configuration", "secrets", "hub_key", "store", "store.schema", "blobs", "plugins", "deliveries", "timers",
                  "clock", "hub", "connector.webhook"):
        assert grades[check] == {"ok"}, check
    assert "WARN" in grades["accounts"], "no unit has an officer yet"


def test_it_changes_nothing_and_works_without_a_hub(own):
    code = own.hand_in()["code"]
    own.stop()
    before = own.run("petition", "show", code)
    assert findings(own.config)[1]["hub"] == {"ok"}
    assert own.run("petition", "show", code) == before


def test_open_secrets_dead_letters_and_absent_peers_are_found(own):
    (own.config / "var" / "webhook.secret").chmod(0o644)
    own.receiver.stop()
    code, grades = findings(own.config)
    assert code == PROBLEM
    assert grades["secrets"] == {"WARN"}
    assert grades["connector.webhook"] == {"FAIL"}
    assert "connector.spool" in grades
    assert "connector.webhook" not in findings(own.config, "--no-network")[1]


def test_a_lost_key_and_a_broken_configuration(own):
    own.stop()
    key = own.config / "var" / "hub.key"
    key.rename(key.with_name("away"))
    code, grades = findings(own.config)
    assert (code, grades["hub_key"]) == (PROBLEM, {"FAIL"})
    (own.config / "routes.yaml").write_text("routes: 5\n", encoding="utf-8")
    code, grades = findings(own.config)
    assert (code, grades["configuration"]) == (USAGE, {"FAIL"})


def test_a_new_folder_has_no_store_yet(tmp_path):
    shutil.copytree(BINARY.parents[3] / "config" / "base", tmp_path / "base")
    shutil.copytree(BINARY.parents[3] / "config" / "provinces" / "demo", tmp_path / "provinces" / "demo",
                    ignore=shutil.ignore_patterns("var"))
    folder = tmp_path / "provinces" / "demo"
    (folder / "connectors.yaml").write_text("", encoding="utf-8")
    code, grades = findings(folder)
    assert (code, grades["hub_key"], grades["store"]) == (PROBLEM, {"FAIL"}, {"WARN"})
    assert run(folder, "migrate", "status")[0] == PROBLEM


def test_status_of_a_running_hub(own):
    own.hand_in(content="Hố ga mất nắp")
    code, answer = run(own.config, "status")
    assert code == OK
    [node] = answer["nodes"]
    assert node["reachable"] and node["ready"] and node["pid"] == own.process.pid and node["url"] == own.url
    assert node["configuration"] == answer["configuration_on_disk"] and not node["configuration_differs"]
    assert {one["id"]: one["state"] for one in node["connectors"]} == {"spool": "running", "webhook": "running"}
    assert set(answer["deliveries"]) == {"queued", "sent", "dead", "unknown", "discarded", "passed_on"}
    assert set(answer["queues"]) == {"spool", "webhook"}
    assert (answer["petitions"], answer["overdue"]) == (1, 0)
    with (own.config / "hub.yaml").open("a", encoding="utf-8") as file:
        file.write("# changed on disk\n")
    [node] = run(own.config, "status")[1]["nodes"]
    assert node["configuration_differs"]


def test_status_without_a_hub_is_unreachable(own):
    own.process.kill()
    own.process.wait(SECONDS)
    code, answer = run(own.config, "status")
    assert code == UNREACHABLE
    [node] = answer["nodes"]
    assert not node["reachable"] and node["problem"], "one that was killed is still known"
    own.start()
    own.stop()
    assert run(own.config, "status")[1]["nodes"] == [], "one that stopped is not"


def test_watching_redraws_until_interrupted(own):
    process = subprocess.Popen([BINARY, "status", "--watch", "--json", "--config", own.config], stdout=subprocess.PIPE, text=True)
    try:
        lines = [json.loads(process.stdout.readline()) for _ in range(2)]
        assert all(line["nodes"] for line in lines)
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == OK
    finally:
        process.kill()
        process.stdout.close()


def on_a_terminal(arguments, **environment):
    """What a command writes to a terminal."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", **environment}
    if "NO_COLOR" not in environment or not environment["NO_COLOR"]:
        environment.pop("NO_COLOR", None)
    with subprocess.Popen([BINARY, *map(str, arguments)], stdout=follower, stderr=follower, stdin=subprocess.DEVNULL,
                          env=environment) as process:
        os.close(follower)
        written = b""
        while True:
            try:
                piece = os.read(leader, 65536)
            except OSError:
                break
            if not piece:
                break
            written += piece
        process.wait(SECONDS)
    os.close(leader)
    return written.decode()


def test_colours_on_a_terminal_only_and_not_with_no_color(own):
    arguments = ["doctor", "--no-network", "--config", own.config]
    assert "\033[" in on_a_terminal(arguments)
    assert "\033[" not in on_a_terminal(arguments, NO_COLOR="1")
    assert "\033[" not in on_a_terminal(arguments, TERM="dumb")
    assert "\033[" not in subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=SECONDS).stdout


def test_long_work_shows_its_progress_on_a_terminal(own):
    own.hand_in()
    own.stop()
    shown = on_a_terminal(["rebuild", "--config", own.config])
    assert re.search(r"petitions \[#+\.*\] +100% 1/1", shown)
    quiet = subprocess.run([BINARY, "rebuild", "--config", own.config], capture_output=True, text=True, timeout=SECONDS)
    assert quiet.stderr == ""
