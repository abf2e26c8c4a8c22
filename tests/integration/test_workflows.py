"""Workflows as configuration: one that nobody ships, walked over HTTP by the people of four units; what senders do after the answer;
and many reports of one matter."""

import shutil
import sys
from pathlib import Path

import pytest

from conftest import ROOT, Client, Hub, wait_until

sys.path.append(str(ROOT / "tests" / "support"))
from pdf import pdf

DATA = Path(__file__).parent / "data"
OTHERS = ["trung-tam-chieu-sang", "so-tai-nguyen-moi-truong", "cong-an"]


class OwnWorkflowHub(Hub):
    changes = [("organisation.yaml", r"id: so-xay-dung, ", "id: so-xay-dung, workflow: two-approvals, ")]

    def _change(self, name, pattern, replacement):
        folder = self.config / "workflows"
        folder.mkdir(exist_ok=True)
        shutil.copy(DATA / "two-approvals.yaml", folder)
        super()._change(name, pattern, replacement)


@pytest.fixture(scope="module")
def own(tmp_path_factory, receiver):
    hub = OwnWorkflowHub(tmp_path_factory.mktemp("own"), receiver)
    yield hub
    hub.stop()


def walk_part(officer, leader, petition, text):
    officer.act(petition, "part_write", result=text)
    officer.act(petition, "part_hand_in")
    leader.act(petition, "part_again", comment="Chưa rõ")
    officer.act(petition, "part_hand_in")
    leader.act(petition, "part_sign")


def test_two_approvals_a_fork_of_three_and_a_loop(own, receiver):
    dispatcher = own.signed_in("dispatcher")
    officer, leader = own.signed_in("officer", "so-xay-dung"), own.signed_in("leader", "so-xay-dung")
    answer = own.hand_in(title="Hố ga mất nắp")
    petition = answer["id"]
    assert dispatcher.actions(petition) == ["give", "stop"]
    given = dispatcher.act(petition, "give", units=["so-xay-dung"])
    assert (given["workflow"], given["step"], set(given["due"])) == ("two-approvals", "desk", {"handle", "step", "total"})
    forked = officer.act(petition, "fork", units=OTHERS, comment="Xin ý kiến")
    assert [one["unit"] for one in forked["branches"]] == OTHERS
    officer.act(petition, "write", result="Đã lắp nắp.")
    for unit in OTHERS[:2]:
        walk_part(own.signed_in("officer", unit), own.signed_in("leader", unit), petition, f"Ý kiến của {unit}")
        hand_in = f"/api/v1/petitions/{petition}/actions/hand_in"
        assert officer.problem("POST", hand_in, 409, json={"comment": "xong"}) == "action.coordination_open"
    third = own.signed_in("officer", OTHERS[2])
    assert third.actions(petition) == ["part_write"], "their part and nothing of the petition's"
    walk_part(third, own.signed_in("leader", OTHERS[2]), petition, "Ý kiến thứ ba")
    joined = officer.act(petition, "hand_in")
    assert [one["result"]["text"] for one in joined["branches"]][2] == "Ý kiến thứ ba"
    for round_trip in range(3):
        leader.act(petition, "again_first", comment=f"Vòng {round_trip}")
        officer.act(petition, "hand_in")
    leader.act(petition, "sign_first")
    publish = f"/api/v1/petitions/{petition}/actions/publish"
    assert dispatcher.problem("POST", publish, 409, json={}) == "action.not_legal_now"
    [back] = [one for one in dispatcher.get(f"/api/v1/petitions/{petition}/actions").json()["items"] if one["id"] == "again_second"]
    assert [one["step"] for one in back["steps"]] == ["first", "desk"]
    assert dispatcher.act(petition, "again_second", comment="Sửa lại", step="desk")["officer"] is None
    officer.act(petition, "hand_in")
    leader.act(petition, "sign_first")
    dispatcher.act(petition, "sign_second")
    assert dispatcher.act(petition, "publish")["status"] == "answered"
    assert len(wait_until(lambda: receiver.about(answer["code"]), "the answer to leave")) == 1
    events = dispatcher.get(f"/api/v1/petitions/{petition}/events").json()["items"]
    assert [one["kind"] for one in events].count("coordinating_done") == 3
    assert not [row for one in events for row in one["changes"] if row["old"] == row["new"]]


def test_a_file_that_lets_a_result_leave_unapproved_is_refused_with_its_place(own, tmp_path):
    import subprocess
    from conftest import BINARY
    copied = tmp_path / "copy"
    shutil.copytree(own.config.parents[1], copied, ignore=shutil.ignore_patterns("var"))
    path = copied / "provinces" / "demo" / "workflows" / "two-approvals.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("effect: approve }", "effect: submit }"), encoding="utf-8")
    done = subprocess.run([BINARY, "check", "--no-environment", "--config", copied / "provinces" / "demo"], capture_output=True, text=True)
    assert done.returncode != 0
    line = next(number for number, one in enumerate(text.splitlines(), 1) if "id: publish" in one)
    assert f"two-approvals.yaml:{line}:" in done.stdout + done.stderr


