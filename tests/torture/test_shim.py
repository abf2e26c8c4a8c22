"""The shim proves itself on a small writer before anybody trusts what it says about the hub: a right program loses
nothing, and each known mistake is seen."""

import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from shim import power_cut

HERE = pathlib.Path(__file__).parent
SHIM = os.environ.get("TORTURE_SHIM", "")


class Writer:
    """Runs writer.py under the shim."""

    def __init__(self, base: pathlib.Path, *options: str, shadow: bool = True, **environment: str):
        self.folder = base / "data"
        self.shadow = base / "shadow"
        self.control = base / "control"
        self.folder.mkdir(exist_ok=True)
        power_cut.reset(self.shadow)
        self._options = options
        self._environment = {"LD_PRELOAD": SHIM, "TORTURE_ROOT": str(self.folder), "TORTURE_CONTROL": str(self.control)}
        if shadow:
            self._environment |= {"TORTURE_SHADOW": str(self.shadow), "TORTURE_SYNC_US": "200"}
        self._environment |= environment

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", HERE / "shim" / "writer.py", self.folder, *self._options],
            env=os.environ | self._environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self.process.stdout.readline() == b"ready\n"

    def kill(self) -> list[int]:
        """The numbers it claimed."""
        self.process.kill()
        return self.wait()

    def wait(self) -> list[int]:
        output = self.process.communicate(timeout=20)[0]
        assert self.process.returncode == -signal.SIGKILL
        return [int(line) for line in output.splitlines() if line.isdigit()]

    def lost(self, claimed: list[int]) -> int:
        database = sqlite3.connect(self.folder / "rows.db")
        try:
            have = {number for number, in database.execute("SELECT number FROM row")}
        except sqlite3.DatabaseError:  # not even the table, or no database any more
            have = set()
        database.close()
        return sum(number not in have or not self._file_is_whole(number) for number in claimed)

    def _file_is_whole(self, number: int) -> bool:
        path = self.folder / str(number)
        return path.exists() and path.read_bytes() == b"%d" % number * 3000


def cut_repeatedly(writer: Writer, cuts: int, torn: bool = False) -> tuple[int, int]:
    """How many of how many claimed numbers were lost."""
    rng = random.Random(20260306)
    lost = total = 0
    for cut in range(cuts):
        writer.start()
        time.sleep(rng.uniform(0.005, 0.04))  # the moment of the cut, not a wait for anything
        claimed = writer.kill()
        power_cut.restore(writer.folder, writer.shadow, cut if torn else None)
        total += len(claimed)
        lost += writer.lost(claimed)
    assert total > cuts, "too slow to prove anything"
    print(f"{cuts} cuts, {total} claimed, {lost} lost")
    return lost, total


@pytest.mark.parametrize("torn", [False, True])
def test_a_right_program_loses_nothing(tmp_path, torn):
    lost, _ = cut_repeatedly(Writer(tmp_path), 25, torn)
    assert lost == 0


@pytest.mark.parametrize("mistake", ["--no-file-sync", "--no-folder-sync"])
def test_a_missing_fsync_is_seen(tmp_path, mistake):
    lost, total = cut_repeatedly(Writer(tmp_path, mistake), 4)
    assert lost > total / 2


@pytest.mark.parametrize("value", ["NORMAL", "OFF"])
def test_weaker_synchronous_loses_rows(tmp_path, value):
    lost, _ = cut_repeatedly(Writer(tmp_path, TORTURE_SYNCHRONOUS=value), 10)
    assert lost > 0


def test_kill_between_commit_and_durability(tmp_path):
    writer = Writer(tmp_path)
    writer.start()
    writer.control.write_text("kill before sync 5 -wal$\n")
    claimed = writer.wait()
    power_cut.restore(writer.folder, writer.shadow)
    assert writer.lost(claimed) == 0
    assert writer.lost([max(claimed) + 1]) == 1, "not durable, not there"


def test_kill_after_durability(tmp_path):
    writer = Writer(tmp_path)
    writer.start()
    writer.control.write_text("kill after sync 5 -wal$\n")
    claimed = writer.wait()
    power_cut.restore(writer.folder, writer.shadow)
    assert writer.lost([*claimed, max(claimed, default=0) + 1]) == 0, "durable although nobody was told"


@pytest.mark.parametrize("rule", ["fail ENOSPC write .", "fail EROFS change .", "fail EIO sync ."])
def test_a_failing_disk_fails_and_recovers(tmp_path, rule):
    writer = Writer(tmp_path, "--retry", shadow=False)
    writer.start()
    broken = tmp_path / "control.new"
    broken.write_text(rule + "\n")
    os.replace(broken, writer.control)
    lines = iter(writer.process.stdout.readline, b"")
    before = [line for line in iter(lambda: next(lines), b"refused\n")]
    writer.control.unlink()
    after = next(line for line in lines if line != b"refused\n")
    claimed = [int(line) for line in [*before, after]] + writer.kill()
    assert claimed == list(range(1, len(claimed) + 1))
    assert writer.lost(claimed) == 0
