"""The portal's pages as such, on the real hub: whole in both languages, small, next to the hub's own addresses, after a restart; and with scripts, in
Chromium where there is one."""

import json
import re
import shutil
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

import web_portal as web
from conftest import ROOT, SECONDS
from web_portal import Browser, answers, counted, hand_in, photo, proof

sys.path.insert(0, str(ROOT / "tests" / "support"))
import chromium  # noqa: E402


@pytest.fixture(scope="module", params=["process", "in-process"])
def hub(request, tmp_path_factory):
    with web.running(tmp_path_factory.mktemp("web"), request.param) as hub:
        yield hub


@pytest.fixture
def browser(hub):
    return Browser(hub)


@pytest.fixture
def title():
    return web.new_title()


# --- Pages as such ---

@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_is_whole_in_both_languages(hub, browser, title, language):
    _, code, _ = hand_in(browser, title, files=[photo()])
    for path in ("/", "/gui", "/nhap", "/tra-cuu", "/cong-khai", "/da-gui", f"/phan-anh/{code}"):
        page = browser.go(f"{path}?lang={language}")
        assert page.language == language
        assert "t." not in page.words.split() and "{{" not in page.response.text
    assert browser.go("/gui").language == language, "it is kept"
    browser.go("/khong-co", expect=404)
    browser.go("/cong-khai/000000000", expect=404)


def test_assets_are_small_and_there(hub, browser):
    page = browser.go("/")
    sizes = {}
    for path in {*page.assets, "/static/solver.js"}:
        asset = browser.http.get(hub.url + path, timeout=SECONDS)
        assert asset.status_code == 200 and "max-age" in asset.headers["Cache-Control"]
        kind = urlsplit(path).path.rpartition(".")[2]
        sizes[kind] = sizes.get(kind, 0) + len(asset.content)
    assert sizes["css"] <= 12 << 10 and sizes["js"] <= 30 << 10
    assert browser.http.get(hub.url + "/favicon.ico", timeout=SECONDS).headers["Content-Type"] == "image/svg+xml"
    robots = browser.http.get(hub.url + "/robots.txt", timeout=SECONDS)
    assert robots.headers["Content-Type"].startswith("text/plain") and "Disallow: /phan-anh/" in robots.text


def test_what_is_the_hubs_stays_the_hubs(hub, browser):
    for path, status in [("/healthz", 200), ("/api/v1/petitions", 401), ("/docs/api/openapi.yaml", 200), ("/sign-in", 200)]:
        assert browser.http.get(hub.url + path, timeout=SECONDS).status_code == status, path
    assert browser.http.put(hub.url + "/gui", timeout=SECONDS).status_code == 405
    assert browser.http.post(hub.url + "/", timeout=SECONDS).headers["Allow"] == "GET, HEAD"
    head = browser.http.head(hub.url + "/gui", timeout=SECONDS)
    assert head.status_code == 200 and head.content == b"" and int(head.headers["Content-Length"]) > 1000
    large = browser.http.post(hub.url + "/gui", data=b"x" * (26 << 20), headers={"Content-Type": "multipart/form-data; boundary=x"}, timeout=SECONDS)
    assert large.status_code == 413


def test_settings_that_cannot_work_are_told(hub, tmp_path):
    for file in ("base", "provinces"):
        shutil.copytree(hub.config.parents[1] / file, tmp_path / file, ignore=shutil.ignore_patterns("*.db*", "blobs", "*.sock"))
    folder = tmp_path / "provinces" / hub.province
    (folder / "web.yaml").write_text("connectors:\n  web: { plugin: in_web, settings: { identity: all } }\n", encoding="utf-8")
    done = subprocess.run([hub.process.args[0], "check", "--config", folder, "--json"], capture_output=True, timeout=SECONDS, check=False)
    report = json.loads(done.stdout)
    assert done.returncode == 2 and [error["file"].endswith("web.yaml") for error in report["errors"]] == [True], report


