"""Short messages through the real hub: three gateways as three connectors, as ways back to the sender and for notices; answers that
get lost, numbers that no message can go to, callbacks that come too late to be good news."""

import re
import shutil
import subprocess
import sys

import pytest

from conftest import BINARY, ROOT, SECONDS, Hub, Receiver, wait_until

sys.path.insert(0, str(ROOT / "tests" / "peers"))
from sms_gateways import SmsGateways  # noqa: E402

UNIT = "so-xay-dung"
TOKEN = "canary-token-0123456789abcdef"
SECRETS = {"sms.user": "canary-user", "sms.password": "canary-password", "sms.token": TOKEN}
SENDER = "0912345678"
CONFIGURATION = """
connectors:
  esms:
    plugin: out_sms
    settings:
      driver: esms
      url: {esms}
      user: ${{file:var/sms.user}}
      password: ${{file:var/sms.password}}
      brand: PAHT MAU
      callback_token: ${{file:var/sms.token}}
      notice_text: "Phan anh {{code}} co tin moi.[ Xem {{link}}]"
      timeout: 500ms
    backoff: [100ms, 400ms]
  vnpt:
    plugin: out_sms
    settings:
      driver: vnpt
      url: {vnpt}
      user: ${{file:var/sms.user}}
      password: ${{file:var/sms.password}}
      brand: PAHT MAU
      vnpt_agent: "1"
      result_template: "2000"
      result_contract: "1000"
      notice_template: "2001"
      notice_contract: "1000"
      timeout: 500ms
    backoff: [100ms, 400ms]
  viettel:
    plugin: out_sms
    settings:
      driver: viettel
      url: {viettel}
      user: ${{file:var/sms.user}}
      password: ${{file:var/sms.password}}
      brand: PAHT MAU
      viettel_cp_code: MAU
      timeout: 500ms
    backoff: [100ms, 400ms]
replies:
  - by: [{{ to: esms }}, {{ to: vnpt }}, {{ to: viettel }}, {{ to: webhook }}]
templates:
  notices: ../../base/templates/notices.yaml
  texts: ../../base/templates/texts.yaml
  letter: ../../base/templates/letter.mustache
notices:
  - {{ on: accepted, for: petitioner, notice: sender-received, to: reply, send: always }}
  - {{ on: [distributed, sent_back], for: next, notice: task, to: viettel }}
"""


class SmsHub(Hub):
    changes = [("connectors.yaml", r"\{ on: released, to: webhook \}", "{ on: released, to: reply, kind: result }"),
               ("connectors.yaml", r"backoff: \[1s, 15m\]", "backoff: [100ms, 400ms]"),
               ("organisation.yaml", r"code: H99\.15, parent: ubnd", 'code: H99.15, parent: ubnd, contact: { phone: "0981234567" }'),
               ("hub.yaml", r"public_url: \S+", "public_url: http://paht.mau.example")]

    def __init__(self, folder, receiver, gateways):
        self.gateways = gateways
        super().__init__(folder, receiver)

    def start(self):
        for name, text in SECRETS.items():
            secret = self.config / "var" / name
            secret.touch(mode=0o600)
            secret.write_text(text, encoding="ascii")
        (self.config / "sms.yaml").write_text(
            CONFIGURATION.format(esms=self.gateways.esms_url, vnpt=self.gateways.vnpt_url, viettel=self.gateways.viettel_url),
            encoding="utf-8")
        super().start()


@pytest.fixture(scope="module")
def all_gateways():
    with SmsGateways() as gateways:
        yield gateways


@pytest.fixture(scope="module")
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture(scope="module")
def own(tmp_path_factory, receiver, all_gateways):
    hub = SmsHub(tmp_path_factory.mktemp("sms"), receiver, all_gateways)
    hub.staff = {"dispatcher": hub.signed_in("dispatcher"), "officer": hub.signed_in("officer", UNIT),
                 "leader": hub.signed_in("leader", UNIT), "integrator": hub.signed_in("integrator")}
    yield hub
    hub.stop()


@pytest.fixture
def gateways(own, all_gateways):
    """As usual: everything is taken over, nothing is told afterwards."""
    all_gateways.reset()
    all_gateways.settings(user=SECRETS["sms.user"], password=SECRETS["sms.password"], hub_at=own.url)
    yield all_gateways
    assert not all_gateways.breaches


def hand_in(own, phone=SENDER):
    return own.hand_in(title="Hố ga mất nắp", petitioner={"name": "Trần Thị Mẫu", "phone": phone})["code"]


def released(own, phone=SENDER):
    """An answered petition; what leaves before its answer is sent by then."""
    code = hand_in(own, phone)
    for role, action, body in [("dispatcher", "accept", {}), ("dispatcher", "distribute", {"units": [UNIT]}), ("officer", "start", {}),
                               ("officer", "draft", {"result": "Đã lắp nắp mới."}), ("officer", "submit", {}), ("leader", "approve", {})]:
        own.staff[role].act(code, action, **body)
    settled(own, code)
    own.staff["dispatcher"].act(code, "release")
    return code


