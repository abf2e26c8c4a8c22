"""Signing in by a connector, over a real hub. The provider is tests/fixtures/plugins/signs_in.cpp, in the hub's process and in one of its
own: what it would say about somebody stands in the query of the callback."""

import hashlib
import os
import shutil
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from conftest import BINARY, Client, Hub, Receiver, open_to_children, wait_until

BUILD = Path(os.environ.get("PAKN_BIN", BINARY)).parents[1]
CONNECTORS = """connectors:
  sso: { plugin: signs_in, isolation: in-process, sign_in: { label: SSO Mẫu } }
  apart: { plugin: signs_in, isolation: process }
  citizens: { plugin: signs_in, isolation: in-process, sign_in: { who: citizens } }
  hangs: { plugin: signs_in, isolation: process, settings: { begin: hard }, limits: { call: 300ms } }
  stuck: { plugin: signs_in, isolation: in-process, settings: { begin: hang } }
  down: { plugin: signs_in, isolation: in-process, settings: { begin: unavailable } }
  script: { plugin: signs_in, isolation: in-process, settings: { begin: script } }
  idle: { plugin: signs_in, isolation: in-process }"""
ISSUER = "https://id.example"


class SignInHub(Hub):
    def _change(self, name, pattern, replacement):
        super()._change(name, pattern, replacement)
        if name == "connectors.yaml":
            super()._change(name, r"(?m)^connectors:$", CONNECTORS)


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    plugins = tmp_path_factory.mktemp("plugins")
    for file in [*(BUILD / "lib" / "paknhub").glob("*.so"), BUILD / "tests" / "fixtures" / "plugins" / "signs_in.so"]:
        shutil.copy(file, plugins)
    receiver = Receiver()
    SignInHub.options = ["--plugins", str(plugins)]
    folder = tmp_path_factory.mktemp("sign_in")
    open_to_children(folder)
    hub = SignInHub(folder, receiver)
    yield hub
    hub.stop()
    receiver.stop()


class Browser(Client):
    """Follows nothing by itself."""

    def go(self, path, expect=303, **arguments):
        return self.call("GET", path, expect, allow_redirects=False, **arguments)

    def begin(self, connector="sso", query=""):
        """The state that the provider got."""
        self.location = self.go(f"/sign-in/{connector}{query}").headers["Location"]
        return parse_qs(urlsplit(self.location).query)["state"][0]

    def come_back(self, connector, state, expect=303, **says):
        query = "&".join(f"{name}={value}" for name, value in {"state": state, **says}.items())
        return self.go(f"/sign-in/{connector}/callback?{query}", expect)

    def refused(self, connector, state, expect, **says):
        return self.come_back(connector, state, expect, **says).json()["code"]

    def sign_in_by(self, connector, sub, login="nobody"):
        answer = self.come_back(connector, self.begin(connector), sub=sub, login=login)
        self.csrf = self.http.cookies["pakn_csrf"]
        return answer


def granted(hub, sub, connector="sso"):
    browser = Browser(hub)
    browser.sign_in_by(connector, sub, sub)
    assert browser.get("/api/v1/me").json()["account"]["roles"] == []
    browser.call("DELETE", "/api/v1/session", 200)
    hub.run("user", "grant", sub, "--role", "officer", "--unit", "so-xay-dung")
    return browser


@pytest.mark.parametrize("connector", ["sso", "apart"])
def test_whoever_is_new_waits_and_comes_in_when_granted(own, connector):
    browser = Browser(own)
    login = f"lan-{connector}"
    state = browser.begin(connector)
    assert browser.location.startswith("https://id.example/?citizen=0&")
    assert f"back=http://127.0.0.1:8080/sign-in/{connector}/callback" in browser.location
    cookie = next(one for one in browser.http.cookies if one.name == "pakn_sign_in")
    assert cookie.path == f"/sign-in/{connector}" and cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Lax"
    browser.come_back(connector, state, sub=login, login=login, name="Lan")
    browser.csrf = browser.http.cookies["pakn_csrf"]
    for path in ("/api/v1/tasks", "/api/v1/petitions", "/api/v1/knowledge", "/api/v1/notices", "/api/v1/statistics/status",
                 "/api/v1/connectors", "/api/v1/configuration", "/api/v1/roster"):
        assert browser.problem("GET", path, 403) == "role.insufficient", path
    waiting = [one for one in own.run("user", "waiting")["items"] if one["login"] == login]
    assert waiting[0]["connector"] == connector and waiting[0]["suggested_roles"] == ["admin"]
    assert own.run("user", "grant", login, "--role", "officer", "--unit", "so-xay-dung")["roles"] == ["officer"]
    assert not [one for one in own.run("user", "waiting")["items"] if one["login"] == login]

    answer = browser.sign_in_by(connector, login)
    assert answer.headers["Location"] == "/sign-in"
    session = next(one for one in browser.http.cookies if one.name == "pakn_session")
    assert session.has_nonstandard_attr("HttpOnly") and session.get_nonstandard_attr("SameSite") == "Strict"
    account = browser.get("/api/v1/me").json()["account"]
    assert account["login"] == login and account["roles"] == ["officer"]
    assert browser.problem("DELETE", "/api/v1/session", 403, headers={"X-CSRF-Token": "x"}) == "session.csrf"
    out = browser.call("DELETE", "/api/v1/session", 200).json()["continue_at"]
    assert out == f"https://id.example/out?hint=token-{login}&back=http://127.0.0.1:8080/sign-in"
    assert "pakn_session" not in browser.http.cookies
    assert browser.problem("GET", "/api/v1/me", 401) == "session.required"


