"""The edge under stress: clients that drip, idle, ask too often or in no known language, and those who must get through
nevertheless."""

import os
import re
import select
import socket
import sys
import threading
import uuid
from pathlib import Path

import pytest
import requests

from conftest import CONTRACT, ROOT, SECONDS, Client, Hub, wait_until
from openapi_check import read_answers

sys.path.append(str(ROOT / "tests" / "support"))
from pdf import pdf

PATH = "/api/v1/petitions"
BODY = b'{"content":"Ho ga mat nap"}'
BURST = 30  # Requests of one client at once.
PER_CLIENT = 20  # Connections.
IN_ALL = 300


class SmallHub(Hub):
    """Short deadlines and low limits. 127.0.0.1 is a trusted proxy, every other address of the loopback a client."""

    changes = [("hub.yaml", r"(?m)^http: .*$",
                "http: { trusted_proxies: [127.0.0.1], max_body: 25MB, head_deadline: 1s, body_deadline: 1500ms, "
                f"connections: {IN_ALL}, connections_per_client: {PER_CLIENT}, rate_per_client: 30/m, "
                f"burst_per_client: {BURST} }}\nemergency: {{ channels: [hotline1022] }}")]


@pytest.fixture(scope="module")
def hub(tmp_path_factory, receiver):
    hub = SmallHub(tmp_path_factory.mktemp("small"), receiver)
    yield hub
    hub.stop()


@pytest.fixture
def anybody(hub):
    return Client(hub)


def connect(hub, source="127.0.0.1"):
    port = int(hub.url.rsplit(":", 1)[1])
    return socket.create_connection(("127.0.0.1", port), timeout=SECONDS, source_address=(source, 0))


def until_closed(connection):
    """Everything that comes until the hub ends the connection."""
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def drip(connection, piece, rest):
    """Sends `piece`, then the bytes of `rest` one by one, until the hub answers; what it answers."""
    connection.sendall(piece)
    for byte in rest:
        if select.select([connection], [], [], 0.05)[0]:
            break
        connection.sendall(bytes([byte]))
    return until_closed(connection)


def metric(anybody, name):
    text = anybody.get("/metrics").text
    return int(re.search(rf"^{re.escape(name)} (\d+)$", text, re.MULTILINE).group(1))


def behind_proxy(address):
    return {"X-Forwarded-For": address}


def post(hub, headers=None, **arguments):
    """A petition over a connection of its own; the answer."""
    session = requests.Session()
    session.trust_env = False
    with session:
        return session.post(hub.url + PATH, json={"content": "Hố ga"}, headers=headers, timeout=SECONDS, **arguments)


# --- Deadlines ---

def test_a_head_that_drips_is_given_up(hub):
    with connect(hub) as connection:
        [answer] = CONTRACT.check_raw("GET", "/healthz", drip(connection, b"GET /healthz HTTP/1.1\r\nX: ", b"x" * 400))
    assert (answer.status_code, answer.json()["code"]) == (408, "request.timeout")


