"""A disk that is full, read-only or broken; a second hub; a plugin that is none. The hub says so before it acknowledges
anything, goes on with what it can, and recovers by itself."""

import re
import threading

import pytest

import harness
from harness import Hub, HubDied, Load, Submission

BLOB = r"/blobs/"


def ready(hub: Hub) -> int:
    return hub.client().call("GET", "/readyz").status


def files_below(folder) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def assert_refused(hub: Hub, submission: Submission) -> None:
    answer = submission.send(hub.client())
    assert answer.status == 503, answer
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["content-type"].startswith("application/problem+json") and answer.json()["code"]


@pytest.mark.parametrize("rule", ["fail ENOSPC write .", "fail EROFS change .", "fail EIO sync .", "fail EIO write ."],
                         ids=["full", "read-only", "fsync fails", "write fails"])
def test_bad_disk_and_recovery(place, rule):
    kept = [Submission(with_file=number % 2 == 0) for number in range(4)]
    waiting = [Submission(with_file=number % 2 == 0) for number in range(4)]
    with Hub(place) as hub:
        for submission in kept:
            assert submission.send(hub.client()).status == 201
        place.rules(rule)
        for submission in waiting:
            assert_refused(hub, submission)
        harness.wait_until(lambda: ready(hub) == 503)
        assert hub.client().call("GET", "/healthz").status == 200
        for submission in kept:
            submission.assert_kept(hub.client(), replay=False)
        place.rules()
        for submission in waiting:
            harness.wait_until(lambda one=submission: one.send(hub.client()).status in (200, 201))
        harness.wait_until(lambda: ready(hub) == 200)
        for submission in [*kept, *waiting]:
            submission.assert_kept(hub.client())
        hub.stop()
    with Hub(place) as hub:
        for submission in [*kept, *waiting]:
            submission.assert_kept(hub.client())
        hub.stop()
    harness.assert_rebuild_equal(place, len(kept) + len(waiting))


def test_an_idle_hub_notices_before_a_citizen_does(place):
    with Hub(place) as hub:
        harness.wait_until(lambda: ready(hub) == 200)
        place.rules("fail EROFS change .")
        harness.wait_until(lambda: ready(hub) == 503)
        place.rules()
        harness.wait_until(lambda: ready(hub) == 200)
        hub.stop()


def test_disk_fails_and_recovers_under_load(place):
    """Every acknowledgement counts, whatever the disk did meanwhile; the others are retried."""
    sent, stop = [], threading.Event()

    def citizen(port: int) -> None:
        client = harness.Client(port)
        while not stop.is_set():
            submission = Submission(with_file=True)
            sent.append(submission)
            assert submission.send(client).status in (201, 503)

    with Hub(place) as hub:
        threads = [threading.Thread(target=citizen, args=(hub.port,), daemon=True) for _ in range(4)]
        for thread in threads:
            thread.start()
        for rule in ["fail ENOSPC write .", "fail EIO sync .", "fail EROFS change ."]:
            seen = len(sent)
            harness.wait_until(lambda: len(sent) > seen + 20)
            place.rules(rule)
            harness.wait_until(lambda: ready(hub) == 503)
            place.rules()
            harness.wait_until(lambda: ready(hub) == 200)
        stop.set()
        for thread in threads:
            thread.join(harness.DEADLINE)
        for submission in sent:
            if submission.receipt is None:
                assert submission.send(hub.client()).status in (200, 201)
        hub.kill()
    with Hub(place) as hub:
        for submission in sent:
            submission.assert_kept(hub.client())
        hub.stop()
    harness.assert_rebuild_equal(place, len(sent))


def test_half_written_blob_leaves_nothing(place):
    submission = Submission(with_file=True)
    with Hub(place) as hub:
        assert Submission(with_file=True).send(hub.client()).status == 201
        before = files_below(place.var / "blobs")
        place.rules(f"fail ENOSPC write {BLOB}")
        assert_refused(hub, submission)
        assert files_below(place.var / "blobs") == before
        place.rules()
        harness.wait_until(lambda: submission.send(hub.client()).status == 201)
        assert len(files_below(place.var / "blobs")) == len(before) + 1
        submission.assert_kept(hub.client())


def test_second_hub_is_refused_and_the_first_goes_on(place):
    with Hub(place) as hub:
        code, said = place.command("serve")
        assert code == harness.EXIT_REFUSED
        assert said["id"] == "HUB_NOT_STARTED"
        assert re.search(rf"\b{hub.process.pid}\b", said["text"]), "does not name the holder"
        assert Submission(with_file=False).send(hub.client()).status == 201


def test_what_is_no_plugin_is_named_and_left_out(place, tmp_path):
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    for real in harness.PLUGINS.glob("*.so"):
        (plugins / real.name).symlink_to(real)
    (plugins / "khong_phai.so").write_text("this is a text\n", encoding="ascii")
    with Hub(place, "--plugins", str(plugins)) as hub:
        assert Submission(with_file=False).send(hub.client()).status == 201
        assert any("khong_phai.so" in str(entry) for entry in hub.log)
        assert ready(hub) == 200