def answers(people, petition, result):
    """From triage to the sender."""
    people["dispatcher"].act(petition, "accept")
    people["dispatcher"].act(petition, "distribute", units=["so-xay-dung"])
    people["officer"].act(petition, "start")
    people["officer"].act(petition, "draft", result=result)
    people["officer"].act(petition, "submit")
    people["leader"].act(petition, "approve")
    people["dispatcher"].act(petition, "release")


def answered(hub, people, **fields):
    answer = hub.hand_in(title="Hố ga mất nắp", **fields)
    answers(people, answer["id"], "Đã lắp nắp.")
    return answer


def test_the_sender_rates_and_asks_to_open_it_again(hub, people, anybody):
    answer = answered(hub, people)
    track = f"/api/v1/track/{answer['code']}"
    token = f"?token={answer['tracking_token']}"
    assert anybody.problem("POST", f"{track}/rating?token=wrong", 404, json={"rating": "satisfied"}) == "petition.not_found"
    assert anybody.problem("POST", f"{track}/rating{token}", 422, json={"rating": "great"}) == "rating.missing"
    anybody.post(f"{track}/rating{token}", 204, json={"rating": "dissatisfied", "comment": "Vẫn hỏng"})
    assert anybody.problem("POST", f"{track}/rating{token}", 409, json={"rating": "satisfied"}) == "rating.given"
    assert anybody.get(f"{track}{token}").json()["rating"] == "dissatisfied"
    key = {"Idempotency-Key": "mo-lai-1"}
    for _ in range(2):
        anybody.post(f"{track}/reopen{token}", 201, json={"reason": "Nắp lại vỡ"}, headers=key)
    seen = people["dispatcher"].get(f"/api/v1/petitions/{answer['id']}").json()
    assert (seen["step"], seen["reopened"], seen["finished_at"]) == ("reopened", 1, None)
    assert anybody.problem("POST", f"{track}/rating{token}", 409, json={"rating": "satisfied"}) == "sender.not_now"


def test_the_sender_answers_a_question_and_the_clocks_run_on(hub, people, anybody):
    answer = hub.hand_in(title="Hố ga mất nắp")
    petition, track = answer["id"], f"/api/v1/track/{answer['code']}"
    token = f"?token={answer['tracking_token']}"
    people["dispatcher"].act(petition, "accept")
    people["dispatcher"].act(petition, "distribute", units=["so-xay-dung"])
    people["officer"].act(petition, "start")
    assert people["officer"].act(petition, "ask", comment="Số nhà bao nhiêu?")["due"].keys() == {"step"}
    assert anybody.get(f"{track}{token}").json()["question"] == "Số nhà bao nhiêu?"
    letter = pdf()
    anybody.post(f"{track}/supplements{token}", 201, files=[
        ("supplement", (None, '{"text": "Số 12"}', "application/json")), ("attachments", ("đơn.pdf", letter, "application/pdf"))])
    now = people["officer"].get(f"/api/v1/petitions/{petition}").json()
    assert (now["step"], now["supplements"][0]["text"], set(now["due"])) == ("working", "Số 12", {"handle", "total"})
    assert anybody.get(f"{track}{token}").json()["question"] is None


def test_five_hundred_reports_of_a_storm_get_one_answer(hub, people, anybody):
    portal = Client(hub)
    portal.http.headers["Authorization"] = f"Bearer {hub.run('token', 'new', '--source', 'hotline1022')['token']}"
    reports = [portal.post("/api/v1/petitions", 201, json={"content": f"Mất điện, cuộc gọi {number}", "category": "ha-tang"}).json()
               for number in range(500)]
    body = {"title": "Mất điện diện rộng", "content": "Bão làm đổ cột điện", "category": "ha-tang", "petitions": [one["id"] for one in reports]}
    opened = people["dispatcher"].post("/api/v1/incidents", 201, json=body, headers={"Idempotency-Key": "bao-so-9"}).json()
    assert [one["done"] for one in opened["items"]] == [True] * 500
    incident = opened["id"]
    answers(people, incident, "Đã có điện lại.")

    def all_told():
        return people["dispatcher"].get(f"/api/v1/incidents/{incident}").json()["waiting"] == []

    wait_until(all_told, "every reporter to have the answer", 120)
    for one in (reports[0], reports[250], reports[499]):
        seen = anybody.get(f"/api/v1/track/{one['code']}?token={one['tracking_token']}").json()
        assert seen["answer"]["text"] == "Đã có điện lại.", one["code"]


