"""What changes under open petitions: the calendar, units that end; and what another configuration would have done."""

import re
import shutil

import pytest

from conftest import Hub, wait_until


@pytest.fixture
def own(tmp_path, receiver):
    hub = Hub(tmp_path, receiver)
    yield hub
    hub.stop()


def at_the_unit(hub, dispatcher, **fields):
    petition = hub.hand_in(title="Hố ga mất nắp", **fields)["id"]
    dispatcher.act(petition, "accept")
    return dispatcher.act(petition, "distribute", units=["so-xay-dung"])


def edit(hub, name, pattern, replacement):
    path = hub.config / name
    text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"))
    assert count == 1
    path.write_text(text, encoding="utf-8")


def test_a_changed_calendar_moves_open_limits_with_an_event(own):
    dispatcher = own.signed_in("dispatcher")
    moved, stays = at_the_unit(own, dispatcher), own.hand_in(title="Chưa giao")
    due = moved["due"]["handle"]
    closed = own.config / "lich.yaml"
    closed.write_text(f"calendar: {{ holidays: [{due[:10]}] }}\n", encoding="utf-8")
    own.run("reload")
    now = wait_until(lambda: (one := dispatcher.get(f"/api/v1/petitions/{moved['id']}").json())["due"]["handle"] != due and one,
                     "the limit to move")
    assert now["due"]["handle"] > due
    [event] = [one for one in dispatcher.get(f"/api/v1/petitions/{moved['id']}/events").json()["items"]
               if one["kind"] == "calendar_recomputed"]
    assert event["actor"] == "system" and "due.handle" in [row["field"] for row in event["changes"]]
    assert dispatcher.get(f"/api/v1/petitions/{stays['id']}").json()["unit"] is None


def test_a_unit_that_ends_hands_over_with_limits_as_they_were(own):
    dispatcher = own.signed_in("dispatcher")
    before = at_the_unit(own, dispatcher)
    heir, _ = own.signed_in("officer", "cong-an"), own.signed_in("leader", "cong-an")
    edit(own, "organisation.yaml", r"id: so-xay-dung, ", "id: so-xay-dung, valid: { to: 2020-12-31 }, successors: [cong-an], ")
    own.run("reload")
    now = wait_until(lambda: (one := dispatcher.get(f"/api/v1/petitions/{before['id']}").json())["unit"] == "cong-an" and one,
                     "the successor to have it")
    assert now["due"] == before["due"]
    assert heir.actions(before["id"])[0] == "start"
    fresh = own.hand_in(title="Hố ga mất nắp")
    assert dispatcher.get(f"/api/v1/petitions/{fresh['id']}").json()["suggested_unit"] == "cong-an"
    dispatcher.act(fresh["id"], "accept")
    path = f"/api/v1/petitions/{fresh['id']}/actions/distribute"
    assert dispatcher.problem("POST", path, 422, json={"units": ["so-xay-dung"]}) == "action.unit_ended"
    back = dispatcher.post(f"/api/v1/petitions/{before['id']}/transfer", json={"reason": "Không rõ"}).json()
    assert (back["step"], back["returned_by"]) == ("returned", [])


def test_AX23_an_heir_without_people_gets_nothing(own):
    dispatcher = own.signed_in("dispatcher")
    before = at_the_unit(own, dispatcher)
    own.signed_in("officer", "cong-an")  # And nobody who approves.
    edit(own, "organisation.yaml", r"id: so-xay-dung, ", "id: so-xay-dung, valid: { to: 2020-12-31 }, successors: [cong-an], ")
    own.run("reload")
    now = wait_until(lambda: (one := dispatcher.get(f"/api/v1/petitions/{before['id']}").json())["step"] == "returned" and one,
                     "the Centre to have it")
    assert now["unit"] is None and now["returned_by"] == []


def test_replay_tells_what_a_candidate_would_have_done_and_changes_nothing(own, tmp_path):
    dispatcher = own.signed_in("dispatcher")
    petition = at_the_unit(own, dispatcher)
    same = own.run("replay", "--candidate", str(own.config))
    assert (same["petitions"], same["routed_differently"], same["due_differently"], same["items"]) == (1, 0, 0, [])
    candidate = tmp_path / "candidate"
    shutil.copytree(own.config.parents[1], candidate, ignore=shutil.ignore_patterns("var"))
    path = candidate / "provinces" / "demo" / "organisation.yaml"
    text = path.read_text(encoding="utf-8").replace("unit: so-xay-dung, sla: thuong", "unit: cong-an, sla: thuong")
    path.write_text(text, encoding="utf-8")
    (candidate / "provinces" / "demo" / "candidate.yaml").write_text("sla: { thuong: { handle: 3wd } }\n", encoding="utf-8")
    told = own.run("replay", "--candidate", str(candidate / "provinces" / "demo"))
    [item] = told["items"]
    assert item["code"] == petition["code"]
    assert item["handle"]["now"] < item["handle"]["then"] == petition["due"]["handle"]
    assert dispatcher.get(f"/api/v1/petitions/{petition['id']}").json()["version"] == petition["version"]