def test_HT03_HT04_who_a_provider_brings_asks_for_a_role_and_the_units_administrator_grants_it(own):
    browser = Browser(own)
    browser.sign_in_by("sso", "moi", "moi")
    units = {one["id"] for one in browser.get("/api/v1/organisation").json()["units"]}
    assert "so-xay-dung" in units
    wish = {"role": "officer", "unit": "so-xay-dung", "reason": "Chuyên viên phòng hạ tầng"}
    asked = browser.post("/api/v1/role-requests", 201, json=wish).json()
    assert browser.problem("POST", "/api/v1/role-requests", 409, json=wish) == "role_request.waits"
    for role in ("leader", "follower", "unit_admin", "auditor"):
        browser.post("/api/v1/role-requests", 201, json={**wish, "role": role, "unit": None if role == "auditor" else wish["unit"]})
    assert browser.problem("POST", "/api/v1/role-requests", 409, json={**wish, "role": "admin", "unit": None}) \
        == "role_request.too_many"
    keeper = own.signed_in("unit_admin", "so-xay-dung")
    stranger = own.signed_in("unit_admin", "so-tai-nguyen-moi-truong")
    approve = f"/api/v1/role-requests/{asked['id']}/approve"
    assert browser.problem("POST", approve, 403) == "role_request.own"
    assert stranger.problem("POST", approve, 404) == "role_request.not_found"
    assert [one["account_name"] for one in keeper.get("/api/v1/role-requests?state=open").json()["items"] if one["id"] == asked["id"]]
    keeper.post(approve)
    account = browser.get("/api/v1/me").json()["account"]
    assert account["roles"] == ["officer"] and account["unit"] == "so-xay-dung", "in the session that is open"
    browser.get("/api/v1/tasks")
    assert not [one for one in own.run("user", "waiting")["items"] if one["login"] == account["login"]]


def test_a_session_is_new_after_every_sign_in(own):
    browser = granted(own, "fixation")
    browser.http.cookies.set("pakn_session", "chosen-by-somebody-else", path="/")
    browser.http.cookies.clear()
    browser.sign_in_by("sso", "fixation")
    first = browser.http.cookies["pakn_session"]
    browser.sign_in_by("sso", "fixation")
    assert browser.http.cookies["pakn_session"] != first


def test_a_login_that_is_taken_is_linked_by_the_administrator_alone(own):
    own.run("user", "add", "--login", "truong", "--name", "Trưởng", "--role", "dispatcher")
    browser = Browser(own)
    for _ in range(2):
        browser.sign_in_by("sso", "77", "truong")
    waiting = [one for one in own.run("user", "waiting")["items"] if one["subject"] == "77"]
    assert len(waiting) == 1 and waiting[0]["login"].startswith("truong+") and waiting[0]["suggested_login"] == "truong"
    linked = own.run("user", "link", "truong", "--issuer", ISSUER, "--subject", "77")
    assert linked["connector"] == "sso"
    assert not [one for one in own.run("user", "waiting")["items"] if one["subject"] == "77"]
    browser.sign_in_by("sso", "77", "truong")
    assert browser.get("/api/v1/me").json()["account"]["login"] == "truong"

    assert browser.refused("apart", browser.begin("apart"), 403, sub="77") == "sign_in.not_admitted", "another connector's word"
    own.run("user", "unlink", "truong", "--issuer", ISSUER, "--subject", "77")
    assert browser.problem("GET", "/api/v1/me", 401) == "session.required"
    browser.sign_in_by("sso", "77", "truong")
    assert browser.get("/api/v1/me").json()["account"]["roles"] == [], "a stranger again"


