"""Notices through the real hub: the next officer and the sender are told in the province's words, here and over a connector, once."""

import json
import re
import signal
import subprocess
import unicodedata

import pytest

from conftest import BINARY, SECONDS, Hub, Receiver, wait_until

NOTICES = """
templates:
  notices: [../../base/templates/notices.yaml, templates/own.yaml]
  texts: ../../base/templates/texts.yaml
  letter: ../../base/templates/letter.mustache
notices:
  - { on: routed, for: centre, notice: triage }
  - { on: [distributed, sent_back], for: next, notice: task, to: webhook }
  - { on: submitted, for: next, notice: approval }
  - { on: released, for: petitioner, notice: own-answer, to: webhook, send: always }
  - { on: refused, for: petitioner, notice: sender-refused, to: webhook }
  - { on: distributed, for: petitioner, notice: sender-forwarded, to: webhook, send: on_request }
"""
# Decomposed on purpose: an editor on a Mac writes it so.
OWN = unicodedata.normalize("NFD", """notices:
  - id: own-answer
    label: { vi: Trả lời của tỉnh }
    format: html
    subject: { vi: "Kết quả {{code}}" }
    message: { vi: "<p>Kính gửi {{petitioner}}</p><pre>{{answer}}</pre>" }
""")
HOSTILE = "Nguyễn <b>Văn</b> {{token}}\nMẫu"


@pytest.fixture(scope="module")
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


class NoticesHub(Hub):
    def start(self):
        if not (self.config / "notices.yaml").exists():
            (self.config / "notices.yaml").write_text(NOTICES, encoding="utf-8")
            (self.config / "templates").mkdir()
            (self.config / "templates" / "own.yaml").write_text(OWN, encoding="utf-8")
            path = self.config / "connectors.yaml"
            path.write_text(path.read_text(encoding="utf-8").replace("backoff: [1s, 15m]", "backoff: [50ms, 200ms]"), encoding="utf-8")
        super().start()


@pytest.fixture(scope="module")
def own(tmp_path_factory, receiver):
    hub = NoticesHub(tmp_path_factory.mktemp("notices"), receiver)
    yield hub
    if hub.process.poll() is None:
        hub.stop()


@pytest.fixture(scope="module")
def staff(own):
    unit = "so-xay-dung"
    return {"dispatcher": own.signed_in("dispatcher"), "officer": own.signed_in("officer", unit), "leader": own.signed_in("leader", unit),
            "stranger": own.signed_in("officer", "cong-an")}


def notices(receiver, code):
    """What arrived about a petition as a notice, by subject."""
    return [event["body"] for event in list(receiver.events) if event["body"]["subject"] == code and "notice" in event["body"]["data"]]


def read(client, **query):
    return client.get("/api/v1/notices", params=query).json()


def about(client, code):
    return [item for item in read(client, limit=200)["items"] if item["code"] == code]


def settled(own, integrator, code):
    """No delivery about this petition is on its way any more."""
    return wait_until(lambda: (items := [one for one in integrator.get("/api/v1/deliveries?limit=200").json()["items"] if one["code"] == code])
                      and all(one["state"] != "queued" for one in items) and items, "deliveries to be settled")


def test_GL28_ST54_the_next_officer_reads_it_here_and_gets_it_by_the_connector(own, staff, receiver):
    handed_in = own.hand_in(title="Hố ga mất nắp", public=True, petitioner={"name": "Trần Thị Mẫu", "phone": "0912345678"})
    petition, code = handed_in["id"], handed_in["code"]
    [triage] = about(staff["dispatcher"], code)
    assert (triage["notice"], triage["cause"], triage["read_at"]) == ("triage", "routed", None)

    staff["dispatcher"].act(petition, "accept")
    staff["dispatcher"].act(petition, "distribute", units=["so-xay-dung"], comment="Xử lý gấp")
    [task] = about(staff["officer"], code)
    assert (task["notice"], task["cause"], task["mine"], task["petition_id"]) == ("task", "distributed", False, petition)
    assert "Xử lý gấp" in task["text"] and code in task["subject"]
    assert re.search(r"\d\d/\d\d/\d{4} \d\d:\d\d", task["text"]), "one local form of instants"
    assert about(staff["stranger"], code) == about(staff["leader"], code) == []

    [arrived] = wait_until(lambda: notices(receiver, code), "the notice to arrive")
    notice = arrived["data"]["notice"]
    assert notice["to"] == {"kind": "queue", "phone": None, "email": None, "account": None, "role": "officer", "unit": "so-xay-dung"}
    assert (notice["subject"], notice["text"], notice["content_type"]) == (task["subject"], task["text"], "text/plain")
    assert arrived["type"] == "vn.pakn.petition.distributed.v1"

    staff["officer"].act(petition, "start")
    staff["officer"].act(petition, "draft", result="Đã lắp nắp.")
    staff["officer"].act(petition, "submit")
    staff["leader"].act(petition, "send_back", comment="Bổ sung ảnh")
    again = wait_until(lambda: about(staff["officer"], code)[1:] and about(staff["officer"], code), "the second notice")[0]
    assert again["mine"], "whose it was has it again"
    arrived = wait_until(lambda: notices(receiver, code)[1:], "the second to arrive")[0]
    assert arrived["data"]["notice"]["to"]["account"] == staff["officer"].account["login"]


