"""The citizens' app and its push notifications on the real hub, in processes of their own and in the hub's: from a code by short message
to an answer that arrives on two telephones, over connections that drop and a hub that dies. Every answer of the API is held against
plugins/in_mobile/openapi.yaml."""

import hashlib
import io
import itertools
import json
import random
import re
import signal
import socket
import sys
import uuid
from urllib.parse import urlsplit

import pytest
import requests
from PIL import Image

from conftest import ROOT, SECONDS, Client, Hub, open_to_children, wait_until
from openapi_check import Contract

sys.path.insert(0, str(ROOT / "tests" / "peers"))
import push as peer  # noqa: E402
from sms_gateways import SmsGateways  # noqa: E402

UNIT = "so-xay-dung"
API = Contract(ROOT / "plugins" / "in_mobile" / "openapi.yaml")
CONFIGURATION = """
connectors:
  app:
    plugin: in_mobile
    isolation: {isolation}
    interval: 1s
    settings: {{ consent_version: "2026-03" }}
  push:
    plugin: out_push
    isolation: {isolation}
    limits: {{ call: 20s }}
    backoff: [100ms, 500ms]
    settings:
      fcm_account: ${{file:var/fcm.json}}
      fcm_url: {fcm}
      fcm_token_url: {fcm}/token
      apns_key: ${{file:var/apns.p8}}
      apns_key_id: {key_id}
      apns_team: {team}
      apns_topic: {topic}
      apns_url: {apns}
      apns_ca_file: var/ca.pem
      timeout: 5s
  sms:
    plugin: out_sms
    settings:
      driver: esms
      url: {esms}
      user: ${{file:var/sms.user}}
      password: ${{file:var/sms.password}}
      brand: PAHT MAU
    backoff: [100ms, 500ms]
one_time_codes: {{ phone: sms }}
replies:
  - channel: [app]
    by: [{{ to: push, try_for: 1h }}, {{ to: sms }}]
templates:
  notices: ../../base/templates/notices.yaml
  texts: ../../base/templates/texts.yaml
  letter: ../../base/templates/letter.mustache
notices:
  - {{ on: distributed, for: petitioner, notice: sender-forwarded, to: reply, send: always }}
  - {{ on: [distributed, assigned], for: next, notice: task, to: push, send: always }}
"""


class MobileHub(Hub):
    changes = [("connectors.yaml", r"\{ on: released, to: webhook \}", "{ on: released, to: reply, kind: result }"),
               ("hub.yaml", r"public_url: \S+", "public_url: http://paht.mau.example")]

    def __init__(self, folder, receiver, push, gateways, isolation):
        self.push, self.gateways, self.isolation = push, gateways, isolation
        super().__init__(folder, receiver)

    def start(self):
        if not (self.config / "mobile.yaml").exists():
            for name, text in [("fcm.json", json.dumps(self.push.account)), ("apns.p8", self.push.apns_pem), ("sms.user", "canary-user"),
                               ("sms.password", "canary-password")]:
                secret = self.config / "var" / name
                secret.touch(mode=0o600)
                secret.write_text(text + "\n", encoding="ascii")
            (self.config / "var" / "ca.pem").write_bytes(self.push.certificate.ca.read_bytes())
            (self.config / "mobile.yaml").write_text(CONFIGURATION.format(
                isolation=self.isolation, fcm=self.push.url, apns=self.push.apns_url, esms=self.gateways.esms_url,
                key_id=self.push.key_id, team=self.push.team, topic=self.push.topic), encoding="utf-8")
            open_to_children(self.config / "var")
        super().start()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(SECONDS)

    def of(self, code):
        """The petition as the Centre sees it."""
        [one] = [one for one in self.staff["dispatcher"].get("/api/v1/petitions?channel=app&limit=100").json()["items"] if one["code"] == code]
        return self.staff["dispatcher"].get(f"/api/v1/petitions/{one['id']}").json()

    def history(self, petition):
        return self.staff["dispatcher"].get(f"/api/v1/petitions/{petition['id']}/events?limit=200").json()["items"]

    def deliveries(self, petition, kind="result"):
        """What became of each connector's delivery of this kind."""
        states = {}
        for event in sorted(self.history(petition), key=lambda one: one["version"]):
            if event["kind"] == "delivery_queued" and event["delivery_kind"] == kind:
                states[event["delivery"]] = [event["connector"], "queued"]
            elif event["kind"].startswith("delivery_") and event.get("delivery") in states:
                states[event["delivery"]][1] = event["kind"].removeprefix("delivery_")
        return dict(states.values())

    def forward(self, petition):
        for role, action, body in [("dispatcher", "accept", {}), ("dispatcher", "distribute", {"units": [UNIT]})]:
            self.staff[role].act(petition["id"], action, **body)

    def answer(self, petition, text):
        self.forward(petition)
        for role, action, body in [("officer", "start", {}), ("officer", "draft", {"result": text}), ("officer", "submit", {}),
                                   ("leader", "approve", {}), ("dispatcher", "release", {})]:
            self.staff[role].act(petition["id"], action, **body)


