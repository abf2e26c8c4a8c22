"""A Zalo Official Account beside the real hub: a conversation becomes a petition, its answer goes back by whichever way leads to the
user, and neither Zalo's repetitions nor a hub that dies make two of it or lose a word. In a process of its own and in the hub's."""

import hashlib
import itertools
import json
import re
import signal
import sys

import pytest

from conftest import ROOT, SECONDS, Client, Hub, open_to_children, wait_until

sys.path.insert(0, str(ROOT / "tests" / "peers"))
import zalo as peer  # noqa: E402

UNIT = "so-xay-dung"
CS, BY_USER, BY_PHONE = "/v3.0/oa/message/cs", "/v3.0/oa/message/template", "/message/template"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + bytes(range(256)) * 4000 + b"\xff\xd9"
CONNECTOR = """
connectors:
  zalo:
    plugin: in_zalo
    isolation: {isolation}
    interval: 100ms
    limits: {{ call: 10s }}
    backoff: [100ms, 500ms]
    settings:
      app_id: "{app}"
      oa_id: "{oa}"
      oa_secret: ${{file:var/oa.secret}}
      app_secret: ${{file:var/app.secret}}
      refresh_token: ${{file:var/refresh.secret}}
      category: ha-tang
      consent: true
      window: 1h
      tracking_url: https://paht.mau.example/{{code}}?token={{token}}
      attachment_hosts: ["{url}"]
      result_template_user: T-USER
      result_template_phone: T-PHONE
      oauth_url: {url}
      api_url: {url}
      template_url: {url}
      timeout: 5s
replies:
  - channel: [zalo]
    by:
      - {{ to: zalo, way: consultation }}
      - {{ to: zalo, way: template_user }}
      - {{ to: zalo, way: template_phone }}
"""


class ZaloHub(Hub):
    changes = [("connectors.yaml", r"\{ on: released, to: webhook \}", "{ on: released, to: reply, kind: result }")]

    def __init__(self, folder, receiver, zalo, isolation):
        self.zalo, self.isolation = zalo, isolation
        super().__init__(folder, receiver)

    def start(self):
        if not (self.config / "zalo.yaml").exists():
            for name, text in [("oa", self.zalo.oa_secret), ("app", self.zalo.app_secret), ("refresh", self.zalo.consent())]:
                secret = self.config / "var" / f"{name}.secret"
                secret.touch(mode=0o600)
                secret.write_text(text + "\n", encoding="ascii")
            (self.config / "zalo.yaml").write_text(CONNECTOR.format(isolation=self.isolation, app=self.zalo.app_id, oa=self.zalo.oa_id,
                                                                    url=self.zalo.url), encoding="utf-8")
            open_to_children(self.config / "var")
        super().start()
        self.zalo.webhook = self.url + "/hooks/zalo/"

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(SECONDS)

    def petitions(self):
        return self.staff["dispatcher"].get("/api/v1/petitions?channel=zalo&limit=100").json()["items"]

    def about(self, words):
        """The petitions that hold these words."""
        return [one for one in self.petitions() if words in one["title"]]

    def wait_for(self, words):
        [one] = wait_until(lambda: self.about(words), f"a petition about {words}")
        return self.staff["dispatcher"].get(f"/api/v1/petitions/{one['id']}").json()

    def history(self, petition):
        return self.staff["dispatcher"].get(f"/api/v1/petitions/{petition['id']}/events?limit=200").json()["items"]

    def deliveries(self, petition):
        """What became of each way, in the order they were taken."""
        ways = {}
        for event in sorted(self.history(petition), key=lambda one: one["version"]):
            if event["kind"] == "delivery_queued":
                ways[event["delivery"]] = [event["way"], "queued"]
            elif event["kind"].startswith("delivery_"):
                ways[event["delivery"]][1] = event["kind"].removeprefix("delivery_")
        return dict(ways.values())

    def counted(self, counter):
        """What the plugin has counted since the hub was started."""
        text = Client(self).get("/metrics").text
        found = re.search(rf'^pakn_connector_counter{{connector="zalo",counter="{counter}"}} (\d+)$', text, re.MULTILINE)
        return int(found.group(1)) if found else 0

    def answer(self, petition, text, **files):
        for role, action, body in [("dispatcher", "accept", {}), ("dispatcher", "distribute", {"units": [UNIT]}), ("officer", "start", {}),
                                   ("officer", "draft", {"result": text, **files}), ("officer", "submit", {}), ("leader", "approve", {}),
                                   ("dispatcher", "release", {})]:
            self.staff[role].act(petition["id"], action, **body)


@pytest.fixture(scope="module")
def zalo():
    zalo = peer.Zalo()
    zalo.files["a.jpg"] = JPEG
    yield zalo
    zalo.stop()


