"""Accounts: how they come to be, how their people are reached, what each role opens: over a real hub."""

import csv
import json
import subprocess
import time

import pytest

from conftest import BINARY, Client, Hub, wait_until

UNIT = "so-xay-dung"
OTHER = "so-tai-nguyen-moi-truong"


class OfficesHub(Hub):
    """The Centre and a unit say whom to ask."""
    def _change(self, name, pattern, replacement):
        (self.config / "contact.yaml").write_text(
            'hub: { contact: { name: Bàn trực Trung tâm, phone: "1022", email: truc@trung-tam.example } }\n', encoding="utf-8")
        super()._change(name, pattern, replacement)


@pytest.fixture(scope="module")
def own(tmp_path_factory, receiver):
    hub = OfficesHub(tmp_path_factory.mktemp("accounts"), receiver)
    yield hub
    hub.stop()


def imported(hub, path, *options):
    done = subprocess.run([BINARY, "user", "import", path, *options, "--config", hub.config, "--json"], capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout)


def write(path, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def sign_in(hub, link):
    client = Client(hub)
    client.sign_in(link.split("#")[1])
    return client


def test_HUE02_a_unit_nominates_its_people_as_the_form_has_them(own, tmp_path):
    form = write(tmp_path / "de-cu.csv",
                 ["DANH SÁCH ĐỀ CỬ", "", "", "", "", ""],
                 ["TT", "Họ và tên", "Chức vụ", "Di động", "Email", "Vai trò"],
                 ["1", "Trần Thị Mẫu", "Phó Giám đốc", "0912 000 301", "mau@so-xd.example", "Lãnh đạo phê duyệt"],
                 ["2", "Lê Văn Thử", "Chuyên viên", "0912.000.302", "thu@so-xd.example", "Cán bộ xử lý"],
                 ["3", "Nguyễn Văn Sai", "Chuyên viên", "0912000303", "không có", "Cán bộ xử lý"])
    code, report = imported(own, form, "--unit", UNIT)
    assert code == 1 and (report["added"], report["refused"]) == (2, 1)
    assert [one["ok"] for one in report["rows"]] == [True, True, False]
    assert report["rows"][2]["line"] == 5 and "e-mail" in report["rows"][2]["error"]
    leader = sign_in(own, report["rows"][0]["one_time_link"])
    account = leader.get("/api/v1/me").json()["account"]
    assert (account["login"], account["roles"], account["unit"]) == ("+84912000301", ["leader"], UNIT)
    assert leader.get("/api/v1/me/contact").json() == {"title": "Phó Giám đốc", "phone": "+84912000301", "email": "mau@so-xd.example"}
    assert own.run("user", "contact", "+84912000302")["title"] == "Chuyên viên"


def test_GL06_a_login_is_the_phone_number_of_the_focal_point_in_whatever_form(own):
    own.run("user", "add", "--login", "0912 000 311", "--name", "Đầu Mối", "--role", "officer", "--unit", UNIT)
    password = "mật khẩu dài và riêng"
    subprocess.run([BINARY, "user", "password", "--login", "+84912000311", "--config", own.config], input=password, text=True, check=True)
    for form in ("0912000311", "+84912000311", "+84 912 000 311", "0912.000.311"):
        Client(own).post("/api/v1/session", 201, json={"login": form, "password": password})
    assert Client(own).problem("POST", "/api/v1/session", 401, json={"login": "0912000312", "password": password}) == "session.invalid"


def test_GL07_no_password_is_anybodys_before_they_set_their_own(own, tmp_path):
    form = write(tmp_path / "hai.csv", ["login", "name", "roles", "unit"],
                 ["mot.nguoi", "Một", "officer", UNIT], ["hai.nguoi", "Hai", "officer", UNIT])
    _, report = imported(own, form)
    links = [one["one_time_link"].split("#")[1] for one in report["rows"]]
    assert len(set(links)) == 2, "nothing is shared"
    for guess in ("", "123456", "mot.nguoi", "Abc@123"):
        assert Client(own).problem("POST", "/api/v1/session", 401,
                                   json={"login": "mot.nguoi", "password": guess}) == "session.invalid"
    Client(own).sign_in(links[0])
    assert Client(own).problem("POST", "/api/v1/session", 401, json={"token": links[0]}) == "session.invalid", "once"
    # What nobody has used by then is worth nothing: locking is the cut-off for those who never came.
    own.run("user", "lock", "--login", "hai.nguoi")
    assert Client(own).problem("POST", "/api/v1/session", 401, json={"token": links[1]}) == "session.invalid"


def test_HUE32_units_see_whom_to_ask_at_the_centre(own):
    officer = own.signed_in("officer", OTHER)
    organisation = officer.get("/api/v1/organisation").json()
    assert organisation["centre"] == {"name": "Bàn trực Trung tâm", "phone": "1022", "email": "truc@trung-tam.example"}
    assert {UNIT, OTHER} <= {one["id"] for one in organisation["units"]}
    assert Client(own).problem("GET", "/api/v1/organisation", 401) == "session.required"


def test_people_say_how_they_are_reached_and_nobody_else_reads_it(own):
    officer = own.signed_in("officer", UNIT)
    assert officer.get("/api/v1/me/contact").json() == {"title": None, "phone": None, "email": None}
    bad = [({"phone": "không"}, "petition.phone_invalid"), ({"email": "a@b"}, "contact.email_invalid"),
           ({"email": "a@b.example,c@d.example"}, "contact.email_invalid"), ({"title": "x" * 201}, "petition.field_too_long")]
    for body, code in bad:
        assert officer.problem("PUT", "/api/v1/me/contact", 422, json=body) == code
    said = officer.call("PUT", "/api/v1/me/contact", json={"phone": "0912000321", "email": " rieng@so-xd.example "}).json()
    assert said == {"title": None, "phone": "+84912000321", "email": "rieng@so-xd.example"}
    assert officer.get("/api/v1/me/contact").json() == said
    seen = own.signed_in("admin").get("/api/v1/organisation").text + own.signed_in("unit_admin", UNIT).get("/api/v1/roster").text
    assert "0912000321" not in seen and "rieng@" not in seen
    database = own.config / "var" / "paknhub.db"
    for file in database.parent.glob("paknhub.db*"):
        assert b"rieng@so-xd" not in file.read_bytes(), "sealed on disk"


def test_HT05_each_role_opens_its_own(own):
    """The Centre, the agency's leader, the officer, the unit's administrator, and who only follows."""
    dispatcher, officer, leader = own.signed_in("dispatcher"), own.signed_in("officer", UNIT), own.signed_in("leader", UNIT)
    keeper, follower = own.signed_in("unit_admin", UNIT), own.signed_in("follower", OTHER)
    petition = own.hand_in(title="Hố ga mất nắp")["id"]
    path = f"/api/v1/petitions/{petition}"
    dispatcher.act(petition, "accept")
    dispatcher.act(petition, "distribute", units=[UNIT])
    assert follower.problem("GET", path, 404) == "petition.not_found"
    dispatcher_actions = dispatcher.actions(petition)
    assert "assign" in leader.actions(petition) and "assign" not in officer.actions(petition)
    leader.act(petition, "assign", officers=[officer.account["id"]])
    assert "draft" in officer.actions(petition) and "draft" not in leader.actions(petition)
    assert keeper.actions(petition) == [], "looks after people, not petitions"
    assert "approve" not in dispatcher_actions
    leader.act(petition, "unit_follow", followers=[follower.account["id"]], comment="Để biết")
    assert [one["step"] for one in follower.get("/api/v1/tasks").json()["items"] if one["petition"]["id"] == petition] == ["follow"]
    assert follower.get(path).json()["id"] == petition and follower.actions(petition) == []
    assert follower.problem("POST", f"{path}/identity/reveal", 403, json={"reason": "x"}) == "reveal.not_yours"
    follower.post("/api/v1/tasks/seen", json={"petitions": [petition]})
    assert not [one for one in follower.get("/api/v1/tasks").json()["items"] if one["petition"]["id"] == petition]
    assert follower.problem("GET", "/api/v1/statistics/status", 403) == "role.insufficient"


def test_a_dispatchers_substitute_does_all_that_the_dispatcher_does(own):
    dispatcher, clerk = own.signed_in("dispatcher"), own.signed_in("operator")
    first, second = (own.hand_in(title="Cây ngã chắn đường", content="Cây ngã chắn ngang đường Thử Nghiệm")["id"] for _ in range(2))
    incident = {"title": "Bão", "content": "Cây ngã nhiều nơi", "petitions": [second]}
    for method, path, body in (("POST", "/api/v1/incidents", incident), ("GET", f"/api/v1/petitions/{first}/similar", None),
                               ("POST", f"/api/v1/petitions/{first}/transfer", {"unit": OTHER, "reason": "x"})):
        assert clerk.problem(method, path, 403, json=body) == "role.insufficient", path
    until = time.strftime("%Y-%m-%dT%H:%M:%S+07:00", time.gmtime(time.time() + 86400 + 7 * 3600))
    dispatcher.post("/api/v1/substitutes", 201, json={"substitute": clerk.account["login"], "to": until})
    clerk.get(f"/api/v1/petitions/{first}/similar")
    opened = clerk.post("/api/v1/incidents", 201, json=incident).json()
    assert [one["done"] for one in opened["items"]] == [True]
    clerk.act(first, "accept")
    clerk.act(first, "distribute", units=[UNIT])
    clerk.post(f"/api/v1/petitions/{first}/transfer", json={"unit": OTHER, "reason": "Đúng thẩm quyền"})
    event = dispatcher.get(f"/api/v1/petitions/{first}/events").json()["items"][-1]
    assert (event["kind"], event["actor"], event["standing_for"]) == ("unit_transferred", clerk.account["id"], dispatcher.account["id"])
    clerk.post(f"/api/v1/petitions/{first}/location", json={"address": "Số 2 Đường Thử", "reason": "Sai số nhà"})
    assert clerk.get("/api/v1/statistics/status").status_code == 200


def test_ST42_vietnamese_first_and_english_beside_it(own):
    problem = Client(own).call("GET", "/api/v1/me", 401).json()
    assert "đăng nhập" in problem["title"] + problem["detail"] and problem["detail_en"].isascii()
    dispatcher = own.signed_in("dispatcher")
    view = dispatcher.get(f"/api/v1/petitions/{own.hand_in(title='Hố ga')['id']}").json()
    for label in (view["status_label"], view["step_label"]):
        assert label["vi"] and label["en"] and label["vi"] != label["en"]
    table = dispatcher.get("/api/v1/statistics/status").json()
    assert all(column["label"]["vi"] and column["label"]["en"] for column in table["columns"])
    page = dispatcher.get("/sign-in").text
    assert '<html lang="vi">' in page and '<span lang="en">' in page
