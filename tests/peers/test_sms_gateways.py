"""The gateways are right by their own rules, without any of the hub's code."""

import http.server
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests

sys.path.insert(0, str(Path(__file__).parent))
from sms_gateways import SmsGateways  # noqa: E402

CONTRACT = (Path(__file__).parents[2] / "docs" / "contracts" / "sms.md").read_text(encoding="utf-8")
HTTP = requests.Session()
HTTP.trust_env = False


@pytest.fixture(name="gateways")
def running_gateways():
    with SmsGateways() as gateways:
        yield gateways


def rows(table):
    lines = CONTRACT.split(f"<!-- table: {table} -->\n\n")[1].split("\n\n")[0].splitlines()[2:]
    return [line.split(" |")[0].removeprefix("| ") for line in lines]


def vnpt(gateways, **changes):
    request = {"name": "send_sms_list", "REQID": "r-1", "LABELID": "PAHT MAU", "CONTRACTTYPEID": "1", "CONTRACTID": "1000",
               "TEMPLATEID": "2000", "PARAMS": [{"NUM": "1", "CONTENT": "060326001"}, {"NUM": "2", "CONTENT": "x"}], "SCHEDULETIME": "",
               "MOBILELIST": "84912345678", "ISTELCOSUB": "0", "AGENTID": "1", "APIUSER": "u", "APIPASS": "p", "USERNAME": "u",
               "DATACODING": "0", **changes}
    answer = HTTP.post(gateways.vnpt_url, json={"RQST": request}, timeout=5)
    return answer.json()["RPLY"]["ERROR"] if answer.status_code == 200 else answer.status_code


def viettel(gateways, **changes):
    fields = {"User": "u", "Password": "p", "CPCode": "MAU", "RequestID": "1", "UserID": "84912345678", "ReceiverID": "84912345678",
              "ServiceID": "PAHT MAU", "CommandCode": "bulksms", "Content": "Phan anh 060326001", "ContentType": "0", **changes}
    body = ('<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:impl="http://impl.bulkSms.ws/">'
            "<soapenv:Header/><soapenv:Body><impl:wsCpMt>" + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
            + "</impl:wsCpMt></soapenv:Body></soapenv:Envelope>")
    answer = HTTP.post(gateways.viettel_url, data=body.encode(), headers={"Content-Type": "text/xml; charset=utf-8"}, timeout=5)
    return answer.text.split("<result>")[1].split("<")[0] if answer.status_code == 200 else answer.status_code


def esms(gateways, **changes):
    request = {"ApiKey": "u", "SecretKey": "p", "Phone": "0912345678", "Content": "Phan anh 060326001", "SmsType": "2",
               "Brandname": "PAHT MAU", "IsUnicode": "0", "RequestId": "r-1", **changes}
    answer = HTTP.post(gateways.esms_url, json=request, timeout=5)
    return answer.json()["CodeResult"] if answer.status_code == 200 else answer.status_code


SENDERS = {"vnpt": vnpt, "viettel": viettel, "esms": esms}
GOOD = {"vnpt": "0", "viettel": "1", "esms": "100"}


def test_the_contracts_examples_are_taken(gateways):
    assert [SENDERS[name](gateways) for name in SENDERS] == ["0", "1", "100"]
    assert [one["text"] for one in gateways.sent("vnpt")] == ["Phan anh 060326001 da co ket qua xu ly. Xem tai x"]
    assert [one["number"] for one in gateways.sent()] == ["84912345678", "84912345678", "0912345678"]
    assert not gateways.breaches


@pytest.mark.parametrize("gateway, code", [("vnpt", code) for code in rows("vnpt")] + [("esms", code) for code in rows("esms")])
def test_every_code_by_switch(gateways, gateway, code):
    gateways.plan(gateway, {"code": code})
    assert SENDERS[gateway](gateways) == code
    assert len(gateways.sent(gateway)) == (code == GOOD[gateway])
    again = {"vnpt": {"REQID": "r-2"}, "esms": {"RequestId": "r-2"}}[gateway]
    assert SENDERS[gateway](gateways, **again) == GOOD[gateway], "one request, not for ever"