@pytest.fixture(scope="module", params=["process", "in-process"])
def hub(request, tmp_path_factory, receiver, zalo):
    hub = ZaloHub(tmp_path_factory.mktemp("zalo"), receiver, zalo, request.param)
    hub.staff = {"dispatcher": hub.signed_in("dispatcher"), "officer": hub.signed_in("officer", UNIT),
                 "leader": hub.signed_in("leader", UNIT), "integrator": hub.signed_in("integrator")}
    yield hub
    hub.stop()
    assert not zalo.slow, "every webhook was answered within two seconds"
    assert not any(secret in hub.log.read_text(encoding="utf-8") for secret in (zalo.oa_secret, zalo.app_secret, *zalo.access_tokens))


NUMBERS = itertools.count(1)


@pytest.fixture
def user(zalo):
    """Somebody new in each test."""
    return zalo.user(f"55100000000000{next(NUMBERS):05}")


def heard(user, words):
    return [text for text in user.heard() if words in text]


def hand_in(hub, user, words):
    """A petition by two messages; the user has its code."""
    assert user.say(words) == 200
    assert user.say("gửi") == 200
    petition = hub.wait_for(words)
    wait_until(lambda: heard(user, petition["code"]), "the confirmation")
    return petition


def somebody_later(hub, zalo):
    """By the time they have their code, everything before has been looked at."""
    number = next(NUMBERS)
    hand_in(hub, zalo.user(f"55200000000000{number:05}"), f"Ai đó nhắn sau, lần {number}")


def test_a_conversation_becomes_a_petition(hub, zalo, user):
    words = f"Ổ gà trước số 12 {user.name}"
    assert user.say(words, signature="body") == 200
    wait_until(lambda: user.heard(), "what the chat says first")
    for event in (user.image(f"{zalo.url}/files/a.jpg", "Ảnh hiện trường"), user.place("Chợ Phú Bài"),
                  user.image(f"{zalo.url}/files/expired.jpg"), user.image(f"{zalo.url}/files/private"),
                  user.info("Nguyễn Văn A", "84912345678")):
        assert zalo.post(event) == 200
    assert not hub.about(words)
    assert user.say("GUI") == 200
    petition = hub.wait_for(words)
    assert petition["content"].startswith(words + "\nẢnh hiện trường\nChợ Phú Bài")
    assert petition["content"].count("[") == 2, "what is lost is seen"
    assert (petition["channel"], petition["category"]) == ("zalo", "ha-tang")
    assert petition["location"]["lat"] == 16.4001
    [photo] = petition["attachments"]
    assert photo["content_type"] == "image/jpeg"
    assert (photo["size"], photo["sha256"]) == (len(JPEG), hashlib.sha256(JPEG).hexdigest())
    assert user.name not in json.dumps({key: value for key, value in petition.items() if key not in ("title", "content")})
    [confirmation] = wait_until(lambda: heard(user, petition["code"]), "the confirmation")
    assert f"https://paht.mau.example/{petition['code']}?token=" in confirmation

    identity = hub.staff["dispatcher"].post(f"/api/v1/petitions/{petition['id']}/identity/reveal", json={"reason": "gọi lại"}).json()
    assert (identity["name"], identity["phone"], identity["original"]) == ("Nguyễn Văn A", "+84912345678", True)
    original = hub.staff["dispatcher"].post(f"/api/v1/petitions/{petition['id']}/original", json={"reason": "xem"})
    events = [json.loads(line) for line in original.content.splitlines()]
    assert [event["event_name"] for event in events][0] == "user_send_text" and len(events) == 7


def test_an_answer_goes_back_and_is_read_and_rated(hub, zalo, user):
    petition = hand_in(hub, user, f"Đèn đường hỏng {user.name}")
    hub.answer(petition, "Đã thay bóng đèn.")
    wait_until(lambda: heard(user, "Đã thay bóng đèn."), "the answer")
    wait_until(lambda: hub.deliveries(petition).get("consultation") == "sent", "the delivery to be settled")
    sent = [one for one in zalo.to(user.name) if "Đã thay bóng đèn." in one.text][-1]
    for name in ("user_received_message", "user_seen_message"):
        assert zalo.post(zalo.receipt(sent, name)) == 200
    assert zalo.post(zalo.echo(sent)) == 200
    wait_until(lambda: {"update_read", "update_arrived"} <= {one.get("action") for one in hub.history(petition)}, "the receipts")
    assert user.say("Tra cứu") == 200
    wait_until(lambda: len(heard(user, petition["code"])) > 2, "how it stands")
    assert user.say("hài lòng") == 200
    rated = wait_until(lambda: [one for one in hub.history(petition) if one["kind"] == "rated"], "the rating")
    assert rated[0]["rating"] == "satisfied"
    assert len(hub.about(user.name)) == 1


