"""Who is on duty, who takes whose place, who asks for a role; units where nobody is, and units that end: over a real hub."""

import datetime
import json
import subprocess

import pytest

from conftest import BINARY, Client, Hub, wait_until
from test_changes import edit

UNIT = "so-xay-dung"
OTHER = "so-tai-nguyen-moi-truong"
VIET_NAM = datetime.timezone(datetime.timedelta(hours=7))


class EmergencyHub(Hub):
    """The hotline may declare emergencies, and who is called has a second to answer."""
    def _change(self, name, pattern, replacement):
        (self.config / "emergency.yaml").write_text(
            "emergency: { roster: true, answer_within: 1s }\n", encoding="utf-8")
        super()._change(name, pattern, replacement)


@pytest.fixture(scope="module")
def own(tmp_path_factory, receiver):
    hub = EmergencyHub(tmp_path_factory.mktemp("people"), receiver)
    yield hub
    hub.stop()


@pytest.fixture(scope="module")
def keeper(own):
    return own.signed_in("unit_admin", UNIT)


@pytest.fixture(scope="module")
def admin(own):
    return own.signed_in("admin")


def later(**time):
    return (datetime.datetime.now(VIET_NAM) + datetime.timedelta(**time)).isoformat(timespec="seconds")


def login(client):
    return client.account["login"]


def emergency(hub):
    key = hub.run("token", "new", "--source", "hotline1022")["token"]
    hotline = Client(hub)
    hotline.http.headers["Authorization"] = f"Bearer {key}"
    body = {"content": "Cháy nhà ở số 12", "category": "ha-tang", "emergency": True}
    return hotline.post("/api/v1/petitions", 201, json=body).json()["id"]


def calls(client, petition, at_least=1):
    def look():
        call = client.get(f"/api/v1/petitions/{petition}").json()["emergency_call"]
        return call if call["calls"] >= at_least else None
    return wait_until(look, f"call number {at_least}")


# --- the roster

def test_ST41_an_emergency_calls_one_after_the_other_until_somebody_answers(own, keeper, admin):
    first, second = own.signed_in("officer", UNIT), own.signed_in("officer", UNIT)
    dispatcher = own.signed_in("dispatcher")
    shift = {"unit": UNIT, "from": later(hours=-1), "to": later(hours=8), "people": [login(first), second.account["id"]]}
    assert keeper.post("/api/v1/roster", 201, json=shift).json()["people"][0]["id"] == first.account["id"]
    petition = emergency(own)
    assert calls(dispatcher, petition)["account"] == first.account["id"]
    task = [one for one in first.get("/api/v1/tasks").json()["items"] if one["step"] == "emergency"]
    assert not task or task[0]["petition"]["id"] == petition
    assert calls(dispatcher, petition, 2)["account"] == second.account["id"], "nobody answered within the time"
    # Who was called sees it, whoever has it; who was not does not.
    stranger = own.signed_in("officer", OTHER)
    path = f"/api/v1/petitions/{petition}/acknowledge"
    assert stranger.problem("POST", path, 404) == "petition.not_found"
    answered = first.post(path).json()["emergency_call"]
    assert answered["acknowledged_by"] == first.account["id"] and answered["next_at"] is None, "late, but there"
    assert second.problem("POST", path, 409) == "roster.nothing"
    kinds = [one["kind"] for one in dispatcher.get(f"/api/v1/petitions/{petition}/events").json()["items"]]
    assert kinds.count("roster_called") >= 2 and kinds[-1] == "roster_acknowledged"


def test_calls_go_on_after_a_restart_one_at_a_time(own):
    dispatcher = own.signed_in("dispatcher")
    petition = emergency(own)
    before = calls(dispatcher, petition)["calls"]
    own.stop()
    own.start()
    after = calls(dispatcher, petition, before + 1)
    assert after["next_at"] is not None
    dispatcher.post(f"/api/v1/petitions/{petition}/acknowledge")


