"""Search, filters and statistics over HTTP: who sees what, and the same numbers as JSON and as a workbook."""

import io
import re
import unicodedata
import xml.etree.ElementTree
import zipfile

import pytest

from conftest import Client, Hub, wait_until

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
UNIT = "so-xay-dung"


@pytest.fixture(scope="module")
def house(tmp_path_factory, receiver):
    hub = Hub(tmp_path_factory.mktemp("statistics"), receiver)
    yield hub
    hub.stop()


@pytest.fixture(scope="module")
def staff(house):
    return {"dispatcher": house.signed_in("dispatcher"), "officer": house.signed_in("officer", UNIT), "leader": house.signed_in("leader", UNIT),
            "stranger": house.signed_in("officer", "cong-an"), "operator": house.signed_in("operator"), "auditor": house.signed_in("auditor")}


@pytest.fixture(scope="module")
def petitions(house, staff):
    """Three petitions; the first is with the unit."""
    who = {"kind": "individual", "name": "Nguyễn Văn Thử", "phone": "0912345678"}
    made = [house.hand_in(title="Đèn đường hỏng", content="Ba bóng đèn trước trường", category="khac", petitioner=who, location={"address": "Số 5 phố Mẫu", "area": "19753"}),
            house.hand_in(title="=HYPERLINK(\"http://x\")", content="Rác chưa thu gom", category="moi-truong", anonymous=True, petitioner=who),
            house.hand_in(title="Hố ga", content="Hố ga trên đường, cạnh đèn tín hiệu")]
    dispatcher = staff["dispatcher"]
    if "accept" in dispatcher.actions(made[0]["id"]):
        dispatcher.act(made[0]["id"], "accept")
    dispatcher.act(made[0]["id"], "distribute", units=[UNIT])
    caught_up(house, staff)
    return made


def caught_up(house, staff):
    wait_until(lambda: staff["dispatcher"].get("/api/v1/statistics/status").json()["behind"] == 0, "the follower")


def codes(client, query):
    return [item["code"] for item in client.get("/api/v1/petitions?" + query).json()["items"]]


def workbook(client, path):
    """Cells of the first sheet, row by row."""
    response = client.get(path, headers={"Accept": SHEET})
    assert response.headers["Content-Type"] == SHEET
    book = zipfile.ZipFile(io.BytesIO(response.content))
    text = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in text and "<f " not in text
    rows = []
    for row in xml.etree.ElementTree.fromstring(text).findall(".//x:row", SPACE):
        cells = {}
        for cell in row.findall("x:c", SPACE):
            value = cell.find(".//x:t", SPACE) if cell.get("t") == "inlineStr" else cell.find("x:v", SPACE)
            cells[re.match("[A-Z]+", cell.get("r")).group()] = None if value is None else value.text
        rows.append(cells)
    return rows


def test_words_are_found_without_accents(staff, petitions):
    dispatcher = staff["dispatcher"]
    first, _, third = [one["code"] for one in petitions]
    assert sorted(codes(dispatcher, "text=den duong")) == sorted([first, third])
    assert codes(dispatcher, 'text="den duong"') == [first]
    assert codes(dispatcher, "text=" + unicodedata.normalize("NFD", "ĐÈN ĐƯỜNG hỏng")) == [first]
    assert codes(dispatcher, f"text={first}") == [first]
    assert codes(dispatcher, "text=mau pho") == [first]


def test_syntax_of_search_engines_is_text(staff, petitions):
    dispatcher = staff["dispatcher"]
    for text in ("%22", "a* OR b", "NEAR(a,b)", "') OR 1=1 --", "words:den", "!den %26 x", "<->", "?"):
        dispatcher.get("/api/v1/petitions?text=" + text)
    assert dispatcher.problem("GET", "/api/v1/petitions?text=" + "a" * 501, 400) == "request.parameter_invalid"
    assert dispatcher.problem("GET", "/api/v1/petitions?text=%ff", 400) == "request.parameter_invalid"


def test_filters_of_lists(staff, petitions):
    dispatcher = staff["dispatcher"]
    first, second, _ = [one["code"] for one in petitions]
    assert codes(dispatcher, "area=19753") == [first]
    assert codes(dispatcher, "identity=anonymous") == [second]
    assert codes(dispatcher, f"unit={UNIT}") == [first]
    assert codes(dispatcher, "unit=ubnd&children=true") == [first]
    assert codes(dispatcher, "text=rac&category=ha-tang") == []
    assert dispatcher.problem("GET", "/api/v1/petitions?children=yes", 400) == "request.parameter_invalid"
    assert dispatcher.problem("GET", "/api/v1/petitions?identity=who", 400) == "request.parameter_invalid"
    tasks = dispatcher.get("/api/v1/tasks?text=rac").json()["items"]
    assert [task["petition"]["code"] for task in tasks] == [second]


def test_a_unit_finds_only_its_own(staff, petitions):
    assert codes(staff["officer"], "text=den") == [petitions[0]["code"]]
    assert codes(staff["stranger"], "text=den") == []
    assert staff["officer"].problem("GET", "/api/v1/petitions?text=den&unit=cong-an", 403) == "role.insufficient"


