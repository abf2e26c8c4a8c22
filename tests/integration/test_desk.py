"""The Centre's desk: the knowledge base it answers from, papers that are written down later, places that are corrected, and who a
channel asks for."""

import datetime

import pytest

from conftest import Client, Hub

ARTICLES = "/api/v1/knowledge"


@pytest.fixture(scope="module")
def dispatcher(hub):
    return hub.signed_in("dispatcher")


def article(**fields):
    return {"title": "Cấp căn cước công dân", "text": "Đến công an phường, mang theo giấy khai sinh.", **fields}


def today(days=0):
    viet_nam = datetime.timezone(datetime.timedelta(hours=7))
    return (datetime.datetime.now(viet_nam) + datetime.timedelta(days=days)).date().isoformat()


def ids(client, query=""):
    return [one["id"] for one in client.get(f"{ARTICLES}{query}").json()["items"]]


# The knowledge base

def test_GL10_articles_are_written_searched_and_kept_in_all_versions(hub, people, dispatcher):
    path = f"{ARTICLES}/cap-can-cuoc"
    first = dispatcher.call("PUT", path, 201, json=article(category="dich-vu-cong", unit="cong-an", valid_from="2026-01-01"))
    assert first.headers["ETag"] == '"1"'
    assert (first.json()["category_name"], first.json()["unit_name"]) == ("Dịch vụ công", "Công an thành phố")
    assert first.json()["by_name"]
    again = dispatcher.call("PUT", path, 200, json=article(category="dich-vu-cong", unit="cong-an", valid_from="2026-01-01"))
    assert again.json()["version"] == 1, "the same once more is no version"
    assert dispatcher.problem("PUT", path, 409, json=article()) == "knowledge.exists"
    changed = article(text="Đến công an phường; không cần giấy khai sinh.")
    assert dispatcher.problem("PUT", path, 412, json=changed, headers={"If-Match": '"7"'}) == "knowledge.changed_meanwhile"
    second = dispatcher.call("PUT", path, 200, json=changed, headers={"If-Match": '"1"'}).json()
    assert (second["version"], second["category"]) == (2, None)
    versions = people["officer"].get(f"{path}/versions").json()["items"]
    assert [(one["version"], one["text"] == changed["text"]) for one in versions] == [(2, True), (1, False)]
    assert people["officer"].get(path).json()["version"] == 2
    # Accents and case aside, whole words, in quotation marks together.
    officer = people["officer"]
    assert "cap-can-cuoc" in ids(officer, "?text=CAN CUOC")
    assert "cap-can-cuoc" in ids(officer, '?text="can cuoc"')
    assert "cap-can-cuoc" not in ids(officer, '?text="cuoc can"')
    assert "cap-can-cuoc" not in ids(officer, "?text=khac biet")
    assert "cap-can-cuoc" not in ids(officer, "?category=dich-vu-cong"), "the last version has no category"
    [listed] = [one for one in officer.get(f"{ARTICLES}?text=khong can").json()["items"] if one["id"] == "cap-can-cuoc"]
    assert listed["excerpt"] == changed["text"] and "text" not in listed


def test_GL10_only_the_centre_writes_and_only_what_is_sound(hub, people, dispatcher):
    path = f"{ARTICLES}/mot-bai"
    assert people["officer"].problem("PUT", path, 403, json=article()) == "role.insufficient"
    assert Client(hub).problem("GET", ARTICLES, 401) == "session.required"
    for wrong, problem, field in [({"title": " "}, "knowledge.title_missing", "/title"), ({"text": ""}, "knowledge.text_missing", "/text"),
                                  ({"title": "x" * 301}, "petition.field_too_long", "/title"),
                                  ({"category": "khong-co"}, "knowledge.category_unknown", "/category"),
                                  ({"unit": "khong-co"}, "action.unit_unknown", "/unit"),
                                  ({"valid_from": "2026-02-30"}, "petition.field_invalid", "/valid_from"),
                                  ({"valid_from": "2026-03-02", "valid_to": "2026-03-01"}, "knowledge.period_invalid", "/valid_to")]:
        told = dispatcher.call("PUT", path, 422, json=article(**wrong)).json()
        assert (told["code"], told["field"]) == (problem, field)
    assert dispatcher.problem("PUT", f"{ARTICLES}/B%C3%A0i", 422, json=article()) == "knowledge.id_invalid"
    assert dispatcher.problem("PUT", path, 404, json=article(), headers={"If-Match": '"1"'}) == "knowledge.not_found"
    assert dispatcher.problem("GET", f"{ARTICLES}/khong-co", 404) == "knowledge.not_found"
    assert dispatcher.problem("GET", f"{ARTICLES}?after=zz", 400) == "request.parameter_invalid"


