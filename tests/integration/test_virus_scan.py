"""Files and a virus scanner: a clamd of the test beside the real hub."""

import base64
import hashlib
import io
import json
import socketserver
import threading

import pytest
from PIL import Image

from conftest import Client, Hub, wait_until

# The test file that every scanner knows, in pieces: none shall trip over this source.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd(socketserver.ThreadingTCPServer):
    """INSTREAM as clamd's manual describes it: a length of four bytes before each piece, a zero at the end."""

    allow_reuse_address = True
    daemon_threads = True
    answering = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.server_address[1]}"


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        if not self.server.answering:
            return
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while size := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(size)
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0")


class ScannedHub(Hub):
    def __init__(self, folder, receiver, clamd):
        self.changes = [("hub.yaml", r"(?m)^http:", f'intake: {{ virus_scan: {{ socket: "{clamd.address}" }} }}\nhttp:')]
        super().__init__(folder, receiver)


@pytest.fixture(scope="module")
def clamd():
    server = Clamd()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def hub(tmp_path_factory, receiver, clamd):
    hub = ScannedHub(tmp_path_factory.mktemp("scanned"), receiver, clamd)
    yield hub
    hub.stop()


@pytest.fixture(scope="module")
def dispatcher(hub):
    return hub.signed_in("dispatcher")


def attached(*files):
    return [{"name": name, "data": base64.b64encode(data).decode()} for name, data in files]


def path_of(answer, data):
    return f"/api/v1/track/{answer['code']}/files/{hashlib.sha256(data).hexdigest()}?token={answer['tracking_token']}"


def logged(hub, name):
    return [line for line in map(json.loads, hub.log.read_text(encoding="utf-8").splitlines()) if line.get("id") == name]


def test_a_file_with_a_virus_is_refused_to_its_sender_and_left_out_of_a_portals(hub, dispatcher):
    answer = hub.hand_in(422, attachments=attached(("sạch.txt", b"bien ban"), ("bẩn.txt", EICAR)))
    assert (answer["code"], answer["field"]) == ("attachment.infected", "/attachments/1")
    assert logged(hub, "FILE_INFECTED")
    portal = Client(hub)
    portal.http.headers["Authorization"] = f"Bearer {hub.run('token', 'new', '--source', 'portal')['token']}"
    brought = portal.post("/api/v1/petitions", 201, json={
        "content": "x", "attachments": attached(("sạch.txt", b"bien ban"), ("bẩn.txt", EICAR))}).json()
    view = dispatcher.get(f"/api/v1/petitions/{brought['id']}").json()
    assert [file["name"] for file in view["attachments"]] == ["sạch.txt"]
    assert view["attributes"]["files_left_out"] == "bẩn.txt: attachment.infected"
    assert "scan" not in view["attachments"][0]
    for file in (hub.config / "var" / "blobs").rglob("*"):
        assert not file.is_file() or EICAR not in file.read_bytes()


def test_while_nobody_can_look_a_file_waits_and_the_petition_does_not(hub, dispatcher, clamd):
    data = b"bien ban cho quet"
    clamd.answering = False
    try:
        answer = hub.hand_in(attachments=attached(("don.txt", data)))
        [file] = dispatcher.get(f"/api/v1/petitions/{answer['id']}").json()["attachments"]
        assert file["scan"] == "pending"
        anybody = Client(hub)
        assert anybody.problem("GET", path_of(answer, data), 503) == "scan.pending"
        assert dispatcher.problem("GET", f"/api/v1/petitions/{answer['id']}/files/{file['sha256']}", 503) == "scan.pending"
        assert logged(hub, "SCANNER_UNAVAILABLE")
    finally:
        clamd.answering = True
    wait_until(lambda: anybody.http.get(hub.url + path_of(answer, data)).status_code == 200, "the scanner to be asked again")
    assert anybody.get(path_of(answer, data)).content == data
    [file] = dispatcher.get(f"/api/v1/petitions/{answer['id']}").json()["attachments"]
    assert "scan" not in file
    assert logged(hub, "SCANNER_RECOVERED")


def test_an_animation_is_shown_as_a_png_of_its_first_picture(hub, dispatcher):
    out = io.BytesIO()
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], comment=b"CANARY at home")
    sent = out.getvalue()
    assert b"CANARY" in sent
    answer = hub.hand_in(attachments=attached(("anh.gif", sent)))
    anybody = Client(hub)
    wait_until(lambda: anybody.http.get(hub.url + path_of(answer, sent)).status_code == 200, "the copy")
    shown = anybody.get(path_of(answer, sent))
    assert shown.headers["Content-Type"] == "image/png" and shown.headers["Content-Disposition"].endswith("anh.png")
    assert b"CANARY" not in shown.content
    picture = Image.open(io.BytesIO(shown.content))
    assert picture.format == "PNG" and picture.convert("RGB").getpixel((20, 15))[0] > 200
    [file] = anybody.get(f"/api/v1/track/{answer['code']}?token={answer['tracking_token']}").json()["attachments"]
    assert (file["name"], file["content_type"]) == ("anh.png", "image/png")
    [file] = dispatcher.get(f"/api/v1/petitions/{answer['id']}").json()["attachments"]
    assert (file["name"], file["content_type"], file["photo"]) == ("anh.gif", "image/gif", "ready")