def test_viettel_refuses_in_words(gateways):
    gateways.plan("viettel", {"code": "0", "words": "Over rate"})
    assert viettel(gateways) == "0" and not gateways.sent()
    assert viettel(gateways) == "1"


@pytest.mark.parametrize("gateway, changes, code", [
    ("vnpt", {"APIPASS": "x"}, "1"), ("vnpt", {"LABELID": "x"}, "14"), ("vnpt", {"CONTRACTID": "x"}, "13"), ("vnpt", {"AGENTID": "x"}, "15"),
    ("vnpt", {"TEMPLATEID": "x"}, "7"), ("vnpt", {"PARAMS": []}, "7"), ("vnpt", {"MOBILELIST": "0912345678"}, "23"),
    ("vnpt", {"MOBILELIST": "842343000000"}, "23"), ("vnpt", {"PARAMS": [{"NUM": "1", "CONTENT": "ế"}, {"NUM": "2", "CONTENT": "x"}]}, "17"),
    ("vnpt", {"DATACODING": "8", "MOBILELIST": "84981234567"}, "17"), ("vnpt", {"CONTRACTTYPEID": "3"}, "9"),
    ("viettel", {"Password": "x"}, "0"), ("viettel", {"ServiceID": "x"}, "0"), ("viettel", {"ReceiverID": "0912345678"}, "0"),
    ("viettel", {"RequestID": "pakn-1"}, "0"), ("viettel", {"Content": "ế"}, "0"),
    ("esms", {"SecretKey": "x"}, "101"), ("esms", {"Brandname": "x"}, "104"), ("esms", {"Phone": "84912345678"}, "108"),
    ("esms", {"Phone": "02343000000"}, "108"), ("esms", {"Content": "ế"}, "146")])
def test_what_is_wrong_is_refused(gateways, gateway, changes, code):
    assert SENDERS[gateway](gateways, **changes) == code
    assert not gateways.sent() and not gateways.breaches


def test_templates_of_esms(gateways):
    gateways.settings(esms_templates=[r"Phan anh \d+ da xong"])
    assert esms(gateways) == "146"
    assert esms(gateways, Content="Phan anh 1 da xong") == "100"


@pytest.mark.parametrize("gateway, changes", [("vnpt", {"ISTELCOSUB": 0}), ("vnpt", {"MORE": "x"}), ("vnpt", {"PARAMS": [{"NUM": "2", "CONTENT": "x"}]}),
                                              ("viettel", {"More": "x"}), ("esms", {"IsUnicode": 0}), ("esms", {"RequestId": "x" * 51})])
def test_what_nobody_could_read_is_a_breach(gateways, gateway, changes):
    assert SENDERS[gateway](gateways, **changes) == 400
    assert len(gateways.breaches) == 1 and not gateways.sent()


def test_a_request_id_is_known_again(gateways):
    assert [vnpt(gateways), vnpt(gateways), vnpt(gateways, REQID="r-2")] == ["0", "33", "0"]
    assert [esms(gateways), esms(gateways), esms(gateways, RequestId="r-2")] == ["100", "124", "100"]
    assert [viettel(gateways), viettel(gateways)] == ["1", "1"], "it never says so, and sends twice"
    assert len(gateways.sent("viettel")) == 2 and len(gateways.sent("vnpt")) == 2


@pytest.mark.parametrize("remembers, second", [(False, "0"), (True, "33")])
def test_whether_a_refusal_uses_up_the_id_is_a_setting(gateways, remembers, second):
    gateways.settings(remember_refused=remembers)
    gateways.plan("vnpt", {"code": "16"})
    assert [vnpt(gateways), vnpt(gateways)] == ["16", second]


