"""An Open311 GeoReport v2 server, written from docs/contracts/open311.md. It answers every rule of the page as the page says - or one of
them deliberately wrong: `broken="O-41"` - so that a checklist can be tried on something that is not the hub's."""

import csv
import email.parser
import email.policy
import http.server
import io
import json
import re
import threading
import urllib.parse
from datetime import datetime, timedelta, timezone
from xml.sax.saxutils import escape

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
KEY = "peer-key-0123456789"
JURISDICTION = "mau.example"
COLUMNS = ["service_request_id", "requested_datetime", "updated_datetime", "closed_date", "status_description", "status_notes", "source",
           "service_name", "service_subtype", "description", "agency_responsible", "address", "lat", "long"]
FIELDS = ["service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
          "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode", "lat", "long",
          "media_url"]
STATUSES = {"UNCHANGED", "OPEN", "CLOSED", "FIXED", "IN_PROGRESS", "PLANNED", "ACTION_SCHEDULED", "INVESTIGATING", "DUPLICATE",
            "NOT_COUNCILS_RESPONSIBILITY", "NO_FURTHER_ACTION", "INTERNAL_REFERRAL", "CANCELLED", "REOPEN", "FOR_TRIAGE"}


class Items(list):
    """A list whose elements have a name of their own in XML."""

    def __init__(self, name, items):
        super().__init__(items)
        self.name = name


def to_xml(name, value):
    if isinstance(value, Items):
        inner = "".join(to_xml(value.name, one) for one in value)
    elif isinstance(value, dict):
        inner = "".join(to_xml(key, one) for key, one in value.items())
    elif isinstance(value, bool):
        inner = "true" if value else "false"
    else:
        inner = "" if value is None else escape(str(value))
    return f"<{name}>{inner}</{name}>" if inner else f"<{name}/>"


def to_json(value):
    """The Spark mapping: an empty element is null."""
    if isinstance(value, list):
        return [to_json(one) for one in value]
    if isinstance(value, dict):
        return {key: to_json(one) for key, one in value.items()}
    return None if value == "" else value


class Refused(Exception):
    """What is answered instead: (code, description) of each problem."""

    def __init__(self, *problems):
        super().__init__()
        self.problems = problems


