"""The program's verbs: what they print and their exit codes."""

import json
import subprocess

import pytest

from conftest import BINARY, SECONDS, Hub, wait_until

OK, PROBLEM, USAGE, REFUSED = 0, 1, 2, 4


def paknhub(*arguments):
    done = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, timeout=SECONDS, text=True)
    return done.returncode, done.stdout, done.stderr


def test_a_new_hub_is_there_after_init(tmp_path):
    folder = tmp_path / "moi"
    code, out, _ = paknhub("init", folder, "--json")
    assert code == OK
    assert "/sign-in#" in json.loads(out)["administrator_link"]
    assert (folder / "var" / "hub.key").stat().st_mode & 0o077 == 0
    assert json.loads(paknhub("check", "--config", folder, "--json")[1]) == {"ok": True, "errors": [], "warnings": []}
    code, out, _ = paknhub("init", folder, "--json")
    assert code == OK
    assert json.loads(out)["administrator_link"] == "", "the second time makes no second administrator"


def test_check_names_every_mistake_at_once(tmp_path):
    folder = tmp_path / "sai"
    assert paknhub("init", folder)[0] == OK
    (folder / "routes.yaml").write_text("routes:\n  - name: A\n    when: { categry: [khac] }\n    then: { unit: ubn }\n",
                                        encoding="utf-8")
    code, out, _ = paknhub("check", "--config", folder, "--json")
    assert code == USAGE
    report = json.loads(out)
    assert not report["ok"]
    places = [(one["file"], one["line"], one["column"]) for one in report["errors"]]
    assert ("routes.yaml", 3, 13) in places
    assert any(place[:2] == ("routes.yaml", 4) for place in places)
    assert all(one["message"] and "hint" in one for one in report["errors"])
    assert "routes.yaml:3:13: error: " in paknhub("check", "--config", folder)[1]
    assert paknhub("serve", "--config", folder)[0] == USAGE


@pytest.mark.parametrize("arguments", [[], ["dance"], ["user", "add"], ["deliveries", "replay"], ["token", "new"],
                                       ["serve", "--nonsense"]])
def test_wrong_usage_is_exit_code_2(arguments, tmp_path):
    paknhub("init", tmp_path / "moi")
    code, _, err = paknhub(*arguments, *(["--config", tmp_path / "moi"] if arguments else []))
    assert code == USAGE
    assert err


@pytest.mark.parametrize("changes", [{"--role": "king"}, {"--role": "officer"}, {"--unit": "mars"}, {"--login": "Ồ"},
                                     {"--name": ""}])
def test_an_account_that_makes_no_sense_is_refused(changes, tmp_path):
    paknhub("init", tmp_path)
    options = {"--login": "a", "--name": "Tên", "--role": "dispatcher", **changes}
    arguments = [part for pair in options.items() for part in pair]
    assert paknhub("user", "add", "--config", tmp_path, *arguments)[0] == USAGE


def test_version_says_what_it_is():
    code, out, _ = paknhub("version", "--json")
    assert code == OK
    assert set(json.loads(out)) == {"version", "commit", "sdk"}


def test_a_login_is_taken_once(tmp_path):
    paknhub("init", tmp_path)
    arguments = ["user", "add", "--config", tmp_path, "--login", "a", "--name", "A", "--role", "dispatcher"]
    assert paknhub(*arguments)[0] == OK
    assert paknhub(*arguments)[0] == REFUSED


def test_rebuild_wants_the_hub_stopped_and_then_equals(tmp_path, receiver):
    hub = Hub(tmp_path, receiver)
    code = hub.hand_in()["code"]
    assert paknhub("rebuild", "--config", hub.config)[0] == REFUSED
    hub.signed_in("dispatcher").act(code, "accept")
    hub.stop()
    status, out, _ = paknhub("rebuild", "--config", hub.config, "--json")
    assert (status, json.loads(out)) == (OK, {"ok": True, "equal": True, "petitions": 1})


def test_a_report_left_in_the_spool_folder_becomes_a_petition(hub, people):
    spool = hub.config / "var" / "spool" / "in"
    (spool / "den.tmp").write_text("Đèn đường trước chợ không sáng, dropped in a folder", encoding="utf-8")
    (spool / "den.tmp").rename(spool / "den.txt")
    (spool / "hong.tmp").write_bytes(b"\xff\xfe not UTF-8")
    (spool / "hong.tmp").rename(spool / "hong.txt")

    def arrived():
        items = people["dispatcher"].get("/api/v1/petitions?channel=spool&limit=200").json()["items"]
        return [item for item in items if "dropped in a folder" in item["title"]]

    assert len(wait_until(arrived, "the report")) == 1
    wait_until(lambda: (spool / "rejected" / "hong.txt").exists(), "the unreadable one to be moved aside")
    assert not (spool / "den.txt").exists()
