"""The simulator does what docs/contracts/hotline-1022.md says, before anything is tested with it."""

import csv
import http.client
import http.server
import json
import pathlib
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import call_centre as peer  # noqa: E402


class Listener:
    """Somebody at the manager interface."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.file = self.socket.makefile("rb")

    def ask(self, text):
        self.socket.sendall(text.replace("\n", "\r\n").encode() + b"\r\n\r\n")
        return self.packet()

    def packet(self):
        lines = {}
        for raw in self.file:
            line = raw.decode().rstrip("\r\n")
            if not line:
                return lines
            key, _, value = line.partition(": ")
            lines[key] = value
        return None


@pytest.fixture
def asterisk():
    exchange = peer.Asterisk()
    yield exchange
    exchange.stop()


def signed_in(asterisk):
    listener = Listener(asterisk.port)
    assert listener.file.readline().startswith(b"Asterisk Call Manager/")
    answer = listener.ask(f"Action: Login\nUsername: pakn\nSecret: {asterisk.secret}\nActionID: 1")
    assert answer == {"Response": "Success", "ActionID": "1", "Message": "Authentication accepted"}
    return listener


def test_greets_and_lets_in_who_knows_the_secret(asterisk):
    listener = signed_in(asterisk)
    assert listener.ask("Action: Ping\nActionID: 2") == {"Response": "Success", "ActionID": "2", "Ping": "Pong"}
    assert listener.ask("Action: Originate\nActionID: 3")["Response"] == "Error"
    stranger = Listener(asterisk.port)
    stranger.file.readline()
    assert stranger.ask("Action: Login\nUsername: pakn\nSecret: x\nActionID: 1")["Message"] == "Authentication failed"
    assert stranger.packet() is None
    asterisk.refuse = True
    late = Listener(asterisk.port)
    late.file.readline()
    assert late.ask(f"Action: Login\nUsername: pakn\nSecret: {asterisk.secret}\nActionID: 1")["Response"] == "Error"
    assert (asterisk.logins, asterisk.refused, asterisk.pings) == (1, 2, 1)


def test_tells_calls_in_pieces_and_mixed_with_noise(asterisk):
    listener = signed_in(asterisk)
    events = peer.interleaved(peer.answered_call("17.1"), peer.abandoned_call("18.1"), peer.noise())
    threading.Thread(target=lambda: asterisk.say(*events, piece=7), daemon=True).start()
    heard = []
    while sum(one.get("Event") == "Hangup" and one["Uniqueid"] == one["Linkedid"] for one in heard) < 2:
        heard.append(listener.packet())
    assert {one["Linkedid"] for one in heard if one["Event"] == "Newchannel"} == {"17.1", "18.1"}
    assert len({one["Uniqueid"] for one in heard if one["Event"] == "Newchannel"}) == 5, "three legs and two"
    assert max(len(one.get("Value", "")) for one in heard) == 100_000
    hangup = next(one for one in heard if one["Event"] == "Hangup")
    assert set(hangup) >= {"Channel", "ChannelState", "CallerIDNum", "CallerIDName", "Context", "Exten", "Cause", "Cause-txt"}


def test_hangs_up_in_the_middle_of_a_packet(asterisk):
    listener = signed_in(asterisk)
    asterisk.hang_up(peer.caller_comes("1.1")[:40])
    assert listener.packet() is None
    assert asterisk.connected == 0


def test_recordings_come_late_or_never_and_to_whom_they_may():
    recordings = peer.Recordings(token="t")
    try:
        url = recordings.add("/rec/1.wav", missing=1)

        def get(address, token="t"):
            request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return answer.status, answer.read()
            except urllib.error.HTTPError as error:
                return error.code, b""

        assert get(url, "x")[0] == 401
        assert get(url)[0] == 404
        status, sound = get(url)
        assert status == 200 and sound[:4] == b"RIFF" and sound[8:12] == b"WAVE"
        assert get(recordings.url + "/rec/never.wav")[0] == 404
        assert recordings.asked_for("/rec/1.wav") == 3
    finally:
        recordings.stop()


def test_signs_what_it_sends():
    got = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            got.update(body=self.rfile.read(int(self.headers["Content-Length"])), **{k.lower(): v for k, v in self.headers.items()})
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/hooks/tongdai/calls"
    assert peer.send(url, "k", peer.call_event("e", "c", "call_started"))[0] == 200
    assert abs(int(got["x-hub-timestamp"]) / 1000 - time.time()) < 60
    assert got["x-hub-signature"] == peer.signature("k", got["x-hub-timestamp"], got["body"])
    peer.send(url, "k", b"{}", at=1.5, signed="sha256=0")
    assert (got["x-hub-timestamp"], got["x-hub-signature"], got["body"]) == ("1500", "sha256=0", b"{}")
    assert peer.signature("k1022", "1763781482000", b'{"event_id":"c-1"}') == \
        "sha256=a4cbdbd08365c146b5ca0a1876dbf7272cfd1c93efccd444b001f5496327a52a"
    server.shutdown()
    server.server_close()


def test_writes_files_as_spreadsheets_leave_them():
    rows = [{"call_id": "1.1", "started_at": "2026-11-22T10:15:29+07:00", "caller": "0912345678"}]
    plain = peer.cdr(rows)
    assert next(csv.DictReader(plain.decode().splitlines()))["caller"] == "0912345678"
    spoilt = peer.cdr(rows, delimiter=";", bom=True, spreadsheet=True)
    assert spoilt.startswith(b"\xef\xbb\xbf")
    row = next(csv.DictReader(spoilt.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert (row["caller"], row["started_at"]) == ("912345678", "22/11/2026 10:15:29")


def test_as_a_program_it_says_where_it_listens_and_is_switched():
    process = subprocess.Popen([sys.executable, "-B", peer.__file__, "--secret", "s"], stdout=subprocess.PIPE)
    try:
        told = json.loads(process.stdout.readline())
        listener = Listener(told["ami"])
        listener.file.readline()
        assert listener.ask("Action: Login\nUsername: pakn\nSecret: s\nActionID: 1")["Response"] == "Success"

        def order(**what):
            address = urllib.parse.urlsplit(told["control"])
            connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
            connection.request("POST", address.path, json.dumps(what))
            assert connection.getresponse().status == 200

        order(scene="abandoned", call="5.1")
        assert listener.packet()["Linkedid"] == "5.1"
        order(recording="/rec/5.1.wav")
        with urllib.request.urlopen(told["recordings"] + "/rec/5.1.wav", timeout=10) as answer:
            assert answer.read(4) == b"RIFF"
        order(hang_up=True, within=20)
        while listener.packet():
            pass
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