def test_a_locked_account_is_refused(own):
    browser = granted(own, "khoa")
    own.run("user", "lock", "--login", "khoa")
    assert browser.refused("sso", browser.begin(), 403, sub="khoa") == "sign_in.locked"


def test_only_the_browser_that_began_can_finish_and_once(own):
    browser = granted(own, "once")
    other = Browser(own)
    state = browser.begin()
    kept = browser.http.cookies.copy()
    assert other.refused("sso", state, 400, sub="once") == "sign_in.not_begun"
    other.begin()
    assert other.refused("sso", state, 400, sub="once") == "sign_in.rejected", "another browser's state"
    browser.come_back("sso", state, sub="once")
    browser.http.cookies = kept
    assert browser.refused("sso", state, 400, sub="once") == "sign_in.not_begun", "used up"

    browser.http.cookies.clear()
    state = browser.begin("apart")
    ticket = browser.http.cookies["pakn_sign_in"]
    for connector, value in (("sso", ticket), ("apart", ticket[:-2] + "AA"), ("apart", "x")):
        browser.http.cookies.clear()
        browser.http.cookies.set("pakn_sign_in", value, path="/")
        assert browser.refused(connector, state, 400, sub="once") == "sign_in.not_begun"


def test_where_a_browser_ends_up_is_here(own):
    browser = granted(own, "return")
    browser.come_back("sso", browser.begin(query="?return=/console/%3Fa=1"), sub="return")
    answer = browser.come_back("sso", browser.begin(query="?return=/console/"), sub="return")
    assert answer.headers["Location"] == "/console/"
    for bad in ("//evil.example", "https://evil.example", "/%5Cevil.example", "javascript:alert(1)", "/%0d%0aX:1", "%2F%2Fevil.example"):
        assert browser.go(f"/sign-in/sso?return={bad}", 400).json()["code"] == "sign_in.return_invalid"
    assert browser.go("/sign-in/script", 503).json()["code"] == "sign_in.unavailable"


def test_what_the_provider_refuses(own):
    browser = Browser(own)
    assert browser.refused("sso", browser.begin(), 403, fail="forbidden") == "sign_in.not_admitted"
    assert browser.refused("sso", browser.begin(), 503, fail="unavailable") == "sign_in.unavailable"
    assert browser.refused("sso", browser.begin(), 503, fail="throw") == "sign_in.unavailable"
    assert browser.refused("sso", "wrong", 400, sub="7") == "sign_in.not_begun"
    browser.begin()
    assert browser.refused("sso", "wrong", 400, sub="7") == "sign_in.rejected"
    assert browser.refused("sso", browser.begin(), 400) == "sign_in.rejected", "no subject"
    assert browser.go("/sign-in/down", 503).headers["Retry-After"] == "17"
    for path in ("/sign-in/nothing", "/sign-in/spool", "/sign-in/nothing/callback", "/sign-in/citizens/callback/x"):
        assert browser.go(path, 404).status_code == 404


def test_a_form_does_as_well(own):
    browser = granted(own, "form")
    state = browser.begin()
    answer = browser.call("POST", "/sign-in/sso/callback", 303, data={"state": state, "sub": "form"}, allow_redirects=False)
    assert answer.headers["Location"] == "/sign-in"
    browser.begin()
    big = browser.call("POST", "/sign-in/sso/callback", 413, data={"state": "x" * 70000}, allow_redirects=False)
    assert big.json()["code"] == "request.too_large"


def test_a_browser_gets_a_page(own):
    browser = Browser(own)
    answer = browser.go("/sign-in/sso/callback", 400, headers={"Accept": "text/html,*/*"})
    assert answer.headers["Content-Type"].startswith("text/html") and 'data-code="sign_in.not_begun"' in answer.text
    ways = {one["connector"]: one for one in browser.get("/api/v1/sign-in").json()["items"]}
    assert ways["sso"] == {"connector": "sso", "label": "SSO Mẫu", "url": "/sign-in/sso", "officers": True, "citizens": False}
    assert ways["apart"]["label"] == "Signs in at the example." and not ways["citizens"]["officers"]


def test_a_provider_that_hangs_keeps_nobody_waiting(own):
    browser = Browser(own)
    assert browser.go("/sign-in/hangs", 503).json()["code"] == "sign_in.unavailable"
    stuck = []
    for _ in range(8):  # As many as may be inside one connector.
        stuck.append(requests.Session())
        stuck[-1].trust_env = False
        with pytest.raises(requests.exceptions.ReadTimeout):
            stuck[-1].get(own.url + "/sign-in/stuck", timeout=0.2)
    browser.begin("sso")
    browser.begin("apart")