def events(own, code):
    return own.staff["dispatcher"].get(f"/api/v1/petitions/{code}/events").json()["items"]


def deliveries(own, code, kind="result"):
    """Of a petition, in the order in which they were queued: (connector, state)."""
    shown = own.staff["dispatcher"].get(f"/api/v1/petitions/{code}").json()["deliveries"]
    return [(one["connector"], one["state"]) for one in shown if one["kind"] == kind]


def settled(own, code, kind=None):
    """No delivery about this petition is on its way any more."""
    def look():
        shown = own.staff["dispatcher"].get(f"/api/v1/petitions/{code}").json()["deliveries"]
        return bool(shown) and all(one["state"] != "queued" for one in shown)
    wait_until(look, f"the deliveries of {code}")
    return deliveries(own, code, kind) if kind else None


def timeline(own, code):
    """What became of the answer's deliveries: (kind of event, connector), oldest first, without what the other notices did."""
    items = events(own, code)
    connector = {one["delivery"]: one["connector"] for one in items
                 if one["kind"] == "delivery_queued" and one["delivery_kind"] == "result"}
    return [(one.get("action") or one["kind"], connector[one["delivery"]]) for one in items if one.get("delivery") in connector]


def test_notice_and_result_reach_the_sender(own, gateways):
    code = released(own)
    assert settled(own, code, "result") == [("esms", "sent")]
    notice, result = gateways.sent("esms")
    assert notice["number"] == result["number"] == SENDER
    assert notice["text"].startswith(f"Phan anh {code} co tin moi. Xem http://paht.mau.example/")
    assert result["text"].startswith(f"Phan anh {code} da co ket qua xu ly. Xem tai http://paht.mau.example/")
    for text in (notice["text"], result["text"]):
        assert text.isascii() and "nắp" not in text and "Mẫu" not in text and "Tran" not in text
    assert timeline(own, code) == [("delivery_queued", "esms"), ("delivery_sent", "esms")]


def test_what_arrived_is_told_once(own, gateways):
    code = released(own)
    settled(own, code)
    message = gateways.sent("esms")[-1]
    assert gateways.callback(message["id"], "delivered", times=3) == [200] * 3
    assert timeline(own, code) == [("delivery_queued", "esms"), ("delivery_sent", "esms"), ("update_arrived", "esms")]
    assert deliveries(own, code) == [("esms", "sent")]


def test_a_failure_that_is_told_later_takes_the_next_way(own, gateways):
    code = released(own)
    settled(own, code)
    message = gateways.sent("esms")[-1]
    assert gateways.callback(message["id"], "waiting") == [200]
    assert deliveries(own, code) == [("esms", "sent")], "not final, so nothing happened"
    assert gateways.callback(message["id"], "failed", times=2) == [200, 200]
    assert settled(own, code, "result") == [("esms", "passed_on"), ("vnpt", "sent")]
    assert gateways.sent("vnpt")[-1]["text"] == message["text"]
    assert gateways.sent("vnpt")[-1]["number"] == "84912345678"
    assert timeline(own, code) == [("delivery_queued", "esms"), ("delivery_sent", "esms"), ("update_failed", "esms"),
                                   ("delivery_passed_on", "esms"), ("delivery_queued", "vnpt"), ("delivery_sent", "vnpt")]


@pytest.mark.parametrize("gateway, refusing", [("esms", []), ("vnpt", ["esms"])])
def test_a_lost_answer_does_not_send_twice(own, gateways, gateway, refusing):
    code = hand_in(own)
    for other in refusing:
        gateways.plan(other, {"code": "108"})
    gateways.plan(gateway, {"lost": True})
    own.staff["dispatcher"].act(code, "accept")
    assert settled(own, code, "notice")[-1] == (gateway, "sent")
    assert len(gateways.sent(gateway)) == 1
    assert [one["answer"] for one in gateways.requests(gateway)] == {"esms": ["100", "124"], "vnpt": ["0", "33"]}[gateway]
    kinds = [one["kind"] for one in events(own, code)]
    assert kinds.count("delivery_failed") == 1 and kinds.count("delivery_sent") == 1


def test_viettels_lost_answer_is_left_to_a_person(own, gateways):
    code = hand_in(own)
    gateways.plan("esms", {"code": "108"})
    gateways.plan("vnpt", {"code": "23"})
    gateways.plan("viettel", {"lost": True})
    own.staff["dispatcher"].act(code, "accept")
    assert settled(own, code, "notice") == [("esms", "passed_on"), ("vnpt", "passed_on"), ("viettel", "unknown")]
    assert len(gateways.requests("viettel")) == 1, "nobody repeats it by itself"
    # Its numbers are VNPT's and Viettel's own form, its words those of the notice.
    assert gateways.sent("viettel")[0]["number"] == "84912345678"
    assert gateways.sent("viettel")[0]["text"].isascii() and code in gateways.sent("viettel")[0]["text"]


