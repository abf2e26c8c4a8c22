"""Portals that speak Open311 beside the real hub: what they send becomes petitions, what they may see they see, and nobody sees more. With
readers as strict as those that are out there, in a process of its own and in the hub's."""

import csv
import io
import itertools
import json
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import pytest

from conftest import BINARY, ROOT, SECONDS, Hub, open_to_children, wait_until

sys.path.insert(0, str(ROOT / "tests" / "peers"))
import open311_client as peers  # noqa: E402

UNIT = "so-xay-dung"
JURISDICTION = "mau.example"
KEYS = {"fms": "integration-key-fms-01", "app": "integration-key-app-02"}
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + bytes(range(256)) * 40 + b"\xff\xd9"
CONNECTOR = """
connectors:
  open311:
    plugin: in_open311
    isolation: {isolation}
    settings:
      contact: Trung tâm, 0234 1022
      key_service: Gửi công văn về Trung tâm
      jurisdiction_id: mau.example
      api_keys: ${{file:var/open311.keys}}
      services: open311/services.yaml
      consent: true
"""
SERVICES = """services:
  ha-tang: { description: "Đường, vỉa hè, cống", group: Đô thị }
  moi-truong: { type: batch }
  khac: { type: blackbox }
  dich-vu-cong:
    attributes:
      - { code: NOI, datatype: string, required: true, description: Ở bộ phận nào }
      - { code: VIEC, datatype: singlevaluelist, description: Việc gì, values: { cham: Chậm, thai-do: Thái độ } }
      - { code: MA, datatype: string, required: true, automated: server_set, description: Máy chủ đặt }
"""
NUMBERS = itertools.count(1)


class Open311Hub(Hub):
    options = ["--verbose"]  # So that a key in an address would be seen in the log.

    def __init__(self, folder, receiver, isolation):
        self.isolation = isolation
        super().__init__(folder, receiver)

    def start(self):
        if not (self.config / "open311.yaml").exists():
            keys = self.config / "var" / "open311.keys"
            keys.touch(mode=0o600)
            keys.write_text("# portals\n" + "\n".join(f"{name}:{key}" for name, key in KEYS.items()) + "\n", encoding="ascii")
            (self.config / "open311").mkdir()
            (self.config / "open311" / "services.yaml").write_text(SERVICES, encoding="utf-8")
            (self.config / "open311.yaml").write_text(CONNECTOR.format(isolation=self.isolation), encoding="utf-8")
            open_to_children(self.config / "var")
            open_to_children(self.config / "open311")
        super().start()
        self.root = self.url + "/open311"

    def client(self, kind, portal=None):
        return kind(self.root, JURISDICTION, KEYS.get(portal))

    def petition(self, code):
        [one] = wait_until(lambda: [one for one in self.petitions() if one["code"] == code], f"the petition {code}")
        return self.staff["dispatcher"].get(f"/api/v1/petitions/{one['id']}").json()

    def petitions(self):
        return self.staff["dispatcher"].get("/api/v1/petitions?channel=open311&limit=200").json()["items"]

    def act(self, petition, *steps):
        for role, action, body in steps:
            self.staff[role].act(petition["id"], action, **body)

    def answer(self, code, text):
        self.act(self.petition(code), ("dispatcher", "accept", {}), ("dispatcher", "distribute", {"units": [UNIT]}), ("officer", "start", {}),
                 ("officer", "draft", {"result": text}), ("officer", "submit", {}), ("leader", "approve", {}), ("dispatcher", "release", {}))

    def listed(self, portal=None, **params):
        """Reports by their id, as the strictest reader has them."""
        key = {"api_key": KEYS[portal]} if portal else {}
        return self.client(peers.AdapterReader).requests(**key, **params)


@pytest.fixture(scope="module", params=["process", "in-process"])
def hub(request, tmp_path_factory, receiver):
    hub = Open311Hub(tmp_path_factory.mktemp("open311"), receiver, request.param)
    hub.staff = {"dispatcher": hub.signed_in("dispatcher"), "officer": hub.signed_in("officer", UNIT), "leader": hub.signed_in("leader", UNIT)}
    yield hub
    hub.stop()
    log = hub.log.read_text(encoding="utf-8")
    assert not any(key in log for key in KEYS.values())
    assert "nguyenvana" not in log and "0912345678" not in log


@pytest.fixture
def fms(hub):
    return hub.client(peers.FixMyStreet, "fms")


