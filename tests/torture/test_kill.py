"""SIGKILL at named points and at random moments. What was acknowledged is there, a retry makes no second petition, an
effect reaches the receiver once, and the projections are what the journal says."""

import base64
import collections
import hashlib
import itertools
import random
import threading
import time

import pytest

import harness
from harness import Hub, HubDied, Load, Officials, Submission

RELEASED = "vn.pakn.petition.released.v1"


def assert_nothing_lost(hub: Hub, sent: list[Submission], replay: bool = True) -> None:
    """Acknowledged: kept. Not acknowledged: a retry, and another one, end in one petition."""
    client = hub.client()
    for submission in sent:
        if submission.receipt is None:
            assert submission.send(client).status in (200, 201)
            assert submission.send(client).status == 200
        submission.assert_kept(client, replay)
    codes = collections.Counter(submission.receipt["code"] for submission in sent)
    assert not [code for code, times in codes.items() if times > 1], "one code, two petitions"


def assert_one_effect_each(receiver, codes: set[str]) -> None:
    """Every released answer was done by the receiver, under one webhook-id."""
    by_code = collections.defaultdict(set)
    for arrival in receiver.arrivals:
        if arrival.event["type"] == RELEASED:
            by_code[arrival.event["subject"]].add(arrival.webhook_id)
    assert set(by_code) == codes
    assert all(len(ids) == 1 for ids in by_code.values()), "one release, two effects"
    assert not receiver.changed and not receiver.refused


@pytest.mark.parametrize("power_cut", [False, True], ids=["kill", "power-cut"])
@pytest.mark.parametrize("point, rule, retry", [
    ("after blob fsync", r"kill after sync 1 /blobs/.*[0-9a-f]{16}", 201),
    ("before COMMIT", r"kill before sync 1 -wal$", 201),
    ("after COMMIT", r"kill after sync 1 -wal$", 200),
    ("before the answer", r"kill before send 1 ^HTTP/1.1 201", 200)])
def test_named_point(place, power_cut, point, rule, retry):
    first, struck = Submission(with_file=True), Submission(with_file=True)
    with Hub(place, power_cut_mode=power_cut) as hub:
        assert first.send(hub.client()).status == 201
        place.rules(rule)
        with pytest.raises(HubDied):
            struck.send(hub.client())
        hub.assert_killed()
        place.rules()
        if power_cut:
            hub.cut_power()
    with Hub(place) as hub:
        status = struck.send(hub.client()).status
        # Without the power cut the kernel still had the commit: then the petition may exist before its fsync.
        assert status == retry or (not power_cut and point == "before COMMIT" and status == 200)
        assert_nothing_lost(hub, [first, struck])
        hub.stop()
    harness.assert_rebuild_equal(place, 2)


def test_copies_of_photos_are_made_again(place):
    """A photo is acknowledged as it was sent; its copy is nobody's promise, and comes whenever it is asked for."""
    sent = [harness.photo(seed) for seed in range(6)]
    receipts = []
    for number, photo in enumerate(sent):
        with Hub(place) as hub:
            body = {"content": f"Ảnh {number}", "category": harness.CATEGORY,
                    "attachments": [{"name": "anh.png", "data": base64.b64encode(photo).decode()}]}
            answer = hub.client().call("POST", "/api/v1/petitions", body)
            assert answer.status == 201
            receipts.append(answer.json())
            # Here the copy is being made, or is not yet begun, or is done.
            time.sleep(random.uniform(0, 0.2))
            hub.kill()
    with Hub(place) as hub:
        for photo, receipt in zip(sent, receipts):
            digest, token = hashlib.sha256(photo).hexdigest(), receipt["tracking_token"]
            path = f"/api/v1/track/{receipt['code']}/files/{digest}?token={token}"
            copy = []

            def there():
                copy[:] = [hub.client().call("GET", path)]
                assert copy[0].status in (200, 503)
                return copy[0].status == 200

            harness.wait_until(there)
            assert copy[0].body.startswith(b"\x89PNG") and copy[0].body != photo
        hub.stop()
    harness.assert_rebuild_equal(place, len(sent))


@pytest.mark.parametrize("rule", [r"kill after sync 25 /blobs/.*[0-9a-f]{16}", r"kill before sync 25 -wal$",
                                  r"kill after sync 25 -wal$", r"kill before send 25 ^HTTP/1.1 201"])