class App:
    """A citizen's telephone."""

    def __init__(self, hub, phone):
        self.hub, self.phone, self.token = hub, phone, None
        self.http = requests.Session()
        self.http.trust_env = False

    def call(self, method, path, expect=200, key=None, tracking=None, **arguments):
        headers = {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key:
            headers["Idempotency-Key"] = key
        if tracking:
            headers["X-Tracking-Token"] = tracking
        response = self.http.request(method, f"{self.hub.url}/mobile/v1{path}", headers=headers, timeout=SECONDS, **arguments)
        assert response.status_code == expect, f"{method} {path}: {response.status_code} {response.text[:500]}"
        API.check(method, urlsplit(path).path, response)
        return response

    def get(self, path, expect=200, **arguments):
        return self.call("GET", path, expect, **arguments).json()

    def code_by_sms(self, path, body):
        """Asks for a code and reads it from the message: what comes back with it."""
        before = len(self.hub.gateways.sent("esms"))
        challenge = self.call("POST", path, 202, json=body).json()["challenge"]

        def codes():
            mine = [one["text"] for one in self.hub.gateways.sent("esms")[before:] if one["number"] == self.phone]
            return [text[:6] for text in mine if re.match(r"\d{6} ", text)]

        return {"challenge": challenge, "code": wait_until(codes, "the message with the code")[0]}

    def sign_in(self):
        typed = self.code_by_sms("/codes", {"contact": self.phone})
        session = self.call("POST", "/session", 201, json=typed).json()
        self.token = session["token"]
        return self

    def has(self, platform, token):
        self.call("PUT", "/devices", 204, json={"platform": platform, "token": token})

    def begin(self, data, name="anh.jpg"):
        return self.call("POST", "/uploads", 201, json={"name": name, "content_type": "image/jpeg", "size": len(data),
                                                         "sha256": hashlib.sha256(data).hexdigest()}).json()

    def put(self, upload, part, data, expect=200):
        size = upload["part_size"]
        return self.call("PUT", f"/uploads/{upload['id']}/parts/{part}", expect, data=data[part * size:(part + 1) * size]).json()

    def upload(self, data, name="anh.jpg"):
        upload = self.begin(data, name)
        for part in range(upload["part_count"]):
            upload = self.put(upload, part, data)
        assert upload["whole"]
        return upload["id"]

    def hand_in(self, words, expect=201, key=None, **more):
        body = {"title": f"Hố ga {words}", "content": f"Hố ga mất nắp {words}", "category": "ha-tang",
                "occurred_at": "2026-03-05T19:30:00+07:00", "location": {"address": "12 đường A"}, **more}
        return self.call("POST", "/petitions", expect, key or str(uuid.uuid4()), json=body).json()


def a_device():
    return f"device-of-nobody-{uuid.uuid4()}"


def photo(seed):
    """A JPEG of more than two parts that no other test has."""
    noise = random.Random(seed).randbytes(1000 * 800 * 3)
    data = io.BytesIO()
    Image.frombytes("RGB", (1000, 800), noise).save(data, "JPEG", quality=95)
    return data.getvalue()


@pytest.fixture(scope="module")
def push(tmp_path_factory):
    push = peer.Push(tmp_path_factory.mktemp("push"))
    yield push
    push.stop()


@pytest.fixture(scope="module")
def gateways():
    with SmsGateways() as gateways:
        gateways.settings(user="canary-user", password="canary-password")
        yield gateways


@pytest.fixture(scope="module", params=["process", "in-process"])
def hub(request, tmp_path_factory, receiver, push, gateways):
    push.apns_logins.clear()  # Another hub with another memory: to Apple somebody else.
    hub = MobileHub(tmp_path_factory.mktemp("mobile"), receiver, push, gateways, request.param)
    hub.staff = {"dispatcher": hub.signed_in("dispatcher"), "officer": hub.signed_in("officer", UNIT), "leader": hub.signed_in("leader", UNIT)}
    hub.apps = []
    yield hub
    hub.stop()
    log = hub.log.read_text(encoding="utf-8")
    for secret in [*(app.token for app in hub.apps), *push.access_tokens, "canary", "device-of", *(app.phone for app in hub.apps)]:
        assert secret not in log
    push.sent.clear()


numbers = itertools.count(1)


@pytest.fixture
def app(hub):
    app = App(hub, f"09123{next(numbers):05}").sign_in()
    hub.apps.append(app)
    return app


def test_from_a_code_to_an_answer_on_two_telephones(hub, app, push):
    android, apple = a_device(), a_device()
    app.has("fcm", android)
    app.has("apns", apple)
    form = app.get("/form")
    assert {"id": "ha-tang", "name": "Hạ tầng đô thị"} in form["categories"] and form["consent"]["version"] == "2026-03"
    made = app.hand_in(app.phone, uploads=[app.upload(photo(app.phone), "ảnh.jpg")], public=True, declared_true=True,
                       consent={"version": "2026-03", "process_personal_data": True, "use_identity_in_handling": True})
    code = made["code"]
    assert made["petition"]["status"] == "received" and made["petition"]["due_at"]
    petition = hub.of(code)
    [file] = petition["attachments"]
    assert file["sha256"] == hashlib.sha256(photo(app.phone)).hexdigest()

    hub.answer(petition, "Đã thay nắp hố ga.")
    for token, service in [(android, "fcm"), (apple, "apns")]:
        wait_until(lambda: len(push.to(token)) == 2, f"both notifications over {service}")
        shown = [one.shown for one in push.to(token)]
        assert all(one.startswith(f"Phản ánh {code}\n") for one in shown)
        assert shown[-1] == f"Phản ánh {code}\nĐã có kết quả xử lý"
        assert {one.collapses_by for one in push.to(token)} == {code}
        told = json.dumps([one.body for one in push.to(token)], ensure_ascii=False)
        assert not any(word in told for word in ("nắp", app.phone, made["tracking_token"], "đường A"))
    wait_until(lambda: hub.deliveries(petition) == {"push": "sent", "sms": "sent"}, "the answer, which no push alone is trusted with")

    mine = wait_until(lambda: [one for one in app.get("/petitions")["items"] if one["answered"]], "the answer in the list")
    assert [one["code"] for one in mine] == [code]
    whole = app.get(f"/petitions/{code}")
    assert whole["answer"]["text"] == "Đã thay nắp hố ga."
    news = wait_until(lambda: [one for one in app.get("/notifications")["items"] if one["status"] == "answered"], "it among the notifications")
    assert news[0]["code"] == code
    statuses = [one["status"] for one in app.get("/notifications")["items"]]
    assert statuses[0] == "answered" and statuses[-1] == "received"
    assert app.get(f"/notifications?since={news[0]['at']}".replace("+", "%2B"))["items"] == []
    picture = wait_until(lambda: requests.get(f"{hub.url}/mobile/v1/petitions/{code}/files/{file['sha256']}", timeout=SECONDS,
                                              headers={"Authorization": f"Bearer {app.token}"}), "the photo")
    assert Image.open(io.BytesIO(picture.content)).size == (1000, 800)

    app.call("POST", f"/petitions/{code}/rating", 204, str(uuid.uuid4()), json={"rating": "satisfied"})
    assert app.get(f"/petitions/{code}")["rating"] == "satisfied"
    app.call("POST", f"/petitions/{code}/rating", 409, str(uuid.uuid4()), json={"rating": "neutral"})
    shown = wait_until(lambda: [one for one in app.get("/public?category=ha-tang")["items"] if one["code"] == code], "it in public")
    assert shown[0]["answered"]
    assert app.get(f"/public/{code}")["answer"]["text"] == "Đã thay nắp hố ga."


def test_an_upload_survives_drops_and_a_hub_that_dies(hub, app):
    data = photo(app.phone + "drop")
    upload = app.begin(data)
    assert upload["part_count"] >= 3
    app.put(upload, 0, data)
    # A part whose connection is gone in the middle.
    url = urlsplit(hub.url)
    with socket.create_connection((url.hostname, url.port), timeout=SECONDS) as connection:
        connection.sendall(f"PUT /mobile/v1/uploads/{upload['id']}/parts/1 HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {app.token}\r\n"
                           f"Content-Length: {upload['part_size']}\r\n\r\n".encode() + data[upload["part_size"]:upload["part_size"] + 1000])
    assert app.get(f"/uploads/{upload['id']}")["parts"] == [{"from": 0, "to": 0}]
    hub.kill()
    hub.start()
    assert app.begin(data)["id"] == upload["id"], "the same offer finds it again, by a session that lives on"
    assert app.get(f"/uploads/{upload['id']}")["parts"] == [{"from": 0, "to": 0}]
    for part in reversed(range(1, upload["part_count"])):
        state = app.put(upload, part, data)
    assert state["whole"]
    key = str(uuid.uuid4())
    made = app.hand_in(app.phone, key=key, uploads=[upload["id"]])
    hub.kill()
    hub.start()
    again = app.hand_in(app.phone, 200, key, uploads=[upload["id"]])
    assert (again["code"], again["tracking_token"]) == (made["code"], made["tracking_token"])
    assert app.hand_in("something else", 409, key, uploads=[upload["id"]])["code"] == "idempotency.key_reused"
    [file] = hub.of(made["code"])["attachments"]
    assert file["sha256"] == hashlib.sha256(data).hexdigest()
    assert len(app.get("/petitions")["items"]) == 1


def test_what_is_sent_anonymously_leads_to_nobody(hub, app, push):
    app.has("fcm", a_device())
    made = app.hand_in(app.phone, anonymous=True)
    petition = hub.of(made["code"])
    seen = json.dumps({key: value for key, value in petition.items() if key not in ("title", "content")})
    assert petition["anonymous"] and app.phone[1:] not in seen and "acct-" not in seen
    hub.answer(petition, "Đã thay nắp.")
    mine = wait_until(lambda: [one for one in app.get("/petitions")["items"] if one["answered"]], "the answer among one's own")
    assert mine[0]["code"] == made["code"]
    assert app.get(f"/petitions/{made['code']}")["answer"]["text"] == "Đã thay nắp."
    stranger = App(hub, "0999")
    assert stranger.get(f"/petitions/{made['code']}", 401)["code"] == "session.required"
    assert stranger.get(f"/petitions/{made['code']}", tracking=made["tracking_token"])["status"] == "answered"


def test_who_has_no_device_or_a_dead_one_gets_a_message(hub, app, push, gateways):
    dead = "sim-404-UNREGISTERED"
    app.has("fcm", dead)
    made = app.hand_in(app.phone)
    petition = hub.of(made["code"])
    hub.answer(petition, "Đã thay nắp.")
    wait_until(lambda: hub.deliveries(petition) == {"push": "passed_on", "sms": "sent"}, "the next way")
    message = gateways.sent("esms")[-1]
    assert message["number"] == app.phone and made["code"] in message["text"]
    assert push.refused.count(("fcm", "", 404, "UNREGISTERED")) >= 1
    refused = len(push.refused)
    second = app.hand_in(app.phone + " again")
    hub.answer(hub.of(second["code"]), "Đã thay nắp.")
    wait_until(lambda: hub.deliveries(hub.of(second["code"])) == {"push": "passed_on", "sms": "sent"}, "the next way")
    assert len(push.refused) == refused, "the device is forgotten"


def test_while_the_push_service_is_not_well_nothing_is_lost(hub, app, push):
    apple = a_device()
    app.has("apns", apple)
    made = app.hand_in(app.phone)
    push.trouble["apns"] = [peer.Refused(503, "ServiceUnavailable"), peer.Refused(500, "InternalServerError"), peer.Refused(0, "break")]
    petition = hub.of(made["code"])
    hub.answer(petition, "Đã thay nắp.")
    wait_until(lambda: hub.deliveries(petition) == {"push": "sent", "sms": "sent"}, "the answer")
    assert f"Phản ánh {made['code']}\nĐã có kết quả xử lý" in [one.shown for one in push.to(apple)]


def test_an_officer_is_told_on_the_telephone(hub, app, push):
    token, officer = a_device(), hub.staff["officer"]
    app.has("fcm", a_device())  # So that whoever is passed over is of the office.
    officer.call("PUT", "/api/v1/me/device", 204, json={"platform": "fcm", "token": token})
    made = app.hand_in(app.phone)
    petition = hub.of(made["code"])
    hub.forward(petition)
    wait_until(lambda: "passed_on" in hub.deliveries(petition, "notice").values(), "the notice to the office, which has no telephone")
    hub.staff["leader"].act(petition["id"], "assign", officers=[officer.account["id"]])
    [told] = wait_until(lambda: push.to(token), "the notice to the officer")
    assert told.shown == f"Phản ánh {made['code']}\nCó việc mới"
    officer.call("PUT", "/api/v1/me/device", 204, json={"platform": "fcm", "token": token, "notify": False})


def test_an_officer_who_signed_out_is_told_no_more(hub, app, push):
    token, officer = a_device(), hub.signed_in("officer", UNIT)
    app.has("fcm", a_device())  # So that whoever is passed over is of the office.
    officer.call("PUT", "/api/v1/me/device", 204, json={"platform": "fcm", "token": token})
    officer.call("DELETE", "/api/v1/session", 204)
    petition = hub.of(app.hand_in(app.phone)["code"])
    hub.forward(petition)
    hub.staff["leader"].act(petition["id"], "assign", officers=[officer.account["id"]])
    wait_until(lambda: [one["kind"] for one in hub.history(petition)].count("delivery_passed_on") == 2, "the notices to office and officer")
    assert not push.to(token)


def test_a_lost_token_is_found_by_a_code(hub, app):
    made = app.hand_in(app.phone)
    stranger = App(hub, app.phone)
    typed = stranger.code_by_sms(f"/petitions/{made['code']}/codes", None)
    wrong = {**typed, "code": f"{(int(typed['code']) + 1) % 1000000:06}"}
    assert stranger.call("POST", f"/petitions/{made['code']}/open", 401, json=wrong).json()["code"] == "code.wrong"
    opened = stranger.call("POST", f"/petitions/{made['code']}/open", json=typed).json()
    assert opened["tracking_token"] == made["tracking_token"]
    stranger.call("POST", f"/petitions/{made['code']}/supplements", 201, str(uuid.uuid4()), tracking=opened["tracking_token"],
                  json={"text": "Đối diện trường học"})
    wait_until(lambda: [one for one in hub.history(hub.of(made["code"])) if one["kind"] in ("supplemented", "noted")], "what was added")


def test_nobody_reaches_what_is_anothers(hub, app):
    made = app.hand_in(app.phone)
    upload = app.begin(photo("stranger"))
    other = App(hub, f"09124{next(numbers):05}").sign_in()
    hub.apps.append(other)
    assert other.get("/petitions")["items"] == [] and other.get("/notifications")["items"] == []
    assert other.get(f"/petitions/{made['code']}", 404)["code"] == "petition.not_found"
    assert other.get(f"/petitions/{made['code']}", 404, tracking="x" * 43)["code"] == "petition.not_found"
    assert other.get(f"/uploads/{upload['id']}", 404)["code"] == "mobile.upload_unknown"
    assert other.get(f"/public/{made['code']}", 404)["code"] == "petition.not_found"
    other.call("POST", f"/petitions/{made['code']}/reopen", 404, str(uuid.uuid4()), json={"reason": "x"})
    other.call("DELETE", "/session", 204)
    assert other.get("/me", 401)["code"] == "session.required"


def test_what_cannot_be_taken_is_told_with_its_field(hub, app):
    assert app.hand_in(app.phone, 422, location=None)["field"] == "/location"
    assert app.hand_in(app.phone, 422, petitioner={"name": "x" * 201})["field"] == "/petitioner/name"
    assert app.hand_in(app.phone, 422, uploads=[1])["field"] == "/uploads"
    assert app.hand_in(app.phone, 404, uploads=["x"])["field"] == "/uploads/0"
    assert app.call("POST", "/codes", 422, json={"contact": "x"}).json()["code"] == "code.contact_invalid"
    assert app.call("POST", "/session", 401, json={"challenge": "x", "code": "1"}).json()["code"] == "code.wrong"
    assert app.call("POST", "/petitions", 400, json={}).json()["code"] == "mobile.key_missing"


def test_codes_are_sent_only_so_often(hub):
    somebody = App(hub, f"09125{next(numbers):05}")
    for _ in range(3):
        somebody.call("POST", "/codes", 202, json={"contact": somebody.phone})
    refused = somebody.call("POST", "/codes", 429, json={"contact": somebody.phone})
    assert refused.json()["code"] == "code.too_often" and int(refused.headers["Retry-After"]) > 0