def test_reading_is_each_readers_own(own, staff):
    code = own.hand_in(title="Đèn hỏng")["code"]
    dispatcher = staff["dispatcher"]
    colleague = own.signed_in("dispatcher")
    [notice] = about(dispatcher, code)
    before = read(colleague)["unread"]
    unread = read(dispatcher)["unread"]
    assert dispatcher.post("/api/v1/notices/read", json={"ids": [notice["id"]]}).json() == {"read": 1}
    assert dispatcher.post("/api/v1/notices/read", json={"ids": [notice["id"]]}).json() == {"read": 0}
    assert about(dispatcher, code)[0]["read_at"]
    assert read(dispatcher)["unread"] == unread - 1
    assert code not in json.dumps(read(dispatcher, unread="true", limit=200))
    assert read(colleague)["unread"] == before
    assert staff["stranger"].post("/api/v1/notices/read", json={"ids": [notice["id"]]}).json() == {"read": 0}, "nothing of others"
    assert colleague.post("/api/v1/notices/read", json={"all": True}).json()["read"] == before
    assert read(colleague)["unread"] == 0
    for wrong in ({}, {"all": True, "ids": [notice["id"]]}, {"ids": [f"{number}" for number in range(201)]}):
        assert dispatcher.problem("POST", "/api/v1/notices/read", 422, json=wrong) == "petition.field_invalid"


def walk(own, staff, petition):
    dispatcher, officer, leader = staff["dispatcher"], staff["officer"], staff["leader"]
    dispatcher.act(petition, "accept")
    dispatcher.act(petition, "distribute", units=["so-xay-dung"])
    officer.act(petition, "start")
    officer.act(petition, "draft", result="Đã lắp <nắp> mới & dọn đường.")
    officer.act(petition, "submit")
    leader.act(petition, "approve")
    dispatcher.act(petition, "release")


def test_ST54_the_sender_is_told_by_name_and_nobody_else_is_told_the_name(own, staff, receiver):
    handed_in = own.hand_in(title="{{petitioner}} <i>", petitioner={"name": HOSTILE, "phone": "0912345678", "email": "mau@example.org"})
    petition, code = handed_in["id"], handed_in["code"]
    walk(own, staff, petition)
    found = wait_until(lambda: [one for one in notices(receiver, code) if one["data"]["notice"]["to"]["kind"] == "petitioner"], "the answer")
    [notice] = [one["data"]["notice"] for one in found]
    assert notice["to"] == {"kind": "petitioner", "phone": "+84912345678", "email": "mau@example.org", "account": None, "role": None, "unit": None}
    assert notice["content_type"] == "text/html"
    assert notice["subject"] == f"Kết quả {code}", "NFC, whatever the editor wrote"
    name = "Nguyễn &lt;b&gt;Văn&lt;/b&gt; {{token}} Mẫu"
    assert notice["text"] == f"<p>Kính gửi {name}</p><pre>Đã lắp &lt;nắp&gt; mới &amp; dọn đường.</pre>"

    officers = [one for one in notices(receiver, code) if one["data"]["notice"]["to"]["kind"] != "petitioner"]
    history = staff["dispatcher"].get(f"/api/v1/petitions/{petition}/events").json()["items"]
    read_here = about(staff["officer"], code) + about(staff["dispatcher"], code)
    for words in (officers, history, read_here):
        assert "Văn" not in json.dumps(words, ensure_ascii=False) and handed_in["tracking_token"] not in json.dumps(words)
    told = [event for event in history if event["kind"] == "delivery_queued" and event.get("notice")]
    assert ("own-answer", "citizen") in [(event["notice"], event["to_role"]) for event in told]
    for event in told + [event for event in history if event["kind"] == "notified"]:
        assert "text" not in event and "message" not in event
    # What is not public leaves no title.
    assert "{{petitioner}}" not in json.dumps(officers)


