"""The citizens' portal in a browser without scripts, which proves its work all the same."""

import hashlib
import html.parser
import itertools

import requests

from hub import SECONDS
from play import Channel, Petition, Wrong


class Page(html.parser.HTMLParser):
    """Forms of a page by their action, with what stands in their fields; texts and links by their id; all of its text."""

    def __init__(self, text: str):
        super().__init__()
        self.forms: "dict[str, dict]" = {}
        self.work: "dict[str, tuple[str, int]]" = {}  # By action: challenge and bits.
        self.ids: "dict[str, str]" = {}
        self.links: "dict[str, str]" = {}
        self.text = ""
        self._form: "dict | None" = None
        self._within = ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        about = dict(attributes)
        self._within = about.get("id") or ""
        if tag == "a" and self._within:
            self.links[self._within] = about.get("href") or ""
        if tag == "form":
            self._form = self.forms.setdefault(about.get("action") or "", {})
            if "data-challenge" in about:
                self.work[about["action"]] = (about["data-challenge"], int(about["data-bits"]))
        name = about.get("name")
        if self._form is None or not name:
            return
        ticked = about.get("type") not in ("radio", "checkbox") or "checked" in about
        if tag == "input" and about.get("type") not in ("file", "submit"):
            self._form[name] = about.get("value") or "" if ticked else self._form.get(name, "")
        if tag in ("textarea", "select"):
            self._form[name] = ""

    def handle_endtag(self, tag):
        self._within = ""
        if tag == "form":
            self._form = None

    def handle_data(self, data):
        self.text += data
        if self._within:
            self.ids[self._within] = self.ids.get(self._within, "") + data


def prove(challenge: str, bits: int) -> str:
    """A number so that SHA-256 of "challenge:number" begins with so many zero bits."""
    begun = hashlib.sha256(challenge.encode() + b":")
    for number in itertools.count():
        one = begun.copy()
        one.update(b"%d" % number)
        if int.from_bytes(one.digest()[:8], "big") >> (64 - bits) == 0:
            return str(number)


class PluginChannel(Channel):
    LABEL = "Cổng web"
    OWN_WAY = "trang tra cứu"

    def _page(self, method: str, path: str, **arguments) -> Page:
        response = self.browser.request(method, self.stage.hub + path, timeout=SECONDS, **arguments)
        if response.status_code != 200:
            raise Wrong(f"{method} {path.split('?')[0]}: {response.status_code}")
        return Page(response.text)

    def send(self, petition: Petition) -> None:
        self.browser = requests.Session()
        self.browser.trust_env = False
        blank = self._page("GET", "/gui")
        form = blank.forms["/gui"]
        said = {"title": petition.title, "content": petition.content, "category": petition.category, "place": "Số 12 đường Thử Nghiệm",
                "kind": "individual", "name": petition.name, "phone": petition.phone, "citizen_id": "001095012345",
                "contact_address": "Số 5 đường Thử Nghiệm", "public": "no", "declared_true": "yes", "consent_process": "yes",
                "consent_use": "yes"}
        form.update({name: value for name, value in said.items() if name in form})
        if "/gui" in blank.work:
            form["proof"] = prove(*blank.work["/gui"])
        filled = {name: (None, value) for name, value in {**form, "action": "check"}.items() if value}
        check = self._page("POST", "/gui", files=filled)
        self.last = next(((action, fields) for action, fields in check.forms.items() if action.startswith("/nhap/")), None)
        if self.last is None:
            raise Wrong("trang kiểm tra không nhận phiếu")
        self._sent(petition)

    def _sent(self, petition: Petition) -> None:
        sent = self._page("POST", self.last[0], data=self.last[1])
        code, link = sent.ids["code"].strip(), sent.links["link"]
        if petition.code and petition.code != code:
            raise Wrong("gửi lại trang tạo thêm một phản ánh")
        petition.code, petition.token, self.link = code, sent.ids["secret"].strip(), link

    def again(self, petition: Petition) -> None:
        """The button is pressed twice."""
        self._sent(petition)

    def read(self, petition: Petition) -> bool:
        return petition.answer in self._page("GET", self.link).text