def test_a_roster_is_kept_by_who_looks_after_the_unit(own, keeper, admin):
    officer, stranger = own.signed_in("officer", UNIT), own.signed_in("officer", OTHER)
    def shift(**more):
        return {"unit": UNIT, "from": later(days=30), "to": later(days=30, hours=8), "people": [login(officer)], **more}
    assert officer.problem("POST", "/api/v1/roster", 403, json=shift()) == "role.insufficient"
    assert keeper.problem("POST", "/api/v1/roster", 403, json=shift(unit=OTHER)) == "role.insufficient"
    assert keeper.problem("POST", "/api/v1/roster", 403, json=shift(unit=None)) == "role.insufficient"
    assert keeper.problem("POST", "/api/v1/roster", 422, json=shift(unit="khong-co")) == "action.unit_unknown"
    assert keeper.problem("POST", "/api/v1/roster", 422, json=shift(people=[login(stranger)])) == "roster.person_unit"
    assert keeper.problem("POST", "/api/v1/roster", 422, json=shift(people=["khong-co"])) == "action.person_unknown"
    assert keeper.problem("POST", "/api/v1/roster", 422, json=shift(people=[])) == "roster.people_missing"
    assert keeper.problem("POST", "/api/v1/roster", 422, json=shift(to=later(days=29))) == "roster.period_invalid"
    one = shift()
    keeper.post("/api/v1/roster", 201, json=one)
    assert keeper.problem("POST", "/api/v1/roster", 409, json=one) == "roster.exists"
    whole = {"unit": UNIT, "from": later(days=29), "to": later(days=32), "shifts": [
        shift(**{"from": later(days=30), "to": later(days=31)}), shift(**{"from": later(days=30, hours=20), "to": later(days=32)})]}
    now = keeper.call("PUT", "/api/v1/roster", json=whole).json()
    assert len(now["items"]) == 2 and [one["kind"] for one in now["defects"]] == ["gap", "overlap"]
    outside = {**whole, "shifts": [shift(**{"from": later(days=40), "to": later(days=41)})]}
    assert keeper.problem("PUT", "/api/v1/roster", 422, json=outside) == "roster.shift_outside"
    assert admin.call("PUT", "/api/v1/roster", json={**whole, "shifts": []}).json()["items"] == []


def test_the_doctor_tells_of_hours_with_nobody_on_duty(own, admin):
    def findings():
        done = subprocess.run([BINARY, "doctor", "--no-network", "--config", own.config, "--json"], capture_output=True)
        return [one for one in json.loads(done.stdout)["findings"] if one["check"] == "roster" and "the Centre" in one["text"]]
    assert [one["grade"] for one in findings()] == ["WARN"]
    dispatcher = own.signed_in("dispatcher")
    shift = {"from": later(hours=-1), "to": later(days=8), "people": [login(dispatcher)]}
    admin.post("/api/v1/roster", 201, json=shift)
    assert findings() == []
    admin.post("/api/v1/roster", 201, json={**shift, "from": later(days=1)})
    assert ["two shifts" in one["text"] for one in findings()] == [True]


# --- substitutes

def at_work(hub, dispatcher, officer):
    petition = hub.hand_in(title="Hố ga mất nắp")["id"]
    dispatcher.act(petition, "accept")
    dispatcher.act(petition, "distribute", units=[UNIT])
    officer.act(petition, "start")
    return petition


def test_a_substitute_does_a_colleagues_work_under_both_names(own):
    dispatcher, officer = own.signed_in("dispatcher"), own.signed_in("officer", UNIT)
    colleague, leader = own.signed_in("officer", UNIT), own.signed_in("leader", UNIT)
    petition = at_work(own, dispatcher, officer)
    draft = f"/api/v1/petitions/{petition}/actions/draft"
    assert colleague.problem("POST", draft, 403, json={"result": "x"}) == "action.not_yours"
    body = {"substitute": login(colleague), "to": later(days=3)}
    named = officer.post("/api/v1/substitutes", 201, json=body).json()
    assert (named["account"], named["substitute"]) == (officer.account["id"], colleague.account["id"])
    assert [one["id"] for one in colleague.get("/api/v1/me").json()["standing_for"]] == [officer.account["id"]]
    mine = [one for one in colleague.get("/api/v1/tasks?limit=200").json()["items"] if one["petition"]["id"] == petition]
    assert [one["standing_for"] for one in mine] == [officer.account["id"]]
    assert "draft" in colleague.actions(petition)
    drafted = colleague.act(petition, "draft", result="Đã lắp nắp.")["draft"]
    assert (drafted["by"], drafted["standing_for"]) == (colleague.account["id"], officer.account["id"])
    event = dispatcher.get(f"/api/v1/petitions/{petition}/events").json()["items"][-1]
    assert (event["actor"], event["standing_for"]) == (colleague.account["id"], officer.account["id"])
    assert event["actor_name"] != event["standing_for_name"]
    # One pair of eyes stays one: the leader's place does not help who wrote it.
    leader.post("/api/v1/substitutes", 201, json=body)
    colleague.act(petition, "submit")
    approve = f"/api/v1/petitions/{petition}/actions/approve"
    assert colleague.problem("POST", approve, 403, json={}) == "action.own_work"
    assert "approve" not in colleague.actions(petition)
    leader.act(petition, "approve")
    # It is over when somebody says so, at once.
    officer.post(f"/api/v1/substitutes/{named['id']}/end")
    assert officer.problem("POST", f"/api/v1/substitutes/{named['id']}/end", 409) == "substitute.over"
    assert [one["id"] for one in colleague.get("/api/v1/me").json()["standing_for"]] == [leader.account["id"]]