def test_who_left_no_address_is_reached_by_nobody(own, staff, receiver):
    integrator = own.signed_in("integrator")
    for fields in ({}, {"petitioner": {"name": "Lê Thị Mẫu"}}, {"anonymous": True, "petitioner": {"name": "Lê Thị Mẫu", "phone": "0912345678"}}):
        handed_in = own.hand_in(**fields)
        assert staff["dispatcher"].act(handed_in["id"], "refuse", comment="Không rõ địa điểm")["status"] == "refused"
        assert not any(one["code"] == handed_in["code"] for one in integrator.get("/api/v1/deliveries?limit=200").json()["items"])
        assert notices(receiver, handed_in["code"]) == []
    reached = own.hand_in(petitioner={"name": "Lê Thị Mẫu", "email": "mau@example.org"})
    staff["dispatcher"].act(reached["id"], "refuse", comment="Không rõ địa điểm")
    [delivery] = settled(own, integrator, reached["code"])
    assert (delivery["kind"], delivery["state"]) == ("notice", "sent")


def test_HT24_notify_is_the_wish_of_whoever_acts(own, staff, receiver):
    def distributed(**wish):
        handed_in = own.hand_in(petitioner={"name": "Lê Thị Mẫu", "phone": "0912345678"})
        staff["dispatcher"].act(handed_in["id"], "accept")
        staff["dispatcher"].act(handed_in["id"], "distribute", units=["so-xay-dung"], **wish)
        history = staff["dispatcher"].get(f"/api/v1/petitions/{handed_in['id']}/events").json()["items"]
        return [event["notice"] for event in history if event.get("notice") and event.get("cause") == "distributed"]

    assert distributed() == ["task", "task"], "here and by the connector"
    assert distributed(notify=False) == []
    assert distributed(notify=True) == ["task", "task", "sender-forwarded"]
    handed_in = own.hand_in()
    path = f"/api/v1/petitions/{handed_in['id']}/actions/accept"
    assert staff["dispatcher"].problem("POST", path, 422, json={"notify": "yes"}) == "request.field_type"


def test_a_kill_between_send_and_outcome_makes_no_second_notice(own, staff, receiver):
    """The hub dies while the receiver refuses; after its return each notice arrives once, under the id it had."""
    receiver.status = 503
    try:
        handed_in = own.hand_in(title="Hố ga", public=True)
        staff["dispatcher"].act(handed_in["id"], "accept")
        staff["dispatcher"].act(handed_in["id"], "distribute", units=["so-xay-dung"])
        code = handed_in["code"]
        wait_until(lambda: len(notices(receiver, code)) > 1, "a retry")
        own.process.send_signal(signal.SIGKILL)
        own.process.wait(SECONDS)
        # Whoever waits meanwhile gets the words of then, whatever the templates say now.
        path = own.config / "templates" / "own.yaml"
        path.write_text(path.read_text(encoding="utf-8") + """  - id: task
    label: { vi: Việc }
    subject: { vi: "Lời mới {{code}}" }
    message: { vi: "Lời mới" }
""", encoding="utf-8")
    finally:
        receiver.status = 204
    tries = len(notices(receiver, code))
    own.start()
    integrator = own.signed_in("integrator")
    [delivery] = settled(own, integrator, code)
    assert delivery["state"] == "sent"
    arrived = notices(receiver, code)
    assert len(arrived) == tries + 1
    assert len({event["id"] for event in arrived}) == 1 == len({json.dumps(event["data"], sort_keys=True) for event in arrived})
    assert len([one for one in about(own.signed_in("officer", "so-xay-dung"), code)]) == 1


