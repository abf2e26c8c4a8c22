"""A provincial portal beside the real hub: pulled over outages and kills, files, answers on their way back."""

import base64
import datetime
import json
import random
import secrets
import signal
import subprocess
import sys
import time

import pytest

from conftest import BINARY, ROOT, Hub, open_to_children, wait_until

sys.path.insert(0, str(ROOT / "tests" / "peers"))
import portal as peer  # noqa: E402

SAMPLES = ROOT / "plugins" / "in_portal" / "samples"
PATIENCE = 120  # Seconds.
NOW = datetime.datetime.now(peer.VIETNAM)
CONNECTORS = """
connectors:
  cong:
    plugin: in_portal
    interval: 200ms
    settings:
      mapping: portals/pull.yaml
      pull_url: {url}
      pull_pages: 3
      auth: header
      auth_secret: ${{file:var/portal.secret}}
      attachment_hosts: ["http://127.0.0.1:{port}"]
      channel: cong
    backoff: [100ms, 1s]
  phuong:
    plugin: in_portal
    interval: 200ms
    settings: {{ mapping: portals/files.yaml, directory: var/phuong }}
  gui:
    plugin: in_portal
    settings: {{ mapping: portals/push.yaml, push_secret: "${{file:var/push.secret}}" }}
"""
DELIVERIES = """
  - { on: released, to: cong, kind: result, when: { channel: [cong] } }
  - { on: accepted, to: cong, kind: status_update, when: { channel: [cong] } }
"""


class PortalHub(Hub):
    def __init__(self, folder, receiver, portal):
        self.portal = portal
        super().__init__(folder, receiver)

    def start(self):
        if not (self.config / "portals").exists():
            self.describe()
        super().start()

    def describe(self):
        """The portal and its deliveries, beside what the demo says."""
        (self.config / "portals").mkdir()
        (self.config / "var" / "phuong").mkdir(exist_ok=True)
        (self.config / "var" / "phuong").chmod(0o777)  # The plugin parses foreign bytes, so it runs as somebody else.
        open_to_children(self.config / "portals")
        open_to_children(self.config / "var")
        for name in ("pull.yaml", "files.yaml", "push.yaml"):
            text = (SAMPLES / name).read_text(encoding="utf-8")
            (self.config / "portals" / name).write_text(text.replace(":9098", f":{self.portal.port}"), encoding="utf-8")
        self.push_secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
        for name, text in [("portal.secret", self.portal.key), ("push.secret", self.push_secret)]:
            secret = self.config / "var" / name
            secret.touch(mode=0o600)
            secret.write_text(text, encoding="ascii")
        (self.config / "more.yaml").write_text(CONNECTORS.format(url=self.portal.list_url, port=self.portal.port),
                                               encoding="utf-8")
        with (self.config / "connectors.yaml").open("a", encoding="utf-8") as connectors:
            connectors.write(DELIVERIES)  # Its last section is `deliveries`.

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def petitions(self, channel):
        """All petitions of a channel, as the Centre's lists show them."""
        found, cursor = [], None
        while True:
            query = f"/api/v1/petitions?channel={channel}&limit=100" + (f"&after={cursor}" if cursor else "")
            page = self.centre().get(query).json()
            found += page["items"]
            cursor = page["next"]
            if not cursor:
                return found

    def centre(self):
        """The Centre's session outlives restarts, not the address."""
        if not hasattr(self, "dispatcher"):
            self.dispatcher = self.signed_in("dispatcher")
        return self.dispatcher

    def wait_for(self, channel, count):
        """Hundreds of items, with the portal's bad moments in between: longer than a condition usually takes."""
        deadline = time.monotonic() + PATIENCE
        while len(found := self.petitions(channel)) < count:
            assert time.monotonic() < deadline, f"{len(found)} of {count} petitions"
            time.sleep(0.2)
        return found


@pytest.fixture
def portal():
    portal = peer.Portal()
    yield portal
    portal.stop()


@pytest.fixture
def hub(tmp_path, receiver, portal):
    hub = PortalHub(tmp_path, receiver, portal)
    yield hub
    hub.stop()


def codes_once(petitions, count):
    assert len(petitions) == count
    assert len({one["title"] for one in petitions}) == count, "each item is one petition"


