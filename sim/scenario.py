"""A scenario: the steps that a petition goes through on each channel, and how it went."""

import dataclasses
import datetime
import itertools
import json
import pathlib
import secrets
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

import requests

from configuration import Trouble
from hub import Answered
from play import STOP, Channel, Petition, Stage
from wrong import Wrong

FOLDER = pathlib.Path(__file__).parent / "scenarios"
VIETNAM = datetime.timezone(datetime.timedelta(hours=7))
NUMBERS = itertools.count()


@dataclasses.dataclass
class Scenario:
    id: str
    title: str
    petition: dict  # title, content, category.
    steps: "list[str]"


def load(name: str) -> Scenario:
    """One of ours by its name, or a file."""
    file = FOLDER / f"{name}.json" if (FOLDER / f"{name}.json").is_file() else pathlib.Path(name)
    if not file.is_file():
        known = ", ".join(sorted(one.stem for one in FOLDER.glob("*.json")))
        raise Trouble(f"no scenario \"{name}\": {known}, or a file", 2)
    try:
        scenario = Scenario(**json.loads(file.read_text(encoding="utf-8")))
        unknown = set(scenario.steps) - set(STEPS)
        if unknown or {"title", "content", "category"} - scenario.petition.keys():
            raise ValueError(f"no such steps: {', '.join(sorted(unknown))}" if unknown else "petition has title, content, category")
    except (ValueError, TypeError) as problem:
        raise Trouble(f"{file}: {problem}", 2) from problem
    return scenario


@dataclasses.dataclass
class Outcome:
    """How it went on one channel; times in seconds."""

    channel: str  # Id of the connector; `api`.
    label: str
    petition: "str | None" = None
    arrived_after: "float | None" = None
    answered_over: "list[str]" = dataclasses.field(default_factory=list)
    came_back_after: "float | None" = None
    ok: bool = False
    failed_at: "str | None" = None  # The step.
    problem: "str | None" = None