def test_named_point_under_load(place, rule):
    with Hub(place) as hub:
        place.rules(rule)
        load = Load(hub.port, threads=8)
        hub.assert_killed()
        sent = load.finish()
        place.rules()
    with Hub(place) as hub:
        assert_nothing_lost(hub, sent)
        hub.stop()
    harness.assert_rebuild_equal(place, len(sent))


def queued_deliveries(place) -> int:
    code, listed = place.command("deliveries", "list")
    assert code == 0, listed
    return sum(item["state"] == "queued" for item in listed["items"])


def dies_hearing(_place, hub):
    """After the receiver read the webhook, before it answers."""
    return harness.webhook_receiver.Behaviour.killing(hub.process.pid)


def dies_storing(place, _hub):
    """After the receiver's answer, before the outcome is durable."""
    return harness.webhook_receiver.Behaviour(before_answer=lambda: place.rules(r"kill before sync 1 -wal$"))


@pytest.mark.parametrize("death", [dies_hearing, dies_storing])
def test_webhook_sent_but_outcome_not_stored(place, receiver, death):
    officials, submission = Officials(place), Submission(with_file=False)
    with Hub(place, power_cut_mode=True) as hub:
        officials.sign_in(hub)
        assert submission.send(hub.client()).status == 201
        receiver.plan(death(place, hub))
        try:
            officials.carry(hub, submission.receipt["id"])
        except HubDied:
            pass
        hub.assert_killed()
        place.rules()
        hub.cut_power()
    with Hub(place) as hub:
        assert receiver.wait(lambda r: len(r.arrivals) == 2), "the outcome is unknown, so it must come again"
        assert [arrival.repeated for arrival in receiver.arrivals] == [False, True]
        harness.wait_until(lambda: queued_deliveries(place) == 0)
        assert_one_effect_each(receiver, {submission.receipt["code"]})
        officials.carry(hub, submission.receipt["id"])
        assert_nothing_lost(hub, [submission])
        hub.stop()
    harness.assert_rebuild_equal(place, 1)


class Desk:
    """One thread that carries petitions to release while the hub is killed around it."""

    def __init__(self, officials: Officials):
        self.released: set[str] = set()
        self._officials = officials
        self._open: list[Submission] = []

    def work(self, hub: Hub, waiting: list[Submission]) -> None:
        try:
            while True:
                if not self._open and not self._take_one(waiting):
                    if hub.process.poll() is not None:
                        return
                    time.sleep(0.002)
                self.finish_open(hub)
        except HubDied:
            pass

    def _take_one(self, waiting: list[Submission]) -> bool:
        acknowledged = (one for one in list(waiting) if one.receipt and one.receipt["code"] not in self.released)
        self._open = list(itertools.islice(acknowledged, 1))
        return bool(self._open)

    def finish_open(self, hub: Hub) -> None:
        for submission in self._open:
            self._officials.carry(hub, submission.receipt["id"])
            self.released.add(submission.receipt["code"])
        self._open = []


def test_random_moments(place, receiver, seed):
    rng = random.Random(seed)
    officials = Officials(place)
    desk, everything = Desk(officials), []
    with Hub(place) as hub:
        officials.sign_in(hub)
        hub.stop()
    for _ in range(50):
        with Hub(place) as hub:
            load = Load(hub.port, threads=8)
            worker = threading.Thread(target=desk.work, args=(hub, load.sent))
            worker.start()
            time.sleep(rng.uniform(0.02, 0.4))  # the moment of the kill, not a wait for anything
            hub.kill()
            sent = load.finish()
            worker.join(harness.DEADLINE)
        with Hub(place) as hub:
            assert_nothing_lost(hub, sent)
            hub.kill()
        everything += sent
    with Hub(place) as hub:
        desk.finish_open(hub)
        receiver.wait(lambda r: sum(kind == RELEASED for kind in r.effects.values()) >= len(desk.released))
        harness.wait_until(lambda: queued_deliveries(place) == 0)
        assert_nothing_lost(hub, everything, replay=False)
        hub.stop()
    acknowledged = len(everything)
    print(f"50 kills under load, 50 idle: {acknowledged} petitions, {len(desk.released)} released, 0 lost, 0 doubled")
    assert acknowledged > 500 and len(desk.released) > 10, "too slow to prove anything"
    assert_one_effect_each(receiver, desk.released)
    harness.assert_rebuild_equal(place, acknowledged)
