"""The citizens' portal as tests meet it: a hub with it, a browser without scripts that holds every page against what makes a page
whole (labels, ids, languages, sizes), and what people do there."""

import contextlib
import gzip
import hashlib
import html.parser
import io
import itertools
import re
from urllib.parse import urljoin, urlsplit

import requests
from PIL import Image

from conftest import SECONDS, Client, Hub, Receiver

UNIT = "so-xay-dung"
PORTAL = """
connectors:
  web:
    plugin: in_web
    isolation: {isolation}
    interval: 1s
    settings:
      site_name: Cổng phản ánh thành phố Mẫu
      banner: Bản chạy thử
      identity: required
      waiting: 0s
      waited_per_hour: 1000
      saved_per_hour: 10000
      proof_bits: 12
      tries_per_hour: 1000
identity: {{ web: required }}
one_time_codes: {{ phone: webhook }}
"""


class Page(html.parser.HTMLParser):
    """What a browser makes of a page: its forms, links, texts; and what is wrong with it for somebody who cannot see it."""

    VOID = {"meta", "link", "input", "br", "img", "hr"}

    def __init__(self, response):
        super().__init__()
        self.response = response
        self.url = response.url
        self.forms, self.links, self.ids, self.labels, self.described, self.controls = [], [], [], set(), set(), []
        self.wrong, self.stray = set(), []  # What describes the controls that are wrong; words outside of all landmarks.
        self.headings, self.language, self.assets = [], None, []
        self.open, self.words, self.errors = [], [], {}
        self.form = self.area = self.select = None
        self.feed(response.text)
        self.close()
        self.words = re.sub(r"\s+", " ", " ".join(self.words)).strip()

    def handle_starttag(self, tag, attributes):
        has = dict(attributes)
        if tag not in self.VOID:
            self.open.append(tag)
        if "id" in has:
            self.ids.append(has["id"])
        if has.get("class") == "error":
            self.errors[has["id"].removesuffix("-error")] = ""
        self.described.update((has.get("aria-describedby") or "").split())
        self.described.update((has.get("aria-labelledby") or "").split())
        if has.get("aria-invalid") == "true":
            self.wrong.update((has.get("aria-describedby") or "").split())
        if tag == "html":
            self.language = has.get("lang")
        elif tag in ("h1", "h2", "h3"):
            self.headings.append(tag)
        elif tag == "a":
            self.links.append(has["href"])
        elif tag == "label" and "for" in has:
            self.labels.add(has["for"])
        elif tag in ("link", "script"):
            self.assets.append(has.get("href") or has["src"])
        elif tag == "form":
            self.form = {"action": urljoin(self.url, has["action"]), "method": has["method"], "type": has.get("enctype"), "fields": [],
                         "buttons": {}, "html": has}
            self.forms.append(self.form)
        elif tag == "input":
            self._input(has)
        elif tag in ("textarea", "select"):
            self.controls.append(has.get("id"))
            if tag == "select":
                self.select = (has["name"], [])
            else:
                self.area = [has["name"], ""]
        elif tag == "option":
            self.select[1].append((has.get("value"), "selected" in has))
        elif tag == "button" and self.form is not None and has.get("type") == "submit":
            self.form["buttons"][has.get("value")] = has.get("name")

    def _input(self, has):
        kind = has.get("type", "text")
        if kind != "hidden":
            within_label = "label" in self.open
            self.controls.append(None if within_label else has.get("id"))
            if within_label:
                self.controls.pop()
        if self.form is None or kind == "file" or (kind in ("checkbox", "radio") and "checked" not in has):
            return
        self.form["fields"].append((has["name"], has.get("value", "")))

    def handle_endtag(self, tag):
        assert tag in self.open, f"{self.url}: </{tag}> closes nothing"
        while self.open.pop() != tag:
            raise AssertionError(f"{self.url}: </{tag}> closes something else")
        if tag == "form":
            self.form = None
        elif tag == "textarea":
            self.form["fields"].append((self.area[0], self.area[1].removeprefix("\n")))
            self.area = None
        elif tag == "select":
            name, options = self.select
            chosen = [value for value, selected in options if selected] or [options[0][0]]
            self.form["fields"].append((name, chosen[0]))
            self.select = None

    def handle_data(self, data):
        if self.area is not None:
            self.area[1] += data
        elif "title" not in self.open:
            self.words.append(data)
            skips = "a" in self.open and self.links[-1] == "#main"
            if data.strip() and not skips and not {"header", "main", "footer"} & set(self.open):
                self.stray.append(data.strip())

    def check(self):
        """Nothing that a page of ours has to have is missing."""
        where = self.url
        assert not self.open, f"{where}: open {self.open}"
        assert self.language in ("vi", "en"), where
        assert self.headings[0] == "h1" and self.headings.count("h1") == 1, where
        assert len(set(self.ids)) == len(self.ids), f"{where}: an id stands twice"
        assert self.described <= set(self.ids), f"{where}: {self.described - set(self.ids)} describe and are not there"
        assert all(one in self.labels for one in self.controls), f"{where}: a control without a label"
        assert {f"{field}-error" for field in self.errors} <= self.wrong, f"{where}: {self.errors} and wrong is what has {self.wrong}"
        assert not self.stray, f"{where}: {self.stray} stands in no landmark"
        inner = {link[1:] for link in self.links if link.startswith("#")}
        assert inner <= set(self.ids), f"{where}: links to {inner - set(self.ids)}"
        assert all(link.startswith(("#", "/", "http://127.0.0.1")) for link in self.links), where
        assert len(gzip.compress(self.response.content)) <= 20 << 10, f"{where}: {len(self.response.content)} bytes"
        headers = self.response.headers
        assert "default-src 'none'" in headers["Content-Security-Policy"] and "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer" and headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        return self


