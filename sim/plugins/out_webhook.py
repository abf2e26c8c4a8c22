"""A system that is told by webhooks."""

import webhook_receiver
from play import Peer as BasePeer, Petition

RELEASED = "vn.pakn.petition.released.v1"


class Peer(BasePeer):
    PERSONAL = False
    ENDPOINTS = {"url": None}

    def __init__(self, connector, state):
        super().__init__(connector, state)
        secret = webhook_receiver.decode_secret(connector.secret("secret"))
        self.receiver = webhook_receiver.Receiver([secret], state / f"sim-{connector.id}.received", connector.port("url"))
        self.receiver.__enter__()

    def came(self, petition: Petition) -> bool:
        about = {one.webhook_id for one in list(self.receiver.arrivals)
                 if one.event["type"] == RELEASED and petition.code in str(one.event)}
        return len(about) >= max(petition.answers, 1)

    def stop(self) -> None:
        self.receiver.__exit__()
