"""Portals with an API key, connectors that do not start, deliveries that are given up and replayed."""

import secrets
import shutil

import pytest

from conftest import BINARY, Client, Hub, Receiver, wait_until

PLUGINS = BINARY.parent.parent / "lib" / "paknhub"
FIXTURES = BINARY.parent.parent / "tests" / "fixtures" / "plugins"


class OtherHub(Hub):
    """A hub of this test's own: with further connectors, and other plugins than those beside the program."""

    def __init__(self, folder, receiver, connectors="", plugins=None):
        self.connectors, self.plugins = connectors, plugins
        super().__init__(folder, receiver)

    def start(self):
        (self.config / "more.yaml").write_text(self.connectors or "{}\n", encoding="utf-8")
        self.options = ["--plugins", str(self.plugins)] if self.plugins else []
        super().start()


@pytest.fixture
def plugins(tmp_path):
    """The real plugins, one that throws where it can, and one that is none."""
    folder = tmp_path / "plugins"
    folder.mkdir()
    for real in [*PLUGINS.glob("*.so"), FIXTURES / "mischief.so"]:
        shutil.copy(real, folder)
    (folder / "khong_phai.so").write_text("this is a text\n", encoding="ascii")
    for file in folder.iterdir():
        file.chmod(0o644)
    return folder


def release(hub, people, **fields):
    """A petition taken all the way to its answer; its code."""
    code = hub.hand_in(**fields)["code"]
    for who, action, body in [("dispatcher", "accept", {}), ("dispatcher", "distribute", {"units": ["so-xay-dung"]}),
                              ("officer", "start", {}), ("officer", "draft", {"result": "Đã xử lý."}),
                              ("officer", "submit", {}), ("leader", "approve", {}), ("dispatcher", "release", {})]:
        people[who].act(code, action, **body)
    return code


def test_a_connector_that_cannot_start_is_named_and_the_hub_runs_on(tmp_path, receiver, plugins):
    hub = OtherHub(tmp_path, receiver, plugins=plugins, connectors="""
connectors:
  refused: { plugin: khong_phai }
  throwing: { plugin: mischief, settings: { where: constructor } }
""")
    try:
        assert hub.hand_in()["code"]
        states = {one["id"]: one for one in hub.signed_in("integrator").get("/api/v1/connectors").json()["items"]}
        assert states["spool"]["state"] == states["webhook"]["state"] == "running"
        for name in ("refused", "throwing"):
            assert states[name]["state"] == "failed"
            assert states[name]["problem"]
        assert Client(hub).get("/readyz").json()["status"] == "ready"
        log = hub.log.read_text(encoding="utf-8")
        assert "PLUGIN_REFUSED" in log and "khong_phai.so" in log and "CONNECTOR_FAILED" in log
    finally:
        hub.stop()


def test_a_portal_sends_under_its_name_and_its_ids_count(hub, people):
    key = hub.run("token", "new", "--source", "cong-xa-a")["token"]
    portal = {"Authorization": f"Bearer {key}"}
    first = hub.hand_in(headers=portal, external_id="P-1")
    assert hub.hand_in(200, headers=portal, external_id="P-1") == first
    assert hub.hand_in(409, headers=portal, external_id="P-1", content="khác")["code"] == "idempotency.key_reused"
    assert hub.hand_in(external_id="P-1")["code"] != first["code"], "anybody's external_id is no identity"
    assert people["dispatcher"].get(f"/api/v1/petitions/{first['id']}").json()["channel"] == "cong-xa-a"
    wrong = {"Authorization": "Bearer " + secrets.token_urlsafe(32)}
    assert hub.hand_in(401, headers=wrong)["code"] == "session.required"


def test_a_script_acts_as_its_account(hub):
    hub.one_time_token("dispatcher")
    token = hub.run("token", "new", "--account", f"dispatcher{hub.logins}")["token"]
    script = Client(hub)
    headers = {"Authorization": f"Bearer {token}"}
    assert "dispatcher" in script.get("/api/v1/me", headers=headers).json()["account"]["roles"]
    code = hub.hand_in()["code"]
    assert script.act(code, "accept", headers=headers)["status"] == "accepted"


def test_a_dead_delivery_is_shown_and_replayed_with_the_same_key(tmp_path):
    receiver = Receiver()
    receiver.status = 410
    hub = Hub(tmp_path, receiver)
    try:
        people = {"dispatcher": hub.signed_in("dispatcher"), "officer": hub.signed_in("officer", "so-xay-dung"),
                  "leader": hub.signed_in("leader", "so-xay-dung")}
        release(hub, people)
        dead = wait_until(lambda: hub.run("deliveries", "list", "--dead")["items"], "the delivery to die")
        assert len(dead) == 1 and dead[0]["state"] == "dead"
        integrator = hub.signed_in("integrator")
        delivery = dead[0]["id"]
        assert integrator.get("/api/v1/deliveries").json()["items"][0]["state"] == "dead"
        receiver.status = 204
        integrator.post(f"/api/v1/deliveries/{delivery}/replay")
        wait_until(lambda: integrator.get("/api/v1/deliveries").json()["items"][0]["state"] == "sent", "the delivery")
        keys = {event["headers"]["webhook-id"] for event in receiver.events}
        assert keys == {delivery}
        problem = integrator.problem("POST", f"/api/v1/deliveries/{delivery}/replay", 409)
        assert problem == "delivery.not_legal_now"
    finally:
        hub.stop()
        receiver.stop()
