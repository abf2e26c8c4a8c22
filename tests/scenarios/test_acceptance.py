"""Acceptance examples that are no way of one petition."""

import csv
import json
import os
import subprocess

import pytest

from world import SENDER, Client, Clock, ScenarioHub, integration


@pytest.fixture
def at(tmp_path, receiver):
    """Starts a hub of a province at a time."""
    started = []

    def start(province, time, rules=None):
        clock = Clock(tmp_path / "clock")
        clock.set(time)
        started.append(ScenarioHub(tmp_path / "hub", receiver, province, clock, rules))
        return started[-1]
    yield start
    for hub in started:
        hub.end(tmp_path / "hub")


def test_AX09_a_thousand_codes_in_a_day(at):
    hub = at("ha-tinh", "2026-03-06T23:59:59")
    operator = hub.person("operator")
    codes = [operator.post("/api/v1/petitions", 201, json={"content": "Mất điện", "category": "khac", "petitioner": SENDER}).json()["code"]
             for _ in range(1001)]
    assert codes == [f"060326{number:03d}" for number in range(1, 1002)]
    hub.clock.set("2026-03-07T00:00:00")
    assert hub.hand_in(category="khac")["code"] == "070326001"


def test_AX23_HUE03_HUE04_a_unit_without_people_is_told_of(at):
    hub = at("hue", "2026-03-06T08:00")
    hub.person("officer of dien-luc")
    hub.person("leader of dien-luc")
    hub.person("officer of cap-nuoc")
    hub.person("leader of cay-xanh")
    done = subprocess.run([integration.BINARY, "doctor", "--no-network", "--config", hub.config, "--json"], capture_output=True,
                          timeout=integration.SECONDS, env={**os.environ, **hub.environment})
    findings = [one for one in json.loads(done.stdout)["findings"] if one["grade"] != "ok"]
    assert any("cap-nuoc" in one["text"] for one in findings), "an officer and no leader"
    assert any("cay-xanh" in one["text"] for one in findings), "a leader and no officer"
    assert not any("dien-luc" in one["text"] for one in findings), findings


def test_DF6_nobody_has_a_password_from_the_start(at):
    hub = at("gia-lai", "2026-03-06T08:00")
    hub.person("officer of so-tnmt")
    for password in ("", "123456", "Gialai@1022", "nguoi1", "password"):
        answer = Client(hub).http.post(hub.url + "/api/v1/session", json={"login": "nguoi1", "password": password}, timeout=30)
        assert answer.status_code in (401, 422), answer.text


def test_DF5_a_bad_row_of_an_import_is_named(at, tmp_path):
    hub = at("gia-lai", "2026-03-06T08:00")
    rows = [["login", "name", "roles", "unit"], ["hoa", "Hoa", "officer", "so-tnmt"], ["mai", "Mai", "officer", "khong-co"]]
    with (tmp_path / "people.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    done = subprocess.run([integration.BINARY, "user", "import", tmp_path / "people.csv", "--config", hub.config, "--json"],
                          capture_output=True, timeout=integration.SECONDS, env={**os.environ, **hub.environment})
    report = json.loads(done.stdout)
    assert (done.returncode, report["added"], report["refused"]) == (1, 1, 1)
    [bad] = [row for row in report["rows"] if not row["ok"]]
    assert bad["line"] == 3 and bad["login"] == "mai"


def test_HUE07_people_sign_in_with_accounts_of_the_hub(at):
    hub = at("hue", "2026-03-06T08:00", {"hub": {"public_url": "http://127.0.0.1:8080"}})  # A cookie that may go over http.
    officer = hub.signed_in("officer", "dien-luc")  # By a link that works once.
    assert officer.get("/api/v1/me").json()["account"]["unit"] == "dien-luc"
    login = officer.account["login"]
    subprocess.run([integration.BINARY, "user", "password", "--login", login, "--config", hub.config], input=b"mat-khau-cua-toi-1\n",
                   check=True, capture_output=True, timeout=integration.SECONDS, env={**os.environ, **hub.environment})
    again = Client(hub)
    session = again.post("/api/v1/session", 201, json={"login": login, "password": "mat-khau-cua-toi-1"}).json()
    assert session["account"]["login"] == login
