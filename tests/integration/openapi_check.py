"""Checks live answers against docs/api/openapi.yaml: status, headers, media type, body. Those that a client library
brought, and those that came over a bare socket."""

import http.client
import io
import json
import re
from pathlib import Path

import jsonschema
import yaml

DOCUMENT = Path(__file__).parents[2] / "docs" / "api" / "openapi.yaml"

# What any call may answer before its operation is looked at: the description says so once, in `info`.
ANYWHERE = {400, 404, 405, 408, 413, 414, 429, 431, 500, 503}


class RawAnswer:
    """One answer as it came over a socket, in the form that the check looks at."""

    def __init__(self, status, headers, content):
        self.status_code = status
        self.headers = headers
        self.content = content

    def json(self):
        return json.loads(self.content)


class _Bytes:
    """What http.client reads an answer from."""

    def __init__(self, stream):
        self.stream = stream

    def makefile(self, *_):
        return self.stream


def read_answers(received, methods=("GET",)):
    """All answers in the bytes of a connection; `methods` of the requests that they answer, the last one stands for all
    that follow. Raises AssertionError when the bytes are not whole answers one after the other."""
    stream = io.BytesIO(received)
    stream.close = lambda: None  # http.client closes what it reads from after a body.
    answers = []
    while stream.tell() < len(received):
        method = methods[min(sum(answer.status_code >= 200 for answer in answers), len(methods) - 1)]
        if received[stream.tell():].startswith(b"HTTP/1.1 100 Continue\r\n\r\n"):
            stream.seek(len(b"HTTP/1.1 100 Continue\r\n\r\n"), io.SEEK_CUR)
            answers.append(RawAnswer(100, {}, b""))
            continue
        response = http.client.HTTPResponse(_Bytes(stream), method=method)
        try:
            response.begin()
            answers.append(RawAnswer(response.status, response.headers, response.read()))
        except http.client.HTTPException as fault:
            raise AssertionError(f"not an answer: {received!r}") from fault
    return answers


class Contract:
    def __init__(self, path=DOCUMENT):
        self.document = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.resolver = jsonschema.RefResolver("", self.document)
        self.paths = [
            (re.compile("^" + re.sub(r"\{[^}]+\}", "[^/]+", template) + "$"), item)
            # Literal paths first: a template must not swallow them.
            for template, item in sorted(self.document["paths"].items(), key=lambda pair: "{" in pair[0])
        ]

    def check_raw(self, method, path, received):
        """Checks every answer in the bytes of a connection; returns them."""
        answers = read_answers(received, (method,))
        for answer in answers:
            if answer.status_code != 100:
                self.check(method, path, answer)
        return answers

    def check(self, method, path, response):
        """Raises AssertionError when the answer is not one that the document describes."""
        described = self._described(method, path, response.status_code)
        if described is None:
            assert response.status_code in ANYWHERE, f"{method} {path}: {response.status_code} is not documented"
            name = "TryLater" if response.status_code in (429, 503) else "Problem"
            described = {"$ref": f"#/components/responses/{name}"}
        described = self._resolve(described)
        self._check_headers(described, response)
        content = described.get("content")
        if content is None:
            assert response.content == b"", f"{method} {path}: a body that is not documented"
            return
        media_type = response.headers["Content-Type"].split(";")[0]
        assert media_type in content or "*/*" in content, f"{method} {path}: {media_type} is not documented"
        schema = content.get(media_type, {}).get("schema")
        if media_type.endswith("json") and method != "HEAD":
            self._validate(response.json(), schema)
        if media_type == "application/problem+json" and method != "HEAD":
            assert response.json()["status"] == response.status_code

    def _described(self, method, path, status):
        for pattern, item in self.paths:
            if not pattern.match(path):
                continue
            operation = item.get("get" if method == "HEAD" else method.lower())
            if operation:
                return operation["responses"].get(str(status))
        return None

    def _check_headers(self, described, response):
        for name, header in described.get("headers", {}).items():
            header = self._resolve(header)
            value = response.headers.get(name)
            assert value is not None or not header.get("required"), f"header {name} is missing"
            if value is not None:
                self._validate(int(value) if header["schema"].get("type") == "integer" else value, header["schema"])

    def _resolve(self, node):
        return self.resolver.resolve(node["$ref"])[1] if "$ref" in node else node

    def _validate(self, value, schema):
        checker = jsonschema.FormatChecker()
        jsonschema.Draft202012Validator(schema, resolver=self.resolver, format_checker=checker).validate(value)
