"""Citizens who come back, over HTTP: a code by short message opens a petition whose secret is lost; an officer's devices."""

import re
import sys

import pytest

from conftest import ROOT, Client, Hub, Receiver

sys.path.insert(0, str(ROOT / "tests" / "peers"))
from sms_gateways import SmsGateways  # noqa: E402

SECRETS = {"sms.user": "canary-user", "sms.password": "canary-password"}
CONFIGURATION = """
connectors:
  sms:
    plugin: out_sms
    settings:
      driver: esms
      url: {esms}
      user: ${{file:var/sms.user}}
      password: ${{file:var/sms.password}}
      brand: PAHT MAU
      notice_text: "Phan anh {{code}} co tin moi"
one_time_codes: {{ phone: sms, valid: 10m }}
"""


class CodesHub(Hub):
    def __init__(self, folder, receiver, gateways):
        self.gateways = gateways
        super().__init__(folder, receiver)

    def start(self):
        for name, text in SECRETS.items():
            secret = self.config / "var" / name
            secret.touch(mode=0o600)
            secret.write_text(text, encoding="ascii")
        (self.config / "codes.yaml").write_text(CONFIGURATION.format(esms=self.gateways.esms_url), encoding="utf-8")
        super().start()


@pytest.fixture(scope="module")
def gateways():
    with SmsGateways() as gateways:
        gateways.settings(user=SECRETS["sms.user"], password=SECRETS["sms.password"])
        yield gateways


@pytest.fixture(scope="module")
def hub(tmp_path_factory, gateways):
    receiver = Receiver()
    hub = CodesHub(tmp_path_factory.mktemp("codes"), receiver, gateways)
    yield hub
    hub.stop()
    receiver.stop()


def petition(hub, phone="0912345678"):
    return hub.hand_in(petitioner={"name": "Người Thử", "phone": phone})


def test_a_code_opens_a_petition_whose_secret_is_lost(hub, gateways):
    made = petition(hub)
    somebody = Client(hub)
    asked = somebody.post(f"/api/v1/track/{made['code']}/one-time-codes", 202).json()
    message = gateways.sent("esms")[-1]
    assert message["number"] == "0912345678"
    code = re.match(r"(\d{6}) la ma xac thuc cua ban, co hieu luc 10 phut", message["text"]).group(1)
    token = f"/api/v1/track/{made['code']}/token"
    wrong = f"{(int(code) + 1) % 1000000:06}"
    assert somebody.problem("POST", token, 401, json={"challenge": asked["challenge"], "code": wrong}) == "code.wrong"
    right = {"challenge": asked["challenge"], "code": code}
    assert somebody.post(token, json=right).json() == {"code": made["code"], "tracking_token": made["tracking_token"]}
    assert somebody.problem("POST", token, 401, json=right) == "code.wrong", "used up"
    assert somebody.problem("POST", token, 415, data="x") == "request.media_type"
    log = hub.log.read_text(encoding="utf-8")
    assert code not in log and asked["challenge"] not in log


def test_whether_there_is_a_petition_or_a_phone_is_not_told(hub, gateways):
    before = len(gateways.sent())
    silent = hub.hand_in()
    for code in (silent["code"], "990101999"):
        assert Client(hub).post(f"/api/v1/track/{code}/one-time-codes", 202).json()["challenge"]
    assert len(gateways.sent()) == before


def test_codes_are_sent_only_so_often(hub):
    path = f"/api/v1/track/{petition(hub, '0987654321')['code']}/one-time-codes"
    somebody = Client(hub)
    for _ in range(3):
        somebody.post(path, 202)
    refused = somebody.post(path, 429)
    assert refused.json()["code"] == "code.too_often" and int(refused.headers["Retry-After"]) > 0


def test_an_officer_names_a_device_and_takes_it_back(hub):
    officer = hub.signed_in("officer", "so-xay-dung")
    device = {"platform": "fcm", "token": "a" * 100}
    officer.call("PUT", "/api/v1/me/device", 204, json=device)
    assert officer.problem("PUT", "/api/v1/me/device", 422, json={"platform": "fax", "token": "a"}) == "device.invalid"
    officer.call("PUT", "/api/v1/me/device", 204, json={**device, "notify": False})
    Client(hub).call("PUT", "/api/v1/me/device", 401, json=device)
