"""The mail channel against mail servers that misbehave: every mail becomes one petition however often a server breaks off, and every
answer of a submission server has the outcome that the plugin's README says."""

import datetime
import email
import email.policy
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parents[1] / "peers")]
from mail_server import MailServer  # noqa: E402

from conftest import ROOT, Hub, open_to_children, wait_until  # noqa: E402

US = "tiepnhan@mau.example"
LAN = "lan@nguoi-dan.example"

CONFIGURATION = """
connectors:
  email:
    plugin: in_email
    interval: 100ms
    limits: {{ call: 20s }}
    backoff: [100ms, 300ms]
    settings:
      imap_host: {server.host}
      imap_port: {server.imap_port}
      imap_security: none
      imap_user: {us}
      imap_password: "${{file:var/mail.secret}}"
      smtp_host: {server.host}
      smtp_port: {server.smtp_port}
      smtp_security: none
      smtp_user: {us}
      smtp_password: "${{file:var/mail.secret}}"
      from: Tổng đài phản ánh <{us}>
      timeout: 2s
      max_mail: 1MB
      acks_per_day: 1000
templates: {{ notices: ../../base/templates/notices.yaml }}
notices:
  - {{ on: received, for: petitioner, notice: sender-received, to: reply, send: always, when: {{ channel: email }} }}
"""


@pytest.fixture(scope="module")
def server():
    with MailServer(users={US: "mat-khau"}) as server:
        yield server


class MailHub(Hub):
    server = None

    def start(self):
        secret = self.config / "var" / "mail.secret"
        secret.touch(mode=0o600)
        secret.write_text("mat-khau\n", encoding="utf-8")
        (self.config / "email.yaml").write_text(CONFIGURATION.format(server=self.server, us=US), encoding="utf-8")
        open_to_children(self.config / "var")
        super().start()


@pytest.fixture(scope="module")
def hub(tmp_path_factory, receiver, server):
    MailHub.server = server
    hub = MailHub(tmp_path_factory.mktemp("hub"), receiver)
    yield hub
    hub.stop()


@pytest.fixture(scope="module")
def dispatcher(hub):
    return hub.signed_in("dispatcher")


@pytest.fixture(scope="module")
def integrator(hub):
    return hub.signed_in("integrator")


@pytest.fixture(autouse=True)
def behaves(server):
    yield
    server.clear_plans()
    server.release()


NUMBER = iter(range(1, 10000))


