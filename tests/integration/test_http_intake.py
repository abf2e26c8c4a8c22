"""What comes in wrong, twice, or strangely written."""

import json
import socket
import unicodedata
import uuid

import pytest

from conftest import CONTRACT

PATH = "/api/v1/petitions"
JSON = {"Content-Type": "application/json"}


def raw(anybody, body, expect):
    return anybody.post(PATH, expect, data=body, headers=JSON).json()


@pytest.mark.parametrize("body, status, code, field", [
    (b"", 400, "request.json_malformed", None),
    (b"{\"content\":", 400, "request.json_malformed", None),
    (b"{\"content\":\"x\"}}", 400, "request.json_malformed", None),
    (b"{\"content\":\"x\",\"content\":\"y\"}", 400, "request.json_duplicate", "/content"),
    (b"{\"content\":\"\xc3\x28\"}", 400, "request.utf8_invalid", None),
    (b"{\"content\":\"\xed\xa0\x80\"}", 400, "request.utf8_invalid", None),
    (b"{\"content\":\"a\\u0000b\"}", 422, "petition.text_invalid", "/content"),
    (b"{\"content\":\"x\",\"title\":\"\\u0000\"}", 422, "petition.text_invalid", "/title"),
    (b"[]", 422, "request.field_type", None),
    (b"{\"content\":7}", 422, "request.field_type", "/content"),
    (b"{\"content\":\"x\",\"petitioner\":{\"phone\":912345678}}", 422, "request.field_type", "/petitioner/phone"),
    (b"{\"content\":\"x\",\"location\":{\"lat\":\"16\"}}", 422, "request.field_type", "/location/lat"),
    (b"{\"content\":\"x\",\"occurred_at\":\"06/03/2026\"}", 422, "petition.field_invalid", "/occurred_at"),
    (b"{}", 422, "petition.content_missing", "/content"),
    (b"{\"content\":\" \\u200b\\n\"}", 422, "petition.content_missing", "/content"),
    (b"{\"content\":\"x\",\"petitioner\":{\"phone\":\"12\"}}", 422, "petition.phone_invalid", "/petitioner/phone"),
    (b"{\"content\":\"x\",\"attachments\":[{\"name\":\"a\",\"data\":\"***\"}]}", 422, "attachment.base64_invalid",
     "/attachments/0/data"),
    (b"{\"content\":\"x\",\"attachments\":[{\"name\":\"a.jpg\",\"data\":\"\"}]}", 422, "attachment.empty", None),
    (b"{\"content\":\"x\",\"attachments\":[{\"name\":\"a.jpg\",\"data\":\"f0VMRgIBAQ==\"}]}", 422,
     "attachment.type_not_accepted", None),
    (b"{\"content\":\"x\",\"attachments\":[" + b",".join([b"{}"] * 11) + b"]}", 422, "petition.too_many_attachments",
     "/attachments"),
    (b"{\"content\":\"x\",\"attributes\":{\"" + b"A" * 100000 + b"\":\"x\"}}", 422, "petition.field_invalid",
     "/attributes"),
], ids=lambda value: value[:40].decode("ascii", "replace") if isinstance(value, bytes) else None)
def test_bad_bodies_are_named(anybody, body, status, code, field):
    problem = raw(anybody, body, status)
    assert problem["code"] == code
    if field:
        assert problem["field"] == field


def test_unknown_fields_are_ignored(anybody):
    raw(anybody, json.dumps({"content": "Hố ga", "colour": {"deep": [1]}}).encode(), 201)


def test_text_is_stored_in_nfc(hub, people, anybody):
    decomposed = unicodedata.normalize("NFD", "Đường Nguyễn Huệ ngập nước")
    answer = raw(anybody, json.dumps({"content": decomposed, "title": decomposed}, ensure_ascii=False).encode(), 201)
    view = people["dispatcher"].get(f"/api/v1/petitions/{answer['id']}").json()
    assert view["content"] == view["title"] == "Đường Nguyễn Huệ ngập nước"


def test_lengths_count_code_points(anybody):
    raw(anybody, json.dumps({"content": "x", "title": "ế" * 200}).encode(), 201)
    too_long = json.dumps({"content": "x", "title": "ế" * 5000}).encode()
    assert raw(anybody, too_long, 422)["code"] == "petition.title_too_long"


def test_the_same_key_gives_the_same_answer_once(hub, people):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = hub.hand_in(headers=key)
    assert hub.hand_in(200, headers=key) == first
    assert hub.hand_in(409, headers=key, content="Một việc khác")["code"] == "idempotency.key_reused"
    assert hub.hand_in(content="Hố ga mất nắp trước số 12")["id"] != first["id"]
    assert hub.hand_in(400, headers={"Idempotency-Key": "đ".encode("utf-8")})["code"] == "idempotency.key_invalid"


def test_a_petition_too_large_is_refused_before_it_is_read(anybody):
    body = b"{\"content\":\"" + b"x" * (30 << 20) + b"\"}"
    assert raw(anybody, body, 413)["code"] == "request.too_large"

    def pieces():
        for _ in range(30):
            yield b"x" * (1 << 20)

    assert raw(anybody, pieces(), 413)["code"] == "request.too_large"