def test_whom_a_message_does_not_reach_the_next_way_does(hub, zalo, user):
    assert user.say(f"Rác trước chợ {user.name}") == 200
    assert zalo.post(user.info("Trần Thị B", "84987654321")) == 200
    assert user.say("gửi") == 200
    petition = hub.wait_for(user.name)
    wait_until(lambda: heard(user, petition["code"]), "the confirmation")
    said = len(user.heard())
    zalo.last_interaction[user.name] = zalo.now() - 8 * peer.DAY  # -230
    zalo.trouble[BY_USER] = [-227]
    hub.answer(petition, "Đã dọn rác.")
    [by_phone] = wait_until(lambda: zalo.to("84987654321"), "the template by phone")
    assert by_phone.body["template_data"] == {"code": petition["code"]} and by_phone.tracking_id
    wait_until(lambda: hub.deliveries(petition) == {"consultation": "passed_on", "template_user": "passed_on", "template_phone": "sent"},
               "the chain to be settled")
    assert len(user.heard()) == said
    assert zalo.post(zalo.receipt(by_phone), headers={"X-ZEvent-Server": "ZNS"}) == 200
    wait_until(lambda: "update_arrived" in {one.get("action") for one in hub.history(petition)}, "its receipt")
    zalo.sent.remove(by_phone)  # The other hub's test begins anew.


def test_a_template_reaches_whom_no_message_does(hub, zalo, user):
    petition = hand_in(hub, user, f"Nắp cống vỡ {user.name}")
    zalo.last_interaction[user.name] = zalo.now() - 8 * peer.DAY
    hub.answer(petition, "Đã thay nắp.")
    wait_until(lambda: hub.deliveries(petition) == {"consultation": "passed_on", "template_user": "sent"}, "the chain to be settled")
    assert [one.way for one in zalo.to(user.name)][-1] == "template"


def test_repetitions_and_disorder_make_one_petition(hub, zalo, user):
    events = []
    for text in (f"Ngập nước đường A {user.name}", f"Nước lên 50 cm {user.name}", "gửi"):
        zalo.offset += 1000
        events.append(user.text(text))
    for event in reversed(events):
        assert zalo.post(event) == 200
    petition = hub.wait_for(user.name)
    wait_until(lambda: heard(user, petition["code"]), "the confirmation")
    for event in events:
        assert set(zalo.retry_ladder(event)) == {200}
    somebody_later(hub, zalo)
    assert len(hub.about(user.name)) == 1
    assert len(heard(user, f"https://paht.mau.example/{petition['code']}")) == 1, "confirmed once"
    added = [one["text"] for one in hub.history(petition) if one["kind"] == "supplemented"]
    words = petition["content"] + "".join(added)
    assert words.count("Ngập nước") == words.count("Nước lên") == 1, "what overtook its text is no reason to lose it"


def test_a_hub_that_dies_in_the_middle_loses_nothing(hub, zalo, user):
    before = len(zalo.access_tokens)
    assert user.say(f"Cây đổ chắn đường {user.name}") == 200
    fetched = hub.counted("files_fetched")
    assert zalo.post(user.image(f"{zalo.url}/files/a.jpg")) == 200
    wait_until(lambda: hub.counted("files_fetched") > fetched, "the photo to be kept")
    hub.kill()
    hub.start()
    assert user.say("ngay cổng trường") == 200
    hub.kill()
    zalo.files.pop("a.jpg")
    try:
        hub.start()
        assert user.say("gửi") == 200
        hub.kill()
        hub.start()
        petition = hub.wait_for(user.name)
    finally:
        zalo.files["a.jpg"] = JPEG
    assert petition["content"].splitlines()[1] == "ngay cổng trường"
    assert len(hub.about(user.name)) == 1
    [photo] = petition["attachments"]
    assert photo["sha256"] == hashlib.sha256(JPEG).hexdigest(), "although its link is dead by now"
    somebody_later(hub, zalo)
    assert len(heard(user, f"https://paht.mau.example/{petition['code']}")) <= 1, "no second confirmation"
    assert len(zalo.access_tokens) == before, "the pair of tokens is still good"


def test_what_is_not_zalos_is_refused(hub, zalo, user):
    for signature in ("wrong", "hmac", "none"):
        assert user.say(f"canary {user.name}", signature=signature) == 401
    assert zalo.probe() == 200
    assert zalo.post(b"{}", "wrong") == 401
    assert zalo.post(user.text("x"), key=zalo.oa_secret + "2") == 401
    assert zalo.post(user.text("x"), first_term=zalo.oa_id) == 401
    assert user.say("xin chào", signature="bare") == 200
    assert user.say("hủy") == 200
    for name in ("follow", "unfollow"):
        assert zalo.post(zalo.relation(name, user.name)) == 200
    assert zalo.post(b'{"event_name":"user_send_text","message":{"text":"\xff"}}') == 200, "signed, and of no use"
    large = user.text("x" * ((1 << 20) - 400))
    assert len(large) <= 1 << 20 and zalo.post(large) == 200
    assert zalo.post(user.text("x" * (1 << 20))) == 413
    assert user.say("hủy") == 200
    assert not hub.about("canary")
    assert "canary" not in hub.log.read_text(encoding="utf-8")


def test_while_zalo_is_not_well_nothing_is_said_twice(hub, zalo, user):
    petition = hand_in(hub, user, f"Vỉa hè hỏng {user.name}")
    zalo.trouble[CS] = [503, 401, 429, -216]
    hub.answer(petition, "Đã sửa vỉa hè.")
    wait_until(lambda: hub.deliveries(petition).get("consultation") == "sent", "the answer", 90)
    assert len(heard(user, "Đã sửa vỉa hè.")) == 1
