"""A server of the tests' own that runs in the foreground."""

import contextlib
import os
import pathlib
import socket
import subprocess
import time

HOST = "127.0.0.1"
# Waits for the end of whoever started the server, then ends that too. (PR_SET_PDEATHSIG is lost where a server changes its user.)
WATCH = """cat
runs() { grep -qsF -- "$2" "/proc/$1/cmdline"; }
runs "$@" || exit 0
kill "$1"
while runs "$@"; do sleep 0.1; done
rm -rf "$3"
"""
SECONDS = 60  # The longest that anything waits unless told otherwise.


def open_to_others(folder):
    """A server that is another user has to be able to pass."""
    for part in [folder, *folder.parents]:
        if part != part.parent and part.stat().st_uid == os.geteuid():
            part.chmod(part.stat().st_mode | 0o011)


class Daemon:
    """A server in the foreground, which ends when whoever started it does."""

    program: list
    identity: dict = {}  # Of the process: user, group, extra_groups.
    litter = ""  # A folder that remove() would take away, if anybody lived to call it.

    def __init__(self, folder, name):
        self.host = HOST
        self.folder = pathlib.Path(folder).resolve() / name
        self.folder.mkdir()
        open_to_others(self.folder)
        self._log = self.folder / "log"
        self._log.touch()
        self._process = None
        self._watcher = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        self.remove()

    @property
    def log(self):
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    def running(self):
        return self._process is not None and self._process.poll() is None

    def configure(self):
        """Chooses ports and writes the configuration."""

    def greets(self):
        """Whether a client is answered."""

    def remove(self):
        """What lies outside the folder."""

    def start(self):
        """Ports are chosen once. Somebody may have taken one in the meantime: then others are chosen, unless they are known already."""
        for attempt in range(3):
            if self._process is None:
                self.configure()
            logged = len(self.log)
            with self._log.open("ab") as log:
                process = subprocess.Popen(self.program, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self.identity)
            self._watcher = subprocess.Popen(["/bin/sh", "-c", WATCH, "sh", str(process.pid), str(self.folder), str(self.litter)],
                                             cwd="/", stdin=subprocess.PIPE, start_new_session=True)
            if self._came_up(process):
                self._process = process
                return self
            process.kill()
            process.wait()
            self._watcher.communicate()
            if self._process is not None or "in use" not in self.log[logged:] or attempt == 2:
                break
        if self._process is None:
            self.remove()
        raise AssertionError(f"{self.program[0]} does not start\n{self.excerpt()}")

    def _came_up(self, process):
        deadline = time.monotonic() + SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if self.greets():
                return True
            time.sleep(0.02)
        return False

    def stop(self):
        if self._process is None:
            return
        try:
            self._process.terminate()
            self._process.wait(SECONDS)
        except subprocess.TimeoutExpired as problem:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"{self.program[0]} does not stop\n{self.excerpt()}") from problem
        finally:
            self._watcher.communicate()

    def excerpt(self, lines=40):
        return "\n".join([f"-- last lines of {self._log}", *self.log.splitlines()[-lines:]])

    def wait_until(self, condition, what, seconds):
        deadline = time.monotonic() + seconds
        while True:
            value = condition()
            if value is not None and value is not False:
                return value
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain for {what}\n{self.excerpt()}")
            time.sleep(0.05)


def greeting(host, port):
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=5) as connection:
        return connection.recv(200)
    return b""
