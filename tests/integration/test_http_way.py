"""The whole way of a petition over the API: each role sees exactly its legal actions, citizens see what is theirs."""

import hashlib
import json
import sys
import unicodedata

from conftest import ROOT, wait_until

sys.path.append(str(ROOT / "tests" / "support"))
from pdf import pdf

LETTER = pdf()


def legal(people, petition, expected):
    """Every role's actions; a role that is not named has none."""
    for role in ("dispatcher", "officer", "leader", "auditor"):
        if role in ("officer", "leader") and expected.get(role) is None:
            people[role].problem("GET", f"/api/v1/petitions/{petition}/actions", 404)
        else:
            assert people[role].actions(petition) == expected.get(role, []), role


def test_from_the_citizen_to_the_answer_and_back(hub, people, anybody, receiver):
    answer = hub.hand_in(title="Hố ga mất nắp", petitioner={"name": "Trần Thị Mẫu", "phone": "0912345678"})
    petition, code = answer["id"], answer["code"]
    tracking = f"/api/v1/track/{code}?token={answer['tracking_token']}"
    dispatcher, officer, leader = people["dispatcher"], people["officer"], people["leader"]

    before = anybody.get(tracking).json()
    assert (before["status"], before["answer"]) == ("received", None)
    assert before["due_at"] == answer["due_at"] is not None
    assert petition in [task["petition"]["id"] for task in dispatcher.get("/api/v1/tasks?limit=200").json()["items"]]

    # At the Centre: the unit does not see it yet.
    legal(people, petition, {"dispatcher": ["accept", "centre_note", "follow", "refuse", "answer", "merge"]})
    assert dispatcher.act(petition, "accept")["status"] == "accepted"
    legal(people, petition, {"dispatcher": ["distribute", "centre_note", "follow", "refuse", "answer", "merge"]})
    assert dispatcher.act(petition, "distribute", units=["so-xay-dung"])["status"] == "distributed"

    # At the unit.
    at_work = ["assign", "leader_note", "unit_follow"]
    drafted_actions = ["unclaim", "note", "ask", "appoint", "coordinate", "draft", "submit", "return"]
    legal(people, petition, {"officer": ["start", "note", "return"], "leader": at_work})
    started = officer.act(petition, "start")
    assert (started["status"], started["officer"]) == ("in_progress", officer.account["id"])
    legal(people, petition, {"officer": ["unclaim", "note", "ask", "appoint", "coordinate", "draft", "return"], "leader": at_work})
    submit = f"/api/v1/petitions/{petition}/actions/submit"
    assert officer.problem("POST", submit, 409, json={}) == "action.draft_missing"

    drafted = officer.post(
        f"/api/v1/petitions/{petition}/actions/draft",
        files=[("action", (None, json.dumps({"result": "Đã lắp nắp mới."}), "application/json")),
               ("attachments", ("biên bản.pdf", LETTER, "application/pdf"))]).json()
    [letter] = drafted["draft"]["files"]
    assert letter["sha256"] == hashlib.sha256(LETTER).hexdigest()
    assert letter["content_type"] == "application/pdf"
    legal(people, petition, {"officer": drafted_actions, "leader": at_work})
    officer.act(petition, "submit")

    # Not good enough, once.
    legal(people, petition, {"officer": [], "leader": ["leader_note", "approve", "send_back", "unit_follow"]})
    send_back = f"/api/v1/petitions/{petition}/actions/send_back"
    assert leader.problem("POST", send_back, 422, json={}) == "action.comment_missing"
    assert leader.act(petition, "send_back", comment="Ghi rõ ngày lắp.")["status"] == "in_progress"
    legal(people, petition, {"officer": drafted_actions, "leader": at_work})
    redrafted = officer.post(
        f"/api/v1/petitions/{petition}/actions/draft",
        files=[("action", (None, json.dumps({"result": "Đã lắp nắp mới ngày 06/03."}), "application/json")),
               ("attachments", ("biên bản.pdf", LETTER, "application/pdf"))])
    assert redrafted.headers["ETag"] == f'"{redrafted.json()["version"]}"'
    assert officer.act(petition, "submit")["status"] == "awaiting_approval"
    approved = leader.act(petition, "approve")
    assert (approved["status"], approved["approved"]["text"]) == ("at_centre", "Đã lắp nắp mới ngày 06/03.")

    # Approved, but not out: neither to the citizen nor to the receiver.
    assert anybody.get(tracking).json()["answer"] is None
    anybody.get(f"/api/v1/track/{code}/files/{letter['sha256']}?token={answer['tracking_token']}", 404)
    assert receiver.about(code) == []
    at_centre = ["centre_note", "send_back_to_unit", "send_back_to_step", "follow", "release"]
    legal(people, petition, {"dispatcher": at_centre, "officer": [], "leader": []})
    assert dispatcher.act(petition, "release")["status"] == "answered"
    legal(people, petition, {"officer": [], "leader": []})

    after = anybody.get(tracking)
    assert after.json()["status"] == "answered"
    assert after.json()["answer"]["text"] == "Đã lắp nắp mới ngày 06/03."
    steps = [step["status"] for step in after.json()["steps"]]
    assert steps == ["received", "accepted", "distributed", "in_progress", "answered"]
    for officials in ("dispatcher", "officer", "leader"):
        assert people[officials].account["id"] not in after.text
        assert people[officials].account["name"] not in after.text
    assert "Ghi rõ ngày lắp" not in after.text
    file = anybody.get(f"/api/v1/track/{code}/files/{letter['sha256']}?token={answer['tracking_token']}")
    assert file.content == LETTER
    assert file.headers["Content-Type"] == "application/pdf"

    [event] = wait_until(lambda: receiver.about(code), "the answer to reach the receiver")
    sent = json.dumps(event["body"], ensure_ascii=False)
    assert "0912345678" not in sent and "Trần Thị Mẫu" not in sent
    kinds = [one["kind"] for one in dispatcher.get(f"/api/v1/petitions/{petition}/events").json()["items"]]
    assert kinds[:2] == ["received", "routed"]
    for kind in ("accepted", "distributed", "started", "result_drafted", "sent_back", "approved", "released",
                 "delivery_queued"):
        assert kind in kinds
    assert kinds.count("submitted") == 2