def test_a_reload_takes_new_words_and_refuses_wrong_ones(own, receiver):
    path = own.config / "templates" / "own.yaml"
    sound = path.read_text(encoding="utf-8")
    path.write_text(sound.replace("{{answer}}", "{{anser}}"), encoding="utf-8")
    done = subprocess.run([BINARY, "check", "--config", own.config, "--json", "--no-environment"], capture_output=True, timeout=SECONDS)
    [error] = json.loads(done.stdout)["errors"]
    line = next(number for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "anser" in text)
    column = path.read_text(encoding="utf-8").splitlines()[line - 1].index("{{anser}}") + 1
    assert (done.returncode, error["file"], error["line"], error["column"]) == (2, "templates/own.yaml", line, column)
    assert "answer" in error["hint"]
    refused = subprocess.run([BINARY, "reload", "--config", own.config, "--json"], capture_output=True, timeout=SECONDS)
    assert refused.returncode != 0

    path.write_text(sound + "  - id: triage\n    label: { vi: Mới }\n    subject: { vi: \"Lời mới nhất {{code}}\" }\n    message: { vi: x }\n",
                    encoding="utf-8")
    assert own.run("reload")
    dispatcher = own.signed_in("dispatcher")
    code = own.hand_in()["code"]
    assert [one["subject"] for one in about(dispatcher, code)] == [f"Lời mới nhất {code}"]
    assert own.run("template", "show", "triage")["subject"].startswith("Lời mới nhất ")


def test_HT33_HT34_officers_pick_texts_and_may_change_them(own):
    dispatcher, officer = own.signed_in("dispatcher"), own.signed_in("officer", "so-xay-dung")
    listed = {item["id"]: item for item in dispatcher.get("/api/v1/templates").json()["items"]}
    assert listed["refuse-unclear"]["effects"] == ["refuse"] and listed["refuse-unclear"]["label"]["vi"]
    assert listed["task"]["kind"] == "notice"

    handed_in = own.hand_in()
    petition = handed_in["id"]
    filled = dispatcher.get(f"/api/v1/petitions/{petition}/texts/refuse-unclear").json()["text"]
    assert handed_in["code"] in filled
    english = dispatcher.get(f"/api/v1/petitions/{petition}/texts/refuse-unclear", params={"language": "en"}).json()["text"]
    assert handed_in["code"] in english != filled
    path = f"/api/v1/petitions/{petition}/actions"
    assert dispatcher.problem("POST", f"{path}/refuse", 404, json={"template": "refuse-nothing"}) == "template.not_found"
    assert dispatcher.problem("POST", f"{path}/refuse", 422, json={"template": "answer-usual"}) == "template.unfit"
    assert dispatcher.act(petition, "refuse", template="refuse-unclear")["status"] == "refused"
    [refusal] = [event for event in dispatcher.get(f"/api/v1/petitions/{petition}/events").json()["items"] if event["kind"] == "refused"]
    assert refusal["comment"] == filled

    other = own.hand_in()["id"]
    dispatcher.act(other, "refuse", template="refuse-unclear", comment="Lời của cán bộ")
    [refusal] = [event for event in dispatcher.get(f"/api/v1/petitions/{other}/events").json()["items"] if event["kind"] == "refused"]
    assert refusal["comment"] == "Lời của cán bộ", "what they wrote holds"

    third = own.hand_in()["id"]
    dispatcher.act(third, "accept")
    dispatcher.act(third, "distribute", units=["so-xay-dung"])
    officer.act(third, "start")
    drafted = officer.act(third, "draft", template="answer-usual")["draft"]["text"]
    assert drafted.startswith("Kính gửi: Quý Ông/Bà.") and drafted.endswith("Trân trọng.") and "Sở Xây dựng" in drafted


def test_ST30_ST31_ST32_the_letter_says_it_all_and_masks_the_name(own):
    dispatcher = own.signed_in("dispatcher")
    handed_in = own.hand_in(title="Nắp <hố> & ga", petitioner={"name": "Trần Thị Mẫu", "phone": "0912345678"})
    petition = handed_in["id"]
    dispatcher.act(petition, "answer", result="Đã lắp <nắp>.")
    markup = dispatcher.get(f"/api/v1/petitions/{petition}/letter").json()["markup"]
    assert "Đã lắp &lt;nắp&gt;." in markup and "“Nắp &lt;hố&gt; &amp; ga”" in markup and handed_in["code"] in markup
    assert "Trần Thị Mẫu" not in markup and "cảm ơn" in markup
    shown = own.run("template", "show", "letter")
    assert (shown["kind"], shown["content_type"]) == ("letter", "text/x-pango-markup")
    kinds = {item["id"]: item["kind"] for item in own.run("template", "list")["items"]}
    assert kinds["letter"] == "letter" and kinds["task"] == "notice" and kinds["refuse-unclear"] == "text"
    for name, kind in kinds.items():
        for language in ("vi", "en"):
            text = own.run("template", "show", name, "--language", language)
            assert text["kind"] == kind and text["text"] and "{{" not in text["text"]


def test_the_rows_of_notices_come_from_the_journal(own):
    own.stop()
    assert own.run("rebuild")["equal"]
    own.start()
