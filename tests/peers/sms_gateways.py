"""Three SMS brand-name gateways on the loopback: VNPT `smsbn`, Viettel `bulkSms`, eSMS.vn, written from docs/contracts/sms.md alone.
What a gateway would refuse is refused with its code; what no gateway could make sense of is a breach, which tests look at.

In a Python test:

    with SmsGateways() as gateways:
        gateways.vnpt_url, .viettel_url, .esms_url
        gateways.plan("vnpt", {"code": "16"}, {"lost": True})      the next requests, one rule each; those after them as usual
        gateways.settings(esms_callback="failed")                  see SETTINGS
        gateways.sent("esms") -> [{"gateway", "id", "number", "text", "unicode", "reference", "callback"}]   taken over, in order
        gateways.requests("vnpt") -> [{...}]                       all that came, also what was refused, with "answer"
        gateways.breaches -> ["..."]
        gateways.callback(request_id, "delivered", times=2) -> [200, 200]
        gateways.wait(lambda it: it.sent("vnpt"), seconds=20) -> bool

Rules of a plan: {"code": C} answers C and sends nothing (Viettel: with "words"); {"status": S, "retry_after": N}; {"lost": true}
takes the message over and never answers; {"slow": SECONDS} before the usual answer; {"garbage": true}; {"reset": true} before
anything is done.

As a program it prints one line of JSON, {"port", "vnpt", "viettel", "esms", "control"} (addresses), and serves until it is ended:

    sms_gateways.py [--port N]

Control: JSON over HTTP under /control: POST /plan {"gateway", "rules"}, POST /settings {...}, POST /callback {"id", "state", "times"}
-> {"statuses"}, POST /reset, GET /sent, GET /requests, GET /breaches.
"""

import argparse
import collections
import http.server
import json
import re
import socket
import struct
import sys
import threading
import time
import urllib.parse
import xml.etree.ElementTree

import requests

VNPT_PATH = "/smsbn/api"
VIETTEL_PATH = "/bulkapi"
ESMS_PATH = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
BULK = "{http://impl.bulkSms.ws/}"
VNPT_FIELDS = {"name", "REQID", "LABELID", "CONTRACTTYPEID", "CONTRACTID", "TEMPLATEID", "PARAMS", "SCHEDULETIME", "MOBILELIST",
               "ISTELCOSUB", "AGENTID", "APIUSER", "APIPASS", "USERNAME", "DATACODING"}
VIETTEL_FIELDS = ["User", "Password", "CPCode", "RequestID", "UserID", "ReceiverID", "ServiceID", "CommandCode", "Content", "ContentType"]
ESMS_FIELDS = {"ApiKey", "SecretKey", "Phone", "Content", "SmsType", "Brandname", "IsUnicode", "RequestId"}
VINAPHONE = ("8481", "8482", "8483", "8484", "8485", "8488", "8491", "8494")
MAX_BODY = 1 << 20

SETTINGS = {
    "user": "u", "password": "p", "brand": "PAHT MAU",
    "vnpt_agent": "1", "vnpt_contracts": ["1000"],
    "vnpt_templates": {"2000": "Phan anh {1} da co ket qua xu ly. Xem tai {2}", "2001": "{1}"},
    "vnpt_status": None,             # What get_sms_status_api says; None: 0 for what was taken over, else -1.
    "viettel_cp_code": "MAU",
    "esms_templates": None,          # Regular expressions; None: any text fits.
    "esms_callback": "never",        # By itself after each message: delivered, failed, twice (delivered), never.
    "hub_at": None,                  # Where callbacks go instead of the host that their address names.
    "rate": None,                    # Requests a second of one gateway; beyond it "too fast".
    "remember_refused": False,       # A refused request uses up its id.
}