class Run:
    """One petition over one channel."""

    def __init__(self, name: str, channel: Channel, stage: Stage, scenario: Scenario, say):
        self.name, self.channel, self.stage, self.scenario, self._say = name, channel, stage, scenario, say
        self.dispatcher = stage.staff.client("dispatcher")
        self.outcome = Outcome(name, channel.LABEL)
        self.petition = self._compose()

    def _compose(self) -> Petition:
        number = next(NUMBERS)
        key = f"{int(time.time() * 1000)}{number % 100:02}"
        mark = f"MP-{secrets.token_hex(4).upper()}"
        categories = self.stage.configuration.names("categories")
        wanted = self.scenario.petition["category"]
        return Petition(mark=mark, title=f"{self.scenario.petition['title']} ({mark})", content=self.scenario.petition["content"],
                        category=wanted if wanted in categories or not categories else categories[0], name="Nguyễn Văn Mô Phỏng",
                        phone=f"09{key[-8:]}", email=f"dan-{key}@nguoi-dan.example", key=key)

    def play(self) -> Outcome:
        step = ""
        try:
            for step in self.scenario.steps:
                STEPS[step](self)
            self.outcome.ok = True
        except (Wrong, Answered, Trouble) as problem:
            self.outcome.failed_at, self.outcome.problem = step, str(problem)
        except (requests.RequestException, OSError) as problem:  # Their words hold addresses.
            self.outcome.failed_at, self.outcome.problem = step, type(problem).__name__
        except Exception as bug:  # A player's own mistake ends its channel alone.
            traceback.print_exc()
            self.outcome.failed_at, self.outcome.problem = step, type(bug).__name__
        self.say("xong" if self.outcome.ok else f"hỏng: {self.outcome.problem}")
        return self.outcome

    def say(self, text: str) -> None:
        self._say(f"{self.channel.LABEL}: {text}")

    def wait(self, condition, otherwise: str):
        return self.channel.wait(condition, otherwise)

    # The steps.

    def send(self) -> None:
        began = time.monotonic()
        self.channel.send(self.petition)
        found = self.wait(self._at_the_centre, "chưa thấy phản ánh đến Trung tâm")
        self.petition.id, self.petition.code = found["id"], found["code"]
        self.outcome.petition = self.petition.code
        self.outcome.arrived_after = round(time.monotonic() - began, 1)
        self.say(f"phản ánh {self.petition.code} đã đến sau {self.outcome.arrived_after} s")

    def again(self) -> None:
        self.channel.again(self.petition)

    def answer(self) -> None:
        self.petition.answers += 1
        self.stage.staff.answer(self.petition.id, self.petition.answer)
        self.released = time.monotonic()
        self.say("Trung tâm đã trả lời")

    def back(self) -> None:
        over = self.wait(self._over, "kết quả chưa trở về người gửi")
        self.outcome.answered_over = over
        self.outcome.came_back_after = round(time.monotonic() - self.released, 1)
        self.say(f"kết quả đã về qua {', '.join(over)} sau {self.outcome.came_back_after} s")

    def reopen(self) -> None:
        self.wait(lambda: self.channel.learn(self.petition), "người gửi chưa được báo mã tra cứu")
        self.dispatcher.call("POST", f"/api/v1/track/{self.petition.code}/reopen", params={"token": self.petition.token},
                             json={"reason": "Chưa xử lý hết."}, headers={"Idempotency-Key": f"{self.petition.key}-reopen"})
        self.say("người dân đề nghị xem lại")

    def once(self) -> None:
        made = [one["code"] for one in self._about()]
        if made != [self.petition.code]:
            raise Wrong(f"thành {len(made)} phản ánh thay vì một")

    # What they look at.

    def _about(self) -> "list[dict]":
        """All petitions of the last hour that carry its mark."""
        since = datetime.datetime.now(VIETNAM).replace(microsecond=0) - datetime.timedelta(hours=1)
        query = {"channel": self.channel.channel, "from": since.isoformat(), "limit": 100}
        found = []
        while True:
            page = self.dispatcher.get("/api/v1/petitions", params=query)
            found += [one for one in page["items"] if self.petition.mark in one["title"]]
            if not page["next"]:
                return found
            query["after"] = page["next"]

    def _at_the_centre(self) -> "dict | None":
        if self.petition.id:
            return self.dispatcher.get(f"/api/v1/petitions/{self.petition.id}")
        return next(iter(self._about()), None)

    def _over(self) -> "list[str]":
        """By what the sender has the answer: nothing yet as long as an answer is under way, or is said to be where it is not."""
        results = [one for one in self.dispatcher.get(f"/api/v1/petitions/{self.petition.id}")["deliveries"] if one["kind"] == "result"]
        peers = {name: peer for name, peer in self.stage.peers.items() if peer.OUTPUT}
        here = [name for name, peer in peers.items() if peer.came(self.petition)]
        sent = {one["connector"] for one in results if one["state"] == "sent"} & peers.keys()
        if any(one["state"] == "queued" for one in results) or not sent <= set(here):
            return []
        personal = [name for name in here if peers[name].PERSONAL or self.channel.SYSTEM]
        if self.channel.OWN_WAY:
            return [self.channel.OWN_WAY, *personal] if self.channel.read(self.petition) else []
        return personal


STEPS = {"send": Run.send, "again": Run.again, "answer": Run.answer, "back": Run.back, "reopen": Run.reopen, "once": Run.once}


def play(stage: Stage, scenario: Scenario, channels: "dict[str, Channel]", say) -> dict:
    """All channels at the same time; the report (see report.py)."""
    fit = {name: one for name, one in channels.items() if one.REOPENS or "reopen" not in scenario.steps}
    if not fit:
        raise Trouble(f"{scenario.id}: nobody opens a petition again on {', '.join(channels)}", 2)
    with ThreadPoolExecutor(max_workers=len(fit)) as pool:
        try:
            outcomes = list(pool.map(lambda one: Run(one[0], one[1], stage, scenario, say).play(), fit.items()))
        except KeyboardInterrupt:
            STOP.set()
            raise
    return {"ok": all(one.ok for one in outcomes), "scenario": scenario.id,
            "channels": [dataclasses.asdict(one) for one in outcomes], "left_out": sorted(channels.keys() - fit.keys())}