def written(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def read_time(text, name):
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise Refused((400, f"{name}: không phải thời gian")) from None
    if at.tzinfo is None:
        raise Refused((400, f"{name}: thiếu múi giờ"))
    return at


SERVICES = [
    {"service_code": "ha-tang", "service_name": "Hạ tầng", "description": "Đường & vỉa hè <mọi loại>", "metadata": False, "type": "realtime",
     "keywords": "đường,vỉa hè", "group": "Hạ tầng"},
    {"service_code": "chieu-sang", "service_name": "Chiếu sáng", "description": "Đèn đường", "metadata": True, "type": "realtime",
     "keywords": "đèn", "group": ""},
    {"service_code": "rac", "service_name": "Rác", "description": "Rác thải", "metadata": False, "type": "batch", "keywords": "rác", "group": ""},
    {"service_code": "chim", "service_name": "Việc khác", "description": "Không theo dõi", "metadata": False, "type": "blackbox",
     "keywords": "khác", "group": ""},
]
ATTRIBUTES = [
    {"variable": True, "code": "SO-COT", "datatype": "string", "required": True, "datatype_description": "Số trên cột", "order": 1,
     "description": "Số cột đèn", "values": Items("value", [])},
    {"variable": True, "code": "LOI", "datatype": "singlevaluelist", "required": False, "datatype_description": "Chọn một", "order": 2,
     "description": "Hỏng thế nào", "values": Items("value", [{"key": "tat", "name": "Tắt"}, {"key": "nhap-nhay", "name": "Nhấp nháy"}])},
    {"variable": True, "code": "MA", "datatype": "string", "required": False, "datatype_description": "Máy chủ đặt", "order": 3,
     "description": "Mã", "values": Items("value", []), "automated": "hidden_field"},
]


class Open311Server:
    """`reports` holds what was stored at the real endpoint, `tried` what was sent to the test endpoint."""

    def __init__(self, broken=None):
        self.broken = broken
        self.reports, self.tried, self.by_mark = [], [], {}
        self.last = 0
        now = datetime.now(timezone.utc).replace(microsecond=0)
        self.requests = [self.request("060326001", now - timedelta(days=1), "Hố ga mất nắp"),
                         self.request("060326002", now - timedelta(days=2), "Đèn hỏng", closed=now - timedelta(hours=3)),
                         self.request("060326003", now - timedelta(days=3), "Rác trước chợ")]
        if broken == "O-91":
            self.requests.append(self.request("050101001", now - timedelta(days=200), "Cũ"))
        self.old = self.request("050101001", now - timedelta(days=200), "Cũ")
        self.updates = [{"update_id": "u-1", "service_request_id": "060326002", "status": "fixed", "description": "Đã sửa",
                         "updated_datetime": now - timedelta(hours=3), "media_url": ""}]
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 1 << 16  # Head and body at once.

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                status, headers, body = server.handle(self.command, self.path, self.headers, self.rfile.read(length))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def request(self, number, received, text, closed=None):
        return {"id": number, "received": received, "text": text, "closed": closed}

    # --- the way of a request

    def handle(self, method, target, headers, body):
        path, _, query = target.partition("?")
        path, dot, ending = path.rpartition(".")
        form = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        kind = "json" if ending == "json" else "xml"
        try:
            if method in ("PUT", "DELETE"):
                raise Refused((500 if self.broken == "O-11" else 405, "Không nhận phương thức này"))
            if not dot or ending not in ("xml", "json", "csv"):
                if self.broken == "O-02":
                    return self.rendered("xml", "services", self.services())
                raise Refused((400, "Định dạng không có"))
            if method == "POST":
                return self.rendered(kind, *self.post(path, form, headers, body))
            if ending == "csv":
                if path != "/v2/requests":
                    raise Refused((400, "Định dạng không có"))
                return self.table(form)
            return self.rendered(kind, *self.get(path, form, kind))
        except Refused as refused:
            return self.errors(kind, refused.problems, target)

    def errors(self, kind, problems, target):
        if self.broken == "O-23":
            problems = problems[:1]
        items = Items("error", [{"code": code, "description": words} for code, words in problems])
        for one in items:
            if self.broken == "O-24":
                one["description"] = 'Traceback (most recent call last): File "x.py"'
            if self.broken == "O-101" and "/requests/" in target:
                one["description"] += " " + target
        status, headers, body = self.rendered(kind, "errors", items)
        return problems[0][0], headers, body

    def rendered(self, kind, name, value):
        types = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
        if self.broken == "O-01":
            types["json"] = "text/html; charset=utf-8"
        headers = {"Content-Type": types[kind], "Access-Control-Allow-Origin": "*"}
        if self.broken == "O-10":
            del headers["Access-Control-Allow-Origin"]
        if kind == "json":
            return 200, headers, json.dumps(to_json(value), ensure_ascii=False).encode()
        text = '<?xml version="1.0" encoding="UTF-8"?>' + to_xml(name, value)
        return 200, headers, text.encode()

    def check_jurisdiction(self, form, path):
        named = form.get("jurisdiction_id", "")
        if named in ("", JURISDICTION) or (self.broken == "O-05" and path == "/v2/services"):
            return
        raise Refused((401 if self.broken == "O-25" and path == "/v2/requests" else 404, "Không có đơn vị này"))

    # --- what is read

    def get(self, path, form, kind):
        self.check_jurisdiction(form, path)
        path = path.removeprefix("/test")
        if path == "/discovery":
            return "discovery", self.discovery(kind)
        if path == "/v2/services":
            if self.broken == "O-43" and "lat" in form:
                raise Refused((400, "Không biết lat"))
            return "services", self.services(kind)
        if path == "/v2/requests":
            return "service_requests", Items("request", [self.shown(one, kind) for one in self.listed(form)])
        if path == "/v2/servicerequestupdates":
            return "service_request_updates", self.listed_updates(form)
        if found := re.fullmatch(r"/v2/services/(.+)", path):
            return self.definition(found[1])
        if found := re.fullmatch(r"/v2/tokens/(.+)", path):
            return "service_requests", self.token(found[1])
        if found := re.fullmatch(r"/v2/requests/(.+)", path):
            known = [one for one in self.requests if one["id"] == found[1]]
            if not known:
                raise Refused((404, "Không có phản ánh này"))
            shown = [self.shown(one, kind) for one in known]
            if self.broken == "O-102":
                shown[0]["service_request_id"] = shown[0]["service_request_id"].lstrip("0")
            return "service_requests", Items("request", shown * (2 if self.broken == "O-100" else 1))
        raise Refused((404, "Không có địa chỉ này"))

    def discovery(self, kind):
        changeset = "hôm qua" if self.broken == "O-32" else "2026-03-01T00:00:00Z"
        slash = "/" if self.broken == "O-34" else ""
        # Behind another name, as behind a proxy: a client that cannot reach that one finds the same paths where it asked.
        endpoints = [{"specification": SPECIFICATION, "url": f"http://open311.mau.invalid{path}{slash}", "changeset": changeset, "type": kind_,
                      "formats": Items("format", ["text/xml", "application/json"])}
                     for kind_, path in (("production", "/v2"), ("test", "/test/v2"))]
        if self.broken == "O-33":
            endpoints = endpoints[:1]
        listed = Items("endpoint", endpoints)
        if self.broken == "O-31" and kind == "json":
            listed = {"endpoint": listed}
        return {"changeset": changeset, "contact": "" if self.broken == "O-30" else "Trung tâm", "key_service": "Gửi công văn",
                "endpoints": listed}

    def services(self, kind="xml"):
        services = [dict(one) for one in SERVICES]
        if self.broken == "O-06" and kind == "json":
            services[0]["keywords"] = Items("keyword", services[0]["keywords"].split(","))
        if self.broken == "O-07" and kind == "json":
            services[0]["metadata"] = "false"
        if self.broken == "O-40":
            del services[0]["group"]
        if self.broken == "O-41":
            services[3]["service_code"] = "rac"
        if self.broken == "O-42":
            services[0]["description"] = ""
        return Items("service", services)

    def definition(self, code):
        if code != "chieu-sang":
            known = any(one["service_code"] == code for one in SERVICES)
            if not known:
                raise Refused((400 if self.broken == "O-21" else 404, "Không có lĩnh vực này"))
            return "service_definition", {"service_code": code, "attributes": Items("attribute", [])}
        attributes = [dict(one) for one in ATTRIBUTES]
        if self.broken == "O-51":
            attributes[1]["order"] = 1
        if self.broken == "O-52":
            attributes[0]["datatype_description"] = ""
        if self.broken == "O-53":
            attributes[2]["automated"] = "by_hand"
        name = "definition" if self.broken == "O-50" else "service_definition"
        return name, {"service_code": code, "attributes": Items("attribute", attributes)}

    def listed(self, form):
        problems, span = [], {}
        for name in ("start_date", "end_date"):
            if form.get(name):
                try:
                    span[name] = read_time(form[name], name)
                except Refused as refused:
                    problems += refused.problems
        wanted = {one for one in form.get("status", "").split(",") if one}
        if wanted - {"open", "closed"}:
            problems.append((400, "status: open hoặc closed"))
        if self.broken == "O-22":
            problems = []
        if problems:
            raise Refused(*problems)
        if self.broken == "O-04" and form.get("status") == "":
            raise Refused((400, "status trống"))
        if form.get("service_request_id"):
            rows = [one for one in self.requests if one["id"] in form["service_request_id"].split(",")]
        else:
            rows = [one for one in self.requests + [self.old]
                    if span.get("start_date", one["received"]) <= one["received"] <= span.get("end_date", one["received"])]
            if "start_date" not in span:
                rows = [one for one in rows if one is not self.old]
            if wanted and self.broken != "O-90":
                rows = [one for one in rows if ("closed" if one["closed"] else "open") in wanted]
            if form.get("service_code"):
                rows = [one for one in rows if form["service_code"] == "ha-tang"]
        if self.broken == "O-95" and not rows:
            raise Refused((404, "Không có phản ánh nào"))
        if form.get("page_size"):
            size, page = int(form["page_size"]), max(int(form.get("page") or 1), 1)
            page = 1 if self.broken == "O-97" else page
            rows = rows[(page - 1) * size:page * size]
        return rows

    def shown(self, one, kind="xml"):
        changed = one["closed"] or one["received"]
        row = {**dict.fromkeys(FIELDS, ""), "service_request_id": one["id"], "status": "closed" if one["closed"] else "open",
               "service_name": "Hạ tầng", "service_code": "ha-tang", "description": one["text"], "requested_datetime": written(one["received"]),
               "updated_datetime": written(changed), "lat": 16.464, "long": 107.591}
        if self.broken == "O-03":
            row["requested_datetime"] = row["requested_datetime"].rstrip("Z")
        if self.broken == "O-08" and kind == "json":
            row["service_request_id"] = int(one["id"])
        if self.broken == "O-09":
            row["description"] += "\x01"
        if self.broken == "O-92":
            row["status"] = "pending"
        if self.broken == "O-93":
            del row["zipcode"]
        if self.broken == "O-94" and one["closed"]:
            row["updated_datetime"] = ""
        if self.broken == "O-96":
            row["email"] = "a@mau.example"
        return row

    def listed_updates(self, form):
        if bool(form.get("start_date")) != bool(form.get("end_date")):
            raise Refused((400, "Cần cả hai đầu"))
        rows = self.updates
        if form.get("start_date") and self.broken != "O-113":
            start, end = read_time(form["start_date"], "start_date"), read_time(form["end_date"], "end_date")
            rows = [one for one in rows if start <= one["updated_datetime"] <= end]
        if self.broken == "O-113":
            rows = [{**one, "updated_datetime": one["updated_datetime"] - timedelta(days=30)} for one in rows]
        rows = [{**one, "updated_datetime": written(one["updated_datetime"])} for one in rows]
        for one in rows:
            if self.broken == "O-110":
                one["update_id"] = ""
            if self.broken == "O-111":
                one["status"] = "doing"
        return Items("request_update", rows)

    def token(self, token):
        if not token.startswith("t-"):
            if self.broken == "O-81":
                return Items("request", [])
            raise Refused((404, "Không có token này"))
        found = {"service_request_id": "060326001", "token": token}
        if self.broken == "O-80":
            del found["token"]
        if self.broken == "O-82":
            del found["service_request_id"]
        return Items("request", [found])

    def table(self, form):
        out = io.StringIO()
        table = csv.writer(out, lineterminator="\r\n")
        table.writerow(sorted(COLUMNS) if self.broken == "O-120" else COLUMNS)
        for one in self.listed(form):
            row = self.shown(one)
            table.writerow([row.get(name, "") for name in COLUMNS])
        return 200, {"Content-Type": "text/csv; charset=utf-8"}, out.getvalue().encode()

    # --- what is sent

    def fields(self, form, headers, body):
        """name → values; the body counts before the address."""
        kind = headers.get("Content-Type", "")
        fields = {}
        if kind.startswith("multipart/form-data"):
            if self.broken == "O-60":
                raise Refused((415, "Không nhận multipart"))
            message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
            for part in message.iter_parts():
                if part.get_filename() is not None:
                    continue
                fields.setdefault(part.get_param("name", header="content-disposition"), []).append(part.get_payload(decode=True).decode())
        else:
            for name, value in urllib.parse.parse_qsl(body.decode(), keep_blank_values=True):
                fields.setdefault(name, []).append(value)
        if self.broken != "O-71":
            for name, value in form.items():
                fields.setdefault(name, [value])
        return fields

    def post(self, path, form, headers, body):
        fields = self.fields(form, headers, body)
        first = {name: values[0] for name, values in fields.items()}
        if first.get("api_key") != KEY:
            if not first.get("api_key"):
                raise Refused((400 if self.broken == "O-20" else 403, "Thiếu api_key"))
            raise Refused((401 if self.broken == "O-69" else 403, "api_key sai"))
        self.check_jurisdiction(first, path)
        if path.endswith("/servicerequestupdates"):
            return "service_request_updates", self.take_update(first)
        if path.endswith("/requests"):
            return "service_requests", self.take_report(first, headers, self.tried if path.startswith("/test") else self.reports)
        raise Refused((405, "Không nhận phương thức này"))

    def take_update(self, first):
        missing = [name for name in ("service_request_id", "update_id", "status", "updated_datetime", "description") if not first.get(name)]
        if missing and self.broken != "O-112":
            raise Refused((400, "Thiếu " + ", ".join(missing)))
        if first.get("status", "OPEN").upper() not in STATUSES:
            raise Refused((400, "status lạ"))
        known = {one["id"] for one in self.requests} | {f"T-{number:04}" for number in range(1, self.last + 1)}
        if first.get("service_request_id") not in known and self.broken != "O-112":
            raise Refused((404, "Không có phản ánh này"))
        return Items("request_update", [{"update_id": first.get("update_id", "")}])

    def problems_of(self, first):
        service = next((one for one in SERVICES if one["service_code"] == first.get("service_code")), None)
        if not first.get("service_code"):
            yield "O-61", 400, "Thiếu service_code"
        elif service is None:
            yield "-", 404, "Không có lĩnh vực này"
        lat, long = first.get("lat"), first.get("long")
        address = first.get("address_string") or first.get("address_id")
        if not address and not (lat and long):
            yield ("O-62" if lat or long else "O-61"), 400, "Thiếu vị trí"
        elif lat and long:
            try:
                sane = abs(float(lat)) <= 90 and abs(float(long)) <= 180
            except ValueError:
                sane = False
            if not sane:
                yield "O-63", 400, "Tọa độ sai"
        if len(first.get("description", "")) > 4000:
            yield "O-64", 400, "description quá dài"
        if service and service["metadata"]:
            if not first.get("attribute[SO-COT]"):
                yield "-", 400, "Thiếu SO-COT"
            if first.get("attribute[LOI]") not in (None, "", "tat", "nhap-nhay"):
                yield "O-65", 400, "LOI không có giá trị này"
            if self.broken == "O-66" and first.get("attribute[LOI]") == "":
                yield "-", 400, "LOI trống"

    def take_report(self, first, headers, shelf):
        problems = [(code, words) for rule, code, words in self.problems_of(first) if rule != self.broken]
        if problems:
            raise Refused(*problems)
        mark = first.get("attribute[external_id]") or headers.get("Idempotency-Key")
        self.last += 1
        number = f"T-{self.last:04}"
        if mark and self.broken != "O-70":
            number = self.by_mark.setdefault(mark, number)
        shelf.append(first)
        kind = next((one["type"] for one in SERVICES if one["service_code"] == first.get("service_code")), "realtime")
        answer = {"service_notice": "Đã nhận", "account_id": first.get("account_id", "")}
        if kind == "realtime":
            answer["service_request_id"] = number
        if kind == "batch":
            answer["token"] = "t-" + number
            if self.broken == "O-68":
                answer["service_request_id"] = number
        if self.broken == "O-67":
            del answer["service_notice"]
        return Items("request", [answer])
