"""Google's push service, and the telephones behind it. (Apple's is not played: it wants a certificate of its own.)"""

import json
import tempfile

import push
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from play import Peer as BasePeer, Petition


def not_played(connector):
    """Where else it sends, with the addresses that it has when none is said."""
    return {"apns_url": "https://api.push.apple.com"} if connector.settings.get("apns_key") else {}


class Peer(BasePeer):
    ENDPOINTS = {"fcm_url": "https://fcm.googleapis.com", "fcm_token_url": "https://oauth2.googleapis.com/token"}

    def __init__(self, connector, state):
        super().__init__(connector, state)
        self._folder = tempfile.TemporaryDirectory()
        self.push = push.Push(self._folder.name, connector.port("fcm_url"))
        self.push.account = json.loads(connector.secret("fcm_account"))
        self.push.project = self.push.account["project_id"]
        self.push.fcm_key = load_pem_private_key(self.push.account["private_key"].encode(), None)

    def came(self, petition: Petition) -> bool:
        """That there is an answer: what it says stands on no lock screen."""
        told = [one.body["message"]["data"] for one in self.push.to(petition.device)]
        return sum(one == {"pakn": petition.code, "status": "answered"} for one in told) >= max(petition.answers, 1)

    def stop(self) -> None:
        self.push.stop()
        self._folder.cleanup()