@pytest.mark.parametrize("gateway, again", [("vnpt", "33"), ("viettel", "1"), ("esms", "124")])
def test_taken_over_without_an_answer(gateways, monkeypatch, gateway, again):
    gateways.plan(gateway, {"lost": True})
    monkeypatch.setattr(HTTP, "post", lambda *a, **k: requests.Session.post(HTTP, *a, **(k | {"timeout": 0.3})))
    with pytest.raises(requests.Timeout):
        SENDERS[gateway](gateways)
    monkeypatch.undo()
    assert len(gateways.sent(gateway)) == 1
    assert SENDERS[gateway](gateways) == again


def test_bad_days(gateways):
    gateways.plan("esms", {"status": 503, "retry_after": 7}, {"garbage": True}, {"reset": True}, {"slow": 0.05})
    answer = HTTP.post(gateways.esms_url, json={}, timeout=5)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert HTTP.post(gateways.esms_url, json={}, timeout=5).text.startswith("<html>")
    with pytest.raises(requests.ConnectionError):
        esms(gateways)
    assert not gateways.sent()
    assert esms(gateways) == "100"


def test_too_fast(gateways):
    gateways.settings(rate=2)
    assert [vnpt(gateways, REQID=f"r-{n}") for n in range(3)] == ["0", "0", "16"]
    assert [viettel(gateways) for n in range(3)] == ["1", "1", "0"]
    assert [esms(gateways, RequestId=f"r-{n}") for n in range(3)] == ["100", "100", 429]


def test_state_of_a_message(gateways):
    def ask(reqid):
        answer = HTTP.post(gateways.vnpt_url, json={"RQST": {"name": "get_sms_status_api", "REQID": reqid}}, timeout=5)
        return answer.json()["RPLY"]["STATUS"]
    assert ask("r-1") == "-1"
    vnpt(gateways)
    assert ask("r-1") == "0"
    gateways.settings(vnpt_status="4")
    assert ask("r-1") == "4"


class Hook:
    """Where callbacks go."""

    def __init__(self):
        self.paths = []
        self.called = threading.Condition()
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                with hook.called:
                    hook.paths.append(self.path)
                    hook.called.notify_all()
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hooks/esms/secret/d-1"


@pytest.fixture(name="hook")
def running_hook():
    hook = Hook()
    yield hook
    hook.server.shutdown()
    hook.server.server_close()


@pytest.mark.parametrize("mode, calls, failed", [("delivered", 1, "SendFailed=0"), ("failed", 1, "SendFailed=1"), ("twice", 2, "SendFailed=0")])
def test_callbacks_by_themselves(gateways, hook, mode, calls, failed):
    gateways.settings(esms_callback=mode)
    assert esms(gateways, CallbackUrl=hook.url) == "100"
    with hook.called:
        assert hook.called.wait_for(lambda: len(hook.paths) >= calls, 20)
    assert all(path.startswith("/hooks/esms/secret/d-1?SMSID=id-1&") and failed in path and "RequestId=r-1" in path for path in hook.paths)


def test_callbacks_on_command_and_never(gateways, hook):
    assert esms(gateways, CallbackUrl=hook.url) == "100"
    assert not hook.paths
    assert gateways.callback("r-1", "failed", times=2) == [200, 200]
    assert len(hook.paths) == 2


def test_as_a_program():
    process = subprocess.Popen([sys.executable, "-B", Path(__file__).parent / "sms_gateways.py"], stdout=subprocess.PIPE, text=True)
    try:
        said = json.loads(process.stdout.readline())
        control = said["control"]
        assert HTTP.post(control + "/plan", json={"gateway": "vnpt", "rules": [{"code": "7"}]}, timeout=5).status_code == 200
        assert HTTP.post(control + "/settings", json={"no": 1}, timeout=5).status_code == 400
        assert HTTP.get(control + "/sent", timeout=5).json() == []
        assert HTTP.get(control + "/other", timeout=5).status_code == 400
        assert HTTP.post(control + "/reset", timeout=5).status_code == 200
        assert said["vnpt"].startswith(f"http://127.0.0.1:{said['port']}/")
    finally:
        process.terminate()
        process.wait(10)
