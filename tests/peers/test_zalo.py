"""The simulator is right by the contract's vectors and its own rules, without any of the hub's code."""

import hashlib
import hmac
import http.client
import http.server
import json
import subprocess
import sys
import threading
import time
import unicodedata
import urllib.parse

import pytest
import zalo as peer

VECTOR = ('{"event_name":"user_send_text","app_id":"1234567890123456789","sender":{"id":"5510000000000000001"},'
          '"recipient":{"id":"1646000000000000001"},"message":{"text":"Đèn đường hỏng","msg_id":"e2a641af6661713b2874"},'
          '"timestamp":"1764000000123","user_id_by_app":"3611000000000000001"}').encode()
USER = "5510000000000000001"
PDF = b"%PDF-1.4\n"
JPEG = b"\xff\xd8\xff\xe0" + b"x" * 100


@pytest.fixture(name="zalo")
def running_zalo():
    zalo = peer.Zalo()
    zalo.last_interaction[USER] = zalo.now()
    yield zalo
    zalo.stop()


class Hook:
    """A webhook of somebody else; `delay` and `status` are its answer."""

    def __init__(self):
        self.seen, self.status, self.delay = [], 200, 0
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.seen.append((dict(self.headers), body))
                time.sleep(hook.delay)
                self.send_response(hook.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}/hook"


@pytest.fixture(name="hook")
def running_hook(zalo):
    hook = Hook()
    zalo.webhook = hook.url
    yield hook
    hook.server.shutdown()
    hook.server.server_close()


