"""The third tier of `paknhub check`: what lies around a configuration. Each mistake is an error at the value that names the
thing; `--no-environment` looks at none of it."""

import json
import re
import secrets
import shutil
import socket
import sqlite3
import subprocess

import pytest

from conftest import BINARY, ROOT, SECONDS, open_to_children


class Place:
    """A sound configuration with what it needs around it; nothing runs."""

    def __init__(self, folder):
        shutil.copytree(ROOT / "config" / "base", folder / "base")
        self.config = folder / "provinces" / "demo"
        shutil.copytree(ROOT / "config" / "provinces" / "demo", self.config, ignore=shutil.ignore_patterns("var"))
        (self.config / "var" / "spool" / "in").mkdir(parents=True)
        for name in ("hub.key", "webhook.secret"):
            path = self.config / "var" / name
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
        self.change(r"listen: \S+", "listen: 127.0.0.1:0")

    def change(self, pattern, replacement):
        path = self.config / "hub.yaml"
        text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"))
        assert count == 1, pattern
        path.write_text(text, encoding="utf-8")

    def check(self, *arguments):
        done = subprocess.run([BINARY, "check", "--config", self.config, "--json", *arguments], capture_output=True, timeout=SECONDS)
        report = json.loads(done.stdout)
        assert report["ok"] == (done.returncode == 0) and done.returncode in (0, 2)
        return report

    def only_error(self, value=None):
        """The one error of the environment; it stands where `value` is written, and the files alone are sound."""
        assert self.check("--no-environment")["ok"]
        (error,) = self.check()["errors"]
        assert error["hint"]
        if value:
            line = (self.config / error["file"]).read_text(encoding="utf-8").splitlines()[error["line"] - 1]
            assert value in line[error["column"] - 1:]
        return error


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path)
    assert place.check()["ok"]
    return place


def test_a_key_that_others_may_read(place):
    (place.config / "var" / "hub.key").chmod(0o640)
    place.only_error()


def test_a_folder_that_cannot_be_one(place):
    place.change(r"directory:\S+?\"", 'directory:hub.yaml/blobs"')
    place.only_error("directory:hub.yaml/blobs")


def test_a_port_that_another_program_has(place):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        place.change("127.0.0.1:0", address)
        place.only_error(address)
    assert place.check()["ok"]


def test_a_database_server_that_is_not_there(place):
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"postgresql://nobody@127.0.0.1:{free.getsockname()[1]}/none"
    place.change(r"sqlite:[^\"]+", url)
    place.only_error(url)


def test_a_store_of_a_newer_program(place):
    with sqlite3.connect(place.config / "var" / "paknhub.db") as database:
        database.execute("CREATE TABLE schema_version (version INTEGER NOT NULL)")
        database.execute("INSERT INTO schema_version VALUES (999)")
    assert "999" in place.only_error("sqlite:")["message"]


def test_a_secret_and_a_folder_of_a_connector(place):
    (place.config / "var" / "webhook.secret").unlink()
    assert place.check("--no-environment")["ok"]
    (error,) = place.check()["errors"]
    assert error["file"] == "connectors.yaml"
    shutil.rmtree(place.config / "var" / "spool")
    assert len(place.check()["errors"]) == 2


@pytest.mark.parametrize("isolation", ["in-process", "process"])
def test_what_only_the_plugin_can_tell(place, isolation):
    """Each mistake of a file that a plugin reads has its place there; the plugin's connector is never made for it."""
    (place.config / "mappings").mkdir()
    mapping = place.config / "mappings" / "portal.yaml"
    mapping.write_text("fields:\n  external_id: /id\n  content: /text\n  titel: /title\n", encoding="utf-8")
    drop = place.config / "var" / "drop"
    drop.mkdir()
    for folder in (drop, mapping.parent):
        open_to_children(folder)
    (place.config / "portal.yaml").write_text(
        "connectors:\n"
        f"  portal: {{ plugin: in_portal, isolation: {isolation}, settings: {{ mapping: mappings/portal.yaml, auth: basic, "
        "directory: var/drop } }\n", encoding="utf-8")
    assert place.check("--no-environment")["ok"]
    found = {(error["file"], error["line"], error["column"]) for error in place.check()["errors"]}
    written = (place.config / "portal.yaml").read_text(encoding="utf-8").splitlines()[1]
    assert found == {("mappings/portal.yaml", 4, 3), ("portal.yaml", 2, written.index("basic") + 1)}
    assert not list(drop.iterdir())
    mapping.write_text("fields: { external_id: /id, content: /text }\n", encoding="utf-8")
    (error,) = place.check()["errors"]
    assert (error["file"], error["line"]) == ("portal.yaml", 2)


def test_all_of_it_in_one_run(place):
    (place.config / "var" / "hub.key").chmod(0o640)
    (place.config / "var" / "webhook.secret").unlink()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place.change("127.0.0.1:0", f"127.0.0.1:{taken.getsockname()[1]}")
        assert place.check("--no-environment")["ok"]
        # A mistake of the second tier hides what would need a whole configuration, never the other way round.
        assert len(place.check()["errors"]) == 1
        (place.config / "var" / "webhook.secret").write_text(secrets.token_hex(32), encoding="ascii")
        assert len(place.check()["errors"]) == 2
