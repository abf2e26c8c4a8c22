"""The receiver is right by the published vector and its own rules, without any of the hub's code."""

import base64
import hmac
import http.client
import json
import socket
import time
import urllib.parse

import pytest
import webhook_receiver
from webhook_receiver import Behaviour, Receiver, Refused

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EVENT = {"specversion": "1.0", "id": "e1", "source": "/hub/mau", "type": "vn.pakn.petition.released.v1",
         "time": "2026-03-06T08:00:00+07:00", "data": {"code": "060326001"}}


def headers_for(body: bytes, webhook_id: str = "e1", at: int | None = None, secret: str = SECRET) -> dict[str, str]:
    timestamp = str(int(time.time()) if at is None else at)
    mac = hmac.digest(webhook_receiver.decode_secret(secret), f"{webhook_id}.{timestamp}.".encode() + body, "sha256")
    return {"webhook-id": webhook_id, "webhook-timestamp": timestamp, "content-type": "application/cloudevents+json",
            "webhook-signature": "v1," + base64.b64encode(mac).decode()}


def post(receiver: Receiver, body: bytes, headers: dict[str, str]) -> int:
    address = urllib.parse.urlsplit(receiver.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=5)
    try:
        connection.request("POST", address.path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture(name="receiver")
def running_receiver(tmp_path):
    with Receiver([webhook_receiver.decode_secret(SECRET)], tmp_path / "journal") as receiver:
        yield receiver


def test_published_vector():
    body = b'{"test": 2432232314}'
    headers = {"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
               "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}
    secrets = [webhook_receiver.decode_secret(SECRET)]
    assert webhook_receiver.verify(headers, body, secrets, 1614265330 + 299) == headers["webhook-id"]
    for change in ({"webhook-id": "msg_other"}, {"webhook-timestamp": "1614265331"}, {"webhook-signature": "v1,AAAA"},
                   {"webhook-signature": headers["webhook-signature"].replace("v1,", "v1a,")}, {"webhook-id": ""}):
        with pytest.raises(Refused):
            webhook_receiver.verify(headers | change, body, secrets, 1614265330)
    for age in (-301, 301):
        with pytest.raises(Refused):
            webhook_receiver.verify(headers, body, secrets, 1614265330 + age)


def test_two_signatures_while_rotating():
    body, other = b"{}", "whsec_" + base64.b64encode(b"k" * 32).decode()
    headers = headers_for(body, secret=other)
    headers["webhook-signature"] += " " + headers_for(body)["webhook-signature"]
    assert webhook_receiver.verify(headers, body, [webhook_receiver.decode_secret(SECRET)], time.time()) == "e1"


def test_acts_once_and_remembers(receiver, tmp_path):
    body = json.dumps(EVENT).encode()
    assert [post(receiver, body, headers_for(body)) for _ in range(3)] == [204, 204, 204]
    assert len(receiver.arrivals) == 3 and receiver.effects == {"e1": EVENT["type"]} and not receiver.changed
    changed = json.dumps(EVENT | {"data": {}}).encode()
    post(receiver, changed, headers_for(changed))
    assert receiver.changed == ["e1"]
    assert Receiver([], tmp_path / "journal").effects == {"e1": EVENT["type"]}


@pytest.mark.parametrize("body, content_type, status", [
    (b"{", "application/cloudevents+json", 400),
    (json.dumps(EVENT).encode(), "application/json", 415),
    (json.dumps(EVENT | {"specversion": "0.3"}).encode(), "application/cloudevents+json", 400),
    (json.dumps(EVENT | {"Bad_Name": 1}).encode(), "application/cloudevents+json", 400),
    (json.dumps(EVENT | {"source": ""}).encode(), "application/cloudevents+json", 400)])
def test_refuses_what_is_no_event(receiver, body, content_type, status):
    assert post(receiver, body, headers_for(body) | {"content-type": content_type}) == status
    assert not receiver.effects and len(receiver.refused) == 1


def test_behaves_badly_on_command(receiver):
    body = json.dumps(EVENT).encode()
    receiver.plan(Behaviour.failing(503, retry_after="1"), Behaviour.failing(410),
                  Behaviour.garbling(), Behaviour.resetting())
    assert [post(receiver, body, headers_for(body)) for _ in range(2)] == [503, 410]
    assert not receiver.effects
    with pytest.raises(http.client.HTTPException):
        post(receiver, body, headers_for(body))
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        post(receiver, body, headers_for(body))
    assert len(receiver.arrivals) == 4 and len(receiver.effects) == 1


@pytest.mark.parametrize("kept", [0, 10])
def test_a_sender_that_dies_in_the_middle_was_not_refused(receiver, kept):
    body = json.dumps(EVENT).encode()
    headers = headers_for(body) | {"content-length": str(len(body))}
    address = urllib.parse.urlsplit(receiver.url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as sender:
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        sender.sendall(f"POST {address.path} HTTP/1.1\r\n{head}\r\n".encode() + body[:kept])
    assert receiver.wait(lambda it: it.cut_short or it.refused)
    assert receiver.cut_short == 1 and not receiver.refused and not receiver.arrivals
    assert post(receiver, body, headers_for(body)) == 204
