"""The SMS gateways, and the phones behind them."""

import sms_gateways
from play import Peer as BasePeer, Petition, plain

RESULT = "Phan anh {code} da co ket qua xu ly.[ Xem tai {link}]"  # What the plugin says unless told otherwise.


class Peer(BasePeer):
    ENDPOINTS = {"url": "https://rest.esms.vn"}

    def __init__(self, connector, state):
        super().__init__(connector, state)
        self.gateways = sms_gateways.SmsGateways(connector.port("url"))
        self.gateways.settings(user=connector.secret("user"), password=connector.secret("password"), brand=connector.text("brand"),
                               esms_callback="delivered" if connector.text("callback_token") else "never")

    def point(self, hub: str) -> None:
        self.gateways.settings(hub_at=hub)

    def told(self, petition: Petition) -> "list[str]":
        return [one["text"] for one in self.gateways.sent() if one["number"][-9:] == petition.phone[-9:]]

    def came(self, petition: Petition) -> bool:
        """Words of an answer, not of a notice, once for each that was released."""
        words = plain(self.connector.text("result_text", RESULT)).replace("{code}", petition.code)
        begins = words.split("[")[0].split("{")[0].strip()
        return sum(begins in plain(text) for text in self.told(petition)) >= max(petition.answers, 1)

    def stop(self) -> None:
        self.gateways.stop()
