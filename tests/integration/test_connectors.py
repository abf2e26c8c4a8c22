"""A person's word on a connector, and one token taken back: kept in the store, followed by the running hub."""

import json
import subprocess

import pytest

from conftest import BINARY, SECONDS, Client, Hub, Receiver, wait_until

OK, PROBLEM, USAGE, UNREACHABLE, REFUSED = 0, 1, 2, 3, 4
UNIT = "so-xay-dung"


def run(hub, *arguments):
    done = subprocess.run([BINARY, *map(str, arguments), "--config", hub.config, "--json"], capture_output=True, timeout=SECONDS,
                          text=True)
    return done.returncode, json.loads(done.stdout) if done.stdout else None


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    receiver = Receiver()
    hub = Hub(tmp_path_factory.mktemp("connectors"), receiver)
    hub.staff = {role: hub.signed_in(role, unit) for role, unit in
                 [("dispatcher", None), ("officer", UNIT), ("leader", UNIT), ("integrator", None)]}
    yield hub
    hub.stop()
    receiver.stop()


def release(hub):
    code = hub.hand_in()["code"]
    for role, action, body in [("dispatcher", "accept", {}), ("dispatcher", "distribute", {"units": [UNIT]}), ("officer", "start", {}),
                               ("officer", "draft", {"result": "Đã lắp nắp mới."}), ("officer", "submit", {}), ("leader", "approve", {}),
                               ("dispatcher", "release", {})]:
        hub.staff[role].act(code, action, **body)
    return code


def state_of(hub, connector):
    return {one["id"]: one["state"] for one in Client(hub).get("/readyz").json()["connectors"]}[connector]


def listed(hub, connector):
    return next(one for one in hub.run("connector", "list")["items"] if one["id"] == connector)


def test_a_paused_sender_waits_and_goes_on(own):
    assert run(own, "connector", "pause", "webhook")[1]["mode"] == "paused"
    wait_until(lambda: state_of(own, "webhook") == "paused", "the pause")
    code = release(own)
    assert listed(own, "webhook") == {"id": "webhook", "plugin": "out_webhook", "state": "paused", "mode": "paused", "queued": 1}
    own.stop()
    own.start()
    wait_until(lambda: state_of(own, "webhook") == "paused", "the pause to outlive a restart")
    assert own.receiver.about(code) == []
    assert run(own, "connector", "resume", "webhook") == (OK, {"id": "webhook", "mode": "running", "queued": 1})
    wait_until(lambda: own.receiver.about(code), "what waited")
    wait_until(lambda: state_of(own, "webhook") == "running", "the state")


def test_a_paused_receiver_takes_nothing_in(own):
    own.staff["integrator"].post("/api/v1/connectors/spool/pause")
    wait_until(lambda: state_of(own, "spool") == "paused", "the pause")
    spool = own.config / "var" / "spool" / "in"
    (spool / "cho.tmp").write_text("Hố ga mất nắp, gửi lúc tạm dừng", encoding="utf-8")
    (spool / "cho.tmp").rename(spool / "cho.txt")
    release(own)
    assert (spool / "cho.txt").exists()
    assert own.staff["integrator"].post("/api/v1/connectors/spool/resume").json() == {"id": "spool", "mode": "running"}
    wait_until(lambda: not (spool / "cho.txt").exists(), "the report to be taken in")


def test_draining_sends_what_is_queued_and_pauses(own):
    own.run("connector", "pause", "webhook")
    wait_until(lambda: state_of(own, "webhook") == "paused", "the pause")
    code = release(own)
    assert run(own, "connector", "drain", "webhook", "--wait", SECONDS) == (OK, {"id": "webhook", "mode": "paused", "queued": 0})
    assert own.receiver.about(code)
    own.run("connector", "resume", "webhook")


def test_draining_says_what_is_left(own):
    own.receiver.status = 503
    release(own)
    code, answer = run(own, "connector", "drain", "webhook", "--wait", 0)
    assert (code, answer["mode"], answer["queued"] >= 1) == (PROBLEM, "draining", True)
    own.receiver.status = 204
    own.run("connector", "resume", "webhook")


def test_only_integrators_switch_and_only_what_there_is(own):
    for verb in ("pause", "resume"):
        assert own.staff["dispatcher"].problem("POST", f"/api/v1/connectors/spool/{verb}", 403) == "role.insufficient"
        assert own.staff["integrator"].problem("POST", f"/api/v1/connectors/none/{verb}", 404) == "connector.not_found"
        assert run(own, "connector", verb, "none")[0] == PROBLEM
    assert run(own, "connector", "drain", "none")[0] == PROBLEM
    assert run(own, "connector", "pause")[0] == USAGE


def test_a_test_reaches_for_the_peer_and_sends_nothing(own):
    queued = "/api/v1/deliveries?state=queued"
    wait_until(lambda: not own.staff["integrator"].get(queued).json()["items"], "what was queued before to be sent")
    before = len(own.receiver.events)
    code, answer = run(own, "connector", "test", "webhook")
    assert (code, answer["ok"]) == (OK, True)
    assert {one["step"] for one in answer["steps"]} >= {"plugin", "url"}
    assert len(own.receiver.events) == before
    assert run(own, "connector", "test", "spool")[1]["ok"]
    over_http = own.staff["integrator"].post("/api/v1/connectors/webhook/test").json()
    assert over_http["ok"] and [one["step"] for one in over_http["steps"]] == [one["step"] for one in answer["steps"]]
    assert own.staff["integrator"].problem("POST", "/api/v1/connectors/none/test", 404) == "connector.not_found"
    assert own.staff["dispatcher"].problem("POST", "/api/v1/connectors/webhook/test", 403) == "role.insufficient"
    (own.config / "connectors.yaml").write_text(
        (own.config / "connectors.yaml").read_text(encoding="utf-8").replace(f"127.0.0.1:{own.receiver.port}", "127.0.0.1:1"),
        encoding="utf-8")
    code, answer = run(own, "connector", "test", "webhook")
    assert (code, answer["ok"]) == (UNREACHABLE, False)
    assert next(one for one in answer["steps"] if one["step"] == "url")["fix"]
    assert run(own, "connector", "test", "none")[0] == PROBLEM


def test_one_token_is_taken_back(own):
    login = own.staff["dispatcher"].account["login"]
    token, other = (own.run("token", "new", "--account", login) for _ in range(2))
    key = own.run("token", "new", "--source", "cong-tinh")
    listed_tokens = {one["id"]: one for one in own.run("token", "list")["items"]}
    assert listed_tokens[token["id"]]["account"] == login and listed_tokens[key["id"]]["source"] == "cong-tinh"
    assert token["token"] not in json.dumps(listed_tokens)
    anybody = Client(own)
    for one in (token, other):
        anybody.get("/api/v1/me", headers={"Authorization": "Bearer " + one["token"]})
    assert own.run("token", "revoke", token["id"]) == {"id": token["id"], "revoked": True}
    anybody.get("/api/v1/me", 401, headers={"Authorization": "Bearer " + token["token"]})
    anybody.get("/api/v1/me", headers={"Authorization": "Bearer " + other["token"]})
    own.run("token", "revoke", key["id"])
    anybody.post("/api/v1/petitions", 401, json={"content": "x"}, headers={"Authorization": "Bearer " + key["token"]})
    assert run(own, "token", "revoke", token["id"])[0] == PROBLEM