def letter(text="Nội dung.\n"):
    """A mail with a subject of its own."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = f"Nguyễn Thị Lan <{LAN}>"
    message["To"] = US
    message["Subject"] = f"Thư số {next(NUMBER)}"
    message["Message-ID"] = f"<{next(NUMBER)}@nguoi-dan.example>"
    message["Date"] = "Fri, 06 Mar 2026 08:00:00 +0700"
    message.set_content(text)
    return message


def petitions(dispatcher, title):
    items = dispatcher.get("/api/v1/petitions", params={"channel": "email", "limit": 100}).json()["items"]
    return [one for one in items if one["title"] == title]


def arrives(dispatcher, mail, seconds=20):
    return wait_until(lambda: petitions(dispatcher, str(mail["Subject"])), f"{mail['Subject']} to be taken in", seconds)


def events(dispatcher, petition, *kinds):
    items = dispatcher.get(f"/api/v1/petitions/{petition['id']}/events", params={"limit": 200}).json()["items"]
    return [one for one in items if one["kind"] in kinds]


def of_mail(dispatcher, petition, *kinds, seconds=60):
    """Events of its deliveries by mail, once there is one of these kinds."""
    return wait_until(lambda: [one for one in events(dispatcher, petition, *kinds) if one["connector"] == "email"],
                      f"{kinds} of {petition['code']}", seconds)


BREAKS = {
    "cut in a literal": {"at": "UID FETCH", "cut_literal": 100},
    "a byte at a time": {"at": "UID FETCH", "chunk": 1, "pause": 0.0005},
    "no to a fetch": {"at": "UID FETCH", "reply": "NO [UNAVAILABLE] later"},
    "bad to a fetch": {"at": "UID FETCH", "reply": "BAD what"},
    "garbage for a fetch": {"at": "UID FETCH", "raw": "* \u00ff\u00fe ((((\r\n{tag} OK\r\n"},
    "a line without end": {"at": "UID FETCH", "flood": 300000, "cut": 400000},
    "a literal that claims more": {"at": "UID FETCH", "literal_add": 100},
    "a literal that claims less": {"at": "UID FETCH", "literal_add": -20},
    "a size that is a lie": {"at": "UID FETCH", "size_add": 5000},
    "news in between": {"at": "UID FETCH", "before": ["* 7 EXISTS", "* 1 FETCH (FLAGS (\\Seen))", "* OK still here"]},
    "good-bye at a search": {"at": "UID SEARCH", "reply": "BYE maintenance"},
    "no to a search": {"at": "UID SEARCH", "reply": "NO later"},
    "cut at the mark": {"at": "UID STORE", "cut": 0},
    "no to the mark": {"at": "UID STORE", "reply": "NO read-only"},
    "silent at the greeting": {"at": "CONNECT", "hang": True},
    "cut at the selection": {"at": "SELECT", "cut": 0},
    "silent at the login": {"at": "LOGIN", "hang": True},
    "no to waiting": {"at": "IDLE", "reply": "NO not now"},
    "cut while it waits": {"at": "DONE", "cut": 0},
}


@pytest.mark.parametrize("what", BREAKS)
def test_however_a_server_breaks_off_a_mail_is_one_petition(hub, dispatcher, server, what):
    rule = BREAKS[what]
    if rule["at"] in ("CONNECT", "LOGIN", "SELECT"):
        server.imap_plan(rule)
        server.drop("imap")
    else:
        server.imap_plan(rule)
    mail = letter()
    server.put(mail.as_bytes())
    (petition,) = arrives(dispatcher, mail)
    if what != "no to the mark":
        wait_until(lambda: any(one["message_id"] == mail["Message-ID"] and "\\Seen" in one["flags"] for one in server.messages()),
                   "the mail to be marked")
    after = letter()
    server.put(after.as_bytes())
    arrives(dispatcher, after)
    assert len(petitions(dispatcher, str(mail["Subject"]))) == 1, petition["code"]


def test_what_the_size_hides_is_taken_in_all_the_same(hub, dispatcher, server):
    mail = letter("Dài. " * 400000)  # 2 MB: more than max_mail.
    server.put(mail.as_bytes())
    (petition,) = arrives(dispatcher, mail)
    whole = dispatcher.get(f"/api/v1/petitions/{petition['id']}").json()
    assert "cut" in whole["attributes"]["to_check"].split()


def refused_for(hub, problem):
    return [one for one in hub.run("refused", "list", "--channel", "email")["items"] if one["problem"] == problem]


def settle(dispatcher, server):
    """A poll that succeeds: after failures it is long until the next."""
    mail = letter()
    server.put(mail.as_bytes())
    arrives(dispatcher, mail)


def test_while_the_server_gives_no_mail_everything_waits(hub, dispatcher, server):
    settle(dispatcher, server)
    before = len(server.commands("imap", "UID FETCH"))
    left = len(refused_for(hub, "email.left_behind"))
    server.imap_plan({"at": "UID FETCH", "reply": "NO [INUSE] somebody else is at it", "times": 0})
    mails = [letter(), letter()]
    for mail in mails:
        server.put(mail.as_bytes())
    assert server.wait("commands", protocol="imap", command="UID FETCH", count=before + 8)
    server.clear_plans()
    for mail in mails:
        arrives(dispatcher, mail)
    assert len(refused_for(hub, "email.left_behind")) == left


def test_a_mail_that_the_server_cannot_give_is_kept_as_refused(hub, dispatcher, server):
    settle(dispatcher, server)
    mail = letter()
    uid = max([one["uid"] for one in server.messages()], default=0) + 1
    server.imap_plan({"at": "UID FETCH", "match": f"^{uid} ", "reply": "NO [SERVERBUG] Internal error occurred", "times": 0})
    assert server.put(mail.as_bytes()) == uid
    after = letter()
    server.put(after.as_bytes())
    arrives(dispatcher, after)
    assert not petitions(dispatcher, str(mail["Subject"]))
    (kept,) = refused_for(hub, "email.left_behind")
    shown = hub.run("refused", "show", kept["id"], "--content")
    assert "[SERVERBUG] Internal error occurred" in shown["reason"] and shown["external_id"].endswith(f"/{uid}")
    assert "\\Seen" not in next(one["flags"] for one in server.messages() if one["uid"] == uid)


def test_a_new_uidvalidity_leaves_alone_what_was_old_and_read_before_the_first_look(hub, dispatcher, server):
    arrives_first = letter()
    server.put(arrives_first.as_bytes())
    arrives(dispatcher, arrives_first)
    hub.stop()
    old, missed = letter(), letter()
    long_ago = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=400)
    server.put(old.as_bytes(), flags=["\\Seen"], received=long_ago)
    server.put(missed.as_bytes(), flags=["\\Seen"])
    server.change_uidvalidity()
    hub.start()
    dispatcher.hub = hub
    arrives(dispatcher, missed)
    after = letter()
    server.put(after.as_bytes())
    arrives(dispatcher, after)
    assert not petitions(dispatcher, str(old["Subject"]))
    assert len(petitions(dispatcher, str(arrives_first["Subject"]))) == 1, "the hub knew it again"


def test_a_login_that_is_refused_is_said_and_mends_itself(hub, dispatcher, integrator, server):
    def state():
        items = integrator.get("/api/v1/connectors").json()["items"]
        return next(one["state"] for one in items if one["id"] == "email")
    server.imap_plan({"at": "LOGIN", "reply": "NO [AUTHENTICATIONFAILED] wrong", "times": 0})
    server.drop("imap")
    wait_until(lambda: state() == "unauthenticated", "the connector to be unauthenticated")
    server.clear_plans()
    mail = letter()
    server.put(mail.as_bytes())
    arrives(dispatcher, mail)
    wait_until(lambda: state() == "running", "the connector to run again")


def test_a_server_that_cannot_wait_is_asked(hub, dispatcher, server):
    server.settings(capabilities=["IMAP4rev1"])
    server.drop("imap")
    mail = letter()
    server.put(mail.as_bytes())
    arrives(dispatcher, mail)
    server.settings(capabilities=["IMAP4rev1", "IDLE", "MOVE", "UIDPLUS"])
    server.drop("imap")


# One for each row of "What becomes of an answer" in the plugin's README: what the server does, what the history says then, and how
# many mails the server has accepted in the end.
ANSWERS = {
    "2yz after the whole mail": ({}, "delivery_sent", 1),
    "4yz": ({"at": "MAIL", "reply": "451 4.3.0 later"}, "delivery_sent", 1),
    "5yz to the recipient, with 5.1.x or 5.2.1": ({"at": "RCPT", "reply": "550 5.1.1 nobody"}, "delivery_dead", 0),
    "5yz to the recipient for another reason": ({"at": "RCPT", "reply": "550 5.7.1 relaying denied"}, "delivery_dead", 0),
    "5yz to anything else": ({"at": "MESSAGE", "reply": "554 5.7.1 spam"}, "delivery_dead", 0),
    "no to the login": ({"at": "AUTH", "reply": "535 5.7.8 wrong"}, "delivery_sent", 1),
    "nothing, before the whole mail was given": ({"at": "DATA", "cut": 0}, "delivery_sent", 1),
    "nothing, after the whole mail was given": ({"at": "MESSAGE", "acts": True, "cut": 0}, "delivery_unknown", 1),
}


@pytest.mark.parametrize("said", ANSWERS)
def test_what_the_submission_server_says_has_its_outcome(hub, dispatcher, server, said):
    rule, kind, accepted = ANSWERS[said]
    if rule:
        server.smtp_plan(rule)
    mail = letter()
    mail.replace_header("From", f"Lan <lan{next(NUMBER)}@nguoi-dan.example>")  # An address that is refused stays bad.
    server.put(mail.as_bytes())
    (petition,) = arrives(dispatcher, mail)
    of_mail(dispatcher, petition, kind)
    tag = f"[PA-{petition['code']}]"
    mine = [one for one in server.accepted if tag in message(one)["Subject"]]
    assert len(mine) == accepted
    if kind == "delivery_sent" and rule:
        assert of_mail(dispatcher, petition, "delivery_failed")


@pytest.mark.parametrize("reply, stays", [("550 5.1.1 nobody", "email.address_bad"), ("550 5.7.1 relaying denied", None)])
def test_an_address_is_bad_only_where_the_server_says_so(hub, dispatcher, server, reply, stays):
    address = f"lan{next(NUMBER)}@nguoi-dan.example"
    outcomes = []
    for answer in (reply, None):
        if answer:
            server.smtp_plan({"at": "RCPT", "reply": answer})
        mail = letter()
        mail.replace_header("From", f"Lan <{address}>")
        server.put(mail.as_bytes())
        (petition,) = arrives(dispatcher, mail)
        outcomes.append(of_mail(dispatcher, petition, "delivery_sent", "delivery_dead")[0])
    assert outcomes[0]["kind"] == "delivery_dead"
    assert outcomes[1]["kind"] == ("delivery_dead" if stays else "delivery_sent"), stays


def message(one):
    return email.message_from_bytes(one["raw"], policy=email.policy.default)


def test_the_readme_has_no_other_rows():
    text = (ROOT / "plugins" / "in_email" / "README.md").read_text(encoding="utf-8")
    table = text.split("## What becomes of an answer")[1].split("## ")[0]
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")][1:]
    assert rows == list(ANSWERS)


def test_no_mail_breaks_a_rule_of_its_protocol(server):
    assert server.accepted
    for one in server.received:
        assert not one["complaints"], one
