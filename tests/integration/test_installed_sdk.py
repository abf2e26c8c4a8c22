"""The SDK as a third party gets it: installed into a folder, found by find_package, good for building a plugin that the
installed hub then loads. Scaffolded plugins build, pass the conformance suite and are listed."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILD = Path(os.environ["PAKN_BIN"]).parents[1]
SECONDS = 600


def run(*command, expect=0, cwd=None):
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True, timeout=SECONDS, cwd=cwd)
    assert done.returncode == expect, f"{command}: {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed")
    run("cmake", "--install", BUILD, "--prefix", folder)
    return folder


def build(source, binary, installed):
    run("cmake", "-G", "Ninja", "-S", source, "-B", binary, f"-DCMAKE_PREFIX_PATH={installed}", "-DCMAKE_BUILD_TYPE=Debug")
    run("cmake", "--build", binary)


def hub(installed, *arguments, expect=0):
    return run(installed / "bin" / "paknhub", *arguments, expect=expect)


def test_the_installed_hub_has_its_plugins(installed):
    listed = json.loads(hub(installed, "plugin", "list", "--json"))
    assert {"in_spool", "out_webhook"} <= {one["name"] for one in listed["plugins"]}
    assert listed["refused"] == []
    info = json.loads(hub(installed, "plugin", "info", "in_spool", "--json"))
    assert info["abilities"] == ["receive", "poll"]
    assert {one["name"] for one in info["options"]} == {"directory", "category", "max_size"}
    assert (installed / "share" / "paknhub" / "config" / "base" / "rules.yaml").is_file()


def test_in_spool_builds_out_of_tree_and_loads(installed, tmp_path):
    shutil.copy(ROOT / "plugins" / "in_spool" / "in_spool.cpp", tmp_path)
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(third_party LANGUAGES CXX)\n"
        "find_package(PaknSdk 1.0 REQUIRED)\npakn_add_plugin(in_spool SOURCES in_spool.cpp)\n", encoding="ascii")
    build(tmp_path, tmp_path / "build", installed)
    plugin = tmp_path / "build" / "in_spool.so"
    verified = json.loads(hub(installed, "plugin", "verify", plugin, "--json"))
    assert verified["ok"] and verified["name"] == "in_spool"
    listed = json.loads(hub(installed, "plugin", "list", "--plugins", plugin.parent, "--json"))
    assert [one["name"] for one in listed["plugins"]] == ["in_spool"]


@pytest.mark.parametrize("name", ["in_sample", "out_sample", "auth_sample"])
def test_a_new_plugin_builds_conforms_and_is_listed(installed, tmp_path, name):
    created = json.loads(hub(installed, "plugin", "new", name, "--directory", tmp_path, "--json"))
    source = Path(created["created"])
    build(source, source / "build", installed)
    run("ctest", "--test-dir", source / "build", "--output-on-failure")
    shutil.copy(source / "build" / f"{name}.so", installed / "lib" / "paknhub")
    listed = json.loads(hub(installed, "plugin", "list", "--json"))
    assert name in {one["name"] for one in listed["plugins"]}
    (installed / "lib" / "paknhub" / f"{name}.so").unlink()


def test_a_name_that_is_none_or_taken_is_said(installed, tmp_path):
    for name in ("Mail", "in_", "auth_", "../in_mail", "mail"):
        hub(installed, "plugin", "new", name, "--directory", tmp_path, expect=2)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "in_there").mkdir()
    hub(installed, "plugin", "new", "in_there", "--directory", tmp_path, expect=4)


def test_a_file_that_is_no_plugin_is_refused(installed, tmp_path):
    file = tmp_path / "text.so"
    file.write_text("no plugin", encoding="ascii")
    refused = json.loads(hub(installed, "plugin", "verify", file, "--json", expect=4))
    assert refused["problem"] == "plugin.not_elf"
