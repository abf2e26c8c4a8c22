"""Zalo with an Official Account, and somebody who chats with it."""

import json
import os

import zalo
from play import Channel, Peer as BasePeer, Petition, Wrong, plain


class Account(zalo.Zalo):
    """Refresh tokens work once each, and the hub holds the last one: so it is written down before it is given."""

    def __init__(self, notes, **arguments):
        super().__init__(**arguments)
        self._notes = notes
        if notes.exists():
            kept = json.loads(notes.read_text(encoding="ascii"))
            self.refresh_tokens.update(kept["refresh_tokens"])
            self.access_tokens.update(kept["access_tokens"])

    def tokens(self, headers, form):
        with self.lock:
            given = super().tokens(headers, form)
            fresh = self._notes.with_suffix(".new")
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
                json.dump({"refresh_tokens": sorted(self.refresh_tokens), "access_tokens": self.access_tokens}, file)
            fresh.rename(self._notes)
            return given


class Peer(BasePeer):
    ENDPOINTS = {"oauth_url": "https://oauth.zaloapp.com", "api_url": "https://openapi.zalo.me",
                 "template_url": "https://business.openapi.zalo.me"}

    def __init__(self, connector, state):
        super().__init__(connector, state)
        self.zalo = Account(state / f"sim-{connector.id}.json", app_id=connector.text("app_id"),
                            oa_id=connector.text("oa_id", "1646000000000000001"), port=connector.port("api_url"))
        self.zalo.oa_secret, self.zalo.app_secret = connector.secret("oa_secret"), connector.secret("app_secret")
        self.zalo.refresh_tokens.add(connector.secret("refresh_token"))  # The administrator's consent, again at each start.
        for kind in ("user", "phone"):
            self.zalo.templates[kind] = {connector.text(f"{what}_template_{kind}") for what in ("result", "notice")} - {""}

    def point(self, hub: str) -> None:
        self.zalo.webhook = f"{hub}/hooks/{self.connector.id}/"

    def user(self, petition: Petition):
        return self.zalo.user(petition.key)

    def told(self, petition: Petition) -> "list[str]":
        return self.user(petition).heard()

    def came(self, petition: Petition) -> bool:
        by_phone = [one for one in self.zalo.to("84" + petition.phone[1:]) if one.way == "phone" and petition.code in json.dumps(one.body)]
        return any(petition.answer in text for text in self.told(petition)) or len(by_phone) >= max(petition.answers, 1)

    def stop(self) -> None:
        self.zalo.stop()


class PluginChannel(Channel):
    LABEL = "Zalo"

    def send(self, petition: Petition) -> None:
        self.first = self.peer.user(petition).text(petition.text)
        self._post(self.first)
        # The chat answers when it has read that; whoever says the word before only says it twice.
        self.wait(lambda: self.peer.told(petition), "Zalo không thấy trả lời tin đầu")
        self._post(self.peer.user(petition).text(self._word()))
        self.wait(lambda: len(self.peer.told(petition)) > 1, "Zalo không thấy báo đã nhận")

    def again(self, petition: Petition) -> None:
        self._post(self.first, {"num_retry": "1"})

    def _post(self, event: bytes, headers=None) -> None:
        status = self.peer.zalo.post(event, headers=headers)
        if status != 200:
            raise Wrong(f"webhook bị trả lời {status}")

    def _word(self) -> str:
        words = [one for one in self.connector.text("send_words").strip("[]").split(", ") if one]
        return plain(words[0]) if words else "gửi"