class SmsGateways:
    def __init__(self, port: int = 0):
        self._lock = threading.Condition()
        self._server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"gateways": self}))
        self.reset()
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def __enter__(self) -> "SmsGateways":
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def reset(self) -> None:
        with self._lock:
            self._settings = json.loads(json.dumps(SETTINGS))
            self._plans = collections.defaultdict(collections.deque)
            self._sent: list[dict] = []
            self._requests: list[dict] = []
            self._known: set[tuple[str, str]] = set()
            self._times = collections.defaultdict(collections.deque)
            self.breaches: list[str] = []

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def vnpt_url(self) -> str:
        return self.url + VNPT_PATH

    @property
    def viettel_url(self) -> str:
        return self.url + VIETTEL_PATH

    @property
    def esms_url(self) -> str:
        return self.url + ESMS_PATH

    def plan(self, gateway: str, *rules: dict) -> None:
        with self._lock:
            self._plans[gateway].extend(rules)

    def settings(self, **changes) -> None:
        with self._lock:
            unknown = set(changes) - set(SETTINGS)
            assert not unknown, f"no such settings: {unknown}"
            self._settings.update(changes)

    def sent(self, gateway: str | None = None) -> list[dict]:
        with self._lock:
            return [dict(one) for one in self._sent if gateway in (None, one["gateway"])]

    def requests(self, gateway: str | None = None) -> list[dict]:
        with self._lock:
            return [dict(one) for one in self._requests if gateway in (None, one["gateway"])]

    def wait(self, condition, seconds: float = 20.0) -> bool:
        """Until condition(self) holds; it is asked after each request."""
        with self._lock:
            return self._lock.wait_for(lambda: condition(self), seconds)

    def callback(self, request_id: str, state: str = "delivered", times: int = 1) -> list[int]:
        """eSMS tells the state of a message that it took over; what it was answered."""
        message = next(one for one in self.sent("esms") if one["id"] == request_id)
        failed = state == "failed"
        query = {"SMSID": message["reference"], "SendFailed": int(failed), "SendStatus": {"waiting": 2, "refused": 4}.get(state, 5),
                 "SendSuccess": int(state == "delivered"), "TotalPrice": "0.0000", "TotalReceiver": 1, "TotalSent": 1,
                 "RequestId": request_id, "TypeId": 2, "telcoid": 1, "phonenumber": message["number"]}
        address = message["callback"]
        if self._settings["hub_at"]:
            address = self._settings["hub_at"] + urllib.parse.urlsplit(address).path
        with requests.Session() as session:
            session.trust_env = False
            return [session.get(address, params=query, timeout=10).status_code for _ in range(times)]

    # The rest is for the handler.

    def take(self, gateway: str, body: bytes) -> tuple[dict, tuple[int, dict, str], "str | None"]:
        """Judges a request and does what it asks for: the rule that held, the answer, and which message was taken over."""
        with self._lock:
            rule = self._plans[gateway].popleft() if self._plans[gateway] else {}
            if rule.get("reset") or rule.get("garbage") or "status" in rule:
                self._note(gateway, {"answer": str(rule.get("status", "none"))})
                headers = {"Retry-After": str(rule["retry_after"])} if "retry_after" in rule else {}
                return rule, (rule.get("status", 200), headers, "<html>sign in</html>"), None
            before = len(self._sent)
            try:
                answer = getattr(self, "_" + gateway)(body, rule)
            except (ValueError, KeyError, TypeError, xml.etree.ElementTree.ParseError) as problem:
                self.breaches.append(f"{gateway}: {type(problem).__name__}: {problem}")
                self._note(gateway, {"answer": "breach"})
                return rule, (400, {}, "no such request"), None
            return rule, answer, self._sent[-1]["id"] if len(self._sent) > before else None

    def _note(self, gateway: str, facts: dict) -> None:
        self._requests.append({"gateway": gateway, **facts})
        self._lock.notify_all()

    def _too_fast(self, gateway: str) -> bool:
        if self._settings["rate"] is None:
            return False
        times, now = self._times[gateway], time.monotonic()
        while times and times[0] <= now - 1:
            times.popleft()
        times.append(now)
        return len(times) > self._settings["rate"]

    def _decide(self, gateway: str, request_id: str, rule: dict, judged: "str | None", good: str, duplicate: "str | None") -> str:
        """The code of the answer: by the plan, else what is wrong with the request, else a duplicate, else good."""
        code = rule.get("code") or judged
        known = (gateway, request_id) in self._known
        if code is None:
            code = duplicate if known and duplicate else good
        if code == good or self._settings["remember_refused"]:
            self._known.add((gateway, request_id))
        return code

    def _deliver(self, gateway: str, **message) -> dict:
        message = {"gateway": gateway, "reference": f"id-{len(self._sent) + 1}", "callback": None, **message}
        self._sent.append(message)
        self._lock.notify_all()
        return message

    def _vnpt(self, body: bytes, rule: dict):
        request = json.loads(body)["RQST"]
        if request["name"] == "get_sms_status_api":
            known = ("vnpt", request["REQID"]) in self._known
            status = self._settings["vnpt_status"] or ("0" if known else "-1")
            self._note("vnpt", {"name": request["name"], "id": request["REQID"], "answer": status})
            return 200, {}, json.dumps({"RPLY": {"name": request["name"], "STATUS": status, "MT_COUNT": "1"}})
        if set(request) != VNPT_FIELDS or request["name"] != "send_sms_list":
            raise ValueError(f"fields {sorted(set(request) ^ VNPT_FIELDS)}")
        texts = [value for name, value in request.items() if name != "PARAMS"]
        texts += [value for one in request["PARAMS"] for value in one.values()]
        if not all(isinstance(value, str) for value in texts):
            raise ValueError("a value that is no text")
        if [one["NUM"] for one in request["PARAMS"]] != [str(n + 1) for n in range(len(request["PARAMS"]))]:
            raise ValueError("parameters out of order")
        text, judged = self._vnpt_judged(request)
        code = self._decide("vnpt", request["REQID"], rule, judged, "0", "33")
        self._note("vnpt", {"name": request["name"], "id": request["REQID"], "number": request["MOBILELIST"], "text": text, "answer": code})
        if code == "0":
            self._deliver("vnpt", id=request["REQID"], number=request["MOBILELIST"], text=text, unicode=request["DATACODING"] == "8")
        return 200, {}, json.dumps({"RPLY": {"name": "send_sms_list", "ERROR": code, "ERROR_DESC": "success" if code == "0" else "error"}})

    def _vnpt_judged(self, request: dict) -> "tuple[str, str | None]":
        settings = self._settings
        template = settings["vnpt_templates"].get(request["TEMPLATEID"])
        holes = len(re.findall(r"\{\d+\}", template or ""))
        text = re.sub(r"\{(\d+)\}", lambda hole: request["PARAMS"][int(hole[1]) - 1]["CONTENT"], template) \
            if template and holes == len(request["PARAMS"]) else ""
        checks = [
            ((request["APIUSER"], request["APIPASS"]) == (settings["user"], settings["password"]), "1"),
            (request["CONTRACTTYPEID"] in ("1", "2"), "9"),
            (request["LABELID"] == settings["brand"], "14"),
            (request["CONTRACTID"] in settings["vnpt_contracts"], "13"),
            (request["AGENTID"] == settings["vnpt_agent"], "15"),
            (bool(text), "7"),
            (re.fullmatch(r"84[35789]\d{8}(,84[35789]\d{8})*", request["MOBILELIST"]) is not None, "23"),
            (request["DATACODING"] in ("0", "8"), "17"),
            (request["DATACODING"] == "8" or text.isascii(), "17"),
            (request["DATACODING"] == "0" or request["MOBILELIST"].startswith(VINAPHONE), "17"),
            (len(text) <= 612, "11"),
            (not self._too_fast("vnpt"), "16")]
        return text, next((code for right, code in checks if not right), None)

    def _viettel(self, body: bytes, rule: dict):
        if b"<!DOCTYPE" in body:
            raise ValueError("a document type")
        root = xml.etree.ElementTree.fromstring(body)
        call = root.find(f"{SOAP}Body/{BULK}wsCpMt")
        if root.tag != SOAP + "Envelope" or call is None or [one.tag for one in call] != VIETTEL_FIELDS:
            raise ValueError("not an envelope with wsCpMt and its fields")
        fields = {one.tag: one.text or "" for one in call}
        settings = self._settings
        checks = [
            ((fields["User"], fields["Password"]) == (settings["user"], settings["password"]), "Authenticate: USER_PASS invalid"),
            (fields["CPCode"] == settings["viettel_cp_code"], "Cp_code: NOT_FOUND"),
            (fields["ServiceID"] == settings["brand"], "Alias: NOT_FOUND"),
            (fields["CommandCode"] == "bulksms", "CommandCode: NOT_FOUND"),
            (fields["RequestID"].isdigit(), "RequestID: not a number"),
            (re.fullmatch(r"84[35789]\d{8}", fields["ReceiverID"]) and fields["UserID"] == fields["ReceiverID"], "Receiver: not valid"),
            (fields["ContentType"] in ("0", "F", "1"), "ContentType: not valid"),
            (fields["ContentType"] == "1" or fields["Content"].isascii(), "Content: not valid"),
            (not self._too_fast("viettel"), "Over rate")]
        judged = next((words for right, words in checks if not right), None)
        # It does not say that it knows a request again: whoever repeats one sends twice.
        words = rule.get("words", "refused") if "code" in rule else judged
        result = rule.get("code") or ("0" if judged else "1")
        self._note("viettel", {"id": fields["RequestID"], "number": fields["ReceiverID"], "text": fields["Content"], "answer": result})
        if result == "1":
            self._deliver("viettel", id=fields["RequestID"], number=fields["ReceiverID"], text=fields["Content"],
                          unicode=fields["ContentType"] == "1")
        said = "Insert MT_QUEUE: OK" if result == "1" else words
        return 200, {}, ('<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>'
                         f'<ns2:wsCpMtResponse xmlns:ns2="http://impl.bulkSms.ws/"><return><message>{said}</message>'
                         f'<result>{result}</result></return></ns2:wsCpMtResponse></S:Body></S:Envelope>')

    def _esms(self, body: bytes, rule: dict):
        request = json.loads(body)
        if set(request) - {"CallbackUrl"} != ESMS_FIELDS or not all(isinstance(value, str) for value in request.values()):
            raise ValueError("fields")
        if len(request["RequestId"]) > 50:
            raise ValueError("RequestId of more than 50 characters")
        settings = self._settings
        templates = settings["esms_templates"]
        checks = [
            ((request["ApiKey"], request["SecretKey"]) == (settings["user"], settings["password"]), "101"),
            (request["Brandname"] == settings["brand"], "104"),
            (re.fullmatch(r"0[35789]\d{8}", request["Phone"]) is not None, "108"),
            (request["IsUnicode"] == "1" or request["Content"].isascii(), "146"),
            (templates is None or any(re.fullmatch(one, request["Content"]) for one in templates), "146")]
        judged = next((code for right, code in checks if not right), None)
        if judged is None and self._too_fast("esms"):
            self._note("esms", {"id": request["RequestId"], "number": request["Phone"], "text": request["Content"], "answer": "429"})
            return 429, {"Retry-After": "1"}, ""
        code = self._decide("esms", request["RequestId"], rule, judged, "100", "124")
        self._note("esms", {"id": request["RequestId"], "number": request["Phone"], "text": request["Content"], "answer": code})
        answer = {"CodeResult": code, "CountRegenerate": 0}
        if code == "100":
            message = self._deliver("esms", id=request["RequestId"], number=request["Phone"], text=request["Content"],
                                    unicode=request["IsUnicode"] == "1", callback=request.get("CallbackUrl"))
            answer["SMSID"] = message["reference"]
        else:
            answer["ErrorMessage"] = "error"
        return 200, {}, json.dumps(answer)

    def after(self, request_id: str) -> None:
        """What eSMS tells by itself, once its answer is out."""
        with self._lock:
            mode = self._settings["esms_callback"]
        if mode != "never" and any(one["id"] == request_id and one["callback"] for one in self.sent("esms")):
            self.callback(request_id, "failed" if mode == "failed" else "delivered", 2 if mode == "twice" else 1)

    def control(self, method: str, path: str, body: bytes):
        asked = json.loads(body) if body else {}
        if method == "GET" and path in ("/sent", "/requests"):
            return self.sent() if path == "/sent" else self.requests()
        if method == "GET" and path == "/breaches":
            return list(self.breaches)
        if method == "POST" and path == "/plan":
            return self.plan(asked["gateway"], *asked["rules"])
        if method == "POST" and path == "/settings":
            return self.settings(**asked)
        if method == "POST" and path == "/callback":
            return {"statuses": self.callback(asked["id"], asked.get("state", "delivered"), asked.get("times", 1))}
        if method == "POST" and path == "/reset":
            return self.reset()
        raise KeyError(path)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address) -> None:
        """A client that goes away is what we are here for; anything else is our own mistake."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    gateways: SmsGateways

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("content-length") or 0), MAX_BODY))
        path = urllib.parse.urlsplit(self.path).path
        if path.startswith("/control/"):
            return self._control("POST", path, body)
        gateway = {VNPT_PATH: "vnpt", VIETTEL_PATH: "viettel", ESMS_PATH: "esms"}.get(path)
        if gateway is None:
            return self._answer(404, {}, "")
        wanted = "text/xml" if gateway == "viettel" else "application/json"
        if self.headers.get("content-type", "").split(";")[0] != wanted:
            self.gateways.breaches.append(f"{gateway}: content type")
        rule, answer, taken = self.gateways.take(gateway, body)
        if rule.get("reset"):
            return self._reset()
        if rule.get("lost"):
            self.rfile.read(1)  # Until the client hangs up.
            self.close_connection = True
            return None
        if "slow" in rule:
            time.sleep(rule["slow"])
        self._answer(*answer)
        if gateway == "esms" and taken:
            threading.Thread(target=self.gateways.after, args=(taken,), daemon=True).start()
        return None

    def do_GET(self) -> None:
        path = urllib.parse.urlsplit(self.path).path
        return self._control("GET", path, b"") if path.startswith("/control/") else self._answer(405, {}, "")

    def _control(self, method: str, path: str, body: bytes) -> None:
        try:
            said = self.gateways.control(method, path.removeprefix("/control"), body)
        except (KeyError, ValueError, AssertionError, StopIteration) as problem:
            return self._answer(400, {}, json.dumps({"error": str(problem)}))
        return self._answer(200, {}, json.dumps(said))

    def _answer(self, status: int, headers: dict, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "text/xml; charset=utf-8" if text.startswith("<?xml") else "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.wfile = self.rfile  # Nothing is flushed to a connection that is gone.
        self.connection.close()

    def log_message(self, *_) -> None:
        """Quiet."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    gateways = SmsGateways(parser.parse_args().port)
    print(json.dumps({"port": gateways.port, "vnpt": gateways.vnpt_url, "viettel": gateways.viettel_url, "esms": gateways.esms_url,
                      "control": gateways.url + "/control"}), flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        gateways.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
