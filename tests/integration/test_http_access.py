"""Who may see and do what; who the petitioner is stays hidden."""

from conftest import Client

NAME = "Bùi Thị Hoàng Yến Canary"
PHONE = "0987650123"


def in_any_form(text):
    return any(form in text for form in (NAME, "Hoàng Yến", PHONE, "+84987650123", "987650123"))


def at_unit(hub, people, unit="so-xay-dung", **fields):
    """The id of a petition in a unit's hands."""
    petition = hub.hand_in(**fields)["id"]
    people["dispatcher"].act(petition, "accept")
    people["dispatcher"].act(petition, "distribute", units=[unit])
    return petition


def test_a_one_time_link_opens_one_session(hub, anybody):
    token = hub.one_time_token("officer", "so-xay-dung")
    response = anybody.post("/api/v1/session", 201, json={"token": token})
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("pakn_session=") and "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert "Secure" not in cookie
    assert Client(hub).problem("POST", "/api/v1/session", 401, json={"token": token}) == "session.invalid"
    me = anybody.get("/api/v1/me").json()
    assert (me["account"]["roles"], me["unit_name"]) == (["officer"], "Sở Xây dựng")


def test_the_cookie_is_secure_behind_a_proxy_with_tls(hub, anybody):
    response = anybody.post("/api/v1/session", 201, json={"token": hub.one_time_token("auditor")},
                            headers={"X-Forwarded-Proto": "https"})
    assert "; Secure" in response.headers["Set-Cookie"]


def test_wrong_credentials(anybody):
    assert anybody.problem("POST", "/api/v1/session", 401, json={"token": "x" * 24}) == "session.invalid"
    unknown = {"login": "nobody", "password": "wrong"}
    assert anybody.problem("POST", "/api/v1/session", 401, json=unknown) == "session.invalid"
    assert anybody.problem("POST", "/api/v1/session", 422, json={}) == "request.field_missing"
    assert anybody.problem("POST", "/api/v1/session", 415, data="token=x") == "request.media_type"
    assert anybody.problem("GET", "/api/v1/me", 401) == "session.required"
    assert anybody.problem("GET", "/api/v1/me", 401, headers={"Authorization": "Bearer nonsense"}) == "session.required"
    assert anybody.problem("GET", "/api/v1/me", 401, headers={"Authorization": "Basic eDp5"}) == "session.required"
    assert anybody.problem("POST", "/api/v1/petitions", 401, json={"content": "x"},
                           headers={"Authorization": "Bearer nonsense"}) in ("session.invalid", "session.required")


def test_changes_by_cookie_need_the_csrf_token(hub, people):
    petition = hub.hand_in()["id"]
    path = f"/api/v1/petitions/{petition}/actions/accept"
    for token in ("", "wrong"):
        assert people["dispatcher"].problem("POST", path, 403, headers={"X-CSRF-Token": token}) == "session.csrf"
    assert people["dispatcher"].get(f"/api/v1/petitions/{petition}").json()["status"] == "received"


def test_signing_out_ends_the_session(hub):
    somebody = hub.signed_in("officer", "so-xay-dung")
    cookie = somebody.http.cookies["pakn_session"]
    assert somebody.problem("DELETE", "/api/v1/session", 403, headers={"X-CSRF-Token": "wrong"}) == "session.csrf"
    somebody.call("DELETE", "/api/v1/session", 204)
    Client(hub).problem("GET", "/api/v1/me", 401, headers={"Cookie": f"pakn_session={cookie}"})


def test_roles_open_their_calls_only(hub, people, anybody):
    for path in ("/api/v1/petitions", "/api/v1/tasks", "/api/v1/deliveries", "/api/v1/connectors"):
        assert anybody.problem("GET", path, 401) == "session.required"
    for path in ("/api/v1/deliveries", "/api/v1/connectors"):
        assert people["officer"].problem("GET", path, 403) == "role.insufficient"
    assert people["integrator"].problem("GET", "/api/v1/petitions", 403) == "role.insufficient"
    petition = at_unit(hub, people)
    start = f"/api/v1/petitions/{petition}/actions/start"
    assert people["leader"].problem("POST", start, 403) == "action.not_yours"
    assert people["dispatcher"].problem("POST", start, 403) == "action.not_yours"