def test_a_file_comes_with_the_petition(hub, people, anybody):
    fields = {"content": "Hố ga mất nắp, xem đơn", "category": "ha-tang"}
    answer = anybody.post("/api/v1/petitions", 201, files=[
        ("petition", (None, json.dumps(fields), "application/json")),
        ("attachments", (unicodedata.normalize("NFD", "đơn.pdf"), LETTER, "application/octet-stream"))]).json()
    [letter] = people["dispatcher"].get(f"/api/v1/petitions/{answer['code']}").json()["attachments"]
    assert letter == {"sha256": hashlib.sha256(LETTER).hexdigest(), "name": "đơn.pdf", "content_type": "application/pdf",
                      "size": len(LETTER)}
    token = answer["tracking_token"]
    own = anybody.get(f"/api/v1/track/{answer['code']}/files/{letter['sha256']}?token={token}")
    officers = people["dispatcher"].get(f"/api/v1/petitions/{answer['id']}/files/{letter['sha256']}")
    assert own.content == officers.content == LETTER
    assert own.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in own.headers["Content-Security-Policy"]
    people["dispatcher"].get(f"/api/v1/petitions/{answer['id']}/files/{'0' * 64}", 404)


def test_a_petition_nobody_can_place_waits_at_the_centre(hub, people):
    answer = hub.hand_in(content="Việc không ai biết của ai", category="khong-co-loai-nay")
    view = people["dispatcher"].get(f"/api/v1/petitions/{answer['id']}").json()
    assert (view["unit"], view["suggested_unit"], view["holder"], view["at_centre"]) == (None, None, "dispatcher", True)
    assert answer["id"] in [task["petition"]["id"] for task in
                            people["dispatcher"].get("/api/v1/tasks?limit=200").json()["items"]]


