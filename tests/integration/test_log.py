"""A log that nobody reads: the hub goes on, says later what is missing, and ends when it is told to."""

import json
import os
import socket
import subprocess

import pytest

from conftest import BINARY, CONTRACT, RUNNING, SECONDS, Client, Hub

REQUESTS = 8000  # Each leaves a line; far more than pipe and hub hold together.
AT_ONCE = 200
ASK = b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n"


class UnreadHub(Hub):
    """Its standard output is a pipe, read only as far as a test wants."""

    options = ["--verbose"]
    changes = [("hub.yaml", r"(?m)^http: .*$", "http: { trusted_proxies: [127.0.0.1] }")]

    def start(self):
        self.process = subprocess.Popen([BINARY, "serve", "--config", self.config, *self.options], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)
        self.rest = b""
        self.url = f"http://127.0.0.1:{self.read_until('HTTP_LISTENING')[-1]['port']}"
        RUNNING.add(self.url)

    def read_until(self, wanted):
        """All lines up to the first with this id."""
        lines = []
        while not lines or lines[-1]["id"] != wanted:
            line, end, self.rest = self.rest.partition(b"\n")
            if end:
                lines.append(json.loads(line))
                continue
            piece = os.read(self.process.stdout.fileno(), 65536)
            assert piece, f"the log ended without {wanted}"
            self.rest = line + piece
        return lines

    def flood(self):
        port = int(self.url.rsplit(":", 1)[1])
        for _ in range(REQUESTS // AT_ONCE):
            with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
                connection.sendall(ASK * (AT_ONCE - 1) + ASK.replace(b"Host", b"Connection: close\r\nHost"))
                received = b""
                while piece := connection.recv(65536):
                    received += piece
            assert received.count(b"HTTP/1.1 200 OK\r\n") == AT_ONCE
        CONTRACT.check_raw("GET", "/healthz", received)


@pytest.fixture
def unread(tmp_path, receiver):
    hub = UnreadHub(tmp_path, receiver)
    yield hub
    RUNNING.discard(hub.url)
    hub.process.kill()
    hub.process.wait()


def test_a_log_that_nobody_reads_stops_nothing(unread):
    unread.flood()
    Client(unread).get("/healthz")
    assert unread.hand_in()["code"]
    lines = unread.read_until("LOG_LINES_DROPPED")
    assert 1000 < len(lines) < REQUESTS
    # Whatever is logged from here on is there again.
    Client(unread).get("/api/v1/nowhere", 404)
    after = unread.read_until("HTTP_REQUEST")
    assert {line["id"] for line in after} == {"HTTP_REQUEST"}


def test_a_hub_whose_log_nobody_reads_ends_when_told_to(unread):
    unread.flood()
    unread.process.terminate()
    assert unread.process.wait(SECONDS) == 0


def test_the_last_lines_are_out_when_the_hub_ends(unread):
    unread.process.terminate()
    assert unread.read_until("HUB_STOPPED")
    assert unread.process.wait(SECONDS) == 0