def test_a_unit_sees_its_own_petitions_only(hub, people):
    petition = at_unit(hub, people)
    people["officer"].get(f"/api/v1/petitions/{petition}")
    for what in ("", "/events", "/actions"):
        assert people["stranger"].problem("GET", f"/api/v1/petitions/{petition}{what}", 404) == "petition.not_found"
    start = f"/api/v1/petitions/{petition}/actions/start"
    assert people["stranger"].problem("POST", start, 404) == "petition.not_found"
    assert people["stranger"].problem("GET", "/api/v1/petitions?unit=so-xay-dung", 403) == "role.insufficient"
    assert petition not in people["stranger"].get("/api/v1/petitions?limit=200").text
    assert petition in people["officer"].get("/api/v1/petitions?limit=200").text
    # What it gave back it may still look at.
    people["officer"].act(petition, "return", comment="Không thuộc thẩm quyền")
    assert people["officer"].get(f"/api/v1/petitions/{petition}").json()["unit"] is None
    assert petition in people["officer"].get("/api/v1/petitions?limit=200").text


def test_the_unit_complained_about_never_sees_it(hub, people):
    petition = hub.hand_in(complained_unit="so-xay-dung", content="Cán bộ tiếp dân chậm", category="khac")["id"]
    people["dispatcher"].act(petition, "accept")
    distribute = f"/api/v1/petitions/{petition}/actions/distribute"
    against = {"units": ["so-xay-dung"]}
    assert people["dispatcher"].problem("POST", distribute, 422, json=against) == "action.unit_complained"
    # Not even somebody of that unit who otherwise sees everything.
    employed_there = hub.signed_in("dispatcher", "so-xay-dung")

    def hidden():
        for who in (people["officer"], people["leader"], employed_there):
            assert who.problem("GET", f"/api/v1/petitions/{petition}", 404) == "petition.not_found"
            assert petition not in who.get("/api/v1/petitions?limit=200").text
            assert petition not in who.get("/api/v1/tasks?limit=200").text

    hidden()
    people["dispatcher"].act(petition, "distribute", units=["ubnd"])
    hidden()
    assert petition in people["dispatcher"].get("/api/v1/petitions?limit=200").text


def test_the_petitioner_is_masked_everywhere(hub, people, anybody):
    answer = hub.hand_in(petitioner={"name": NAME, "phone": PHONE, "email": "canary.yen@mau.example",
                                     "citizen_id": "079123456789", "address": "Số 1 đường Canary"})
    petition = answer["id"]
    people["dispatcher"].act(petition, "accept")
    people["dispatcher"].act(petition, "distribute", units=["so-xay-dung"])
    token = answer["tracking_token"]
    for who in ("dispatcher", "officer", "leader", "auditor"):
        for path in (f"/api/v1/petitions/{petition}", f"/api/v1/petitions/{petition}/events",
                     f"/api/v1/petitions/{petition}/actions", "/api/v1/petitions?limit=200", "/api/v1/tasks?limit=200"):
            text = people[who].get(path).text
            assert not in_any_form(text), path
            assert "canary" not in text.lower() and "079123456789" not in text and token not in text, path
    view = people["officer"].get(f"/api/v1/petitions/{petition}").json()["petitioner"]
    assert view["name"].startswith("Bùi") and view["phone"].endswith("23")
    for path in ("/metrics", "/readyz"):
        assert not in_any_form(anybody.get(path).text)
    assert not in_any_form(anybody.get(f"/api/v1/track/{answer['code']}?token={token}").text)
    log = hub.log.read_text(encoding="utf-8")
    assert not in_any_form(log) and token not in log


