"""One connection of the simulated mail server: reads lines, and sends answers as a rule of the plan says."""

import contextlib
import re
import select
import socket
import ssl
import struct
import time

from mail_plan import AS_USUAL, Rule

PACKET = 16384


class Gone(Exception):
    """The client went away, or was sent away."""


class TooLong(Exception):
    """A line without end."""


class Answer:
    """Bytes to send. Knows where its first literal is, and lies about lengths."""

    def __init__(self, rule: Rule = AS_USUAL):
        self._rule = rule
        self._parts: list[bytes] = []
        self.literal_at: int | None = None

    def add(self, text: "str | bytes") -> None:
        self._parts.append(as_bytes(text) if isinstance(text, str) else text)

    def line(self, text: str) -> None:
        self.add(text + "\r\n")

    def literal(self, content: bytes) -> None:
        self.add(f"{{{max(0, len(content) + self._rule.literal_add)}}}\r\n")
        if self.literal_at is None:
            self.literal_at = sum(map(len, self._parts))
        self.add(content)

    def take(self) -> bytes:
        return b"".join(self._parts)


class Link:
    """Belongs to one thread; others may only call drop() and wake(). Never blocks for good: whatever waits can be woken."""

    def __init__(self, connection: socket.socket, context: "ssl.SSLContext | None", tls_at_once: bool):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(30)
        self._connection = connection
        self._context = context
        self._buffer = bytearray()
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._dropped: str | None = None
        self.orderly = False  #: The client was told that this is the end.
        self.tls = False
        if tls_at_once:
            self.start_tls()

    # From other threads.

    def wake(self) -> None:
        with contextlib.suppress(OSError):
            self._waker.send(b"!")

    def drop(self, how: str) -> None:
        self._dropped = how
        self.wake()

    # Reading.

    def forget_early(self) -> int:
        """How many bytes the client had sent in the clear before its turn."""
        early = len(self._buffer)
        self._buffer.clear()
        return early

    def start_tls(self) -> None:
        try:
            self._connection = self._context.wrap_socket(self._connection, server_side=True)
        except OSError as problem:
            raise Gone from problem
        self.tls = True

    def _poll(self, events: int, seconds: float | None) -> int:
        """What happened at the connection; 0 after that time, or when woken."""
        poll = select.poll()
        poll.register(self._connection, events)
        poll.register(self._woken, select.POLLIN)
        happened = dict(poll.poll(None if seconds is None else max(0, seconds * 1000)))
        if self._woken.fileno() in happened:
            with contextlib.suppress(BlockingIOError):
                self._woken.recv(4096)
        if self._dropped:
            raise Gone
        return happened.get(self._connection.fileno(), 0)

    def _fill(self, seconds: float | None = None) -> bool:
        """Reads what there is; False when woken, or after that time."""
        pending = self.tls and self._connection.pending()
        if not pending and not self._poll(select.POLLIN, seconds):
            return False
        try:
            data = self._connection.recv(65536)
        except OSError as problem:
            raise Gone from problem
        if not data:
            raise Gone
        self._buffer += data
        return True

    def readable(self, seconds: float | None = None) -> bool:
        """Whether a line, or a part of one, is there; False when woken, or after that time."""
        return bool(self._buffer) or self._fill(seconds)

    def read_line(self, limit: int) -> bytes:
        """Without its CR LF. A bare LF ends a line too, and stays."""
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > limit:
                raise TooLong
            self._fill()
        line = bytes(self._buffer[:end + 1])
        del self._buffer[:end + 1]
        if len(line) > limit:
            raise TooLong
        return line.removesuffix(b"\r\n")

    def read_exactly(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._fill()
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data

    def read_message(self, limit: int, stop_after: int | None) -> "tuple[bytes, bool]":
        """What comes before the line with the one dot, dots still stuffed; and whether that line came. Of more than the limit the rest
        is forgotten."""
        ending, searched = b"\r\n.\r\n", 0
        while True:
            if stop_after is not None and len(self._buffer) >= stop_after:
                return bytes(self._buffer[:stop_after]), False
            if self._buffer.startswith(b".\r\n"):
                del self._buffer[:3]
                return b"", True
            end = self._buffer.find(ending, searched)
            if end >= 0:
                data = bytes(self._buffer[:end + 2])
                del self._buffer[:end + len(ending)]
                return data, True
            if len(self._buffer) > limit + 65536:
                del self._buffer[limit:-len(ending)]
            searched = max(0, len(self._buffer) - len(ending))
            try:
                self._fill()
            except Gone:
                return bytes(self._buffer), False

    # Waiting.

    def hang(self, seconds: float | None, released) -> None:
        """Reads nothing for that time, or until `released()`; Gone when the client goes away."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while not released() and (deadline is None or time.monotonic() < deadline):
            left = None if deadline is None else deadline - time.monotonic()
            if self._poll(select.POLLRDHUP | select.POLLERR | select.POLLHUP, left):
                raise Gone

    # Sending.

    def send(self, answer: Answer, rule: Rule = AS_USUAL, tag: str = "") -> None:
        """The whole answer as the rule says; Gone if the connection has ended by that."""
        data = answer.take() if rule.raw is None else as_bytes(rule.raw.replace("{tag}", tag))
        self.flood(rule.flood)
        data = lines(rule.before) + data + lines(rule.after)
        cut = rule.cut
        if rule.cut_literal is not None:
            if rule.raw is None and answer.literal_at is not None:
                cut = len(lines(rule.before)) + answer.literal_at + rule.cut_literal
            else:
                found = re.search(rb"\{\d+\}\r\n", data)
                cut = (found.end() if found else 0) + rule.cut_literal
        self.transmit(data if cut is None else data[:cut], rule)
        if rule.ends:
            self.drop(rule.end or "close")
            raise Gone

    def flood(self, count: int) -> None:
        while count > 0:
            self.transmit(b"x" * min(count, PACKET))
            count -= PACKET

    def transmit(self, data: bytes, rule: Rule = AS_USUAL) -> None:
        size = rule.chunk or PACKET
        for start in range(0, len(data), size):
            if start and rule.pause:
                self.hang(rule.pause, lambda: False)
            self._send_packet(data[start:start + size])

    def _send_packet(self, data: bytes) -> None:
        while data:
            if not self._poll(select.POLLOUT, None):
                continue
            try:
                data = data[self._connection.send(data, *(() if self.tls else (socket.MSG_DONTWAIT,))):]
            except BlockingIOError:
                continue
            except OSError as problem:
                raise Gone from problem

    # The end.

    def close(self) -> None:
        with contextlib.suppress(OSError):
            if self._dropped == "reset":
                self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                self._say_goodbye()
        self._connection.close()
        self._woken.close()
        self._waker.close()

    def _say_goodbye(self) -> None:
        """Without reading what the client has still sent, the close would be a reset."""
        self._connection.settimeout(2)
        if self.tls and self.orderly:
            self._connection.unwrap()
        self._connection.shutdown(socket.SHUT_WR)
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline and self._connection.recv(65536):
            pass


def as_bytes(text: str) -> bytes:
    """Every byte can be written as a letter of Latin-1; other texts are UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8")


def lines(texts: list) -> bytes:
    return b"".join(as_bytes(text) + b"\r\n" for text in texts)
