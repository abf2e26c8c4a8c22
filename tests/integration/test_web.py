"""Citizens at the portal of the real hub, in a process of its own and in the hub's, before a browser that runs no scripts: from a draft to an
answer that is rated, once is once, who may send, and what is refused."""

import concurrent.futures
import json
import re
from urllib.parse import urlsplit

import pytest
import requests

import web_portal as web
from conftest import SECONDS, wait_until
from web_portal import Browser, answers, counted, hand_in, photo, proof


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


# --- The whole way ---

def test_from_a_draft_to_a_rated_answer(hub, browser, title):
    drafts = browser.press(browser.go("/gui"), "save", title=title, files=[photo()])
    assert urlsplit(drafts.url).path == "/nhap" and title in drafts.words
    assert hub.about(title) == [], "a draft is nobody's business"
    [address] = {link for link in drafts.links if re.fullmatch("/nhap/[0-9a-f]{16}", link)}

    form = browser.go(address)
    fields = dict(browser.form(form, "/gui")["fields"])
    assert fields["title"] == title and fields["public"] == "no" and "declared_true" not in fields
    wrong = browser.press(form, "check", expect=422, **answers(title, phone="12", declared_true=None))
    assert set(wrong.errors) == {"phone", "declared_true"} and "anh.jpg" in wrong.words
    checked = browser.press(wrong, "check", phone="0912345678", declared_true="yes", public="yes")
    assert urlsplit(checked.url).path == address + "/kiem-tra"
    for words in (title, "Trẻ em đi qua đây.", "Hạ tầng đô thị", "06/03/2026 07:30", "12 đường Mẫu", "Nguyễn Văn A", "anh.jpg"):
        assert words in checked.words, words

    sent = browser.press(checked, part="/gui")
    [petition] = hub.about(title)
    code = petition["code"]
    secret = re.search(r'id="secret">([^<]+)<', sent.response.text).group(1)
    hub.secrets.append(secret)
    assert code in sent.words and f"/phan-anh/{code}?token={secret}" in sent.words
    assert title not in browser.go("/nhap").words, "the draft is done with"
    whole = hub.staff["dispatcher"].get(f"/api/v1/petitions/{petition['id']}").json()
    assert whole["content"] == "Hố ga trước số 12 đường Mẫu mất nắp.\nTrẻ em đi qua đây."
    assert whole["public"] and not whole["emergency"] and [one["name"] for one in whole["attachments"]] == ["anh.jpg"]

    # Another device, by the link: the secret leaves the address.
    other = Browser(hub)
    page = other.go(f"/phan-anh/{code}?token={secret}")
    assert page.url.endswith(f"/phan-anh/{code}") and secret not in page.response.text
    hub.take_on(petition)
    page = other.go(f"/phan-anh/{code}")
    assert "Sở Xây dựng" in page.words
    page = other.press(page, part="bo-sung", files=[photo("anh2.jpg")], text="Nắp nằm dưới cống")
    [event] = [event for event in hub.history(petition) if event["kind"] == "supplemented"]
    assert event["text"] == "Nắp nằm dưới cống" and [one["name"] for one in event["files"]] == ["anh2.jpg"]

    hub.answer(petition, "Đã thay nắp hố ga.\nCảm ơn ông/bà.")
    page = other.go(f"/phan-anh/{code}")
    assert "Đã thay nắp hố ga." in page.words and "Đã trả lời" in page.words
    unrated = other.press(page, part="danh-gia", comment="Nhanh", expect=422)
    assert set(unrated.errors) == {"rating"}
    rated = other.press(unrated, part="danh-gia", rating="satisfied")
    assert not any("danh-gia" in form["action"] for form in rated.forms)
    [event] = [event for event in hub.history(petition) if event["kind"] == "rated"]
    assert event["rating"] == "satisfied"

    anybody = Browser(hub)
    wait_until(lambda: title in anybody.go("/cong-khai?trang-thai=da-tra-loi&linh-vuc=ha-tang").words, "the public list")
    wait_until(lambda: title in anybody.go("/").words, "the first page")
    shown = anybody.go(f"/cong-khai/{code}")
    assert "Đã thay nắp hố ga." in shown.words and "Trẻ em đi qua đây." in shown.words
    for private in ("Nguyễn", "0912345678", "001090000001", "34 đường Thử", "anh.jpg", "12 đường Mẫu</dd>"):  # AX-20
        assert private not in shown.response.text, private
    anybody.go(f"/phan-anh/{code}", expect=200)  # To the page that asks for the secret.
    assert "Trẻ em" not in anybody.go(f"/phan-anh/{code}").words

    again = other.press(other.go(f"/phan-anh/{code}"), part="xem-lai", reason="Nắp lại mất")
    assert any(event["kind"] == "reopened" for event in hub.history(petition))
    assert not any("xem-lai" in form["action"] for form in again.forms), "it is not answered any more"


