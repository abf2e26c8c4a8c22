"""An HTTP proxy as offices have them (RFC 9110): plain requests by their absolute address, others through CONNECT, with Basic login."""

import base64
import http.client
import select
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Proxy:
    def __init__(self, user="hub", password="mật khẩu"):
        self.seen = []  # (method, target) of what was let through.
        wanted = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def admitted(self):
                if self.headers.get("Proxy-Authorization") == wanted:
                    proxy.seen.append((self.command, self.path))
                    return True
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(407)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return False

            def do_POST(self):
                if not self.admitted():
                    return
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                address = urlsplit(self.path)
                onward = {name: value for name, value in self.headers.items() if not name.lower().startswith("proxy-")}
                connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
                connection.request(self.command, address.path, body, onward)
                answer = connection.getresponse()
                content = answer.read()
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def do_CONNECT(self):
                if not self.admitted():
                    return
                host, _, port = self.path.rpartition(":")
                with socket.create_connection((host, int(port)), timeout=10) as peer:
                    self.send_response(200)
                    self.end_headers()
                    ends = {self.connection: peer, peer: self.connection}
                    while True:
                        for one in select.select(list(ends), [], [])[0]:
                            data = one.recv(65536)
                            if not data:
                                self.close_connection = True
                                return
                            ends[one].sendall(data)

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server.server_address[1]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
