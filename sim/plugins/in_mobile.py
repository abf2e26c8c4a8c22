"""The citizens' app on a telephone: signed in by a code that came as a message, and told by push."""

import datetime
import re

import requests

from hub import SECONDS
from play import Channel, Petition, Wrong

BASE = "/mobile/v1"


class PluginChannel(Channel):
    LABEL = "Ứng dụng di động"
    OWN_WAY = "ứng dụng"

    def _call(self, method: str, path: str, body: "dict | None" = None, **headers) -> "tuple[int, dict]":
        response = self.app.request(method, self.stage.hub + BASE + path, json=body, headers=headers, timeout=SECONDS)
        if response.status_code >= 400:
            raise Wrong(f"{method} {path}: {response.status_code} {response.json().get('code', '')}")
        return response.status_code, response.json() if response.content else {}

    def _sign_in(self, petition: Petition) -> None:
        _, sent = self._call("POST", "/codes", {"contact": petition.phone})
        code = self.wait(lambda: self._code(petition), "không có tin nhắn mang mã đăng nhập")
        _, session = self._call("POST", "/session", {"challenge": sent["challenge"], "code": code})
        self.app.headers["Authorization"] = f"Bearer {session['token']}"

    def _code(self, petition: Petition) -> "str | None":
        """The number of digits in the last message to this telephone."""
        texts = [text for peer in self.stage.peers.values() for text in peer.told(petition)]
        found = re.search(r"\b(\d{4,8})\b", texts[-1]) if texts else None
        return found and found[1]

    def _body(self, petition: Petition) -> dict:
        _, form = self._call("GET", "/form")
        return {"title": petition.title, "content": petition.content, "category": petition.category,
                "occurred_at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
                "location": {"address": "Số 12 đường Thử Nghiệm"}, "petitioner": {"name": petition.name},
                "consent": {"version": form["consent"]["version"], "process_personal_data": True, "use_identity_in_handling": True},
                "declared_true": True}

    def send(self, petition: Petition) -> None:
        self.app = requests.Session()
        self.app.trust_env = False
        self._sign_in(petition)
        self._call("PUT", "/devices", {"platform": "fcm", "token": petition.device})
        self.body = self._body(petition)
        _, stored = self._call("POST", "/petitions", self.body, **{"Idempotency-Key": f"mo-phong-{petition.key}"})
        petition.code, petition.token = stored["code"], stored["tracking_token"]

    def again(self, petition: Petition) -> None:
        status, stored = self._call("POST", "/petitions", self.body, **{"Idempotency-Key": f"mo-phong-{petition.key}"})
        if (status, stored["code"]) != (200, petition.code):
            raise Wrong("gửi lại tạo thêm một phản ánh")

    def read(self, petition: Petition) -> bool:
        _, shown = self._call("GET", f"/petitions/{petition.code}")
        return bool(shown["answer"]) and shown["answer"]["text"] == petition.answer