def test_what_is_not_public_is_nowhere(hub, browser, title):
    petition, code, _ = hand_in(browser, title)
    hub.take_on(petition)
    hub.answer(petition, "Đã xong việc " + title)
    public, public_code, _ = hand_in(browser, title + " công khai", public="yes")
    anybody = Browser(hub)
    wait_until(lambda: public_code in anybody.go("/cong-khai?trang-thai=dang-xu-ly").words, "the public list")
    assert title + " công khai" not in anybody.go("/cong-khai").words, "nobody has read it yet"
    assert code not in anybody.go("/cong-khai").words
    anybody.go(f"/cong-khai/{code}", expect=404)
    assert "công khai" not in anybody.go(f"/cong-khai/{public_code}").headings and public["code"] == public_code


def test_files_of_the_sender_and_of_the_answer(hub, browser, title):
    petition, code, _ = hand_in(browser, title, files=[photo("ảnh hiện trường.jpg")], public="yes")
    page = browser.go(f"/phan-anh/{code}")
    [own] = [link for link in page.links if "/tep/" in link]
    file = browser.http.get(hub.url + own, timeout=SECONDS)
    assert file.content.startswith(b"\xff\xd8") and file.headers["Content-Type"] == "image/jpeg"
    assert file.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert "sandbox" in file.headers["Content-Security-Policy"]
    stranger = requests.get(hub.url + own, timeout=SECONDS, allow_redirects=False)
    assert stranger.status_code == 303
    hub.take_on(petition)
    hub.answer(petition, "Xem công văn", attachments=[{"name": "cong-van.txt", "content_type": "text/plain", "data": "xJDDoyB4b25n"}])
    [given] = [link for link in browser.go(f"/phan-anh/{code}").links if "/tep/" in link and link != own]
    assert browser.http.get(hub.url + given, timeout=SECONDS).content.decode() == "Đã xong"
    anybody = Browser(hub)
    public = f"/cong-khai/{code}/tep/"
    assert anybody.http.get(hub.url + public + given.rpartition("/")[2], timeout=SECONDS).content.decode() == "Đã xong"
    assert anybody.http.get(hub.url + public + own.rpartition("/")[2], timeout=SECONDS).status_code == 404, "the sender's own are not public"


# --- Once is once ---

def test_a_button_that_is_pressed_many_times_makes_one_petition(hub, browser, title):
    checked = browser.press(browser.go("/gui"), "check", files=[photo()], **answers(title))
    with concurrent.futures.ThreadPoolExecutor(8) as many:
        sent = list(many.map(lambda _: browser.press(checked, part="/gui", follow=False, expect=303), range(8)))
    assert {one.headers["Location"] for one in sent} == {"/da-gui"}
    keys = {one.headers["Set-Cookie"].split("web_sent=")[1].split(";")[0] for one in sent}
    assert len(keys) == 1, "all of them show the same code"
    hub.secrets.append(keys.pop().partition(".")[2])
    [petition] = hub.about(title)
    assert petition["code"] in browser.go("/da-gui").words
    # The page on which answers were checked is still in the browser's history.
    assert petition["code"] in browser.press(checked, part="/gui").words
    assert len(hub.about(title)) == 1


def test_news_that_is_sent_twice_is_once(hub, browser, title):
    petition, code, _ = hand_in(browser, title)
    page = browser.go(f"/phan-anh/{code}")
    for _ in range(3):
        browser.press(page, part="bo-sung", text="Một lần thôi")
    assert sum(event["kind"] == "supplemented" for event in hub.history(petition)) == 1


# --- Who may send ---

def test_with_a_proof_and_with_a_forged_one(hub, browser, title):
    page = browser.go("/gui")
    form = browser.form(page, "/gui")
    token, bits = form["html"]["data-challenge"], int(form["html"]["data-bits"])
    assert token == dict(form["fields"])["token"] and bits == 12
    before = counted(hub, "forms_proven")
    browser.press(page, "save", title=title, proof=proof(token, bits))
    assert counted(hub, "forms_proven") == before + 1
    forged = token[:-1] + ("0" if token[-1] != "0" else "1")
    browser.press(page, "save", title=title, token=forged, proof=proof(forged, bits), follow=False, expect=403)