def test_a_body_that_drips_is_given_up_and_nothing_is_stored(hub, anybody):
    before = metric(anybody, "pakn_petitions")
    head = b"POST " + PATH.encode() + b" HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
    for framing, rest in [(b"Content-Length: 500\r\n\r\n{", b" " * 400),
                          (b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n" * 80)]:
        with connect(hub) as connection:
            [answer] = CONTRACT.check_raw("POST", PATH, drip(connection, head + framing, rest))
        assert (answer.status_code, answer.json()["code"]) == (408, "request.timeout")
    assert metric(anybody, "pakn_petitions") == before


def test_a_connection_that_says_nothing_is_closed_without_a_word(hub):
    with connect(hub) as connection:
        assert until_closed(connection) == b""


# --- Many connections ---

def test_idle_and_dripping_connections_do_not_keep_others_out(hub, anybody):
    quiet = [connect(hub) for _ in range(200)]
    try:
        for number, connection in enumerate(quiet):
            if number % 2:
                connection.sendall(b"POST " + PATH.encode() + b" HTTP/1.1\r\nHost: h\r\nContent-Le")
        answers = []

        def ask():
            for _ in range(5):
                answers.append(post(hub).status_code)

        threads = [threading.Thread(target=ask) for _ in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS)
        assert answers == [201] * 160
    finally:
        for connection in quiet:
            connection.close()


def test_when_all_connections_are_taken_those_that_wait_longest_make_room(hub, anybody):
    drippers = [connect(hub) for _ in range(IN_ALL)]
    try:
        evicted = 'pakn_http_refused_total{reason="evicted"}'
        assert post(hub).status_code == 201
        assert metric(anybody, evicted) > 0
    finally:
        for connection in drippers:
            connection.close()


def test_one_client_has_so_many_connections(hub):
    def healthy():
        with connect(hub, "127.0.0.2") as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            [answer] = CONTRACT.check_raw("GET", "/healthz", until_closed(connection))
            return answer.status_code == 200

    mine = [connect(hub, "127.0.0.2") for _ in range(PER_CLIENT)]
    try:
        with connect(hub, "127.0.0.2") as one_more:
            [answer] = CONTRACT.check_raw("GET", "/healthz", until_closed(one_more))
            assert (answer.status_code, answer.json()["code"]) == (429, "client.too_many_connections")
        with connect(hub, "127.0.0.3") as somebody_else:
            somebody_else.sendall(b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
            assert somebody_else.recv(65536).startswith(b"HTTP/1.1 200 ")
    finally:
        for connection in mine:
            connection.close()
    wait_until(healthy, "the places to be free again")


# --- Many requests ---

def use_up(hub, address):
    """Asks for `address` until it may not any more; the refusal."""
    for _ in range(BURST + 5):
        answer = requests.get(hub.url + "/healthz", headers=behind_proxy(address), timeout=SECONDS)
        if answer.status_code != 200:
            return answer
    raise AssertionError("never refused")


def test_one_client_asks_so_often(hub):
    refused = use_up(hub, "203.0.113.1")
    assert (refused.status_code, refused.json()["code"]) == (429, "client.too_many_requests")
    assert 1 <= int(refused.headers["Retry-After"]) <= 2
    assert post(hub, behind_proxy("203.0.113.1")).status_code == 429
    assert post(hub, behind_proxy("203.0.113.2")).status_code == 201, "another client"
    assert post(hub).status_code == 201, "the proxy on its own behalf"


def test_the_client_is_the_one_that_the_nearest_proxy_names(hub):
    use_up(hub, "203.0.113.3")
    assert post(hub, behind_proxy("198.51.100.7, 203.0.113.3")).status_code == 429, "what stands left is the client's word"
    assert post(hub, behind_proxy("203.0.113.3, 127.0.0.1")).status_code == 429, "a proxy behind a proxy"
    assert post(hub, behind_proxy("203.0.113.3, 203.0.113.4")).status_code == 201
    use_up(hub, "2001:db8:1:2::1")
    assert post(hub, behind_proxy("2001:db8:1:2:ffff::9")).status_code == 429, "one household"
    assert post(hub, behind_proxy("2001:db8:1:3::1")).status_code == 201


def test_nobody_but_a_trusted_proxy_names_the_client(hub):
    with connect(hub, "127.0.0.4") as connection:
        for number in range(BURST + 1):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 198.51.100.%d\r\n\r\n" % number)
            answer = read_answers(connection.recv(65536))[0]
        assert answer.status_code == 429


def test_the_hotline_gets_through_where_its_address_may_not(hub):
    address = "203.0.113.5"
    use_up(hub, address)
    key = hub.run("token", "new", "--source", "hotline1022")["token"]
    call = {**behind_proxy(address), "Authorization": f"Bearer {key}"}
    answers = [post(hub, call).status_code for _ in range(BURST + 5)]
    assert answers == [201] * (BURST + 5)
    assert post(hub, behind_proxy(address)).status_code == 429


def test_keys_that_open_nothing_are_not_tried_for_ever(hub):
    address = "203.0.113.6"
    call = {**behind_proxy(address), "Authorization": "Bearer " + "x" * 43}
    answers = {post(hub, call).status_code for _ in range(100)}
    assert answers == {401, 429}
    guesses = [{**behind_proxy(address), "Authorization": f"Bearer {number:043}"} for number in range(20)]
    assert 429 in {post(hub, guess).status_code for guess in guesses}, "another each time is no way around it"
    assert post(hub, behind_proxy(address)).status_code == 201, "without a key it is anybody"
    cookie = {**behind_proxy("203.0.113.8"), "Cookie": "pakn_session=x"}
    answers = [post(hub, cookie).status_code for _ in range(100)]
    assert answers[0] == 201 and answers[-1] == 429, "a cookie that opens nothing is no way around the limit"


def test_false_credentials_shut_out_nobody_who_has_true_ones(hub):
    address = "203.0.113.9"
    key = hub.run("token", "new", "--source", "hotline1022")["token"]
    dispatcher = hub.signed_in("dispatcher")
    for number in range(100):
        post(hub, {**behind_proxy(address), "Authorization": f"Bearer {number % 2:043}"})
    assert post(hub, {**behind_proxy(address), "Authorization": f"Bearer {0:043}"}).status_code == 429
    assert post(hub, {**behind_proxy(address), "Authorization": f"Bearer {key}"}).status_code == 201
    dispatcher.get("/api/v1/me", headers=behind_proxy(address))
    late = hub.one_time_token("dispatcher")
    Client(hub).post("/api/v1/session", 201, json={"token": late}, headers=behind_proxy(address))


def test_a_flood_of_sign_ins_waits_for_itself(hub):
    answers = []
    begin = threading.Barrier(120)

    def wrong(number):
        begin.wait(SECONDS)
        answers.append(Client(hub).http.post(hub.url + "/api/v1/session", timeout=SECONDS,
                                             json={"login": f"nobody{number}", "password": "sai mật khẩu"}))

    threads = [threading.Thread(target=wrong, args=(number,)) for number in range(120)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert {answer.status_code for answer in answers} == {401, 503}
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 503)


# --- Memory ---

def resident(hub):
    """Bytes of memory of the hub's process."""
    status = Path(f"/proc/{hub.process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) << 10


def test_files_that_nobody_reads_stay_on_the_disk(hub, anybody):
    size = 14 << 20
    content = pdf(filler=os.urandom(size))
    petition = anybody.post(PATH, 201, files={
        "petition": (None, '{"content": "Ho ga", "category": "ha-tang"}', "application/json"),
        "attachments": ("a.pdf", content, "application/pdf")}).json()
    tracked, query = f"/api/v1/track/{petition['code']}", f"?token={petition['tracking_token']}"
    [file] = anybody.get(tracked + query).json()["attachments"]
    path = f"{tracked}/files/{file['sha256']}"
    assert anybody.get(path + query).content == content
    before = resident(hub)
    asked = f"GET {path}{query} HTTP/1.1\r\nHost: h\r\n\r\n".encode()
    waiting = [connect(hub) for _ in range(40)]
    try:
        for connection in waiting:
            connection.sendall(asked)
        wait_until(lambda: metric(anybody, 'pakn_http_connections{stage="answering"}') >= 40, "answers on their way")
        assert resident(hub) - before < 4 * size
    finally:
        for connection in waiting:
            connection.close()


def test_under_overload_what_was_acknowledged_is_stored(hub):
    dispatcher = hub.signed_in("dispatcher")
    acknowledged, refused = [], []

    def flood(number):
        for _ in range(BURST + 20):
            answer = post(hub, {**behind_proxy(f"192.0.2.{number}"), "Idempotency-Key": str(uuid.uuid4())})
            if answer.status_code == 201:
                acknowledged.append(answer.json()["id"])
            else:
                assert answer.status_code in (429, 503) and "Retry-After" in answer.headers
                refused.append(answer.status_code)

    threads = [threading.Thread(target=flood, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(4 * SECONDS)
    assert len(acknowledged) >= 8 * BURST and refused
    assert len(set(acknowledged)) == len(acknowledged)
    for petition in acknowledged[::10]:
        dispatcher.get(f"{PATH}/{petition}")


# --- What is not HTTP, or not quite ---

HEAD = b"POST " + PATH.encode() + b" HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize("request_bytes, status, code", [
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "request.malformed"),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "request.malformed"),
    (b"GET /healthz\r\n\r\n", 400, "request.malformed"),
    (b"GET  /healthz HTTP/1.1\r\nHost: h\r\n\r\n", 400, "request.malformed"),
    (b"GET /heal thz HTTP/1.1\r\nHost: h\r\n\r\n", 400, "request.malformed"),
    (b"GET healthz HTTP/1.1\r\nHost: h\r\n\r\n", 400, "request.malformed"),
    (b"GET /healthz HTTP/1.1\r\n\r\n", 400, "request.malformed"),
    (b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "request.malformed"),
    (b"GET /healthz HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n", 400, "request.malformed"),
    (b"GET /healthz HTTP/1.1\r\nHost: h\r\nX: a\x00b\r\n\r\n", 400, "request.malformed"),
    (b"GET /healthz HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n", 400, "request.malformed"),
    (b"GET /healthz HTTP/1.1\nHost: h\n\n\r\n\r\n", 400, "request.malformed"),
    (b"GET /healthz HTTP/1.1\r\nHost: h\r\nNo colon\r\n\r\n", 400, "request.malformed"),
    (b"GET /healthz HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n", 400,
     "request.malformed"),
    (b"GET /healthz HTTP/1.1\r\nHost: h\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431, "request.head_too_large"),
    (b"GET /healthz HTTP/1.1\r\nHost: h\r\nX: " + b"y" * 20000 + b"\r\n\r\n", 431, "request.head_too_large"),
    (HEAD + b"Transfer-Encoding: chunked\r\n\r\nx\r\n", 400, "request.malformed"),
    (HEAD + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400, "request.malformed"),
    (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n", 400, "request.malformed"),
    (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n", 400, "request.malformed"),
    (HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", 413, "request.too_large"),
    (HEAD + b"Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n", 413, "request.too_large"),
    (HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n", 413, "request.too_large"),
    (HEAD + b"Content-Length: 30000000\r\n\r\n", 413, "request.too_large"),
    (b"GET /healthz HTTP/1.1\r\nHo", 400, "request.incomplete"),
], ids=lambda value: repr(value[:60]) if isinstance(value, bytes) else None)
def test_what_is_not_well_formed_gets_one_answer_and_no_second_chance(hub, request_bytes, status, code):
    with connect(hub) as connection:
        connection.sendall(request_bytes)
        if code == "request.incomplete":
            connection.shutdown(socket.SHUT_WR)
        [answer] = CONTRACT.check_raw("POST", PATH, until_closed(connection))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Connection"] == "close"


def test_odd_but_right_requests_are_answered(hub):
    with connect(hub) as connection:
        connection.sendall(b"\r\nGET http://elsewhere/healthz HTTP/1.1\r\nHOST:h\r\n\r\n"  # Absolute form, empty line.
                           b"HEAD /healthz HTTP/1.1\r\nHost: h\r\n\r\n"  # Pipelined.
                           + HEAD + b"Transfer-Encoding: Chunked\r\n\r\n"
                           + b"1;x=y\r\n{\r\n%x\r\n%b\r\n0\r\nTrailer: x\r\n\r\n" % (len(BODY) - 1, BODY[1:])
                           + b"GET /healthz HTTP/1.0\r\n\r\n")
        answers = read_answers(until_closed(connection), ["GET", "HEAD", "POST", "GET"])
    assert [answer.status_code for answer in answers] == [200, 200, 201, 200]
    assert answers[1].content == b"" and int(answers[1].headers["Content-Length"]) == len(answers[0].content)
    assert answers[3].headers["Connection"] == "close"


def test_a_large_body_is_refused_before_it_is_sent(hub):
    with connect(hub) as connection:
        connection.sendall(HEAD + b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % (30 << 20))
        [answer] = CONTRACT.check_raw("POST", PATH, until_closed(connection))
    assert answer.status_code == 413


def test_the_numbers_are_told(anybody):
    assert metric(anybody, 'pakn_http_connections{stage="working"}') >= 1
    for reason in ("client_rate", "client_connections", "timeout", "malformed", "evicted"):
        assert metric(anybody, f'pakn_http_refused_total{{reason="{reason}"}}') > 0, reason


