"""What every simulated channel and output has in common, and the petition that is played."""

import dataclasses
import pathlib
import re
import threading
import time
import unicodedata
import urllib.parse
from typing import Callable

from configuration import Configuration, Connector
from hub import Client
from officers import Staff
from wrong import Wrong

PAUSE = 0.15  # Seconds between two looks at a condition.


STOP = threading.Event()  # Somebody has had enough: nothing is waited for any more.


class Late(Wrong):
    """Something did not happen in time."""


def wait_for(condition: Callable, otherwise: str, seconds: float):
    """The first true value of the condition; Late with `otherwise` when it does not become true."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline or STOP.wait(PAUSE):
            raise Late(otherwise)
    return value


def plain(text: str) -> str:
    """Without accents, as gateways make it."""
    bare = "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))
    return bare.replace("đ", "d").replace("Đ", "D")


@dataclasses.dataclass
class Petition:
    """One that a simulated citizen sends, and what became of it."""

    mark: str  # By which it is known again among all others.
    title: str
    content: str
    category: str
    name: str
    phone: str
    email: str
    key: str  # Different for each petition; what a channel makes its ids of.
    id: str = ""
    code: str = ""
    token: str = ""  # Opens the citizen's own view, as soon as the citizen has been told.
    answers: int = 0  # So many were released.

    @property
    def text(self) -> str:
        return f"{self.title}\n{self.content}"

    @property
    def answer(self) -> str:
        return f"Đã xử lý xong {self.mark} lần {self.answers}."

    @property
    def device(self) -> str:
        """By which a push service knows the citizen's telephone."""
        return f"dien-thoai-{self.key}"

    def learn_token(self, text: str) -> bool:
        """Out of a message that the citizen got."""
        found = re.search(r"token=([A-Za-z0-9_-]+)", text)
        if found and self.code in text:
            self.token = found[1]
        return bool(self.token)


class Peer:
    """A system at the other end of a connector: started where the configuration says, looked at from the outside."""

    OUTPUT = True  # Answers may arrive here.
    PERSONAL = True  # Whoever gets one here is the petition's sender.
    ENDPOINTS: "dict[str, str | None]" = {}  # Options that name addresses, with their defaults.

    def __init__(self, connector: Connector, state: pathlib.Path):
        self.connector, self.state = connector, state

    def addresses(self) -> "list[str]":
        """Where it listens."""
        said = {name: self.connector.text(name) for name in self.ENDPOINTS if self.connector.text(name)}
        return sorted({urllib.parse.urlsplit(value).netloc if "//" in value else
                       f"{value}:{self.connector.text(name.replace('_host', '_port'))}" for name, value in said.items()})

    def point(self, hub: str) -> None:
        """Where the hub is from now on."""

    def came(self, petition: Petition) -> bool:
        """Whether the last answer released is here, for its sender."""
        return False

    def told(self, petition: Petition) -> "list[str]":
        """What its sender was told here, oldest first."""
        return []

    def stop(self) -> None:
        pass


@dataclasses.dataclass
class Stage:
    """What channels play on."""

    hub: str
    configuration: Configuration
    staff: Staff
    peers: "dict[str, Peer]"
    seconds: float  # The longest wait for one thing.


class Channel:
    """A way by which citizens write."""

    LABEL = ""
    OWN_WAY = ""  # How the sender reads the answer without being told; empty: only what is sent to them counts.
    SYSTEM = False  # The sender is another system: it is enough that one was told.
    REOPENS = True  # Its sender has, or is told, what opens the petition again.

    def __init__(self, stage: Stage, connector: "Connector | None" = None):
        self.stage, self.connector = stage, connector

    @property
    def peer(self):
        return self.stage.peers[self.connector.id]

    @property
    def channel(self) -> str:
        """Of the petitions that come by it."""
        return self.connector.id

    def wait(self, condition: Callable, otherwise: str):
        return wait_for(condition, otherwise, self.stage.seconds)

    def send(self, petition: Petition) -> None:
        """The citizen writes. May set code and id, where the channel tells them at once."""
        raise NotImplementedError

    def again(self, petition: Petition) -> None:
        """The same once more, as networks and people repeat things; returns when the hub has had it."""
        raise NotImplementedError

    def read(self, petition: Petition) -> bool:
        """Of channels with an own way: whether the sender sees the last answer there."""
        return False

    def learn(self, petition: Petition) -> bool:
        """Whether the sender has been told what opens the petition; looks it up in what came."""
        return bool(petition.token) or any(petition.learn_token(text) for peer in self.stage.peers.values()
                                           for text in peer.told(petition))


def track(hub: str, petition: Petition) -> dict:
    """The petition as its sender may see it."""
    return Client(hub).get(f"/api/v1/track/{petition.code}", params={"token": petition.token})