def test_an_identity_is_shown_for_a_reason_and_journalled(hub, people):
    unwilling = at_unit(hub, people, petitioner={"name": NAME, "phone": PHONE})
    path = f"/api/v1/petitions/{unwilling}/identity/reveal"
    assert people["officer"].problem("POST", path, 409, json={"reason": "x"}) == "reveal.no_consent"
    petition = at_unit(hub, people, petitioner={"name": NAME, "phone": PHONE},
                       consent={"use_identity_in_handling": True})
    path = f"/api/v1/petitions/{petition}/identity/reveal"
    officer = people["officer"]
    assert officer.problem("POST", path, 422, json={"reason": "  "}) == "reveal.reason_missing"
    assert officer.problem("POST", path, 403, json={"reason": "x"}, headers={"X-CSRF-Token": ""}) == "session.csrf"
    assert people["stranger"].problem("POST", path, 404, json={"reason": "x"}) == "petition.not_found"
    assert people["auditor"].problem("POST", path, 403, json={"reason": "x"}) == "reveal.not_yours"
    identity = officer.post(path, json={"reason": "Gọi hỏi vị trí"}).json()
    assert (identity["name"], identity["phone"]) == (NAME, "+84987650123")
    last = officer.get(f"/api/v1/petitions/{petition}/events").json()["items"][-1]
    assert (last["kind"], last["reason"]) == ("identity_revealed", "Gọi hỏi vị trí")
    assert last["actor"] == officer.account["id"]


def test_each_look_at_an_identity_is_decided_anew_and_journalled(hub, people):
    officer = people["officer"]
    petition = at_unit(hub, people, petitioner={"name": NAME, "phone": PHONE}, consent={"use_identity_in_handling": True})
    path = f"/api/v1/petitions/{petition}/identity/reveal"
    again = {"json": {"reason": "Gọi hỏi vị trí"}, "headers": {"Idempotency-Key": "look-1"}}

    def looks():
        items = people["dispatcher"].get(f"/api/v1/petitions/{petition}/events?limit=200").json()["items"]
        return sum(item["kind"] == "identity_revealed" for item in items)

    for _ in range(2):
        assert officer.post(path, **again).json()["phone"] == "+84987650123"
    assert looks() == 2
    officer.act(petition, "return", comment="Không thuộc thẩm quyền")
    people["dispatcher"].act(petition, "distribute", units=["cong-an"])
    refused = officer.post(path, 403, **again)
    assert refused.json()["code"] == "reveal.not_yours" and not in_any_form(refused.text)
    assert looks() == 2


def test_a_repeated_action_shows_no_more_than_a_look_at_the_petition(hub, people):
    officer = people["officer"]
    petition = at_unit(hub, people, petitioner={"name": NAME, "phone": PHONE}, consent={"use_identity_in_handling": True})
    key = {"Idempotency-Key": "back-1"}
    officer.act(petition, "return", comment="Không thuộc thẩm quyền", headers=key)
    people["dispatcher"].act(petition, "distribute", units=["cong-an"])
    repeated = officer.act(petition, "return", comment="Không thuộc thẩm quyền", headers=key)
    assert repeated == officer.get(f"/api/v1/petitions/{petition}").json()
    assert not in_any_form(str(repeated))


def test_an_anonymous_petitioner_is_shown_to_nobody(hub, people):
    petition = at_unit(hub, people, anonymous=True, petitioner={"name": NAME, "phone": PHONE})
    assert people["officer"].get(f"/api/v1/petitions/{petition}").json()["petitioner"] is None
    reveal = f"/api/v1/petitions/{petition}/identity/reveal"
    assert people["officer"].problem("POST", reveal, 409, json={"reason": "x"}) == "reveal.anonymous"


def test_the_code_alone_shows_nothing(hub, anybody):
    answer = hub.hand_in()
    token = answer["tracking_token"]
    bodies = [anybody.get(path, 404).content for path in (
        f"/api/v1/track/{answer['code']}", f"/api/v1/track/{answer['code']}?token=",
        f"/api/v1/track/{answer['code']}?token={token[:-1]}", f"/api/v1/track/{answer['code']}?token={token}x",
        f"/api/v1/track/999999999?token={token}", "/api/v1/track/x?token=x", "/api/v1/track/x?token=")]
    assert len(set(bodies)) == 1
    other = hub.hand_in()
    anybody.get(f"/api/v1/track/{answer['code']}?token={other['tracking_token']}", 404)