def test_whoever_comes_second_is_told(hub, people):
    petition = hub.hand_in()["id"]
    dispatcher = people["dispatcher"]
    seen = dispatcher.get(f"/api/v1/petitions/{petition}").headers["ETag"]
    dispatcher.act(petition, "accept", headers={"If-Match": seen})
    again = f"/api/v1/petitions/{petition}/actions/centre_note"
    note = {"comment": "x"}
    assert dispatcher.problem("POST", again, 412, json=note, headers={"If-Match": seen}) == "action.changed_meanwhile"
    assert dispatcher.problem("POST", again, 400, json=note, headers={"If-Match": "7"}) == "request.if_match_invalid"
    accept = f"/api/v1/petitions/{petition}/actions/accept"
    assert dispatcher.problem("POST", accept, 409) == "action.not_legal_now"
    assert dispatcher.problem("POST", f"/api/v1/petitions/{petition}/actions/fly", 404) == "action.unknown"


def test_a_repeated_call_is_done_once(hub, people, receiver):
    petition = hub.hand_in()["id"]
    dispatcher = people["dispatcher"]
    key = {"Idempotency-Key": f"lan-1-{petition}"}
    first = dispatcher.act(petition, "accept", headers=key)
    again = dispatcher.act(petition, "accept", headers=key)
    assert again == first, "the first answer was lost on its way: asked again, it is the same"
    assert dispatcher.problem("POST", f"/api/v1/petitions/{petition}/actions/accept", 409, headers={"Idempotency-Key": "x"}) == \
        "action.not_legal_now"
    path = f"/api/v1/petitions/{petition}/actions/centre_note"
    assert dispatcher.problem("POST", path, 409, json={"comment": "y"}, headers=key) == "idempotency.key_reused"
    assert dispatcher.problem("POST", path, 400, json={"comment": "y"}, headers={"Idempotency-Key": "k" * 201}) == "idempotency.key_invalid"
    files = {"Idempotency-Key": f"lan-2-{petition}"}
    for _ in range(2):  # Each time with another boundary.
        dispatcher.post(path, headers=files, files=[("action", (None, json.dumps({"comment": "kèm thư"}), "application/json")),
                                                    ("attachments", ("thư.pdf", LETTER, "application/pdf"))])
    events = dispatcher.get(f"/api/v1/petitions/{petition}/events").json()["items"]
    assert [one["kind"] for one in events].count("noted") == 1
    # Another account's key is another key.
    people["dispatcher"].act(petition, "distribute", units=["so-xay-dung"])
    people["officer"].act(petition, "start", headers=key)


def test_input_of_actions_is_checked(hub, people):
    petition = hub.hand_in()["id"]
    dispatcher, path = people["dispatcher"], f"/api/v1/petitions/{petition}/actions"
    dispatcher.act(petition, "accept")
    assert dispatcher.problem("POST", path + "/distribute", 422, json={}) == "action.unit_missing"
    assert dispatcher.problem("POST", path + "/distribute", 422, json={"units": ["khong-co"]}) == "action.unit_unknown"
    assert dispatcher.problem("POST", path + "/distribute", 422, json={"units": "so-xay-dung"}) == "request.field_type"
    assert dispatcher.problem("POST", path + "/distribute", 415, data="x", headers={"Content-Type": "text/plain"}) \
        == "request.media_type"
    unit = {"units": ["so-xay-dung"]}
    assert people["auditor"].problem("POST", path + "/distribute", 403, json=unit) == "action.not_yours"
    dispatcher.act(petition, "centre_note", comment=unicodedata.normalize("NFD", "Đã gọi lại"))
    events = dispatcher.get(f"/api/v1/petitions/{petition}/events").json()["items"]
    assert events[-1]["comment"] == "Đã gọi lại"