def now(**ago):
    return (datetime.now(timezone.utc) - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def sent(fms, text, service="ha-tang", **extra):
    number = next(NUMBERS)
    return fms.send(service, number, f"{text} số {number}", **extra)


def test_every_reader_reads_it(hub):
    endpoints = hub.client(peers.Validator2010).discovery()
    assert endpoints["production"].endswith("/open311/v2") and endpoints["test"].endswith("/open311/test/v2")
    services = {one["service_code"]: one for one in hub.client(peers.Validator2010).services()}
    assert services["ha-tang"]["description"] == "Đường, vỉa hè, cống" and services["dich-vu-cong"]["metadata"] == "true"
    hub.client(peers.SchemaReader).services()
    hub.client(peers.SchemaReader).requests()
    hub.client(peers.Basic311).requests()


def test_a_report_becomes_a_petition(hub, fms):
    number = next(NUMBERS)
    code = fms.send("ha-tang", number, "Hố ga mất nắp\ntrước chợ", photo=JPEG)
    assert fms.send("ha-tang", number, "Hố ga mất nắp\ntrước chợ", photo=JPEG) == code, "sent again: the same"
    petition = hub.petition(code)
    assert (petition["channel"], petition["category"], petition["content"]) == ("open311", "ha-tang", "Hố ga mất nắp\ntrước chợ")
    assert petition["location"]["lat"] == 16.4637
    assert petition["attributes"]["open311_external_id"] == str(number)
    assert petition["attributes"]["open311_media_url"] == f"https://fms.mau.example/photo/{number}.jpeg"
    [photo] = petition["attachments"]
    assert (photo["content_type"], photo["size"]) == ("image/jpeg", len(JPEG))
    dispatcher = hub.staff["dispatcher"]
    identity = dispatcher.post(f"/api/v1/petitions/{petition['id']}/identity/reveal", json={"reason": "gọi lại"}).json()
    assert (identity["name"], identity["phone"], identity["email"]) == ("Nguyễn Văn A", "+84912345678", "nguyenvana@mau.example")
    original = dispatcher.post(f"/api/v1/petitions/{petition['id']}/original", json={"reason": "xem"}).json()
    assert {"name": "deviceid", "value": "fixmystreet"} in original and not any(KEYS["fms"] in one["value"] for one in original)
    assert len([one for one in hub.petitions() if one["code"] == code]) == 1


def test_a_try_that_names_itself_is_one_report(hub):
    reader = hub.client(peers.Reader)
    fields = {"api_key": KEYS["app"], "service_code": "ha-tang", "address_string": "12 Lê Lợi", "description": "Cây đổ"}
    first, second, other = (reader.ask("POST", "/v2/requests.json", data=fields, headers={"Idempotency-Key": key}).json()[0]["service_request_id"]
                            for key in ("try-1", "try-1", "try-2"))
    assert first == second != other


def test_a_file_that_the_hub_does_not_take_is_no_reason_to_lose_a_report(hub, fms):
    code = sent(fms, "Có tệp lạ", photo=b"MZ\x90\x00 not a photo")
    petition = hub.petition(code)
    assert petition["attachments"] == [] and "files_left_out" in petition["attributes"]


def test_tokens_and_all_in_the_address(hub, fms):
    code = sent(fms, "Rác trước chợ", service="moi-truong")
    assert hub.petition(code)["category"] == "moi-truong"
    kind, token = hub.client(peers.NodeClient, "app").send(service_code="moi-truong", lat="16.4", long="107.5", description="Khói")
    assert kind == "token"
    hub.stop()
    hub.start()
    [found] = hub.client(peers.Reader).json(f"/v2/tokens/{token}.json")
    assert hub.petition(found["service_request_id"])["content"] == "Khói"


def test_what_is_not_public_only_its_portal_sees(hub, fms):
    code = sent(fms, "Việc riêng của tôi")
    assert wait_until(lambda: code in hub.listed("fms"), "the report in its portal's list")
    assert code not in hub.listed() and code not in hub.listed("app")
    hub.answer(code, "Đã xem xét, xin cảm ơn.")
    own = wait_until(lambda: (row := hub.listed("fms", status="closed").get(code)) and row, "the answer in its portal's list")
    assert (own["status"], own["status_notes"]) == ("closed", "Đã xem xét, xin cảm ơn.")
    reader = hub.client(peers.Reader)
    hidden = reader.ask("GET", f"/v2/requests/{code}.xml", 404)
    assert hidden.content == reader.ask("GET", "/v2/requests/000000000.xml", 404).content
    for portal, expected in (("fms", 200), ("app", 404)):
        reader.ask("GET", f"/v2/requests/{code}.json", expected, params={"api_key": KEYS[portal]})
    everything = [reader.ask("GET", path, params=params).text for path in
                  ("/v2/requests.xml", "/v2/requests.json", "/v2/requests.csv", "/v2/servicerequestupdates.json")
                  for params in ({}, {"api_key": KEYS["app"]}, {"status": "closed"} if "requests." in path else {})]
    assert not any(code in text or "Việc riêng" in text or "Đã xem xét, xin" in text for text in everything)


def test_a_public_one_is_seen_by_everybody(hub, fms):
    code = sent(fms, "Đèn đường hỏng", **{"attribute[public]": "true"})
    row = wait_until(lambda: hub.listed().get(code), "the report in the public list")
    assert row["status"] == "open" and row["description"] == "", "nobody has read it yet"
    assert (row["lat"], row["long"]) == ("16.464", "107.591"), "rounded"
    hub.answer(code, "Đã thay bóng đèn.")
    row = wait_until(lambda: hub.listed(status="closed").get(code), "the answer in the public list")
    assert row["description"].startswith("Đèn đường hỏng") and row["status_notes"] == "Đã thay bóng đèn."
    assert row["agency_responsible"] == "Sở Xây dựng"
    [one] = hub.client(peers.Reader).json(f"/v2/requests/{code}.json", extensions="true")
    assert one["extended_attributes"]["detailed_status"] == "PROCESSED"
    assert [note["type"] for note in one["notes"]][-1] == "answered"
    assert code in hub.listed(service_code="ha-tang,moi-truong", start_date=now(hours=1), end_date=now(hours=-1))
    assert code not in hub.listed(service_code="moi-truong")
    assert code in hub.listed(bbox="107.5,16.4,107.6,16.5") and code not in hub.listed(bbox="105,20,106,21")
    assert code in hub.listed(updated_after=now(hours=1)) and code not in hub.listed(updated_before=now(hours=1))
    table = list(csv.DictReader(io.StringIO(hub.client(peers.Reader).ask("GET", "/v2/requests.csv").content.decode())))
    assert [row["closed_date"] != "" for row in table if row["service_request_id"] == code] == [True]


def test_updates_both_ways(hub, fms):
    code = sent(fms, "Cống tắc")
    start, end = now(hours=2), now(hours=-1)
    wait_until(lambda: any(one["service_request_id"] == code for one in fms.fetch(start, end)), "the first update")
    hub.act(hub.petition(code), ("dispatcher", "accept", {}), ("dispatcher", "distribute", {"units": [UNIT]}), ("officer", "start", {}))
    wait_until(lambda: fms.fetch(start, end) and "in_progress" in {one["status"] for one in fms.comments.values()
                                                                   if one["service_request_id"] == code}, "an update of progress")
    assert not any(one["service_request_id"] == code for one in hub.client(peers.FixMyStreet, "app").fetch(start, end))
    assert fms.fetch(start, now(hours=1)) == []
    number = next(NUMBERS)
    for _ in range(2):
        assert fms.comment(code, number, "Vẫn còn tắc", status="OPEN") == str(number)
    history = hub.staff["dispatcher"].get(f"/api/v1/petitions/{hub.petition(code)['id']}/events?limit=200").json()["items"]
    assert [one["kind"] for one in history].count("supplemented") == 1
    hub.client(peers.FixMyStreet, "app").comment(code, number, "Của người khác", expect=404)
    fms.comment("000000000", number, "Không có", expect=404)
    fms.comment(code, number, "Trạng thái lạ", status="DONE", expect=400)


def test_refusals_are_in_words(hub, fms):
    reader = hub.client(peers.Reader)
    for fields, expected in [({"api_key": "nobody"}, [403]), ({"service_code": "khong-co"}, [404]), ({"lat": "95"}, [400]),
                             ({"lat": "", "long": "", "service_code": ""}, [400, 400]), ({"description": "x" * 4001}, [400])]:
        whole = {"api_key": KEYS["fms"], "service_code": "ha-tang", "lat": "16.4", "long": "107.5", "description": "Thử", **fields}
        answer = reader.ask("POST", "/v2/requests.json", expected[0], data=whole)
        assert [one["code"] for one in answer.json()] == expected and all(one["description"] for one in answer.json())
    for method in ("PUT", "DELETE", "PATCH"):
        assert reader.ask(method, "/v2/requests.json", 405).json()[0]["code"] == 405
    assert reader.ask("OPTIONS", "/v2/requests.json", 204).headers["Access-Control-Allow-Origin"] == "*"
    head = reader.ask("HEAD", "/v2/services.xml")
    assert head.content == b"" and int(head.headers["Content-Length"]) > 100


def test_the_checklist_finds_nothing(hub, fms, tmp_path):
    for text in ("Một", "Hai"):
        code = sent(fms, text, **{"attribute[public]": "true"})
    hub.answer(code, "Xong.")
    wait_until(lambda: code in hub.listed(status="closed") and len(hub.listed()) > 1, "the answer in the public list")
    before = len(hub.petitions())
    key = tmp_path / "key"
    key.write_text(KEYS["app"] + "\n", encoding="ascii")
    done = subprocess.run([BINARY, "open311-check", hub.root, "--jurisdiction", JURISDICTION, "--api-key-file", key, "--post", "--json"],
                          capture_output=True, timeout=SECONDS, text=True)
    report = json.loads(done.stdout)
    assert [one for one in report["checks"] if one["result"] == "fail"] == []
    assert [one["id"] for one in report["checks"] if one["result"] == "skip"] == ["O-35"]
    assert done.returncode == 0 and report["ok"] and report["url"] == hub.root + "/v2"
    assert len(hub.petitions()) == before, "nothing that it sent was stored"
