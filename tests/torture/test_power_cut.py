"""The power fails under load, a hundred times on the same store: every file goes back to its last fsynced image, and
nothing that was acknowledged is missing. The same with synchronous=NORMAL must lose something, or the test could not
fail."""

import itertools
import os
import random
import signal
import time

import pytest

import harness
from harness import Hub, HubDied, Load, Submission
from shim import power_cut

CUTS = int(os.environ.get("TORTURE_CUTS", "100"))
CUTS_UNTIL_LOSS = 10
LIVES_WITHOUT_CHECKPOINT = 20


def run_until_cut(place, rng: random.Random, torn_seed: int | None = None, stopping: bool = False,
                  **environment: str) -> list[Submission]:
    """Load for a moment, then no power. With `stopping` the cut comes while the hub stops and empties its log."""
    with Hub(place, power_cut_mode=True, **environment) as hub:
        load = Load(hub.port, threads=4)
        time.sleep(rng.uniform(0.05, 0.3))  # the moment of the cut, not a wait for anything
        if stopping:
            hub.process.send_signal(signal.SIGTERM)
            time.sleep(rng.uniform(0, 0.05))
        hub.process.kill()
        hub.process.wait(harness.DEADLINE)
        sent = load.finish(stopping)
        hub.cut_power(torn_seed)
    return sent


def lost(hub: Hub, acknowledged: list[Submission]) -> list[str]:
    """What of it is missing, and why we think so."""
    client, problems = hub.client(), []
    for submission in acknowledged:
        try:
            submission.assert_kept(client, replay=False)
        except AssertionError as problem:
            problems.append(str(problem))
    return problems


def test_nothing_acknowledged_is_lost(place, seed):
    rng = random.Random(seed)
    acknowledged: list[Submission] = []
    for cut in range(CUTS):
        torn_seed = rng.randrange(2**32) if cut % 2 else None
        sent = run_until_cut(place, rng, torn_seed, stopping=cut % 10 == 9)
        fresh = [submission for submission in sent if submission.receipt]
        acknowledged += fresh
        with Hub(place) as hub:
            assert not lost(hub, fresh + rng.sample(acknowledged, min(5, len(acknowledged)))), f"cut {cut}"
            unsure = [submission for submission in sent if submission.receipt is None]
            for submission in unsure:
                assert submission.send(hub.client()).status in (200, 201)
            acknowledged += unsure
            if cut % LIVES_WITHOUT_CHECKPOINT == 0:
                hub.stop()
            else:
                hub.kill()  # leaves the log as it is, for the next life to read and to grow
    with Hub(place) as hub:
        assert not lost(hub, acknowledged)
        hub.stop()
    print(f"{CUTS} power cuts, {len(acknowledged)} acknowledged, 0 lost")
    assert len(acknowledged) > 10 * CUTS, "too slow to prove anything"
    harness.assert_rebuild_equal(place, len(acknowledged))


def test_cut_at_every_fsync_of_the_first_start_and_stop(place):
    """Whatever of the new store is on the disk, the next start completes it."""
    for number in itertools.count(1):
        place.rules(f"kill after sync {number} .")
        try:
            with Hub(place, power_cut_mode=True) as hub:
                hub.stop()
            break
        except HubDied:
            power_cut.restore(place.var, place.shadow)
        place.rules()
        with Hub(place) as hub:
            submission = Submission(with_file=True)
            assert submission.send(hub.client()).status == 201
            hub.stop()
        harness.assert_rebuild_equal(place, 1)
        place.empty_store()
    print(f"{number - 1} cuts while starting and stopping")
    assert number > 5, "the store is made without fsyncs?"


@pytest.mark.parametrize("mistake, rules, environment", [
    ("synchronous=NORMAL", [], {"TORTURE_SYNCHRONOUS": "NORMAL"}),
    ("no fsync of the WAL", [r"ignore sync -wal$"], {}),
    ("no fsync of photos", [r"ignore sync /blobs/incoming/."], {}),
    ("no fsync of photos' folders", [r"ignore sync /blobs/[0-9a-f]{2}(/|$)"], {})])
def test_each_mistake_loses(place, seed, mistake, rules, environment):
    """The negative control: what the hub does right is taken away, and the loss is seen."""
    rng = random.Random(seed)
    total = 0
    place.rules(*rules)
    for cut in range(CUTS_UNTIL_LOSS):
        sent = run_until_cut(place, rng, **environment)
        fresh = [submission for submission in sent if submission.receipt]
        total += len(fresh)
        with Hub(place) as hub:
            problems = lost(hub, fresh)
            hub.stop()
        if problems:
            print(f"{mistake}: {len(problems)} of {total} acknowledged lost at cut {cut + 1}")
            return
    raise AssertionError(f"{mistake} lost none of {total} in {CUTS_UNTIL_LOSS} cuts: the test proves nothing")