def test_numbers(staff, petitions):
    table = staff["auditor"].get("/api/v1/statistics/status").json()
    counts = {row["status"]: row["count"] for row in table["rows"]}
    assert len(counts) == 16 and table["total"]["count"] == 3 == sum(counts.values()) and table["total"]["percent"] == 100
    identity = staff["auditor"].get("/api/v1/statistics/identity").json()["rows"]
    assert identity[0]["total"] == 3 and identity[0]["anonymous"] == 1 and identity[0]["identified"] == 1
    progress = {row["unit"]: row for row in staff["dispatcher"].get("/api/v1/statistics/progress").json()["rows"]}
    assert progress[UNIT]["total"] == 1 and progress[None]["total"] == 2
    assert staff["dispatcher"].get("/api/v1/statistics/channels?category=moi-truong").json()["total"]["total"] == 1
    assert staff["dispatcher"].get("/api/v1/statistics/channels?text=rac").json()["total"]["total"] == 1
    assert staff["dispatcher"].get("/api/v1/statistics/channels?to=2020-01-01T00:00:00Z").json()["total"]["total"] == 0


def test_who_may_count(staff, petitions, anybody):
    assert staff["officer"].get("/api/v1/statistics/channels").json()["total"]["total"] == 1
    assert staff["stranger"].get("/api/v1/statistics/channels").json()["total"]["total"] == 0
    assert staff["leader"].get("/api/v1/statistics/channels?unit=trung-tam-chieu-sang").json()["total"]["total"] == 0
    for query in ("channels?unit=cong-an", "list?children=true", "channels?unit=ubnd"):
        assert staff["officer"].problem("GET", "/api/v1/statistics/" + query, 403) == "role.insufficient"
    assert staff["operator"].problem("GET", "/api/v1/statistics/status", 403) == "role.insufficient"
    assert staff["dispatcher"].problem("GET", "/api/v1/statistics/secrets", 404) == "request.not_found"
    assert staff["dispatcher"].problem("GET", "/api/v1/statistics/status?by=unit", 400) == "request.parameter_invalid"


def test_lists_mask_whoever_is_behind(staff, petitions):
    answer = staff["dispatcher"].get("/api/v1/statistics/list")
    rows = {row["code"]: row for row in answer.json()["rows"]}
    assert set(rows) == {one["code"] for one in petitions}
    first = rows[petitions[0]["code"]]
    assert first["unit"] == "Sở Xây dựng" and first["address"] == "Số 5 phố Mẫu" and first["returns"] == 0
    assert first["sender"] and first["phone"]
    assert rows[petitions[1]["code"]]["sender"] is None and rows[petitions[1]["code"]]["phone"] is None
    senders = staff["dispatcher"].get("/api/v1/statistics/senders").json()["rows"]
    assert [row["petitions"] for row in senders] == [1]
    drilled = staff["dispatcher"].get("/api/v1/statistics/list?sender=" + senders[0]["key"]).json()["rows"]
    assert [row["code"] for row in drilled] == [petitions[0]["code"]]
    for text in (answer.text, staff["dispatcher"].get("/api/v1/statistics/senders").text):
        assert "Nguyễn Văn Thử" not in text and "912345678" not in text


def test_pages_of_the_list(staff, petitions):
    whole = [row["id"] for row in staff["dispatcher"].get("/api/v1/statistics/list").json()["rows"]]
    paged, after = [], ""
    while after is not None:
        page = staff["dispatcher"].get(f"/api/v1/statistics/list?limit=1&after={after}").json()
        paged += [row["id"] for row in page["rows"]]
        after = page["next"]
    assert paged == whole and len(paged) == 3
    assert staff["dispatcher"].problem("GET", "/api/v1/statistics/list?after=zz", 400) == "request.parameter_invalid"


@pytest.mark.parametrize("path", ["status", "channels", "identity", "ratings", "progress", "returns", "progress?by=category"])
def test_the_workbook_says_the_same(staff, petitions, path):
    table = staff["dispatcher"].get("/api/v1/statistics/" + path).json()
    rows = workbook(staff["dispatcher"], "/api/v1/statistics/" + path)
    letters = [chr(ord("A") + i) for i in range(len(table["columns"]))]
    assert [rows[0].get(letter) for letter in letters] == [column["label"]["vi"] for column in table["columns"]]
    wanted = table["rows"] + ([table["total"]] if table["total"] else [])
    assert len(rows) - 1 == len(wanted)
    for shown, row in zip(rows[1:], wanted):
        for letter, column in zip(letters, table["columns"]):
            value = row[column["id"]]
            assert shown.get(letter) == (None if value is None else str(value)), column["id"]


def test_the_workbook_of_the_list_holds_no_formula(staff, petitions, house):
    rows = workbook(staff["dispatcher"], "/api/v1/statistics/list")
    assert len(rows) == 4
    assert any("=HYPERLINK(\"http://x\")" in (value or "") for row in rows for value in row.values())
    assert '"STATISTICS_EXPORTED"' in house.log.read_text(encoding="utf-8")


def test_metrics_say_how_far_behind(house, petitions, anybody):
    text = Client(house).get("/metrics").text
    assert 'pakn_follower_behind_events{follower="reports"} 0' in text
    assert 'pakn_follower_lag_seconds{follower="reports"} 0' in text


def test_a_rebuild_counts_the_same(house, staff, petitions):
    def numbers():
        return [staff["dispatcher"].get("/api/v1/statistics/" + path).json()["rows"] for path in ("status", "channels", "progress", "senders")]

    before = numbers()
    house.stop()
    assert house.run("rebuild")["equal"] is True
    house.start()
    caught_up(house, staff)
    assert numbers() == before
    assert codes(staff["dispatcher"], 'text="den duong"') == [petitions[0]["code"]]