def call(zalo, method, path, body=b"", headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", zalo.port, timeout=10)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, response.read(), response.headers
    finally:
        connection.close()


def refresh(zalo, token, secret=None):
    form = urllib.parse.urlencode({"refresh_token": token, "app_id": zalo.app_id, "grant_type": "refresh_token"})
    status, body, _ = call(zalo, "POST", "/v4/oa/access_token", form.encode(), {
        "Content-Type": "application/x-www-form-urlencoded", "secret_key": secret or zalo.app_secret})
    assert status == 200, "errors come with 200, too"
    return json.loads(body)


def authorised(zalo, **more):
    return {"access_token": refresh(zalo, zalo.consent())["access_token"], "Content-Type": "application/json", **more}


def cs(zalo, headers, message, user=USER):
    body = json.dumps({"recipient": {"user_id": user}, "message": message}).encode()
    return json.loads(call(zalo, "POST", "/v3.0/oa/message/cs", body, headers)[1])


def upload(zalo, headers, kind, name, data):
    body = (f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
            .encode() + data + b"\r\n--b--\r\n")
    return json.loads(call(zalo, "POST", f"/v2.0/oa/upload/{kind}", body, {**headers, "Content-Type": "multipart/form-data; boundary=b"})[1])


def test_the_vectors():
    app, key = "1234567890123456789", "OA_SECRET_DEMO"
    assert len(VECTOR) == 284
    assert peer.mac_of(app, VECTOR, "1764000000123", key) == "fe78bed678af951f05346d9643ee18f7987ea713b45a101e4face423ae42f2f9"
    assert peer.mac_of(app, VECTOR, "1764000000999", key) == "a5f2259418a879f863b2ab6559cdf5c70aa4693266cac075baddee80c849ec42"
    assert peer.mac_of("1646000000000000001", VECTOR, "1764000000123", key) == "7c9c3e9648028fb396a3786637809f77f0ea56f3b73c1afa28766b9146e09d26"
    assert peer.mac_of(app, VECTOR, "1764000000123", key + "_2") == "305d5ff045d252dfe2ce6bf1ce2c876ab6b3a7dc461ee4d1d307f4f0a966b0de"
    escaped = json.dumps(json.loads(VECTOR), separators=(",", ":")).encode()
    assert len(escaped) == 306
    assert peer.mac_of(app, escaped, "1764000000123", key) == "7e64eb8de20991599319f5638d2559e3df3d241fbf4f0a5d5c54aa8da5d789c0"
    proof = hmac.new(b"APP_SECRET_DEMO", b"ACCESS_TOKEN_DEMO", hashlib.sha256).hexdigest()
    assert proof == "fd52c02179c56f2912ed68edae574bc8877ec7683d40f5b9b45f41ae8030c956"


def test_a_refresh_token_works_once(zalo):
    first = zalo.consent()
    pair = refresh(zalo, first)
    assert pair["expires_in"] == "90000" and pair["access_token"] and pair["refresh_token"] != first
    assert refresh(zalo, first)["error"] == -14020
    assert refresh(zalo, pair["refresh_token"], secret="wrong")["error"] == -14002
    zalo.expires_in = "1"
    assert refresh(zalo, pair["refresh_token"])["expires_in"] == "1"


def test_a_message_needs_a_token_a_shape_and_a_reader(zalo):
    headers = authorised(zalo)
    sent = cs(zalo, headers, {"text": "Đã nhận"})
    assert sent["error"] == 0 and sent["data"]["message_id"] and sent["data"]["quota"]["total"] == "8"
    assert cs(zalo, {"Content-Type": "application/json"}, {"text": "a"})["error"] == -216
    assert cs(zalo, {"access_token": "other"}, {"text": "a"})["error"] == -216
    for wrong in ({}, {"text": ""}, {"text": "x" * 2001}, {"text": unicodedata.normalize("NFD", "Đèn")}, {"attachment": {"type": "file"}},
                  {"attachment": {"type": "file", "payload": {"token": "none"}}}):
        assert cs(zalo, headers, wrong)["error"] == -201, wrong
    assert cs(zalo, headers, {"text": "ề" * 2000})["error"] == 0
    assert [one.text for one in zalo.to(USER)] == ["Đã nhận", "ề" * 2000]
    zalo.expire_access()
    assert cs(zalo, headers, {"text": "a"})["error"] == -220


def test_seven_days_are_the_end(zalo):
    headers = authorised(zalo)
    zalo.last_interaction[USER] = zalo.now() - 3 * peer.DAY
    assert cs(zalo, headers, {"text": "a"})["error"] == 0 and not zalo.sent[-1].free
    zalo.last_interaction[USER] = zalo.now() - 8 * peer.DAY
    assert cs(zalo, headers, {"text": "a"})["error"] == -230
    assert cs(zalo, headers, {"text": "a"}, "nobody")["error"] == -230
    zalo.followers[USER] = False
    assert cs(zalo, headers, {"text": "a"})["error"] == -213


@pytest.mark.parametrize("code", [-216, -230, -213, -32, -211])
def test_any_code_by_switch(zalo, code):
    headers = authorised(zalo)
    zalo.trouble["/v3.0/oa/message/cs"] = [code]
    assert cs(zalo, headers, {"text": "a"})["error"] == code
    assert cs(zalo, headers, {"text": "a"})["error"] == 0 and len(zalo.sent) == 1


def test_http_trouble_by_switch(zalo):
    headers = authorised(zalo)
    body = json.dumps({"recipient": {"user_id": USER}, "message": {"text": "a"}}).encode()
    zalo.trouble["/v3.0/oa/message/cs"] = [401, 500, "reset", {"delay": 0.2}]
    assert [call(zalo, "POST", "/v3.0/oa/message/cs", body, headers)[0] for _ in range(2)] == [401, 500]
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        call(zalo, "POST", "/v3.0/oa/message/cs", body, headers)
    began = time.monotonic()
    assert call(zalo, "POST", "/v3.0/oa/message/cs", body, headers)[0] == 200
    assert time.monotonic() - began >= 0.2 and len(zalo.sent) == 1


def test_templates(zalo):
    headers = authorised(zalo)

    def template(path, **body):
        return json.loads(call(zalo, "POST", path, json.dumps(body).encode(), headers)[1])

    by_user = template("/v3.0/oa/message/template", user_id=USER, template_id="T-USER", template_data={"code": "1"})
    assert by_user["data"]["message_id"]
    assert template("/v3.0/oa/message/template", user_id=USER, template_id="none", template_data={})["error"] == -201
    by_phone = template("/message/template", phone="84912345678", template_id="T-PHONE", template_data={"code": "1"}, tracking_id="PAKN-1")
    assert by_phone["data"]["msg_id"] and by_phone["data"]["quota"]["remainingQuota"]
    assert template("/message/template", phone="0912345678", template_id="T-PHONE", template_data={})["error"] == -108
    zalo.without_zalo.add("84912345679")
    assert template("/message/template", phone="84912345679", template_id="T-PHONE", template_data={})["error"] == -118
    zalo.expire_access()
    assert template("/message/template", phone="84912345678", template_id="T-PHONE", template_data={})["error"] == -124
    receipt = json.loads(zalo.receipt(zalo.sent[-1]))
    assert receipt["message"]["tracking_id"] == "PAKN-1" and receipt["recipient"]["id"] == "84912345678"


def test_uploads_have_types_sizes_and_an_end(zalo):
    headers = authorised(zalo)
    image = upload(zalo, headers, "image", "a.jpg", JPEG)["data"]["attachment_id"]
    assert zalo.assets[image] == ("image", JPEG)
    assert upload(zalo, headers, "image", "a.jpg", JPEG + b"x" * peer.MOST_IMAGE)["error"] == -201
    assert upload(zalo, headers, "image", "a.gif", b"GIF89a")["error"] == -201
    document = upload(zalo, headers, "file", "đơn.pdf", PDF)["data"]["token"]
    assert upload(zalo, headers, "file", "a.exe", PDF)["error"] == -201
    assert upload(zalo, headers, "file", "a.pdf", PDF + b"x" * peer.MOST_FILE)["error"] == -201

    def media(name):
        return {"attachment": {"type": "template", "payload": {"template_type": "media", "elements": [
            {"media_type": "image", "attachment_id": name}]}}}

    assert cs(zalo, headers, media(image))["error"] == 0
    assert cs(zalo, headers, media(document))["error"] == -201
    assert cs(zalo, headers, {"attachment": {"type": "file", "payload": {"token": document}}})["error"] == 0
    zalo.expire_assets()
    assert cs(zalo, headers, media(image))["error"] == -100


def test_what_can_be_asked(zalo):
    headers = authorised(zalo)
    assert json.loads(call(zalo, "GET", "/v2.0/oa/getoa", headers=headers)[1])["data"]["oa_id"] == zalo.oa_id
    query = urllib.parse.urlencode({"data": json.dumps({"user_id": USER})})
    detail = json.loads(call(zalo, "GET", f"/v3.0/oa/user/detail?{query}", headers=headers)[1])["data"]
    assert detail["user_is_follower"] and len(detail["user_last_interaction_date"]) == 10
    quota = json.loads(call(zalo, "POST", "/v3.0/oa/quota/message", json.dumps({"user_id": USER}).encode(), headers)[1])["data"]
    assert quota["last_interaction"] == zalo.last_interaction[USER]
    assert json.loads(call(zalo, "POST", "/v2.0/oa/message", b"{}", headers)[1])["error"] == -240


def test_a_demanded_proof(zalo):
    headers = authorised(zalo)
    zalo.demands_proof = True
    assert cs(zalo, headers, {"text": "a"})["error"] == -242
    headers["appsecret_proof"] = hmac.new(zalo.app_secret.encode(), headers["access_token"].encode(), hashlib.sha256).hexdigest()
    assert cs(zalo, headers, {"text": "a"})["error"] == 0


def test_webhooks_are_signed_as_the_contract_says(zalo, hook):
    user = zalo.user(USER)
    for signature in ("body", "header", "bare", "wrong", "hmac", "none"):
        assert user.say("Đèn hỏng", signature=signature) == 200
    zalo.probe()
    for (headers, body), signature in zip(hook.seen, ("body", "header", "bare", "wrong", "hmac", "none")):
        stamp = headers.get("X-ZEvent-Timestamp") or json.loads(body)["timestamp"]
        right = peer.mac_of(zalo.app_id, body, stamp, zalo.oa_secret)
        given = headers.get("X-ZEvent-Signature", "")
        assert (given.removeprefix("mac=") == right) == (signature in ("body", "header", "bare")), signature
        assert ("X-ZEvent-Timestamp" in headers) == (signature in ("header", "bare"))
        assert "Đèn hỏng".encode() in body, "not escaped"
    assert hook.seen[-1][1] == b"{}" and "X-ZEvent-Signature" not in hook.seen[-1][0]


def test_the_retry_ladder_counts(zalo, hook):
    body = zalo.user(USER).text("a")
    assert zalo.retry_ladder(body) == [200] * 5
    assert [headers["num_retry"] for headers, _ in hook.seen] == ["1", "2", "3", "4", "5"]
    assert {seen for _, seen in hook.seen} == {body}


def test_slow_answers_are_noticed(zalo, hook, monkeypatch):
    monkeypatch.setattr(peer, "PATIENCE", 0.2)
    zalo.user(USER).say("a")
    assert not zalo.slow
    hook.delay = 0.3
    zalo.user(USER).say("b")
    assert [one.name for one in zalo.slow] == ["user_send_text"]


def test_events_have_the_contracts_shape(zalo):
    user = zalo.user(USER)
    place = json.loads(user.place("Chợ Phú Bài"))
    assert place["message"]["attachments"][0]["payload"]["coordinates"] == {"latitude": "16.4001", "longitude": "107.6902"}
    info = json.loads(user.info("Nguyễn Văn A", "84912345678"))
    assert "message" not in info and info["info"]["full_address"]["user_ward"]
    follow = json.loads(zalo.relation("follow", USER))
    assert follow["follower"]["id"] == USER and "sender" not in follow
    for event in (place, info, follow):
        assert isinstance(event["timestamp"], str)
    sent = peer.Sent("cs", USER, {"message": {"text": "a"}}, "m-out-1", zalo.now())
    assert json.loads(zalo.receipt(sent))["sender"]["id"] == zalo.oa_id == json.loads(zalo.echo(sent))["sender"]["id"]


def test_the_host_of_files(zalo):
    zalo.files["a.jpg"] = JPEG
    assert call(zalo, "GET", "/files/a.jpg")[1] == JPEG
    assert call(zalo, "GET", "/files/expired.jpg")[0] == 403
    assert call(zalo, "GET", "/files/none")[0] == 404
    status, _, headers = call(zalo, "GET", "/files/private")
    assert status == 302 and headers["Location"].startswith("http://10.")
    connection = http.client.HTTPConnection("127.0.0.1", zalo.port, timeout=10)
    connection.request("GET", "/files/endless")
    response = connection.getresponse()
    assert len(response.read(3 << 20)) == 3 << 20
    connection.close()


def test_as_a_program_it_says_where_it_is_and_obeys():
    with subprocess.Popen([sys.executable, peer.__file__], stdout=subprocess.PIPE, text=True) as process:
        try:
            port = json.loads(process.stdout.readline())["port"]
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("POST", "/control", json.dumps({"consent": True, "expires_in": "60"}))
            assert json.loads(connection.getresponse().read())["refresh_token"]
            connection.request("GET", "/control")
            assert json.loads(connection.getresponse().read())["sent"] == []
            connection.close()
        finally:
            process.terminate()
