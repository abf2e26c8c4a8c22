"""The reserved share: when anonymous requests fill the memory for bodies or take all connections, the hotline still gets
through. What is only announced costs nothing."""

import itertools
import select
import socket

import pytest

from conftest import CONTRACT, SECONDS, Client, Hub
from test_http_limits import metric

PATH = "/api/v1/petitions"
LARGEST = 25 << 20
EMERGENCY = {"content": "Cháy nhà", "category": "ha-tang"}
PETITION = {"content": "Hố ga mất nắp", "category": "ha-tang"}


class PatientHub(Hub):
    changes = [("hub.yaml", r"(?m)^http: .*$",
                "http: { trusted_proxies: [127.0.0.1], max_body: 25MB }\nemergency: { channels: [hotline1022] }")]


@pytest.fixture(scope="module")
def hub(tmp_path_factory, receiver):
    hub = PatientHub(tmp_path_factory.mktemp("patient"), receiver)
    yield hub
    hub.stop()


@pytest.fixture(scope="module")
def keys(hub):
    return {source: {"Authorization": "Bearer " + hub.run("token", "new", "--source", source)["token"]}
            for source in ("hotline1022", "cong-tinh")}


@pytest.fixture
def senders():
    """Addresses that nobody else in this file uses, as a proxy names them."""
    return iter(f"198.51.{third}.{fourth}" for third, fourth in itertools.product(range(100, 200), range(1, 255)))


def begin(hub, sender, announced, sent):
    """A connection on which `sent` of `announced` bytes of a body have come; or the code of the problem it met."""
    connection = announce(hub, sender, announced)
    connection.setblocking(False)
    left = memoryview(bytes(sent))
    while left:
        readable, writable, _ = select.select([connection], [connection], [], SECONDS)
        assert readable or writable, "the hub neither takes nor answers"
        if readable:
            return problem_on(connection)
        left = left[connection.send(left):]
    Client(hub).http.get(hub.url + "/healthz", timeout=SECONDS)  # The hub's one thread for connections has read what came before this.
    return problem_on(connection) if select.select([connection], [], [], 0)[0] else connection


def announce(hub, sender, length):
    connection = socket.create_connection(("127.0.0.1", int(hub.url.rsplit(":", 1)[1])), timeout=SECONDS)
    connection.sendall((f"POST {PATH} HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: {sender}\r\nContent-Type: application/json\r\n"
                        f"Content-Length: {length}\r\n\r\n").encode())
    return connection


def problem_on(connection):
    connection.setblocking(True)
    received = b""
    with connection:
        while piece := connection.recv(65536):
            received += piece
    [answer] = CONTRACT.check_raw("POST", PATH, received)
    assert int(answer.headers["Retry-After"]) > 0
    return answer.status_code, answer.json()["code"]


def refused_for_memory(client):
    return metric(client, 'pakn_http_refused_total{reason="memory"}')


def test_what_is_announced_and_does_not_come_takes_nothing(hub, senders):
    """A handful of clients that drip would shut everybody out."""
    anybody = Client(hub)
    held = [begin(hub, next(senders), LARGEST, 100) for _ in range(60)]
    try:
        assert all(isinstance(one, socket.socket) for one in held)
        assert anybody.post(PATH, 201, json=PETITION).json()["code"]
    finally:
        for connection in held:
            connection.close()


def test_one_client_holds_a_part_of_the_memory_at_most(hub, senders):
    one, held = next(senders), []
    try:
        while isinstance(connection := begin(hub, one, LARGEST, LARGEST - 1), socket.socket):
            held.append(connection)
            assert len(held) < 10
        assert connection == (503, "server.busy") and len(held) >= 2
        other = begin(hub, next(senders), LARGEST, LARGEST - 1)
        assert isinstance(other, socket.socket)
        other.close()
    finally:
        for connection in held:
            connection.close()


def test_bodies_that_fill_the_memory_leave_the_hotline_its_share(hub, keys, senders):
    anybody = Client(hub)
    held = []
    try:
        for announced in (LARGEST, 1 << 20, 1 << 16, 1 << 12, 256, 16, 2):
            while isinstance(connection := begin(hub, next(senders), announced, announced - 1), socket.socket):
                held.append(connection)
            assert connection == (503, "server.busy")
        before = refused_for_memory(anybody)
        assert before >= 6
        assert anybody.post(PATH, 503, json=PETITION).json()["code"] == "server.busy"
        assert refused_for_memory(anybody) == before + 1
        assert anybody.post(PATH, 201, json=EMERGENCY, headers=keys["hotline1022"]).json()["code"]
        assert anybody.post(PATH, 201, json=EMERGENCY, headers=keys["cong-tinh"]).json()["code"], \
            "whether a key is the hotline's is known only then"
        anybody.get("/healthz")
    finally:
        for connection in held:
            connection.close()
    assert Client(hub).post(PATH, 201, json=PETITION).json()["code"]


class CrowdedHub(Hub):
    changes = [("hub.yaml", r"(?m)^http: .*$",
                "http: { trusted_proxies: [127.0.0.1], max_body: 25MB, connections: 40, connections_per_client: 10 }\n"
                "emergency: { channels: [hotline1022] }")]


@pytest.fixture
def crowded(tmp_path, receiver):
    hub = CrowdedHub(tmp_path, receiver)
    yield hub
    hub.stop()


def test_a_client_behind_a_proxy_has_so_many_requests_under_way(crowded, senders):
    one = next(senders)
    held = [begin(crowded, one, 1000, 10) for _ in range(10)]
    try:
        assert all(isinstance(connection, socket.socket) for connection in held)
        assert begin(crowded, one, 1000, 10) == (429, "client.too_many_connections")
        other = begin(crowded, next(senders), 1000, 10)
        assert isinstance(other, socket.socket)
        other.close()
    finally:
        for connection in held:
            connection.close()
    assert isinstance(again := begin(crowded, one, 1000, 10), socket.socket), "what was given up counts no more"
    again.close()


def test_bodies_that_drip_on_all_connections_leave_the_hotline_a_way_in(crowded, senders):
    key = {"Authorization": "Bearer " + crowded.run("token", "new", "--source", "hotline1022")["token"]}
    held = [begin(crowded, next(senders), 1000, 10) for _ in range(38)]
    try:
        for _ in range(6):  # The last ones may take the place of one whose head has not been read yet.
            held.append(announce(crowded, next(senders), 1000))
            if select.select(held[-1:], [], [], 1)[0]:
                break
        assert problem_on(held[-1]) == (503, "server.busy")
        Client(crowded).post(PATH, 503, json=PETITION)
        assert Client(crowded).post(PATH, 201, json=EMERGENCY, headers=key).json()["code"]
    finally:
        for connection in held:
            connection.close()