@pytest.mark.parametrize("phone", ["02343000000", "+14155550100"])
def test_who_has_no_mobile_number_is_reached_another_way(own, gateways, receiver, phone):
    code = released(own, phone)
    assert settled(own, code, "result") == [("esms", "passed_on"), ("vnpt", "passed_on"), ("viettel", "passed_on"), ("webhook", "sent")]
    assert wait_until(lambda: receiver.about(code), "the webhook")
    assert not [one for one in gateways.requests() if code in (one.get("text") or "") and one["number"] != "84981234567"]
    assert timeline(own, code)[-1] == ("delivery_sent", "webhook")


def test_one_that_runs_dry_waits_and_goes_on_by_itself(own, gateways):
    gateways.plan("esms", *[{"code": "103"}] * 3)
    code = hand_in(own)
    own.staff["dispatcher"].act(code, "accept")
    assert settled(own, code, "notice") == [("esms", "sent")]
    assert [one["answer"] for one in gateways.requests("esms")] == ["103", "103", "103", "100"]
    assert len({one["id"] for one in gateways.requests("esms")}) == 1


def test_a_brand_name_that_a_network_does_not_know_is_seen_and_passed(own, gateways):
    gateways.plan("esms", {"code": "177"})
    code = hand_in(own)
    own.staff["dispatcher"].act(code, "accept")
    assert settled(own, code, "notice") == [("esms", "dead"), ("vnpt", "sent")]


def test_unit_and_officer_are_told_at_their_phones(own, gateways):
    own.staff["officer"].call("PUT", "/api/v1/me/contact", json={"title": None, "phone": "0971234567", "email": None})
    code = hand_in(own)
    for role, action, body in [("dispatcher", "accept", {}), ("dispatcher", "distribute", {"units": [UNIT]})]:
        own.staff[role].act(code, action, **body)
    settled(own, code)
    assert [one["number"] for one in gateways.sent("viettel")] == ["84981234567"], "the unit's focal point"
    for role, action, body in [("officer", "start", {}), ("officer", "draft", {"result": "Đã lắp."}), ("officer", "submit", {}),
                               ("leader", "send_back", {"comment": "Bổ sung ảnh"})]:
        own.staff[role].act(code, action, **body)
    settled(own, code)
    assert [one["number"] for one in gateways.sent("viettel")] == ["84981234567", "84971234567"]


def test_a_stranger_tells_nothing(own, gateways):
    code = released(own)
    settled(own, code)
    address = gateways.sent("esms")[-1]["callback"].removeprefix("http://paht.mau.example")
    assert address.startswith(f"/hooks/esms/esms/{TOKEN}/")
    anybody = own.staff["dispatcher"].http
    failed = "?SMSID=id-1&SendStatus=5&SendSuccess=0&SendFailed=1"
    assert anybody.get(own.url + address.replace(TOKEN, "x" * len(TOKEN)) + failed, timeout=10).status_code == 404
    assert anybody.get(own.url + address[:-1] + ("0" if address[-1] != "0" else "1") + failed, timeout=10).status_code == 200
    assert deliveries(own, code) == [("esms", "sent")]


def test_nothing_of_it_is_in_the_log(own, gateways):
    code = released(own)
    settled(own, code)
    gateways.callback(gateways.sent("esms")[-1]["id"], "delivered")
    log = own.log.read_text(encoding="utf-8")
    for canary in [*SECRETS.values(), SENDER, SENDER[1:], "981234567", "ket qua xu ly", "Đã lắp", "Trần"]:
        assert canary not in log, canary


def test_the_readmes_sample_is_a_configuration(tmp_path):
    config = tmp_path / "provinces" / "demo"
    shutil.copytree(ROOT / "config" / "base", tmp_path / "base")
    shutil.copytree(ROOT / "config" / "provinces" / "demo", config, ignore=shutil.ignore_patterns("var"))
    (config / "var" / "spool" / "in").mkdir(parents=True)
    readme = (ROOT / "connectors" / "out_sms" / "README.md").read_text(encoding="utf-8")
    sample = re.sub(r"\$\{credential:(\w+)\}", r"${file:var/\1}", readme.split("```yaml\n")[1].split("```")[0])
    for name in ["hub.key", "webhook.secret", *re.findall(r"file:var/(\w+)", sample)]:
        secret = config / "var" / name
        secret.touch(mode=0o600)
        secret.write_text("ab" * 32, encoding="ascii")
    connectors = config / "connectors.yaml"
    connectors.write_text(connectors.read_text(encoding="utf-8").split("deliveries:")[0], encoding="utf-8")
    (config / "templates.yaml").write_text(CONFIGURATION[CONFIGURATION.index("templates:"):CONFIGURATION.index("notices:\n")],
                                           encoding="utf-8")
    (config / "sms.yaml").write_text(sample, encoding="utf-8")
    done = subprocess.run([BINARY, "check", "--config", config], capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