def test_a_long_outage_is_caught_up_page_by_page(hub, portal):
    portal.add(70, NOW - datetime.timedelta(days=60))
    codes_once(hub.wait_for("cong", 70), 70)
    hub.stop()
    portal.add(130, NOW - datetime.timedelta(days=50))
    portal.trouble = [503, "garbage", "reset", 429]
    hub.start()
    codes_once(hub.wait_for("cong", 200), 200)
    assert not portal.trouble
    before = len(portal.requests)
    wait_until(lambda: len(portal.requests) > before + 3, "quiet polls")
    last = [one for one in portal.requests if "page=1&" in one + "&"][-1]
    assert "tuNgay=" in last and NOW.strftime("%Y") in last
    codes_once(hub.petitions("cong"), 200)


def test_killed_between_page_and_cursor_nothing_is_lost_or_doubled(hub, portal):
    dice = random.Random(7)
    portal.add(300, NOW - datetime.timedelta(days=30))
    for _ in range(8):
        seen = len(portal.requests)
        wait_until(lambda: len(portal.requests) > seen + dice.randint(0, 2), "requests")
        time.sleep(dice.random() / 50)  # Not a wait for a condition: a moment of chance.
        hub.kill()
        hub.start()
    codes_once(hub.wait_for("cong", 300), 300)


def test_a_wrong_key_is_shown_and_mended_without_a_restart(hub, portal):
    right, portal.key = portal.key, "another"
    integrator = hub.signed_in("integrator")

    def state():
        return {one["id"]: one["state"] for one in integrator.get("/api/v1/connectors").json()["items"]}["cong"]

    wait_until(lambda: state() == "unauthenticated", "the state")
    portal.key = right
    wait_until(lambda: state() == "running", "recovery")


def test_files_are_taken_and_moved(hub):
    folder = hub.config / "var" / "phuong"
    rows = "\n".join(f"P-{i};Rác thải tồn đọng số {i};Môi trường;Có;06/03/2026 07:30;Người Thử;0900000001;Số {i};19753"
                     for i in range(40))
    head = "Mã phiếu;Nội dung phản ánh;Lĩnh vực;Công khai;Thời gian xảy ra;Họ và tên;Số điện thoại;Địa điểm;Mã xã\n"
    (folder / "06-03.csv").write_text(head + rows + "\n;không có mã;;;;;;;\n", encoding="utf-8-sig")
    petitions = hub.wait_for("phuong", 40)
    assert {one["category"] for one in petitions} == {"moi-truong"}
    wait_until(lambda: not (folder / "06-03.csv").exists(), "the file to move")
    assert len(list((folder / "done").iterdir())) == 1
    again = folder / "lai.csv"
    again.write_text(head + rows + "\n", encoding="utf-8")
    wait_until(lambda: not again.exists(), "the second file to move")
    assert len(hub.petitions("phuong")) == 40


def test_status_and_answer_go_back_once_released(hub, portal):
    portal.files["anh.txt"] = "Ảnh chụp bằng chữ".encode()
    portal.add(1, NOW - datetime.timedelta(days=1),
               tepDinhKem=[{"url": f"http://127.0.0.1:{portal.port}/tep/anh.txt", "ten": "anh.txt"},
                           {"url": "http://169.254.169.254/latest", "ten": "x"}])
    petition = hub.wait_for("cong", 1)[0]
    code = petition["code"]
    shown = hub.centre().get(f"/api/v1/petitions/{petition['id']}").json()
    assert [file["name"] for file in shown["attachments"]] == ["anh.txt"]
    unit = "so-xay-dung"
    people = {"dispatcher": hub.centre(), "officer": hub.signed_in("officer", unit), "leader": hub.signed_in("leader", unit)}
    people["dispatcher"].act(code, "accept")
    wait_until(lambda: portal.about(1, "trang-thai"), "the status")
    assert portal.about(1, "trang-thai")[0]["body"] == {"trangThai": "DA_TIEP_NHAN"}
    for who, action, body in [("dispatcher", "distribute", {"units": [unit]}), ("officer", "start", {}),
                              ("officer", "draft", {"result": "Đã thay \"nắp\" hố ga."}), ("officer", "submit", {}),
                              ("leader", "approve", {})]:
        people[who].act(code, action, **body)
    assert not portal.about(1, "ket-qua"), "nothing leaves before its release"
    people["dispatcher"].act(code, "release")
    wait_until(lambda: portal.about(1, "ket-qua"), "the answer")
    answer = portal.about(1, "ket-qua")[0]["body"]
    assert (answer["noiDung"], answer["trangThai"], answer["ma"]) == ("Đã thay \"nắp\" hố ga.", "DA_TRA_LOI", code)
    web = hub.hand_in()["code"]
    people["dispatcher"].act(web, "accept")
    assert len(portal.written) == 2, "petitions of other channels are none of its business"


