"""The simulator of FCM and APNs holds to docs/contracts/push.md: who we are, what a message may be, and every row of both tables.
APNs is spoken to by the curl command, which is not our client."""

import base64
import json
import re
import subprocess
import time

import push as peer
import pytest
import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture
def push(tmp_path):
    push = peer.Push(tmp_path)
    yield push
    push.stop()


def url64(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else json.dumps(data).encode()).decode().rstrip("=")


def rs256(push, **changes):
    now = int(push.now())
    claims = {"iss": push.account["client_email"], "scope": peer.SCOPE, "aud": peer.AUDIENCE, "iat": now, "exp": now + 3600, **changes}
    text = f"{url64({'alg': 'RS256', 'typ': 'JWT'})}.{url64(claims)}"
    return f"{text}.{url64(push.fcm_key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def es256(push, key=None, kid=None, **changes):
    claims = {"iss": push.team, "iat": int(push.now()), **changes}
    text = f"{url64({'alg': 'ES256', 'kid': kid or push.key_id})}.{url64(claims)}"
    r, s = decode_dss_signature((key or push.apns_key).sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{url64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def grant(push, assertion, kind=GRANT):
    return requests.post(push.url + "/token", data={"grant_type": kind, "assertion": assertion}, timeout=10)


def send_fcm(push, token="DEV", access=None, project=None, **message):
    access = access or grant(push, rs256(push)).json()["access_token"]
    body = {"message": {"token": token, "notification": {"title": "a", "body": "b"}, **message}}
    return requests.post(f"{push.url}/v1/projects/{project or push.project}/messages:send", json=body,
                         headers={"Authorization": f"Bearer {access}"}, timeout=10)


def fcm_word(answer):
    details = answer.json()["error"]["details"]
    if not details:
        return ""
    return "BadRequest" if details[0]["@type"].endswith("BadRequest") else details[0]["errorCode"]


def send_apns(push, token="DEV", body=None, login=None, times=1, **headers):
    """Status and reason of each answer, and the last one's headers."""
    fields = {"authorization": f"bearer {login or es256(push)}", "apns-topic": push.topic, "apns-push-type": "alert", "apns-priority": "10",
              "apns-expiration": "0", **{name.replace("_", "-"): value for name, value in headers.items()}}
    arguments = [part for name, value in fields.items() if value is not None for part in ("-H", f"{name}: {value}")]
    body = json.dumps({"aps": {"alert": {"title": "a", "body": "b"}}}) if body is None else body
    done = subprocess.run(["curl", "-sS", "--http2", "--cacert", str(push.certificate.ca), "-D", "-", "--data-binary", body, *arguments,
                           *[f"{push.apns_url}/3/device/{token}"] * times], capture_output=True, text=True, timeout=30, check=False)
    answers = [(int(status), (re.search(r'"reason": "(\w*)"', rest) or ["", ""])[1])
               for status, rest in re.findall(r"HTTP/2 (\d{3})(.*?)(?=HTTP/2 \d|\Z)", done.stdout, re.DOTALL)]
    return answers, done.stdout


@pytest.mark.parametrize("changes", [{"scope": "x"}, {"aud": "https://elsewhere.example"}, {"exp": int(time.time()) + 7300},
                                     {"iss": "x"}, {"iat": 1, "exp": 3600}])
def test_an_assertion_that_is_not_the_contracts_opens_nothing(push, changes):
    answer = grant(push, rs256(push, **changes))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_an_assertion_of_another_key_opens_nothing(push):
    good = rs256(push)
    assert grant(push, good[:-8] + "AAAAAAAA").status_code == 400
    assert grant(push, "x").status_code == 400
    assert grant(push, good, "password").json()["error"] == "unsupported_grant_type"
    told = grant(push, good).json()
    assert told["expires_in"] == 3600 and told["token_type"] == "Bearer"


def test_fcm_takes_what_the_contract_shows(push):
    answer = send_fcm(push, data={"pakn": "060326001"}, android={"priority": "HIGH", "ttl": "86400s", "collapse_key": "060326001"})
    assert answer.status_code == 200
    [sent] = push.to("DEV")
    assert sent.name == answer.json()["name"] and sent.shown == "a\nb" and sent.collapses_by == "060326001"


@pytest.mark.parametrize("message", [{"data": {"a": 12}}, {"data": {"from": "x"}}, {"data": {"gcm": "x"}}, {"data": {"google.x": "x"}},
                                     {"android": {"ttl": "1d"}}, {"android": {"priority": "LOUD"}}, {"data": {"a": "x" * 4096}}])
def test_fcm_takes_no_other_message(push, message):
    answer = send_fcm(push, **message)
    assert (answer.status_code, fcm_word(answer)) == (400, "BadRequest")
    assert not push.sent


def test_fcm_lets_in_by_a_token_that_is_not_over(push):
    assert fcm_word(send_fcm(push, access="x")) == "" and send_fcm(push, access="x").status_code == 401
    access = grant(push, rs256(push)).json()["access_token"]
    assert send_fcm(push, access=access).status_code == 200
    push.offset = 3601
    assert send_fcm(push, access=access).status_code == 401
    assert send_fcm(push, project="another").status_code == 404


@pytest.mark.parametrize("row", peer.contract_rows("fcm"), ids=str)
def test_each_row_of_fcm(push, row):
    for form, expected in [(7, r"7"), (30.5, r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT")]:
        push.retry_after = form
        answer = send_fcm(push, peer.token_for(row))
        assert (answer.status_code, fcm_word(answer)) == (row[0] or 500, row[1])
        assert re.fullmatch(expected, answer.headers["Retry-After"])
    assert not push.sent


def test_apns_takes_what_the_contract_shows(push):
    name = "123e4567-e89b-12d3-a456-426614174000"
    answers, raw = send_apns(push, apns_id=name, apns_collapse_id="060326001")
    assert answers == [(200, "")] and f"apns-id: {name}" in raw
    [sent] = push.to("DEV")
    assert sent.shown == "a\nb" and sent.collapses_by == "060326001"


@pytest.mark.parametrize(("changes", "expected"), [
    ({"apns_topic": None}, (400, "MissingTopic")), ({"apns_topic": "x"}, (400, "BadTopic")), ({"apns_priority": "9"}, (400, "BadPriority")),
    ({"apns_expiration": "soon"}, (400, "BadExpirationDate")), ({"apns_collapse_id": "x" * 65}, (400, "BadCollapseId")),
    ({"apns_id": "x"}, (400, "BadMessageId")), ({"body": ""}, (400, "PayloadEmpty")), ({"body": "x" * 4097}, (413, "PayloadTooLarge")),
    ({"authorization": None}, (403, "MissingProviderToken")), ({"login": "x"}, (403, "InvalidProviderToken")), ({"token": ""}, (400, "MissingDeviceToken")),
    ({"token": "x/y"}, (404, "BadPath"))])
def test_apns_takes_nothing_else(push, changes, expected):
    answers, _ = send_apns(push, **changes)
    assert answers == [expected]
    assert not push.sent


def test_apns_lets_in_by_its_own_key_and_a_fresh_token(push):
    other = ec.generate_private_key(ec.SECP256R1())
    assert send_apns(push, login=es256(push, key=other))[0] == [(403, "InvalidProviderToken")]
    assert send_apns(push, login=es256(push, kid="X"))[0] == [(403, "InvalidProviderToken")]
    assert send_apns(push, login=es256(push, iat=int(push.now()) - 3700))[0] == [(403, "ExpiredProviderToken")]
    assert send_apns(push, login=es256(push, iat=int(push.now()) - 60))[0] == [(200, "")]
    assert send_apns(push, login=es256(push))[0] == [(429, "TooManyProviderTokenUpdates")]


@pytest.mark.parametrize("row", peer.contract_rows("apns"), ids=str)
def test_each_row_of_apns(push, row):
    push.retry_after = 7
    answers, raw = send_apns(push, peer.token_for(row))
    assert answers == [row] and "retry-after: 7" in raw


def test_goaway_ends_a_connection_in_the_middle(push):
    push.goaway_after = 2
    login = es256(push)
    answers, _ = send_apns(push, login=login, times=5)
    assert answers == [(200, "")] * 5, "curl takes another connection"
    assert push.apns_connections == 2