def test_GL10_an_answer_at_once_is_written_from_an_article_that_is_valid(hub, dispatcher):
    text = "Từ 7 giờ 30 đến 11 giờ 30, thứ hai đến thứ sáu."
    dispatcher.call("PUT", f"{ARTICLES}/gio-lam-viec", 201, json=article(title="Giờ làm việc", text=text))
    dispatcher.call("PUT", f"{ARTICLES}/da-het", 201, json=article(valid_to=today(-1)))
    assert "da-het" not in ids(dispatcher) and "da-het" in ids(dispatcher, "?expired=true")
    petition = hub.hand_in(content="Mấy giờ làm việc?", category="khac")["id"]
    answer = f"/api/v1/petitions/{petition}/actions/answer"
    assert dispatcher.problem("POST", answer, 422, json={"article": "da-het"}) == "action.article_expired"
    assert dispatcher.problem("POST", answer, 422, json={"article": "khong-co"}) == "action.article_unknown"
    accept = f"/api/v1/petitions/{petition}/actions/accept"
    assert dispatcher.problem("POST", accept, 422, json={"article": "gio-lam-viec"}) == "action.article_not_taken"
    view = dispatcher.act(petition, "answer", article="gio-lam-viec")
    assert (view["status"], view["released"]["text"]) == ("answered", text), "prefilled"
    assert (view["draft"]["article"], view["draft"]["article_version"]) == ("gio-lam-viec", 1)
    [written] = [one for one in dispatcher.get(f"/api/v1/petitions/{petition}/events").json()["items"] if one["kind"] == "result_drafted"]
    assert (written["article"], written["article_version"]) == ("gio-lam-viec", 1)
    other = hub.hand_in(content="Mấy giờ làm việc?", category="khac")["id"]
    view = dispatcher.act(other, "answer", article="gio-lam-viec", result="Sáng từ 7 giờ 30.")
    assert (view["released"]["text"], view["draft"]["article"]) == ("Sáng từ 7 giờ 30.", "gio-lam-viec"), "edited"


# Papers

def with_token(hub, role):
    """Somebody whose client sends a token, as operators' programs do."""
    login = hub.signed_in(role).account["login"]
    client = Client(hub)
    client.http.headers["Authorization"] = f"Bearer {hub.run('token', 'new', '--account', login)['token']}"
    return client


@pytest.fixture(scope="module")
def operator(hub):
    return with_token(hub, "operator")


def instant(days=0, minutes=0):
    at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days, minutes=minutes)
    return at.replace(microsecond=0)


def test_GL41_a_paper_is_written_down_later(hub, operator, dispatcher):
    came = instant(days=3)
    body = {"content": "Đơn gửi bằng giấy", "category": "khac", "channel": "paper", "received_at": came.isoformat()}
    key = {"Idempotency-Key": "giay-1"}
    answer = operator.post("/api/v1/petitions", 201, json=body, headers=key).json()
    assert datetime.datetime.fromisoformat(answer["received_at"]) == came
    viet_nam = came.astimezone(datetime.timezone(datetime.timedelta(hours=7)))
    assert answer["code"].startswith(viet_nam.strftime("%d%m%y")), "the code is of the day on which it came in"
    view = dispatcher.get(f"/api/v1/petitions/{answer['id']}").json()
    assert datetime.datetime.fromisoformat(view["received_at"]) == came < datetime.datetime.fromisoformat(view["recorded_at"])
    [received, *_] = dispatcher.get(f"/api/v1/petitions/{answer['id']}/events").json()["items"]
    assert received["at"] == view["recorded_at"] and received["received_at"] == view["received_at"]
    assert operator.post("/api/v1/petitions", 200, json=body, headers=key).json()["code"] == answer["code"]
    body["received_at"] = instant(days=2).isoformat()
    assert operator.problem("POST", "/api/v1/petitions", 409, json=body, headers=key) == "idempotency.key_reused"
    # Lists and statistics go by when it came in.
    to = viet_nam.replace(hour=0, minute=0, second=0) + datetime.timedelta(days=1)
    listed = dispatcher.get("/api/v1/petitions", params={"channel": "paper", "to": to.isoformat()}).json()["items"]
    assert answer["code"] in [one["code"] for one in listed]


def test_GL41_what_is_back_dated_is_bounded_and_an_operators_alone(hub, operator, dispatcher):
    def problem(**fields):
        told = operator.call("POST", "/api/v1/petitions", 422, json={"content": "Đơn", "channel": "paper", **fields}).json()
        return told["code"], told["field"]
    assert problem(received_at=instant(minutes=-10).isoformat()) == ("received_at.future", "/received_at")
    assert problem(received_at=instant(days=40).isoformat()) == ("received_at.too_old", "/received_at")
    assert problem(received_at=instant(days=1).isoformat(), channel="hotline1022") == ("received_at.channel", "/received_at")
    assert problem(received_at="hôm qua") == ("petition.field_invalid", "/received_at")
    ignored = hub.hand_in(received_at=instant(days=3).isoformat(), channel="paper")
    assert datetime.datetime.fromisoformat(ignored["received_at"]) > instant(minutes=10), "of anybody else it is ignored"