def test_a_sample_file_is_tried_without_storing_anything(hub, tmp_path):
    sample = tmp_path / "mau.csv"
    sample.write_text("Mã phiếu;Nội dung phản ánh;Lĩnh vực;Công khai\nP-1;Đèn đường không sáng;Hạ tầng;Có\n"
                      "P-2;;Hạ tầng;Có\nP-3;Rác;Môi trường;Không rõ\nP-1;Đèn đã sáng;Hạ tầng;Có\n", encoding="utf-8")
    done = subprocess.run([BINARY, "connector", "try", "phuong", sample, "--config", hub.config, "--json"],
                          capture_output=True, timeout=60)
    assert done.returncode == 1, done.stderr
    shown = json.loads(done.stdout)
    assert not shown["ok"]
    first, second, third, fourth = shown["items"]
    assert (fourth["same_as"], "same_as" in first) == ("row 2", False)
    assert (first["external_id"], first["unit"], first["refused"]) == ("P-1", "trung-tam-chieu-sang", False)
    assert first["due_at"] and first["petition"]["category"] == "ha-tang"
    assert (second["problem"], second["field"], second["where"]) == ("portal.missing", "/content", "row 3")
    assert (third["problem"], third["field"]) == ("portal.flag", "/public")
    assert hub.petitions("phuong") == []
    without = subprocess.run([BINARY, "connector", "try", "spool", sample, "--config", hub.config], capture_output=True, timeout=60)
    assert without.returncode == 2


def test_pushed_items_are_signed_stored_and_acknowledged(hub, portal):
    secret = hub.push_secret
    body = {"data": [{"id": "W-1", "title": "Ổ gà", "content": "Ổ gà trước cổng trường", "category": "road", "public": True,
                      "created": 1772758800000, "sender": {"name": "Người Thử", "phone": "0900000001", "consent": True}}]}
    url = hub.url + "/hooks/gui/"
    status, answer = peer.push(url, secret, body, "msg_1")
    assert status == 200 and answer["items"][0]["outcome"] == "stored", answer
    for _ in range(10):
        status, again = peer.push(url, secret, body, "msg_1")
        assert status == 200 and again["items"][0] == {**answer["items"][0], "outcome": "duplicate"}
    assert peer.push(url, secret, body, "msg_2", at=int(time.time()) - 302)[0] == 401
    assert peer.push(url, "whsec_" + "A" * 32, body, "msg_3")[0] == 401
    status, problem = peer.push(url, secret, {"data": [{"id": "W-2"}]}, "msg_4")
    assert (status, problem["code"], problem["field"]) == (422, "portal.missing", "/content")
    body["data"][0]["content"] = "Ổ gà trước cổng trường, sâu thêm"
    for message in ("msg_6", "msg_7"):
        status, changed = peer.push(url, secret, body, message)
        assert status == 200 and (changed["items"][0]["external_id"], changed["items"][0]["outcome"]) == ("W-1", "changed")
    [petition] = hub.petitions("gui")
    assert petition["title"] == "Ổ gà"
    events = hub.centre().get(f"/api/v1/petitions/{petition['id']}/events").json()["items"]
    assert [one["kind"] for one in events].count("noted") == 1
    assert peer.push(url, secret, {"data": [{"id": "W-2"}]}, "msg_5")[0] == 422
    refused, = [one for one in hub.run("refused", "list")["items"] if one["problem"] == "portal.missing"]
    assert refused["channel"] == "gui", "kept once, however often it comes"
    shown = hub.run("refused", "show", refused["id"], "--content")
    assert (shown["external_id"], shown["field"], json.loads(shown["content"])) == ("W-2", "/content", {"id": "W-2"})