def test_lists_are_paged_and_filtered(hub, people):
    dispatcher = people["dispatcher"]
    made = {hub.hand_in()["id"] for _ in range(5)}
    seen, after = [], ""
    while after is not None:
        page = dispatcher.get("/api/v1/petitions", params={"limit": 2, "after": after, "channel": "web"}).json()
        assert len(page["items"]) <= 2
        seen += [item["id"] for item in page["items"]]
        after = page["next"]
    assert len(seen) == len(set(seen)) and made <= set(seen)
    assert dispatcher.get("/api/v1/petitions?channel=zalo").json() == {"items": [], "next": None}
    statuses = {item["status"] for item in dispatcher.get("/api/v1/petitions?status=received").json()["items"]}
    assert statuses == {"received"}
    assert dispatcher.get("/api/v1/petitions?to=2020-01-01T00:00:00Z").json()["items"] == []
    for query in ("status=flying", "progress=x", "from=yesterday", "limit=0", "limit=201", "limit=2x"):
        assert dispatcher.problem("GET", "/api/v1/petitions?" + query, 400) == "request.parameter_invalid", query
    for path in ("/api/v1/petitions", "/api/v1/tasks"):
        for cursor in ("zz", "abc", "00", "f" * 2000):
            problem = dispatcher.get(f"{path}?after={cursor}", 400).json()
            assert (problem["code"], problem["field"]) == ("request.parameter_invalid", "after")
    problem = people["integrator"].get("/api/v1/deliveries?after=zz", 400).json()
    assert (problem["code"], problem["field"]) == ("request.parameter_invalid", "after")
    for query in ("stauts=received", "limit=2&limit=3"):
        assert dispatcher.problem("GET", "/api/v1/petitions?" + query, 400) == "request.parameter_unknown", query


def test_tasks_come_by_deadline(hub, people):
    hub.hand_in()
    dues = [task["due_at"] for task in people["dispatcher"].get("/api/v1/tasks?limit=200").json()["items"]]
    known = [due for due in dues if due]
    assert known == sorted(known) and dues[:len(known)] == known


def test_a_person_sets_their_own_password(hub):
    token = hub.one_time_token("dispatcher")
    person = Client(hub).sign_in(token)
    login = person.account["login"]

    def change(client, expect, **body):
        return client.call("POST", "/api/v1/me/password", expect, json=body)

    assert change(person, 422, password="ngắn").json()["code"] == "password.too_short"
    assert change(person, 422, password=login).json()["code"] in ("password.is_login", "password.too_short")
    assert change(person, 422).json()["code"] == "password.too_short"
    change(person, 204, password="cây cầu số 7")
    person.get("/api/v1/me", 401)
    session = person.post("/api/v1/session", 201, json={"login": login, "password": "cây cầu số 7"}).json()
    person.csrf = session["csrf_token"]
    assert change(person, 422, password="cây cầu số 8 mới").json()["code"] == "password.current_wrong"
    assert change(person, 422, current="không phải", password="cây cầu số 8 mới").json()["field"] == "/current"
    person.get("/api/v1/me")
    change(person, 204, current="cây cầu số 7", password="cây cầu số 8 mới")
    assert Client(hub).problem("POST", "/api/v1/session", 401, json={"login": login, "password": "cây cầu số 7"}) == "session.invalid"
    Client(hub).post("/api/v1/session", 201, json={"login": login, "password": "cây cầu số 8 mới"})


def test_a_script_cannot_set_a_password(hub):
    person = hub.signed_in("dispatcher")
    token = hub.run("token", "new", "--account", person.account["login"])["token"]
    script = {"Authorization": f"Bearer {token}"}
    assert Client(hub).problem("POST", "/api/v1/me/password", 401, json={"password": "cây cầu số 7"}, headers=script) == "session.required"