def test_other_sites_send_nothing(hub, browser, title):
    page = browser.go("/gui")
    form = browser.form(page, "/gui")
    values = [*form["fields"], ("action", "save"), ("title", title)]

    def post(http, **headers):
        return http.post(form["action"], data=values, headers=headers, timeout=SECONDS, allow_redirects=False).status_code

    assert post(browser.http, Origin="https://evil.example") == 403
    assert post(browser.http, **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert post(browser.http, Origin="null", **{"Sec-Fetch-Site": "same-site"}) == 403
    stranger = requests.Session()
    stranger.trust_env = False
    assert post(stranger) == 403, "without the cookie that the form was made for"
    assert post(browser.http, Origin=hub.url) == 303


def test_secrets_are_tried_in_vain(hub, browser, title):
    _, code, secret = hand_in(browser, title)
    stranger = Browser(hub)
    page = stranger.press(stranger.go(f"/tra-cuu?ma={code}"), "open", secret="khong-phai", expect=404)
    assert set(page.errors) == {"secret"} and title not in page.words
    assert title in stranger.press(page, "open", secret=secret).words
    assert stranger.http.cookies.get("web_key", path=f"/phan-anh/{code}") == secret
    page = stranger.press(stranger.go(f"/phan-anh/{code}"), part="quen")
    assert title not in stranger.go(f"/phan-anh/{code}").words, "forgotten"


def test_whoever_lost_the_secret_gets_a_code(hub, browser, title):
    _, code, secret = hand_in(browser, title)
    lost = Browser(hub)
    before = len(hub.codes.events)
    asked = lost.press(lost.go("/tra-cuu"), "code", code=code)
    assert urlsplit(asked.url).path == "/tra-cuu" and secret not in asked.response.text
    [event] = hub.codes.events[before:]
    [one_time] = set(re.findall(r"\b\d{6}\b", json.dumps(event["body"], ensure_ascii=False)))
    wrong = lost.press(asked, part="/tra-cuu/ma", one_time="000000" if one_time != "000000" else "111111", expect=422)
    assert set(wrong.errors) == {"one_time"}
    assert title in lost.press(wrong, part="/tra-cuu/ma", one_time=f"{one_time[:3]} {one_time[3:]}").words
    # An unknown petition is answered the same, and nobody gets a code.
    before = len(hub.codes.events)
    unknown = lost.press(lost.go("/tra-cuu"), "code", code="000000999")
    assert urlsplit(unknown.url).path == "/tra-cuu" and "one_time" in unknown.ids and len(hub.codes.events) == before


# --- What the hub refuses ---

def test_the_address_in_messages_opens_the_page(hub, browser, title):
    _, code, secret = hand_in(browser, title)
    somebody = requests.Session()
    somebody.trust_env = False
    address = f"{hub.url}/api/v1/track/{code}?token={secret}"
    sent_on = somebody.get(address, headers={"Accept": "text/html,*/*;q=0.8"}, timeout=SECONDS, allow_redirects=False)
    assert sent_on.status_code == 303
    page = somebody.get(hub.url + sent_on.headers["Location"], timeout=SECONDS)
    assert page.status_code == 200 and title in page.text
    assert page.url == f"{hub.url}/phan-anh/{code}", "the secret does not stay in the address"
    assert somebody.get(address, headers={"Accept": "application/json"}, timeout=SECONDS).json()["code"] == code


def test_a_refusal_stands_at_its_field_and_is_mended(hub, browser, title):
    page = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
    files = [photo(), ("don.pdf", page, "application/pdf")]
    checked = browser.press(browser.go("/gui"), "check", files=files, **answers(title))
    refused = browser.press(checked, part="/gui", expect=422)
    assert set(refused.errors) == {"files"} and "don.pdf: " in refused.words  # AX-24
    assert dict(browser.form(refused, "/gui")["fields"])["content"].startswith("Hố ga trước số 12")
    [bad] = re.findall(r'name="remove" value="([^"]+)"> <span>[^<]*<span class="hidden">: don.pdf', refused.response.text)
    checked = browser.press(refused, "check", remove=bad)
    browser.press(checked, part="/gui")
    [petition] = hub.about(title)
    hub.secrets.append(browser.http.cookies.get("web_key", path=f"/phan-anh/{petition['code']}"))


def test_what_cannot_be_done_now_is_said(hub, browser, title):
    petition, code, _ = hand_in(browser, title)
    hub.take_on(petition)
    hub.answer(petition, "Xong")
    here, there = browser.go(f"/phan-anh/{code}"), browser.go(f"/phan-anh/{code}")  # The same page in two tabs.
    browser.press(here, part="danh-gia", rating="neutral")
    late = browser.press(there, part="danh-gia", rating="satisfied", expect=409)
    assert late.forms and "role=\"alert\"" in late.response.text
    assert [event["rating"] for event in hub.history(petition) if event["kind"] == "rated"] == ["neutral"]
    browser.press(here, part="xem-lai", reason="Chưa xong")
    late = browser.press(there, part="xem-lai", reason="Vẫn chưa xong", expect=409)
    assert "role=\"alert\"" in late.response.text
    assert sum(event["kind"] == "reopened" for event in hub.history(petition)) == 1