def test_who_may_name_whom(own, keeper):
    officer, colleague, stranger = own.signed_in("officer", UNIT), own.signed_in("officer", UNIT), own.signed_in("officer", OTHER)
    def name(client, expect, **fields):
        return client.problem("POST", "/api/v1/substitutes", expect, json={"to": later(days=1), **fields})
    assert name(officer, 422, substitute=login(officer)) == "substitute.self"
    assert name(officer, 422, substitute=login(stranger)) == "substitute.other_unit"
    assert name(officer, 422, substitute=login(colleague), to=later(days=-1)) == "substitute.period_invalid"
    assert name(colleague, 403, account=login(officer), substitute=login(colleague)) == "role.insufficient"
    assert name(keeper, 422, account=login(keeper), substitute=login(officer)) == "substitute.nothing"
    named = keeper.post("/api/v1/substitutes", 201, json={"account": login(officer), "substitute": login(colleague),
                                                          "to": later(days=1)}).json()
    assert name(officer, 409, substitute=login(colleague)) == "substitute.overlap"
    third = own.signed_in("officer", UNIT)
    assert name(colleague, 409, substitute=login(third)) == "substitute.chain"
    assert name(third, 409, substitute=login(officer)) == "substitute.chain"
    assert [one["id"] for one in officer.get("/api/v1/substitutes").json()["items"]] == [named["id"]]
    assert stranger.get("/api/v1/substitutes").json()["items"] == []
    assert stranger.problem("POST", f"/api/v1/substitutes/{named['id']}/end", 404) == "substitute.not_found"
    keeper.post(f"/api/v1/substitutes/{named['id']}/end")


def test_a_locked_account_has_no_substitute(own):
    dispatcher, officer, colleague = own.signed_in("dispatcher"), own.signed_in("officer", UNIT), own.signed_in("officer", UNIT)
    petition = at_work(own, dispatcher, officer)
    officer.post("/api/v1/substitutes", 201, json={"substitute": login(colleague), "to": later(days=1)})
    assert "draft" in colleague.actions(petition)
    own.run("user", "lock", "--login", login(officer))
    assert "draft" not in colleague.actions(petition)


# --- requests for a role

def test_a_role_is_asked_for_and_given_by_who_looks_after_the_unit(own, keeper, admin):
    officer = own.signed_in("officer", UNIT)
    asked = {"role": "leader", "unit": UNIT, "reason": "Phụ trách mới"}
    request = officer.post("/api/v1/role-requests", 201, json=asked).json()
    assert request["state"] == "open"
    assert officer.problem("POST", "/api/v1/role-requests", 409, json=asked) == "role_request.waits"
    assert officer.problem("POST", "/api/v1/role-requests", 422, json={**asked, "reason": " "}) == "role_request.reason_missing"
    assert officer.problem("POST", "/api/v1/role-requests", 422, json={**asked, "unit": OTHER}) == "role_request.other_unit"
    assert officer.problem("POST", "/api/v1/role-requests", 422, json={**asked, "role": "system"}) == "role_request.role_invalid"
    path = f"/api/v1/role-requests/{request['id']}"
    other = own.signed_in("unit_admin", OTHER)
    assert other.problem("POST", f"{path}/approve", 404) == "role_request.not_found"
    assert officer.problem("POST", f"{path}/approve", 403) == "role_request.own"
    assert request["id"] in [one["id"] for one in keeper.get("/api/v1/role-requests?state=open").json()["items"]]
    done = keeper.post(f"{path}/approve", json={"reason": "Theo quyết định"}).json()
    assert (done["state"], done["decided_by"], done["answer"]) == ("approved", keeper.account["id"], "Theo quyết định")
    assert keeper.problem("POST", f"{path}/refuse", 409, json={"reason": "x"}) == "role_request.decided"
    assert officer.get("/api/v1/me").json()["account"]["roles"] == ["officer", "leader"]
    [kept] = officer.get("/api/v1/role-requests").json()["items"]
    assert kept == done, "it stays on record"