def test_chunked_bodies_are_taken(anybody):
    raw(anybody, iter([b"{\"content\":", b"\"Ho ga\"}"]), 201)


def test_other_media_types_are_refused(anybody):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
        assert anybody.problem("POST", PATH, 415, data=b"{}", headers={"Content-Type": kind}) == "request.media_type"


def test_multipart_says_what_is_wrong(anybody):
    good = ("petition", (None, json.dumps({"content": "x"}), "application/json"))
    assert anybody.problem("POST", PATH, 422, files=[("attachments", ("a.txt", b"x"))]) == "request.field_missing"
    assert anybody.problem("POST", PATH, 422, files=[good, ("photo", ("a.txt", b"x"))]) == "request.part_unknown"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    whole = b"--b\r\nContent-Disposition: form-data; name=\"petition\"\r\n\r\n{\"content\":\"x\"}\r\n--b--\r\n"
    anybody.post(PATH, 201, data=whole, headers=headers)
    for cut in range(len(whole) - 2):
        assert anybody.problem("POST", PATH, 400, data=whole[:cut], headers=headers) == "request.multipart_malformed"


def exchange(hub, request):
    """The first line that comes back for raw bytes, and whether the hub then closes the connection."""
    with socket.create_connection(("127.0.0.1", int(hub.url.rsplit(":", 1)[1])), timeout=20) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    CONTRACT.check_raw("POST", PATH, answer)
    return answer.split(b"\r\n", 1)[0].decode(), answer.count(b"HTTP/1.1 ")


@pytest.mark.parametrize("framing", [
    b"Content-Length: 2\r\nContent-Length: 40\r\n",
    b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip\r\n",
    b"Content-Length: -2\r\n",
    b"Content-Length: 2x\r\n",
    b"Content-Length: 2, 2\r\n",
    b"Transfer-Encoding: chunked, chunked\r\n",
    b"Transfer-Encoding : chunked\r\n",
])
def test_framing_that_can_be_read_in_two_ways_is_refused(hub, framing):
    smuggled = b"{}GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n"
    line, answers = exchange(hub, b"POST " + PATH.encode() + b" HTTP/1.1\r\nHost: hub\r\n"
                             b"Content-Type: application/json\r\n" + framing + b"\r\n" + smuggled)
    assert line.startswith("HTTP/1.1 400")
    assert answers == 1


def test_a_body_cut_short_is_not_taken(hub):
    line, _ = exchange(hub, b"POST " + PATH.encode() + b" HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n"
                       b"Content-Length: 50\r\n\r\n{\"content\":\"x\"}")
    assert line.startswith("HTTP/1.1 400")


def test_a_refused_body_gets_no_100_continue(hub):
    line, answers = exchange(hub, b"POST " + PATH.encode() + b" HTTP/1.1\r\nHost: hub\r\nExpect: 100-continue\r\n"
                             b"Content-Length: 99999999\r\n\r\n")
    assert line.startswith("HTTP/1.1 413")
    assert answers == 1


def test_an_action_takes_so_many_units_and_files(hub, people):
    petition = hub.hand_in()["id"]
    path = f"{PATH}/{petition}/actions/accept"
    many = people["dispatcher"].post(path, 422, json={"units": ["u"] * 101}).json()
    assert (many["code"], many["field"]) == ("petition.field_invalid", "/units")
    many = people["dispatcher"].post(path, 422, json={"attachments": [{}] * 21}).json()
    assert (many["code"], many["field"]) == ("action.too_many_files", "/attachments")


def test_an_operator_says_where_it_comes_from_and_nobody_else(hub, people):
    said = {"content": "Cháy ở chợ", "category": "an-ninh-trat-tu", "emergency": True, "channel": "hotline1022", "call_id": "c-17"}

    def stored(headers=None):
        code = hub.hand_in(headers=headers, **said)["code"]
        view = people["auditor"].get(f"{PATH}/{code}").json()
        return view["channel"], view["emergency"], view["attributes"].get("call_id")

    def token_of(role):
        login = hub.signed_in(role).account["login"]
        return {"Authorization": "Bearer " + hub.run("token", "new", "--account", login)["token"]}

    operator = token_of("operator")
    assert stored() == ("web", False, None)
    assert stored(token_of("dispatcher")) == ("web", False, None)
    assert stored(operator) == ("hotline1022", True, "c-17")
    problem = hub.hand_in(422, headers=operator, content="x", channel="web")
    assert (problem["code"], problem["field"]) == ("petition.field_invalid", "/channel")
    assert hub.hand_in(422, headers=operator, content="x", call_id="c" * 101)["code"] == "petition.field_too_long"
    key = {**operator, "Idempotency-Key": "gọi".encode().hex()}
    first = hub.hand_in(headers=key, **said)
    assert hub.hand_in(200, headers=key, **said) == first
