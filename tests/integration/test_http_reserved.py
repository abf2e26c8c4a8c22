"""The reserved share: when anonymous requests fill the memory for bodies, the hotline still gets through."""

import socket

import pytest

from conftest import CONTRACT, SECONDS, Client, Hub
from test_http_limits import HEAD, metric

PATH = "/api/v1/petitions"


class PatientHub(Hub):
    changes = [("hub.yaml", r"(?m)^http: .*$",
                "http: { trusted_proxies: [127.0.0.1], max_body: 25MB }\nemergency: { channels: [hotline1022] }")]


@pytest.fixture(scope="module")
def hub(tmp_path_factory, receiver):
    hub = PatientHub(tmp_path_factory.mktemp("patient"), receiver)
    yield hub
    hub.stop()


def announce(hub, size):
    """A connection on which a body of this size is to come, when the hub has room for it; else None, and the answer is checked."""
    connection = socket.create_connection(("127.0.0.1", int(hub.url.rsplit(":", 1)[1])), timeout=SECONDS)
    connection.sendall(HEAD + b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % size)
    received = connection.recv(65536)
    if received == b"HTTP/1.1 100 Continue\r\n\r\n":
        return connection
    with connection:
        while piece := connection.recv(65536):
            received += piece
    [answer] = CONTRACT.check_raw("POST", PATH, received)
    assert (answer.status_code, answer.json()["code"]) == (503, "server.busy")
    assert int(answer.headers["Retry-After"]) > 0
    return None


def test_bodies_that_fill_the_memory_leave_the_hotline_its_share(hub):
    anybody = Client(hub)
    key = {"Authorization": "Bearer " + hub.run("token", "new", "--source", "hotline1022")["token"]}
    other = {"Authorization": "Bearer " + hub.run("token", "new", "--source", "cong-tinh")["token"]}
    held = []
    try:
        for size in (25 << 20, 1 << 20, 1 << 16, 1 << 12, 256, 16):
            while connection := announce(hub, size):
                held.append(connection)
        before = metric(anybody, 'pakn_http_refused_total{reason="memory"}')
        assert before >= 6
        refused = anybody.post(PATH, 503, json={"content": "Hố ga mất nắp", "category": "ha-tang"})
        assert refused.json()["code"] == "server.busy" and int(refused.headers["Retry-After"]) > 0
        assert metric(anybody, 'pakn_http_refused_total{reason="memory"}') == before + 1
        emergency = {"content": "Cháy nhà", "category": "ha-tang"}
        assert anybody.post(PATH, 201, json=emergency, headers=key).json()["code"]
        assert anybody.post(PATH, 201, json=emergency, headers=other).json()["code"], "whether a key is the hotline's is known only then"
        anybody.get("/healthz")
    finally:
        for connection in held:
            connection.close()
    assert Client(hub).post(PATH, 201, json={"content": "Hố ga mất nắp", "category": "ha-tang"}).json()["code"]
