"""Acceptance examples that are no way of one petition."""

import base64
import csv
import io
import json
import os
import re
import subprocess
import zipfile
from xml.sax.saxutils import escape

import pytest
from PIL import Image

from expectations import FULL
from language import Speaker
from world import SENDER, Client, Clock, ScenarioHub, instant, integration, wait_until

OFFICE_HOURS = {"calendar": {"hours": {"mon-fri": ["08:00-12:00", "13:00-17:00"]}}}


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


def test_DF2_one_instant_has_one_face(at, receiver):
    hub = at("gia-lai", "2021-03-25T09:00", OFFICE_HOURS)
    speaker = Speaker(hub)
    speaker.say("citizen sends A", {"category": "ha-tang-giao-thong"})
    speaker.say("A is given to so-gtvt", None)
    speaker.say("officer of so-gtvt takes A", None)
    speaker.say("officer of so-gtvt appoints A", {"due": "2021-03-28T08:27:52Z"})
    officer, auditor, path = hub.person("officer of so-gtvt"), hub.person("auditor"), f"/api/v1/petitions/{speaker.petitions['A']['id']}"
    hub.clock.set("2021-03-27T15:27:52")  # The reminder comes.
    wait_until(lambda: "reminder" in officer.get("/api/v1/notices").text, "the reminder")
    faces = {
        "the list": auditor.get("/api/v1/petitions").json(), "the detail": auditor.get(path).json(),
        "the history": auditor.get(f"{path}/events").json(), "tasks": officer.get("/api/v1/tasks").json(),
        "notices": officer.get("/api/v1/notices").json(), "the sender's page": speaker.track("A"),
        "what left": [one["body"] for one in receiver.events]}
    seen = {}
    for where, what in faces.items():
        text = json.dumps(what, ensure_ascii=False)
        written = {one for one in re.findall(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)", text)
                   if FULL.fullmatch(one) and instant(one) == instant("2021-03-28T15:27:52")}
        said = set(re.findall(r"\d\d/\d\d/\d{4} \d+:\d\d(?::\d\d)?(?: ?[AP]M)?", text))
        assert written <= {"2021-03-28T15:27:52+07:00"}, f"{where}: {written}"
        assert {one for one in said if one.startswith("28/03/2021")} <= {"28/03/2021 15:27"}, f"{where}: {said}"
        assert not re.search(r"(?<!\d)0?3:27", text), where
        seen[where] = bool(written or said)
    assert all(seen[where] for where in ("the list", "the detail", "the history", "tasks", "notices")), seen


# How a province calls its steps; the statuses behind them are everybody's.
WORDS = {"gia-lai": ["Chờ tiếp nhận", "Chờ phân phối", "Chờ chuyên viên xử lý"],
         "ha-tinh": ["Chờ tiếp nhận", "Chờ phân phối", "Chờ lãnh đạo phân công"],
         "hue": ["Tiếp nhận", "Phân phối", "Chờ xử lý"],
         "soc-trang": ["Chờ TTGSĐH tiếp nhận", "Chờ TTGSĐH phân phối", "Chờ cán bộ đơn vị tiếp nhận"]}
STATUSES = {}  # Status -> its label, as the first province showed it.


@pytest.mark.parametrize("province", sorted(WORDS))
def test_DF9_one_catalogue_of_statuses(at, province):
    hub = at(province, "2026-03-06T08:00", OFFICE_HOURS)
    speaker = Speaker(hub)
    speaker.say("citizen sends A", None)
    ways = [None, "dispatcher accepts A", "dispatcher distributes A to cong-an"]
    for way, status, word in zip(ways, ["received", "accepted", "distributed"], WORDS[province], strict=True):
        if way:
            speaker.say(way, None)
        view = hub.person("auditor").get(f"/api/v1/petitions/{speaker.petitions['A']['id']}").json()
        assert (view["status"], view["step_label"]["vi"]) == (status, word)
        [listed] = hub.person("auditor").get(f"/api/v1/petitions?status={status}").json()["items"]
        assert listed["status_label"] == view["status_label"] == STATUSES.setdefault(status, view["status_label"])
        assert speaker.track("A")["status"] == status


def photo_of_a_place():
    """What a telephone writes into a photo: where and when, and who held it."""
    exif = Image.Exif()
    exif[0x010E] = "CANARY-Nha-so-12"
    exif.get_ifd(0x8825).update({1: "N", 2: (9.0, 36.0, 12.5), 3: "E", 4: (105.0, 58.0, 48.1)})
    out = io.BytesIO()
    Image.new("RGB", (80, 40), (220, 10, 10)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_AX20_nobody_sees_who_sent_it_or_where_its_photo_was_taken(at, receiver):
    hub = at("soc-trang", "2026-03-06T08:00", OFFICE_HOURS)
    speaker = Speaker(hub)
    sender = {"name": "Trần Thị Thử", "phone": "0912345678", "citizen_id": "094190000001", "email": "thu@example.vn",
              "address": "Số 1 Đường Thử"}
    speaker.say("citizen sends A", {
        "public": True, "petitioner": sender, "consent": {"process_personal_data": True, "use_identity_in_handling": False},
        "attachments": [{"name": "anh.jpg", "content_type": "image/jpeg", "data": base64.b64encode(photo_of_a_place()).decode()}]})
    speaker.say("A is answered by so-gtvt", None)
    one, anybody = speaker.petitions["A"], Client(hub)
    wait_until(lambda: any("notice" not in sent["body"]["data"] for sent in receiver.about(one["code"])), "the answer to leave")
    published = [sent["body"] for sent in receiver.about(one["code"]) if "notice" not in sent["body"]["data"]]
    officer = hub.person("officer of so-gtvt")
    shown = [speaker.track("A"), published, officer.get(f"/api/v1/petitions/{one['id']}").json(),
             officer.get(f"/api/v1/petitions/{one['id']}/events").json(), hub.person("dispatcher").get("/api/v1/petitions").json()]
    for text in map(str, shown):
        for secret in ("Trần Thị", "912345678", "094190000001", "thu@example.vn", "Đường Thử", "CANARY"):
            assert secret not in text, f"{secret} in {text}"
    [file] = speaker.track("A")["attachments"]
    for client, path in [(anybody, f"/api/v1/track/{one['code']}/files/{file['sha256']}?token={one['tracking_token']}"),
                         (officer, f"/api/v1/petitions/{one['id']}/files/{file['sha256']}")]:
        wait_until(lambda: client.http.get(hub.url + path).status_code == 200, "the copy of the photo")
        copy = client.get(path).content
        assert b"CANARY" not in copy and not dict(Image.open(io.BytesIO(copy)).getexif())