def test_a_restart_forgets_nothing(hub, browser, title):
    drafts = browser.press(browser.go("/gui"), "save", files=[photo()], **answers(title))
    blank = browser.go("/gui")
    hub.stop()
    hub.start()
    again = Browser(hub)
    again.http.cookies = browser.http.cookies
    assert title in again.go("/nhap").words
    [address] = {link for link in drafts.links if re.fullmatch("/nhap/[0-9a-f]{16}", link)}
    assert "anh.jpg" in again.go(address + "/kiem-tra").words
    blank.forms[0]["action"] = hub.url + "/gui"  # A form that was open meanwhile, on another port now.
    assert title + " khác" in again.press(blank, "save", part="/gui", title=title + " khác").words


# --- With scripts ---

@pytest.mark.skipif(not shutil.which("node"), reason="there is no node")
def test_the_solver_finds_what_sha_256_agrees_to():
    """The script alone, for challenges of every length that a block of SHA-256 treats differently."""
    script = ROOT / "plugins" / "in_web" / "static" / "solver.js"
    challenges = ["x" * length for length in (1, 40, 54, 55, 56, 62, 63, 64, 65, 118, 119, 120, 127, 128, 190)]
    code = f"const {{solve}} = require({json.dumps(str(script))});" \
           f"console.log(JSON.stringify({json.dumps(challenges)}.map((one) => solve(one, 12))));"
    found = json.loads(subprocess.run(["node", "-e", code], capture_output=True, check=True, timeout=SECONDS).stdout)
    for challenge, number in zip(challenges, found, strict=True):
        assert number == proof(challenge, 12), f"the first number for {len(challenge)} characters"


@pytest.fixture
def tab(tmp_path):
    if not chromium.program():
        pytest.skip("there is no Chromium")
    tab = chromium.Chromium(tmp_path / "chromium")
    yield tab
    tab.stop()


def test_in_a_browser_the_work_is_proven_while_somebody_types(hub, tab, title):
    before = counted(hub, "forms_proven")
    tab.go(hub.url + "/gui")
    found = tab.wait(lambda: tab.evaluate("document.querySelector('input[name=proof]').value"), "the proof")
    challenge = tab.evaluate("document.querySelector('form[data-challenge]').dataset.challenge")
    assert found == proof(challenge, 12)
    tab.fill({"title": title, "content": "Đèn đường hỏng", "place": "12 đường Mẫu", "name": "Nguyễn Văn A", "phone": "12"})
    tab.press("button[value=check]")
    assert tab.evaluate("document.activeElement.id") == "errors", "the mistakes are read first"
    tab.fill({"phone": "0912345678", "citizen_id": "001090000001", "contact_address": "34 đường Thử", "declared_true": True, "consent_process": True})
    tab.press("button[value=check]")
    assert title in tab.text()
    tab.press("main form button")
    assert tab.address == "/da-gui"
    [petition] = hub.about(title)
    assert petition["code"] in tab.text()
    secret = tab.evaluate("document.getElementById('secret').textContent")
    hub.secrets.append(secret)
    tab.go(f"{hub.url}/phan-anh/{petition['code']}?token={secret}")
    assert tab.address == f"/phan-anh/{petition['code']}"
    assert secret not in tab.evaluate("document.documentElement.outerHTML") and tab.evaluate("document.cookie") == ""
    assert counted(hub, "forms_proven") == before + 1
    # (Chromium notes a 422 as such.)
    assert [one for one in tab.complaints if "422" not in one] == []


def test_no_page_is_wider_than_a_small_phone(hub, tab):
    tab.call("Emulation.setDeviceMetricsOverride", width=320, height=640, deviceScaleFactor=1, mobile=True)
    for path in ("/", "/gui", "/nhap", "/tra-cuu", "/cong-khai", "/khong-co"):
        tab.go(hub.url + path)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 320, path
        small = tab.evaluate("""[...document.querySelectorAll('button, .button, main input:not([type=hidden]), select, .tick')]
            .filter((one) => one.offsetParent && !one.closest('.tick input') && one.getBoundingClientRect().height < (one.type === 'checkbox' ||
            one.type === 'radio' ? 24 : 44)).map((one) => one.outerHTML.slice(0, 80))""")
        assert small == [], path
