"""A provincial portal with a REST list, from which the hub pulls and to which it writes back."""

import datetime

import portal
from play import Channel, Peer as BasePeer, Petition


class Peer(BasePeer):
    ENDPOINTS = {"pull_url": None, "sftp_url": None}

    def __init__(self, connector, state):
        super().__init__(connector, state)
        self.portal = portal.Portal(connector.secret("auth_secret"), connector.port("pull_url"))

    def come_in(self, petition: Petition) -> None:
        """Somebody hands it in over there."""
        now = datetime.datetime.now(portal.VIETNAM)
        with self.portal.lock:
            self.portal.items.append(portal.item(int(petition.key), now, tieuDe=petition.title, noiDung=petition.content))

    def came(self, petition: Petition) -> bool:
        return any(petition.answer in str(one["body"]) for one in self.portal.about(petition.key, "ket-qua"))

    def stop(self) -> None:
        self.portal.stop()


class PluginChannel(Channel):
    LABEL = "Cổng của tỉnh"
    REOPENS = False

    @property
    def channel(self) -> str:
        return self.connector.text("channel", self.connector.id)

    def send(self, petition: Petition) -> None:
        self.peer.come_in(petition)

    def again(self, petition: Petition) -> None:
        """It stands in the list that the hub asks for, round after round."""
        asked = len(self.peer.portal.requests)
        self.wait(lambda: len(self.peer.portal.requests) > asked + 1, "hub chưa hỏi lại cổng")
