"""Requests that a connector's plugin answers: under its mounts and nowhere else, raw, without the hub's own session."""

import os
import shutil
from pathlib import Path

import pytest
import requests

from conftest import BINARY, Hub, Receiver

BUILD = Path(os.environ.get("PAKN_BIN", BINARY)).parents[1]


class MountedHub(Hub):
    def _change(self, name, pattern, replacement):
        super()._change(name, pattern, replacement)
        if name == "connectors.yaml":
            super()._change(name, r"(?m)^connectors:$", "connectors:\n  verbs: { plugin: verbs }")


@pytest.fixture(scope="module")
def mounted(tmp_path_factory):
    plugins = tmp_path_factory.mktemp("plugins")
    for file in [*(BUILD / "lib" / "paknhub").glob("*.so"), BUILD / "tests" / "fixtures" / "plugins" / "verbs.so"]:
        shutil.copy(file, plugins)
    receiver = Receiver()
    MountedHub.options = ["--plugins", str(plugins)]
    hub = MountedHub(tmp_path_factory.mktemp("mounted"), receiver)
    yield hub
    hub.stop()
    receiver.stop()


def call(hub, method, path, **arguments):
    session = requests.Session()
    session.trust_env = False
    return session.request(method, hub.url + path, timeout=30, **arguments)


def test_the_plugin_sees_the_request_as_it_came(mounted):
    body = b"raw \x00 bytes"
    answer = call(mounted, "POST", "/verbs/echo?a=1", data=body,
                  headers={"X-Odd-Case": "Value", "Cookie": "pakn_session=secret; theirs=1"})
    assert answer.status_code == 404, "the query belongs to the address that the plugin sees"
    answer = call(mounted, "POST", "/verbs/echo", data=body,
                  headers={"X-Odd-Case": "Value", "Cookie": "pakn_session=secret; theirs=1"})
    assert answer.status_code == 200
    first, *headers = answer.content.split(b"\n")
    assert first == b"POST 127.0.0.1 " + body
    assert b"x-odd-case=Value" in headers
    assert b"cookie=theirs=1" in headers
    assert b"secret" not in answer.content
    assert answer.headers["X-Mount"] == "/verbs"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.raw.headers.getlist("Set-Cookie") == ["a=1", "b=2"]


def test_no_spelling_gets_past_what_is_the_hubs(mounted):
    answer = call(mounted, "GET", "/verbs/capitals")
    assert answer.status_code == 200 and answer.text == "all of it"
    assert answer.raw.headers.getlist("Content-Length") == ["9"]
    assert answer.raw.headers.getlist("Content-Type") == ["text/plain"]
    assert answer.raw.headers.getlist("Set-Cookie") == ["mine =1"]
    assert answer.headers["X-Other"] == "1"
    for path in ("/verbs/nameless_cookie", "/verbs/odd_cookie", "/verbs/same_header"):
        answer = call(mounted, "GET", path)
        assert answer.status_code == 500 and "Set-Cookie" not in answer.headers


def test_the_longest_mount_wins(mounted):
    assert call(mounted, "GET", "/verbs/inner/echo").headers["X-Mount"] == "/verbs/inner"


def test_files_are_served_whole(mounted):
    answer = call(mounted, "GET", "/verbs/file")
    assert len(answer.content) == 300000
    head = call(mounted, "HEAD", "/verbs/file")
    assert head.headers["Content-Length"] == "300000" and head.content == b""


def test_what_comes_in_is_a_petition(mounted):
    first = call(mounted, "POST", "/verbs/accept", data="7")
    assert first.status_code == 201
    assert call(mounted, "POST", "/verbs/accept", data="7").text == first.text


def test_errors_become_problems(mounted):
    later = call(mounted, "GET", "/verbs/later")
    assert later.status_code == 503 and later.headers["Retry-After"] == "17"
    assert call(mounted, "GET", "/verbs/forbidden").status_code == 403
    for path in ("/verbs/throw", "/verbs/split", "/verbs/status"):
        answer = call(mounted, "GET", path)
        assert answer.status_code == 500 and "private" not in answer.text
        assert "X-B" not in answer.headers


def test_other_addresses_are_the_hubs(mounted):
    for path in ("/verb/echo", "/verbsx", "/hooks/verbs/echo", "/api/v1/nothing", "/nowhere"):
        assert call(mounted, "GET", path).status_code == 404