# Places

def test_DF8_a_place_is_corrected_beside_what_was_sent(hub, people, dispatcher):
    petition = hub.hand_in(title="Hố ga trước số 12", location={"address": "Số 12, đường Thử", "lat": 16.4, "lon": 107.5})["id"]
    path = f"/api/v1/petitions/{petition}/location"
    assert dispatcher.problem("POST", path, 422, json={"address": "Số 15"}) == "action.comment_missing"
    assert dispatcher.problem("POST", path, 422, json={"lat": 16.4, "reason": "x"}) == "petition.location_invalid"
    assert dispatcher.problem("POST", path, 409, json={"lat": 16.4, "lon": 107.5, "reason": "x"}) == "location.unchanged"
    assert people["stranger"].problem("POST", path, 404, json={"address": "x", "reason": "x"}) == "petition.not_found"
    dispatcher.act(petition, "accept")
    dispatcher.act(petition, "distribute", units=["so-xay-dung"])
    fix = {"address": "Số 15, đường Thử", "lat": 16.5, "lon": 107.6, "reason": "Theo ảnh hiện trường"}
    assert people["officer"].problem("POST", path, 412, json=fix, headers={"If-Match": '"1"'}) == "action.changed_meanwhile"
    key = {"Idempotency-Key": "vi-tri-1"}
    view = people["officer"].post(path, json=fix, headers=key).json()
    assert (view["location"]["address"], view["location_as_sent"]["address"]) == ("Số 15, đường Thử", "Số 12, đường Thử")
    assert (view["unit"], view["title"]) == ("so-xay-dung", "Hố ga trước số 12")
    assert people["officer"].post(path, json=fix, headers=key).json()["version"] == view["version"], "done once"
    *_, event = dispatcher.get(f"/api/v1/petitions/{petition}/events").json()["items"]
    assert (event["kind"], event["reason"], event["role"]) == ("relocated", fix["reason"], "officer")
    rows = {row["field"]: (row["old"], row["new"]) for row in event["changes"]}
    assert rows == {"location.address": ("Số 12, đường Thử", "Số 15, đường Thử"),
                    "location.point": ("16.400000, 107.500000", "16.500000, 107.600000")}


# Who writes

class AskingHub(Hub):
    changes = [("hub.yaml", r"codes:", "identity: { web: required, counter: optional, paper: anonymous }\ncodes:")]


@pytest.fixture(scope="module")
def asking(tmp_path_factory, receiver):
    hub = AskingHub(tmp_path_factory.mktemp("asking"), receiver)
    yield hub
    hub.stop()


def test_ST43_ST57_DF10_a_channel_asks_for_its_senders_field_by_field(asking):
    whole = {"name": "Nguyễn Thử", "phone": "0912345678", "citizen_id": "001099000111", "address": "Tổ 1, phường Thử"}
    asking.hand_in(petitioner=whole)
    for name in whole:
        told = asking.hand_in(422, petitioner={**whole, name: " "})
        assert (told["code"], told["field"]) == (f"identity.{name}_missing", f"/petitioner/{name}")
        assert told["title"] and told["detail"]
    assert asking.hand_in(422, petitioner=whole, anonymous=True)["code"] == "identity.anonymous_not_taken"
    operator, dispatcher = with_token(asking, "operator"), asking.signed_in("dispatcher")
    for channel, shown in [("counter", True), ("paper", False)]:
        body = {"content": "Đơn", "channel": channel, "petitioner": whole, "consent": {"use_identity_in_handling": True, "publish_identity": True}}
        petition = operator.post("/api/v1/petitions", 201, json=body).json()["id"]
        view = dispatcher.get(f"/api/v1/petitions/{petition}").json()
        assert (view["petitioner"] is not None, view["anonymous"]) == (shown, not shown)
        assert view["consent"] == {"process_personal_data": False, "use_identity_in_handling": shown, "publish_identity": shown, "declared_true": False}
        reveal = f"/api/v1/petitions/{petition}/identity/reveal"
        if shown:
            assert dispatcher.post(reveal, json={"reason": "Gọi lại"}).json()["citizen_id"] == "001099000111"
        else:
            assert dispatcher.problem("POST", reveal, 409, json={"reason": "Gọi lại"}) == "reveal.anonymous"
