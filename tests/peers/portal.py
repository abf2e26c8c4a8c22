"""A made-up provincial portal: a REST list with numbered pages, files, write-back of status and answers, and a sender of
signed webhooks (docs/contracts/webhooks.md). Its API is the one that plugins/in_portal/samples/pull.yaml describes.

It caps pages below what is asked for, honours Idempotency-Key, and behaves badly on command: `portal.trouble` holds what the
next requests of the list meet, one each: a status, "garbage", "reset".
"""

import base64
import datetime
import hmac
import http.client
import http.server
import json
import socket
import struct
import threading
import time
import urllib.parse

VIETNAM = datetime.timezone(datetime.timedelta(hours=7))
PAGE_CAP = 30


def item(number: int, changed: datetime.datetime, **more) -> dict:
    """One report as the portal keeps it. Invented."""
    return {"id": number, "tieuDe": f"Phản ánh số {number}", "noiDung": f"Hố ga mất nắp ở cột số {number}",
            "diaChi": f"Số {number} đường Thử Nghiệm", "linhVuc": {"ma": "01"}, "congKhai": "Công khai",
            "mucDo": "Bình thường", "capNhatLuc": changed.astimezone(VIETNAM).isoformat(timespec="seconds"),
            "thoiGianXayRa": changed.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M"),
            "nguoiGui": {"hoTen": "Người Thử", "dienThoai": "0900000001", "dongY": True}, **more}


class Portal:
    def __init__(self, key: str = "khoa-thu-nghiem", port: int = 0):
        self.key = key
        self.items: list[dict] = []
        self.files: dict[str, bytes] = {}
        self.trouble: list = []
        self.requests: list[str] = []  # Paths with queries, in order.
        self.written: list[dict] = []  # What came back: {id, what, body, key}.
        self.lock = threading.Lock()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server.server_address[1]

    @property
    def list_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/phan-anh"

    def add(self, count: int, changed: datetime.datetime, **more) -> None:
        """`count` further reports, one a minute from `changed` on."""
        with self.lock:
            for _ in range(count):
                self.items.append(item(len(self.items) + 1, changed, **more))
                changed += datetime.timedelta(minutes=1)

    def page(self, query: dict) -> list[dict]:
        since = datetime.datetime.strptime(query["tuNgay"], "%d/%m/%Y %H:%M:%S").replace(tzinfo=VIETNAM)
        size = min(int(query["size"]), PAGE_CAP)
        with self.lock:
            fresh = [one for one in self.items if datetime.datetime.fromisoformat(one["capNhatLuc"]) >= since]
        fresh.sort(key=lambda one: one["capNhatLuc"])
        first = (int(query["page"]) - 1) * size
        return fresh[first:first + size]

    def about(self, number, what: str) -> list[dict]:
        with self.lock:
            return [one for one in self.written if one["id"] == str(number) and one["what"] == what]

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _handler(portal):  # noqa: N805: the portal is the outer self
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self, status: int, body: bytes = b"{}", content_type: str = "application/json") -> None:
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def misbehaves(self) -> bool:
                with portal.lock:
                    trouble = portal.trouble.pop(0) if portal.trouble else None
                if trouble is None:
                    return False
                if trouble == "garbage":
                    self.answer(200, b"<html>login</html>", "text/html")
                elif trouble == "reset":
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.close_connection = True
                    self.connection.close()
                else:
                    self.answer(trouble)
                return True

            def do_GET(self) -> None:
                address = urllib.parse.urlsplit(self.path)
                with portal.lock:
                    portal.requests.append(self.path)
                if address.path.startswith("/tep/"):
                    content = portal.files.get(address.path.removeprefix("/tep/"))
                    return self.answer(200 if content else 404, content or b"", "application/octet-stream")
                if self.headers.get("X-Api-Key") != portal.key:
                    return self.answer(401)
                if self.misbehaves():
                    return None
                query = dict(urllib.parse.parse_qsl(address.query))
                return self.answer(200, json.dumps({"data": {"items": portal.page(query)}}).encode())

            def write_back(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("X-Api-Key") != portal.key:
                    return self.answer(401)
                _, _, _, number, what = urllib.parse.urlsplit(self.path).path.split("/")
                key = self.headers.get("Idempotency-Key")
                with portal.lock:
                    known = key and any(one["key"] == key for one in portal.written)
                    if not known:
                        portal.written.append({"id": urllib.parse.unquote(number), "what": what, "body": json.loads(body),
                                               "key": key})
                return self.answer(200, json.dumps({"maTiepNhan": f"TN-{number}"}).encode())

            do_POST = do_PUT = write_back

            def log_message(self, *arguments) -> None:
                pass

        return Handler


def push(url: str, secret: str, body: dict, webhook_id: str, at: int | None = None) -> tuple[int, dict]:
    """Sends one signed webhook; the status and the JSON of the answer."""
    raw = json.dumps(body).encode()
    stamp = str(int(time.time()) if at is None else at)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = base64.b64encode(hmac.digest(key, f"{webhook_id}.{stamp}.".encode() + raw, "sha256")).decode()
    address = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    try:
        connection.request("POST", address.path, raw, {"Content-Type": "application/json", "webhook-id": webhook_id,
                                                       "webhook-timestamp": stamp, "webhook-signature": f"v1,{mac}"})
        response = connection.getresponse()
        return response.status, json.loads(response.read() or b"{}")
    finally:
        connection.close()