class Browser:
    """Somebody at a browser without scripts."""

    def __init__(self, hub):
        self.hub = hub
        self.http = requests.Session()
        self.http.trust_env = False

    def go(self, path, expect=200):
        return self._page(self.http.get(self.hub.url + path, timeout=SECONDS), expect)

    @staticmethod
    def _page(response, expect):
        assert response.status_code == expect, f"{response.url}: {response.status_code} {response.text[:2000]}"
        return Page(response).check()

    def form(self, page, part=""):
        [form] = [one for one in page.forms if part in urlsplit(one["action"]).path and one["method"] == "post"]
        return form

    def press(self, page, button=None, part="", files=(), expect=200, follow=True, **values):
        """Fills in the form whose address has `part` in it, and presses a button of it."""
        form = self.form(page, part)
        fields = [(name, value) for name, value in form["fields"] if name not in values]
        fields += [(name, value) for name, value in values.items() if value is not None]
        if button is not None:
            fields.append((form["buttons"][button], button))
        if form["type"] == "multipart/form-data":
            parts = [(name, (None, value)) for name, value in fields] + [("files", file) for file in files]
            response = self.http.post(form["action"], files=parts or None, timeout=SECONDS, allow_redirects=follow)
        else:
            response = self.http.post(form["action"], data=fields, timeout=SECONDS, allow_redirects=follow)
        if not follow:
            assert response.status_code == expect
            return response
        return self._page(response, expect)


class WebHub(Hub):
    def __init__(self, folder, receiver, isolation):
        self.isolation, self.codes = isolation, receiver
        super().__init__(folder, receiver)

    def start(self):
        (self.config / "web.yaml").write_text(PORTAL.format(isolation=self.isolation), encoding="utf-8")
        super().start()

    def petitions(self):
        return self.staff["dispatcher"].get("/api/v1/petitions?channel=web&limit=100").json()["items"]

    def about(self, words):
        return [one for one in self.petitions() if words in one["title"]]

    def history(self, petition):
        return self.staff["dispatcher"].get(f"/api/v1/petitions/{petition['id']}/events?limit=200").json()["items"]

    def take_on(self, petition):
        for role, action, body in [("dispatcher", "accept", {}), ("dispatcher", "distribute", {"units": [UNIT]}), ("officer", "start", {})]:
            self.staff[role].act(petition["id"], action, **body)

    def answer(self, petition, text, **files):
        for role, action, body in [("officer", "draft", {"result": text, **files}), ("officer", "submit", {}), ("leader", "approve", {}),
                                   ("dispatcher", "release", {})]:
            self.staff[role].act(petition["id"], action, **body)


@contextlib.contextmanager
def running(folder, isolation):
    """A hub with the portal and its people; at the end nothing of citizens is in its log."""
    receiver = Receiver()
    hub = WebHub(folder, receiver, isolation)
    hub.staff = {"dispatcher": hub.signed_in("dispatcher"), "officer": hub.signed_in("officer", UNIT), "leader": hub.signed_in("leader", UNIT)}
    hub.secrets = []
    yield hub
    hub.stop()
    receiver.stop()
    log = hub.log.read_text(encoding="utf-8")
    assert hub.secrets and not any(secret in log for secret in hub.secrets), "a secret is in the log"
    assert not any(word in log for word in ("Nguyễn Văn A", "0912345678", "001090000001", "đường Thử")), "somebody is in the log"


NUMBERS = itertools.count(1)


def new_title():
    """A title that only one test has."""
    return f"Hố ga mất nắp lần {next(NUMBERS)}"


def answers(title, **more):
    return {"title": title, "content": "Hố ga trước số 12 đường Mẫu mất nắp.\r\nTrẻ em đi qua đây.", "category": "ha-tang", "place": "12 đường Mẫu",
            "occurred_at": "2026-03-06T07:30", "name": "Nguyễn Văn A", "phone": "0912345678", "citizen_id": "001090000001",
            "contact_address": "34 đường Thử", "declared_true": "yes", "consent_process": "yes", **more}


def photo(name="anh.jpg"):
    picture = io.BytesIO()
    Image.new("RGB", (320, 240), "gray").save(picture, "JPEG")
    return (name, picture.getvalue(), "image/jpeg")


def hand_in(browser, title, files=(), **more):
    """A report that is sent: what its sender has of it."""
    checked = browser.press(browser.go("/gui"), "check", files=files, **answers(title, **more))
    sent = browser.press(checked, part="/gui")
    assert urlsplit(sent.url).path == "/da-gui"
    code = re.search(r'id="code">([^<]+)<', sent.response.text).group(1)
    secret = re.search(r'id="secret">([^<]+)<', sent.response.text).group(1)
    browser.hub.secrets.append(secret)
    [petition] = browser.hub.about(title)
    assert petition["code"] == code
    return petition, code, secret


def proof(token, bits):
    for number in itertools.count():
        digest = hashlib.sha256(f"{token}:{number}".encode()).digest()
        if int.from_bytes(digest, "big") >> (256 - bits) == 0:
            return str(number)


def counted(hub, counter):
    text = Client(hub).get("/metrics").text
    found = re.search(rf'^pakn_connector_counter{{connector="web",counter="{counter}"}} (\d+)$', text, re.MULTILINE)
    return int(found.group(1)) if found else 0
