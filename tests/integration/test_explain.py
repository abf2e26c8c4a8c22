"""`route explain` and `sla due`: their shapes, and that they say what the running hub does."""

import json
import subprocess

import pytest

from conftest import BINARY, SECONDS

OK, USAGE = 0, 2


def paknhub(config, *arguments, json_wanted=True):
    options = ["--config", config, *(["--json"] if json_wanted else [])]
    done = subprocess.run([BINARY, *map(str, arguments), *map(str, options)], capture_output=True, timeout=SECONDS, text=True)
    return done.returncode, json.loads(done.stdout) if json_wanted and done.stdout else done.stdout


def explained(hub, tmp_path, petition, *options):
    file = tmp_path / "petition.json"
    file.write_text(json.dumps(petition), encoding="utf-8")
    code, answer = paknhub(hub.config, "route", "explain", file, *options)
    assert code == OK
    return answer


def sla_due(hub, *options, start="2026-02-26T15:56:00+07:00"):
    code, answer = paknhub(hub.config, "sla", "due", "--from", start, *options)
    assert code == OK
    return answer


def test_working_days_are_counted_one_by_one(hub):
    answer = sla_due(hub, "--duration", "7wd")
    assert answer["due_at"] == "2026-03-09T23:59:59+07:00"
    assert [(one["day"], one["working_minutes"]) for one in answer["counted"]] == [
        (day, 450) for day in ("2026-02-27", "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06", "2026-03-09")]
    assert [(one["day"], one["reason"]) for one in answer["skipped"]] == [
        (day, "weekend") for day in ("2026-02-28", "2026-03-01", "2026-03-07", "2026-03-08")]


def test_holidays_make_up_days_and_late_starts_are_named(hub):
    over_new_year = sla_due(hub, "--duration", "7wd", start="2025-12-31T09:00:00+07:00")
    assert over_new_year["due_at"] == "2026-01-12T23:59:59+07:00"
    assert {one["day"]: one["reason"] for one in over_new_year["skipped"]}["2026-01-02"] == "holiday"
    assert [one["day"] for one in over_new_year["counted"] if one.get("reason") == "makeup_day"] == ["2026-01-10"]
    late = sla_due(hub, "--duration", "1wh", start="2026-03-05T17:30:00+07:00")
    assert late["skipped"] == [{"day": "2026-03-05", "reason": "outside_hours"}]


@pytest.mark.parametrize("options, due, calendar", [
    (["--policy", "thuong"], "2026-03-09T23:59:59+07:00", "default"),
    (["--policy", "thuong", "--clock", "total", "--unit", "cong-an"], "2026-03-19T23:59:59+07:00", "default"),
    (["--policy", "khan"], "2026-02-26T19:56:00+07:00", "policy khan"),
    (["--duration", "8wh", "--calendar", "24x7"], "2026-02-26T23:56:00+07:00", "--calendar"),
])
def test_policy_unit_and_calendar(hub, options, due, calendar):
    answer = sla_due(hub, *options)
    assert (answer["due_at"], answer["calendar_from"]) == (due, calendar)


@pytest.mark.parametrize("options", [
    [], ["--duration", "7 days"], ["--policy", "none"], ["--policy", "thuong", "--duration", "7wd"],
    ["--duration", "7wd", "--unit", "mars"], ["--duration", "7wd", "--calendar", "moon"],
    ["--policy", "thuong", "--clock", "tower"]])
def test_a_limit_that_makes_no_sense_is_exit_code_2(hub, options):
    assert paknhub(hub.config, "sla", "due", "--from", "2026-02-26T15:56:00+07:00", *options)[0] == USAGE


def test_an_instant_needs_its_offset(hub):
    assert paknhub(hub.config, "sla", "due", "--from", "2026-02-26 15:56", "--duration", "7wd")[0] == USAGE


@pytest.fixture(scope="module")
def lamps(hub):
    """Somebody is there to whom petitions go by themselves; the explanation asks for no people."""
    return [hub.signed_in(role, "trung-tam-chieu-sang") for role in ("officer", "leader")]


@pytest.mark.parametrize("petition", [
    {"content": "Đèn đường trước nhà không sáng", "category": "ha-tang"},
    {"content": "Hố ga mất nắp", "category": "ha-tang"},
    {"content": "Bãi rác thải tự phát", "category": "khac"},
    {"content": "Đèn đường hỏng, đơn vị không sửa", "category": "ha-tang", "complained_unit": "Sở Xây dựng"},
    {"content": "Không rõ thuộc ai", "category": "khong-co"},
    {"content": "Có kẻ phá cây", "category": "an-ninh-trat-tu", "emergency": True},
])
def test_the_explanation_is_what_intake_does(hub, people, lamps, tmp_path, petition):
    taken = hub.hand_in(**petition)
    stored = people["auditor"].get("/api/v1/petitions/" + taken["code"]).json()
    answer = explained(hub, tmp_path, petition, "--at", taken["received_at"])
    assert answer["due_at"] == taken["due_at"]
    assert answer["unit"] == (stored["unit"] or stored["suggested_unit"])
    assert answer["mode"] == ("automatic" if stored["unit"] else "suggest")
    assert answer["status"] == stored["status"]
    assert (answer["category"] or None) == stored["category"]
    matched = [one for one in answer["trace"] if one["matched"]]
    assert [one["rule"] for one in matched] == ([answer["rule"]] if answer["rule"] not in ("category", "triage") else [])
    for one in answer["trace"]:
        assert one["because"]
        if one["matched"]:
            assert all(condition["holds"] for condition in one["conditions"])


def test_the_trace_says_which_condition_failed(hub, tmp_path):
    answer = explained(hub, tmp_path, {"content": "Hố ga mất nắp", "category": "khac"})
    trace = {one["rule"]: one for one in answer["trace"]}
    failed = [one for one in trace["Ổ gà và hố ga"]["conditions"] if not one["holds"]]
    assert failed == [{"name": "category", "wants": "ha-tang", "has": "khac", "holds": False}]
    assert answer["because"] == {"unit": "nobody", "workflow": "default", "sla": "default"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"content":""}', '{"content":5}', '{"content":"x","petitioner":{"kind":"robot"}}'])
def test_a_file_that_is_no_petition_is_exit_code_2(hub, tmp_path, text):
    file = tmp_path / "petition.json"
    file.write_text(text, encoding="utf-8")
    assert paknhub(hub.config, "route", "explain", file, json_wanted=False)[0] == USAGE
    assert paknhub(hub.config, "route", "explain", tmp_path / "none.json", json_wanted=False)[0] == USAGE
