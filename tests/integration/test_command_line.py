"""The program's verbs: what they print and their exit codes."""

import json
import subprocess

import pytest

from conftest import BINARY, SECONDS, Client, Hub, wait_until

OK, PROBLEM, USAGE, REFUSED = 0, 1, 2, 4


def paknhub(*arguments, typed=""):
    done = subprocess.run([BINARY, *map(str, arguments)], input=typed, capture_output=True, timeout=SECONDS, text=True)
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
    code, out, err = paknhub("serve", "--config", folder)
    assert code == USAGE and "routes.yaml:3:13: error: " in err
    log = [json.loads(line) for line in out.splitlines()]
    assert log[-1]["id"] == "HUB_NOT_STARTED" and log[-1]["level"] == "error"
    assert any(one["id"] == "CONFIGURATION_MISTAKE" and "routes.yaml:3:13" in one["text"] for one in log)


def test_a_hub_that_cannot_start_says_so_in_its_log(tmp_path):
    folder = tmp_path / "moi"
    assert paknhub("init", folder)[0] == OK
    (folder / "var" / "hub.key").write_text("no key\n", encoding="ascii")
    code, out, err = paknhub("serve", "--config", folder)
    assert code != OK and err
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["HUB_NOT_STARTED"]
    code, out, _ = paknhub("token", "list", "--config", folder)
    assert code != OK and not out, "other verbs have no log"


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


@pytest.mark.parametrize("words, nearest", [(["sevre"], "serve"), (["deliveries", "lst"], "list")])
def test_a_verb_that_is_none_is_named_with_the_nearest(words, nearest):
    code, _, error = paknhub(*words)
    assert code == USAGE
    assert f'"{words[-1]}"' in error and f'"{nearest}"' in error


def test_version_says_what_it_is():
    code, out, _ = paknhub("version", "--json")
    assert code == OK
    assert set(json.loads(out)) == {"version", "commit", "sdk"}


def test_a_login_is_taken_once(tmp_path):
    paknhub("init", tmp_path)
    arguments = ["user", "add", "--config", tmp_path, "--login", "a", "--name", "A", "--role", "dispatcher"]
    assert paknhub(*arguments)[0] == OK
    code, _, err = paknhub(*arguments)
    assert (code, 'the login "a" is taken' in err) == (REFUSED, True)


def account_of(hub):
    """A dispatcher's login, and a client signed in with the one-time link."""
    person = hub.signed_in("dispatcher")
    return person.account["login"], person


def cannot_sign_in(hub, **credentials):
    return Client(hub).problem("POST", "/api/v1/session", 401, json=credentials) == "session.invalid"


def test_a_reset_lets_somebody_in_again(hub):
    login, before = account_of(hub)
    first = hub.run("user", "reset", "--login", login)
    second = hub.run("user", "reset", "--login", login)
    assert second["login"] == login and second["one_time_link"].endswith("/sign-in#" + second["one_time_token"])
    before.get("/api/v1/me", 401)
    assert cannot_sign_in(hub, token=first["one_time_token"]), "an earlier link ends with a new one"
    Client(hub).sign_in(second["one_time_token"]).get("/api/v1/me")
    assert paknhub("user", "reset", "--config", hub.config, "--login", "nobody")[0] == PROBLEM


def test_a_locked_account_is_shut_out_until_unlocked(hub):
    login, _ = account_of(hub)
    link = hub.run("user", "reset", "--login", login)["one_time_token"]
    person = Client(hub).sign_in(link)
    assert hub.run("user", "lock", "--login", login) == {"login": login, "locked": True}
    person.get("/api/v1/me", 401)
    assert paknhub("user", "reset", "--config", hub.config, "--login", login)[0] == REFUSED
    assert hub.run("user", "unlock", "--login", login) == {"login": login, "locked": False}
    person.get("/api/v1/me", 401)
    Client(hub).sign_in(hub.run("user", "reset", "--login", login)["one_time_token"]).get("/api/v1/me")


def test_a_password_signs_in(hub):
    login, before = account_of(hub)
    command = ["user", "password", "--config", hub.config, "--login", login]
    assert paknhub(*command, typed="ngắn\n")[0] == USAGE
    assert paknhub(*command)[0] == USAGE
    before.get("/api/v1/me")
    assert paknhub(*command, typed="cây cầu số 7\nthe next line is not read\n")[0] == OK
    before.get("/api/v1/me", 401)
    person = Client(hub)
    credentials = {"login": login, "password": "cây cầu số 7"}
    person.post("/api/v1/session", 201, json=credentials)
    assert person.get("/api/v1/me").json()["account"]["login"] == login
    assert cannot_sign_in(hub, login=login, password="cây cầu số 8")
    hub.run("user", "lock", "--login", login)
    person.get("/api/v1/me", 401)
    assert cannot_sign_in(hub, **credentials)


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


def test_accounts_are_imported_row_by_row(tmp_path):
    paknhub("init", tmp_path / "moi")
    file = tmp_path / "people.csv"
    file.write_text('\ufefflogin,name,roles,unit\r\nan.nguyen,"Nguyễn, An",officer|leader,ubnd\r\n\r\nan.nguyen,Trùng,auditor,\n'
                    'binh,"Người ""thứ"" hai",king,\nchi,Chi,officer,\ndung,Dung\nem,Em,dispatcher,\n', encoding="utf-8")
    code, out, _ = paknhub("user", "import", file, "--config", tmp_path / "moi", "--json")
    report = json.loads(out)
    assert (code, report["added"], report["refused"]) == (PROBLEM, 2, 4)
    assert [(row["line"], row["login"], row["ok"]) for row in report["rows"]] == [
        (2, "an.nguyen", True), (4, "an.nguyen", False), (5, "binh", False), (6, "chi", False), (7, "", False), (8, "em", True)]
    assert all(bool(row["one_time_link"]) == row["ok"] != bool(row["error"]) for row in report["rows"])
    file.write_text("login,name,roles,unit\ngiang,Giang,auditor,\n", encoding="utf-8")
    assert paknhub("user", "import", file, "--config", tmp_path / "moi")[0] == OK
    for text in ("", "login,nick\n", 'login,name\n"a,b\n'):
        file.write_text(text, encoding="utf-8")
        assert paknhub("user", "import", file, "--config", tmp_path / "moi")[0] == USAGE