def test_nobody_hands_on_more_than_the_work_of_the_unit(own, keeper, admin):
    officer = own.signed_in("officer", UNIT)
    request = officer.post("/api/v1/role-requests", 201, json={"role": "unit_admin", "unit": UNIT, "reason": "x"}).json()
    path = f"/api/v1/role-requests/{request['id']}"
    assert keeper.problem("POST", f"{path}/approve", 403) == "role.insufficient"
    assert admin.problem("POST", f"{path}/refuse", 422, json={"reason": ""}) == "role_request.reason_missing"
    assert admin.post(f"{path}/refuse", json={"reason": "Đã có người"}).json()["state"] == "refused"
    assert officer.get("/api/v1/me").json()["account"]["roles"] == ["officer"]
    mine = admin.post("/api/v1/role-requests", 201, json={"role": "auditor", "reason": "x"}).json()
    assert admin.problem("POST", f"/api/v1/role-requests/{mine['id']}/approve", 403) == "role_request.own"


# --- units

def test_AX23_HUE03_HUE04_a_unit_without_officer_or_approver_gets_nothing_by_itself(own):
    lamps = "trung-tam-chieu-sang"
    def sent():
        petition = own.hand_in(title="Đèn đường hỏng", content="Đèn đường không sáng")["id"]
        return own.signed_in("dispatcher").get(f"/api/v1/petitions/{petition}").json()
    waits = sent()
    assert (waits["unit"], waits["suggested_unit"]) == (None, lamps) and "unit_unstaffed" in waits["tags"]
    own.signed_in("officer", lamps)
    assert sent()["unit"] is None, "an officer and no approver"
    alone = own.run("user", "add", "--login", "mot-minh", "--name", "Một Mình", "--role", "officer", "--role", "leader", "--unit", lamps)
    assert alone["login"] == "mot-minh"
    goes = sent()
    assert goes["unit"] == lamps and "unit_unstaffed" not in goes["tags"]
    own.run("user", "lock", "--login", "mot-minh")
    assert sent()["unit"] is None


def test_a_unit_that_ends_while_it_coordinates_hands_its_part_over(tmp_path, receiver):
    hub = Hub(tmp_path, receiver)
    try:
        dispatcher, officer = hub.signed_in("dispatcher"), hub.signed_in("officer", UNIT)
        heir, _ = hub.signed_in("officer", "cong-an"), hub.signed_in("leader", "cong-an")
        petition = at_work(hub, dispatcher, officer)
        officer.act(petition, "coordinate", comment="Xin ý kiến", units=[OTHER])
        edit(hub, "organisation.yaml", rf"id: {OTHER}, ", f"id: {OTHER}, valid: {{ to: 2020-12-31 }}, successors: [cong-an], ")
        hub.run("reload")
        def moved():
            [branch] = dispatcher.get(f"/api/v1/petitions/{petition}").json()["branches"]
            return branch if branch["unit"] == "cong-an" else None
        assert wait_until(moved, "the successor to have the part")["state"] == "open"
        assert "co_start" in heir.actions(petition)
        assert dispatcher.get(f"/api/v1/petitions/{petition}").json()["unit"] == UNIT
        # The heir ends, too, and nobody comes after it.
        edit(hub, "organisation.yaml", r"id: cong-an, ", "id: cong-an, valid: { to: 2020-12-31 }, ")
        hub.run("reload")
        wait_until(lambda: dispatcher.get(f"/api/v1/petitions/{petition}").json()["branches"][0]["state"] == "declined", "the part to come back")
    finally:
        hub.stop()