def test_an_incident_answers_every_reporter(hub, people, anybody, receiver):
    reports = [hub.hand_in(title=f"Mất điện {number}") for number in range(7)]
    body = {"title": "Mất điện diện rộng", "content": "Bão làm đổ cột điện", "category": "ha-tang",
            "petitions": [one["code"] for one in reports[:6]] + ["khong-co"]}
    key = {"Idempotency-Key": "bao-so-1"}
    opened = people["dispatcher"].post("/api/v1/incidents", 201, json=body, headers=key).json()
    assert [one["done"] for one in opened["items"]] == [True] * 6 + [False]
    again = people["dispatcher"].post("/api/v1/incidents", 200, json=body, headers=key).json()
    assert again["id"] == opened["id"] and [one["done"] for one in again["items"]] == [True] * 6 + [False]
    added = people["dispatcher"].post(f"/api/v1/incidents/{opened['code']}/petitions", json={"petitions": [reports[6]["id"]]}).json()
    assert added["items"][0]["done"]
    waiting = people["dispatcher"].get(f"/api/v1/incidents/{opened['id']}").json()["waiting"]
    assert sorted(waiting) == sorted(one["id"] for one in reports)
    assert people["officer"].problem("POST", "/api/v1/incidents", 403, json=body) == "role.insufficient"
    # One of them is another matter after all.
    people["dispatcher"].act(reports[0]["id"], "unmerge", comment="Việc khác")
    incident = opened["id"]
    people["dispatcher"].act(incident, "accept")
    people["dispatcher"].act(incident, "distribute", units=["so-xay-dung"])
    people["officer"].act(incident, "start")
    people["officer"].act(incident, "draft", result="Đã có điện lại.")
    people["officer"].act(incident, "submit")
    people["leader"].act(incident, "approve")
    people["dispatcher"].act(incident, "release")
    for one in reports[1:]:
        track = f"/api/v1/track/{one['code']}?token={one['tracking_token']}"
        wait_until(lambda: anybody.get(track).json()["status"] == "answered", "the shared answer")
        assert anybody.get(track).json()["answer"]["text"] == "Đã có điện lại."
        wait_until(lambda: receiver.about(one["code"]), "this reporter to be told")
    first = reports[0]
    assert anybody.get(f"/api/v1/track/{first['code']}?token={first['tracking_token']}").json()["status"] == "received"


def test_followers_see_it_and_say_so_in_bulk(hub, people):
    unit = "so-tai-nguyen-moi-truong"
    follower = hub.signed_in("officer", unit)
    petitions = [hub.hand_in(title=f"Để biết {number}")["id"] for number in range(3)]
    for petition in petitions:
        follower.problem("GET", f"/api/v1/petitions/{petition}", 404)
        people["dispatcher"].act(petition, "follow", comment="Để biết", units=[unit])
        follower.get(f"/api/v1/petitions/{petition}")
    mine = [one["petition"]["id"] for one in follower.get("/api/v1/tasks?limit=200").json()["items"] if one["step"] == "follow"]
    assert sorted(mine) == sorted(petitions)
    seen = follower.post("/api/v1/tasks/seen", json={"petitions": petitions}).json()
    assert all(one["done"] for one in seen["items"])
    assert [one for one in follower.get("/api/v1/tasks?limit=200").json()["items"] if one["step"] == "follow"] == []


def test_a_leader_assigns_and_names_come_from_accounts(hub, people):
    petition = hub.hand_in(title="Phân công")["id"]
    people["dispatcher"].act(petition, "accept")
    people["dispatcher"].act(petition, "distribute", units=["so-xay-dung"])
    assign = f"/api/v1/petitions/{petition}/actions/assign"
    leader, officer = people["leader"], people["officer"]
    assert leader.problem("POST", assign, 422, json={"officers": ["nobody-here"]}) == "action.person_unknown"
    stranger = people["stranger"].account["login"]
    assert leader.problem("POST", assign, 422, json={"officers": [stranger]}) == "action.officer_unit"
    given = leader.act(petition, "assign", officers=[officer.account["login"]], product="letter", due="2wd")
    assert (given["officer"], given["product"]) == (officer.account["id"], "letter")
    assert "task" in given["due"]


def test_what_may_be_the_same_matter_is_suggested_with_reasons(hub, people):
    first = hub.hand_in(title="Đèn đường hỏng", content="Đèn đường trước số 15 Lê Lợi không sáng ba đêm nay",
                        location={"address": "15 Lê Lợi", "area": "19753"})
    hub.hand_in(title="Rác thải", content="Rác đổ đầy chân cầu Gia Hội", category="moi-truong",
                location={"address": "Cầu Gia Hội", "area": "19756"})
    again = hub.hand_in(title="Đèn không sáng", content="Bóng đèn đường số 15 đường Lê Lợi bị tắt, tối om",
                        location={"address": "Số 15 Lê Lợi", "area": "19753"})
    found = people["dispatcher"].get(f"/api/v1/petitions/{again['code']}/similar").json()
    assert [one["code"] for one in found["items"]][0] == first["code"]
    assert found["items"][0]["because"] and found["looked_at"] >= 2
    assert people["auditor"].problem("GET", f"/api/v1/petitions/{again['code']}/similar", 403) == "role.insufficient"