def test_a_paused_connector_signs_nobody_in(own):
    browser = granted(own, "pause", "idle")
    state = browser.begin("idle")
    own.run("connector", "pause", "idle")
    wait_until(lambda: browser.http.get(own.url + "/sign-in/idle", allow_redirects=False).status_code == 503, "the pause")
    assert browser.go("/sign-in/idle", 503).json()["code"] == "sign_in.unavailable"
    assert browser.refused("idle", state, 503, sub="pause") == "sign_in.unavailable"


@pytest.mark.parametrize("connector", ["sso", "apart"])
def test_a_provider_ends_its_sessions(own, connector):
    """Single logout: by the person, or by the provider's session alone, as a service ticket is."""
    hook = f"{own.url}/hooks/{connector}/over"
    people = {sub: granted(own, sub, connector) for sub in (f"{connector}-out1", f"{connector}-out2")}
    for sub, browser in people.items():
        browser.sign_in_by(connector, sub, sub)
        assert browser.get("/api/v1/me").json()["account"]["login"] == sub
    first, second = people
    assert requests.post(hook, timeout=30).status_code == 422, "names nobody"
    other = "apart" if connector == "sso" else "sso"
    assert requests.post(f"{own.url}/hooks/{other}/over?sub={first}", timeout=30).text == "0", "another connector's"
    assert requests.post(f"{hook}?sub={first}&session=sid-{second}", timeout=30).text == "0", "not this person's"
    assert requests.post(f"{hook}?sub={first}", timeout=30).text == "1"
    assert people[first].problem("GET", "/api/v1/me", 401) == "session.required"
    assert people[second].get("/api/v1/me").json()["account"]["login"] == second
    assert requests.post(f"{hook}?session=sid-{second}", timeout=30).text == "1"
    assert people[second].problem("GET", "/api/v1/me", 401) == "session.required"
    assert requests.post(f"{hook}?session=sid-{second}", timeout=30).text == "0"


def test_a_plugin_knows_the_citizen_of_a_request(own):
    browser = Browser(own)
    assert browser.http.get(own.url + "/hooks/citizens/citizen").status_code == 401
    browser.come_back("citizens", browser.begin("citizens"), sub="c8", name="Chi", phone="0987654321")
    for connector in ("citizens", "apart"):
        answer = browser.http.get(f"{own.url}/hooks/{connector}/citizen")
        assert (answer.status_code, answer.text) == (200, "c8 Chi 0987654321")
    token = browser.http.cookies["pakn_citizen"]
    for claimed in (token, hashlib.sha256(token.encode()).hexdigest()):
        answer = requests.get(own.url + "/hooks/citizens/citizen", headers={"pakn-citizen": claimed}, timeout=30)
        assert answer.status_code == 401, "the hub alone says whose session it is"
    assert browser.http.post(own.url + "/hooks/citizens/over?sub=c8").text == "1"
    assert browser.http.get(own.url + "/hooks/citizens/citizen").status_code == 401


def test_a_citizens_session_is_none_of_an_officer(own):
    browser = Browser(own)
    state = browser.begin("citizens")
    assert "citizen=1&" in browser.location
    answer = browser.come_back("citizens", state, sub="c7", name="Binh", phone="0912345678", citizen_id="001090000001")
    assert answer.headers["Location"] == "/" and "pakn_session" not in browser.http.cookies
    cookie = next(one for one in browser.http.cookies if one.name == "pakn_citizen")
    assert cookie.has_nonstandard_attr("HttpOnly") and cookie.get_nonstandard_attr("SameSite") == "Lax"
    citizen = browser.get("/api/v1/citizen")
    assert citizen.json()["citizen"]["name"] == "Binh" and "0912345678" not in citizen.text and "001090000001" not in citizen.text
    assert browser.problem("GET", "/api/v1/me", 401) == "session.required"
    assert not [one for one in own.run("user", "waiting")["items"] if one["subject"] == "c7"]
    browser.http.cookies.set("pakn_session", cookie.value, path="/")
    assert browser.problem("GET", "/api/v1/me", 401) == "session.required"
    kept = browser.http.cookies.copy()
    assert browser.call("DELETE", "/api/v1/citizen", 200).json()["continue_at"].startswith("https://id.example/out?hint=token-c7&")
    browser.http.cookies = kept
    assert browser.get("/api/v1/citizen").json() == {"citizen": None}
    assert browser.go("/sign-in/sso?citizen=1", 404).json()["code"] == "sign_in.connector_unknown"


def test_no_secret_is_logged(own):
    text = own.log.read_text(encoding="utf-8")
    assert "-state" not in text and "token-" not in text
