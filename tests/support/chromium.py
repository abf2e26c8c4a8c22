"""Chromium without a window, driven over its DevTools protocol: what a page does when scripts run. No package but Chromium is needed:
the few frames of WebSocket (RFC 6455) that the protocol wants are written here."""

import base64
import http.client
import itertools
import json
import os
import pathlib
import secrets
import shutil
import socket
import struct
import subprocess
import time

SECONDS = 60  # The longest that anything waits.


def program():
    """Where Chromium is; None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Socket:
    """A WebSocket to this machine: texts go and come."""

    def __init__(self, port, path):
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self.connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self._exactly(1)
        assert b" 101 " in head.split(b"\r\n")[0] + b" ", head

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            piece = self.connection.recv(count - len(data))
            assert piece, "the browser hung up"
            data += piece
        return data

    def send(self, text):
        data = text.encode()
        mask = secrets.token_bytes(4)
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data)) if len(data) < 65536 \
            else b"\xff" + struct.pack(">Q", len(data))
        self.connection.sendall(b"\x81" + size + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)))

    def receive(self):
        whole = b""
        while True:
            first, second = self._exactly(2)
            size = second & 0x7F
            if size == 126:
                size = struct.unpack(">H", self._exactly(2))[0]
            elif size == 127:
                size = struct.unpack(">Q", self._exactly(8))[0]
            data = self._exactly(size)
            if first & 0x0F in (0, 1):
                whole += data
                if first & 0x80:
                    return whole.decode()

    def close(self):
        self.connection.close()


class PageGone(Exception):
    """The page that was asked gave way to the next one."""


class Chromium:
    """One tab. `scripts`: whether pages may run any. What its console says of errors is in `complaints`."""

    def __init__(self, folder, scripts=True):
        self.folder = pathlib.Path(folder)
        self.process = subprocess.Popen(
            [program(), "--headless", "--no-sandbox", "--disable-gpu", "--no-proxy-server", "--no-first-run", "--disable-dev-shm-usage",
             "--disable-background-networking", "--remote-debugging-port=0", f"--user-data-dir={self.folder}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "HOME": str(self.folder)})
        self.complaints = []
        self.numbers = itertools.count(1)
        self.loaded = 0
        port = self.wait(self._port, "the browser to listen")
        tabs = self.wait(lambda: self._tabs(port), "a tab")
        self.socket = Socket(port, "/" + tabs[0]["webSocketDebuggerUrl"].split("/", 3)[3])
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        if not scripts:
            self.call("Emulation.setScriptExecutionDisabled", value=True)

    def _port(self):
        assert self.process.poll() is None, "the browser ended"
        file = self.folder / "DevToolsActivePort"
        text = file.read_text(encoding="ascii") if file.exists() else ""
        return int(text.split("\n")[0]) if "\n" in text else None

    @staticmethod
    def _tabs(port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        connection.request("GET", "/json/list")
        return [one for one in json.loads(connection.getresponse().read()) if one["type"] == "page"]

    @staticmethod
    def wait(condition, what, seconds=SECONDS):
        deadline = time.monotonic() + seconds
        while True:
            value = condition()
            if value:
                return value
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            time.sleep(0.05)

    def call(self, method, **parameters):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.receive())
            self._hear(message)
            if message.get("id") == number:
                error = message.get("error", {"message": ""})["message"]
                if "navigated" in error or "context" in error:
                    raise PageGone(error)
                assert not error, f"{method}: {error}"
                return message["result"]

    def _hear(self, message):
        method, what = message.get("method"), message.get("params", {})
        if method == "Page.loadEventFired":
            self.loaded += 1
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(what["exceptionDetails"].get("text", "") + what["exceptionDetails"].get("exception", {}).get("description", ""))
        elif method == "Log.entryAdded" and what["entry"]["level"] == "error":
            self.complaints.append(what["entry"]["text"])

    def evaluate(self, expression):
        """The value of an expression in the page, of what it promises too."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, f"{expression}: {result['exceptionDetails']}"
        return result["result"].get("value")

    def go(self, url):
        self.after_load(lambda: self.call("Page.navigate", url=url))

    def press(self, selector):
        """Presses what is there, as a person does, and waits for the page that comes."""
        self.after_load(lambda: self.evaluate(f"document.querySelector({json.dumps(selector)}).click()"))

    def after_load(self, act):
        before = self.loaded

        def asked(question):
            try:
                return question()
            except PageGone:  # Its answer went with the page that was asked.
                return None

        asked(act)
        self.wait(lambda: asked(lambda: self.evaluate("document.readyState")) == "complete" and self.loaded > before, "the next page")

    def fill(self, values):
        """Fills fields in, by their ids."""
        for field, value in values.items():
            self.evaluate(f"""(() => {{ const field = document.getElementById({json.dumps(field)});
                if (field.type === 'checkbox' || field.type === 'radio') field.checked = {json.dumps(bool(value))};
                else field.value = {json.dumps(str(value))}; }})()""")

    @property
    def address(self):
        return self.evaluate("location.pathname + location.search")

    def text(self, selector="main"):
        return self.evaluate(f"document.querySelector({json.dumps(selector)}).innerText")

    def screenshot(self, file, width, height=900):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        picture = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        pathlib.Path(file).write_bytes(base64.b64decode(picture["data"]))

    def stop(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait(SECONDS)
