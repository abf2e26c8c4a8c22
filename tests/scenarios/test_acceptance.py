"""Acceptance examples that are no way of one petition."""

import csv
import json
import os
import subprocess
import zipfile
from xml.sax.saxutils import escape

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


def test_codes_grow_past_three_digits_and_begin_anew_on_the_next_day(at):
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


def import_people(hub, path):
    done = subprocess.run([integration.BINARY, "user", "import", path, "--config", hub.config, "--json"], capture_output=True,
                          timeout=integration.SECONDS, env={**os.environ, **hub.environment})
    return done.returncode, json.loads(done.stdout) if done.stdout else None


def workbook(path, rows, entries=None):
    """A workbook whose cells are texts, or numbers where they are numbers."""
    def cell(value):
        if isinstance(value, int):
            return f"<c><v>{value}</v></c>"
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    sheet = "".join(f'<row r="{number}">{"".join(cell(value) for value in row)}</row>' for number, row in rows)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", '<workbook xmlns:r="r"><sheets><sheet name="Cán bộ" r:id="rId1"/></sheets></workbook>')
        file.writestr("xl/_rels/workbook.xml.rels",
                      '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>')
        file.writestr("xl/worksheets/sheet1.xml", f"<worksheet><sheetData>{sheet}</sheetData></worksheet>")
        for name, content in (entries or {}).items():
            file.writestr(name, content)
    return path


HEADING = ["Login", "name", "roles", "unit"]


def test_DF5_AX25_accounts_of_a_workbook_row_by_row(at, tmp_path):
    hub = at("gia-lai", "2026-03-06T08:00", {"hub": {"public_url": "http://127.0.0.1:8080"}})
    path = workbook(tmp_path / "people.xlsx", [
        (1, ["DANH SÁCH CÁN BỘ"]),                                    # A title, and the heading has slipped.
        (2, ["trên", "Người trên tiêu đề", "officer", "so-tnmt"]),
        (4, HEADING),
        (5, ["+8484912345678", "Số lặp mã nước", "officer", "so-tnmt"]),
        (6, [912345679, "Số bị mất số không", "officer", "so-tnmt"]),
        (7, ["02693823456", "Máy bàn", "leader|officer", "so-tnmt"]),
        (8, ["+84849123456789012", "Không phải số", "officer", "so-tnmt"]),
        (9, ["", "", ""]),
        (11, ["hoa", "Hoa", "officer", "khong-co"]),
        (12, ["lan", "Lan", "officer", "so-tnmt", "", "dư"]),
        (13, ["mai", "Mai", "officer", "so-tnmt"])])
    code, report = import_people(hub, path)
    outcome = {row["line"]: row["login"] if row["ok"] else None for row in report["rows"]}
    assert (code, outcome) == (1, {2: None, 5: "+84912345678", 6: "+84912345679", 7: "+842693823456", 8: None, 11: None, 12: None,
                                   13: "mai"})
    assert (report["added"], report["refused"]) == (4, 4)
    link = next(row["one_time_link"] for row in report["rows"] if row["line"] == 6)
    person = Client(hub).sign_in(link.partition("#")[2])
    assert person.account["login"] == "+84912345679"
    assert Client(hub).problem("POST", "/api/v1/session", 401, json={"token": link.partition("#")[2]}) == "session.invalid"
    # However somebody writes their number, it is theirs.
    subprocess.run([integration.BINARY, "user", "password", "--login", "0912 345 679", "--config", hub.config], input=b"mat-khau-cua-toi-1\n",
                   check=True, capture_output=True, timeout=integration.SECONDS, env={**os.environ, **hub.environment})
    for written in ("0912345679", "+84912345679", "0912.345.679"):
        Client(hub).post("/api/v1/session", 201, json={"login": written, "password": "mat-khau-cua-toi-1"})
    # The mended file again: who is there is there.
    assert import_people(hub, path)[1]["added"] == 0


def test_DF6_a_workbook_brings_no_passwords(at, tmp_path):
    hub = at("gia-lai", "2026-03-06T08:00")
    path = workbook(tmp_path / "people.xlsx", [(1, [*HEADING, "password"]), (2, ["hoa", "Hoa", "officer", "so-tnmt", "Gialai@1022"])])
    assert import_people(hub, path)[0] == 2, "no such column"
    assert Client(hub).problem("POST", "/api/v1/session", 401, json={"login": "hoa", "password": "Gialai@1022"}) == "session.invalid"


def test_DF5_files_that_mean_harm_are_refused_whole(at, tmp_path):
    hub = at("gia-lai", "2026-03-06T08:00")
    bomb = workbook(tmp_path / "bomb.xlsx", [(1, HEADING)], {"xl/sharedStrings.xml": b"<sst>" + b" " * (200 << 20) + b"</sst>"})
    assert bomb.stat().st_size < 1 << 20
    entity = workbook(tmp_path / "entity.xlsx", [(1, HEADING)], {
        "xl/styles.xml": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><styleSheet>&x;</styleSheet>'})
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(bomb.read_bytes()[:400])
    nothing = workbook(tmp_path / "nothing.xlsx", [(1, ["hoa", "Hoa", "officer", "so-tnmt"])])
    for path in (bomb, entity, broken, nothing):
        assert import_people(hub, path) == (2, None), path
    with pytest.raises(subprocess.CalledProcessError):  # Nobody of them is there.
        hub.run("user", "reset", "--login", "hoa")


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
