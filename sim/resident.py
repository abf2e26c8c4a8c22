"""Simulators that stay: `sim serve` listens on a socket beside the hub's key, and `sim run` lets it play there.

One JSON line asks, {"hub", "scenario": {…}, "channels", "seconds"}; lines answer, {"say": text} and at last {"report": {…}} or
{"trouble": text, "code": N}. Only the user of the hub reaches the socket."""

import contextlib
import json
import os
import pathlib
import socket
import threading
from typing import Callable

NAME = "sim.sock"


@contextlib.contextmanager
def _address(folder: pathlib.Path):
    """Of the socket, however long the folder's name is: an address has room for 107 bytes."""
    handle = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}/{NAME}"
    finally:
        os.close(handle)


def ask(folder: pathlib.Path, order: dict, say: Callable) -> "dict | None":
    """The last line of the answer; None when no simulators stay here."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            with _address(folder) as address:
                connection.connect(address)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except PermissionError:
            return {"trouble": "the simulators that run here are another user's", "code": 4}
        with contextlib.suppress(ConnectionError):
            connection.sendall(json.dumps(order).encode() + b"\n")
            for line in connection.makefile("r", encoding="utf-8"):
                told = json.loads(line)
                if "say" not in told:
                    return told
                say(told["say"])
    return {"trouble": "the simulators ended", "code": 3}


class Listener:
    """Answers one after the other, on a thread of its own."""

    def __init__(self, folder: pathlib.Path, play: "Callable[[dict, Callable], dict]"):
        self._folder, self._play = folder, play
        (folder / NAME).unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX)
        before = os.umask(0o177)
        try:
            with _address(folder) as address:
                self._socket.bind(address)
        finally:
            os.umask(before)
        self._socket.listen(4)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """What plays just now has so long to come to an end."""
        (self._folder / NAME).unlink(missing_ok=True)
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(seconds)
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # It was closed.
            while True:
                connection, _ = self._socket.accept()
                with connection, contextlib.suppress(OSError, ValueError):  # Whoever asked went away, or asked nonsense.
                    self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        lock = threading.Lock()

        def tell(line: dict) -> None:
            with lock:
                connection.sendall(json.dumps(line, ensure_ascii=False).encode() + b"\n")

        order = json.loads(connection.makefile("r", encoding="utf-8").readline(1 << 16))
        tell(self._play(order, lambda text: tell({"say": text})))
