"""The mail servers of the tests are right by Python's own clients: the simulator (mail_server.py) and the real ones
(tests/support/mail_servers.py). What both can do is tested with both, so that the simulator is held against a real server."""

import base64
import contextlib
import datetime
import email
import imaplib
import json
import os
import pathlib
import re
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import time
import urllib.parse

import pytest
import requests

sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parents[1] / "support")]
import ca  # noqa: E402
import mail_servers  # noqa: E402
import mailbox_names  # noqa: E402
from mail_server import MailServer  # noqa: E402

US, LAN = "tiepnhan@mau.example", "dan@mau.example"
USERS = {US: "mật khẩu tiếp nhận", LAN: "mat-khau-dan"}
ROOT = os.geteuid() == 0
SECONDS = 30


def letter(subject: str = "Thu", number: int = 1, text: str = "Đèn đường hỏng.\r\n.\r\n..hai chấm\r\n") -> bytes:
    return (f"From: {LAN}\r\nTo: {US}\r\nSubject: {subject}\r\nMessage-ID: <{number}@mau.example>\r\n"
            f"Date: Fri, 06 Mar 2026 08:00:00 +0700\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Transfer-Encoding: 8bit\r\n\r\n{text}").encode()


@pytest.fixture(name="authority", scope="module")
def made_authority(tmp_path_factory):
    return ca.Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(name="certificate", scope="module")
def made_certificate(authority):
    return authority.issue()


@pytest.fixture(name="simulator")
def running_simulator(certificate):
    with MailServer(USERS, certificate.certificate, certificate.key) as server:
        server.ca = certificate.ca
        yield server


@pytest.fixture(name="dovecot", scope="module")
def running_dovecot(tmp_path_factory, certificate):
    with mail_servers.Dovecot(tmp_path_factory.mktemp("dovecot"), USERS, certificate) as server:
        yield server


@pytest.fixture(name="submission", scope="module")
def running_submission(tmp_path_factory, dovecot):
    if not ROOT:
        pytest.skip("Postfix starts as root only")
    with mail_servers.Submission(tmp_path_factory.mktemp("postfix"), dovecot) as server:
        yield server


@pytest.fixture(name="imap_server", params=["simulator", "dovecot"])
def either_imap_server(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(name="smtp_server", params=["simulator", "submission"])
def either_smtp_server(request):
    return request.getfixturevalue(request.param)


def trusting(server) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(server.ca))


def plain_login(user: str, password: str) -> bytes:
    return f"\0{user}\0{password}".encode()


def signed_in(server, user: str = US, password: "str | None" = None, tls: bool = False) -> imaplib.IMAP4:
    session = imaplib.IMAP4(server.host, server.imap_port, timeout=SECONDS)
    if tls:
        session.starttls(trusting(server))
    session.authenticate("PLAIN", lambda _: plain_login(user, USERS[user] if password is None else password))
    return session


def smtp(server, user: "str | None" = US) -> smtplib.SMTP:
    port = getattr(server, "smtp_port", None) or server.port
    session = smtplib.SMTP(server.host, port, timeout=SECONDS)
    try:
        session.starttls(context=trusting(server))
        session.ehlo()
        if user:
            coded = base64.b64encode(plain_login(user, USERS[user])).decode()
            assert session.docmd("AUTH", f"PLAIN {coded}")[0] == 235
    except (smtplib.SMTPException, AssertionError):
        session.close()
        raise
    return session


class Raw:
    """A client without any manners of its own."""

    def __init__(self, host: str, port: int):
        self.connection = socket.create_connection((host, port), timeout=SECONDS)
        self.file = self.connection.makefile("rb")

    def __enter__(self) -> "Raw":
        return self

    def __exit__(self, *_) -> None:
        self.file.close()
        self.connection.close()

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def line(self) -> bytes:
        return self.file.readline()

    def until(self, start: bytes) -> "list[bytes]":
        """Lines up to the one that begins so."""
        lines = [self.line()]
        while not lines[-1].startswith(start):
            assert lines[-1], f"the connection ended before {start!r}"
            lines.append(self.line())
        return lines

    def rest(self) -> bytes:
        return self.file.read()


@contextlib.contextmanager
def raw_imap(server, user: "str | None" = US, mailbox: str = "INBOX"):
    with Raw(server.host, server.imap_port) as client:
        client.until(b"* OK")
        if user:
            client.send(b"a AUTHENTICATE PLAIN\r\n")
            client.until(b"+ ")
            client.send(base64.b64encode(plain_login(user, USERS[user])) + b"\r\n")
            client.until(b"a OK")
            client.send(f"b SELECT {mailbox_names.quoted(mailbox)}\r\n".encode())
            client.until(b"b OK")
        yield client


def put(server, raw: bytes, mailbox: str = "INBOX", **more) -> None:
    if isinstance(server, MailServer):
        server.put(raw, mailbox, **more)
    else:
        server.deliver(US, raw, mailbox, **more)


@pytest.fixture(name="box")
def empty_mailbox(imap_server, request):
    """A mailbox of this test's own."""
    name = "Thử/" + re.sub(r"\W", "-", request.node.name)
    if isinstance(imap_server, MailServer):
        imap_server.make_mailbox(name)
    else:
        imap_server.create(US, name)
    return name


def numbers(answer) -> "list[int]":
    kind, data = answer
    assert kind == "OK"
    return [int(one) for one in (data[0] or b"").split()]


def fetched(answer) -> "list[tuple[str, bytes]]":
    kind, parts = answer
    assert kind == "OK"
    return [(part[0].decode(), part[1]) for part in parts if isinstance(part, tuple)]


# What the simulator and Dovecot both do.


def test_names_of_mailboxes():
    for name, coded in [("INBOX", "INBOX"), ("Đã xử lý", "&ARAA4w- x&Hu0- l&AP0-"), ("a&b", "a&-b"), ("台北", "&U,BTFw-")]:
        assert mailbox_names.encode(name) == coded and mailbox_names.decode(coded) == name
    for wrong in ("&", "&Jjo!", "&AGE-", "đ"):
        with pytest.raises(ValueError):
            mailbox_names.decode(wrong)


def test_fetching_leaves_messages_as_they_are(imap_server, box):
    raw = letter()
    received = datetime.datetime(2026, 3, 6, 1, 2, 3, tzinfo=datetime.timezone.utc)
    put(imap_server, raw, box, received=received if isinstance(imap_server, MailServer) else received.timestamp())
    session = signed_in(imap_server)
    assert session.select(mailbox_names.quoted(box)) == ("OK", [b"1"])
    ((head, content),) = fetched(session.uid("FETCH", "1", "(UID FLAGS RFC822.SIZE INTERNALDATE BODY.PEEK[])"))
    assert content == raw and f"RFC822.SIZE {len(raw)} " in head and re.search(r"\bUID 1\b", head) and r"\Seen" not in head
    assert imaplib.Internaldate2tuple(head.encode())[:3] == received.timetuple()[:3]
    ((head, content),) = fetched(session.uid("FETCH", "1", "(BODY.PEEK[]<10.20>)"))
    assert content == raw[10:30] and "BODY[]<10>" in head
    assert b"".join(part for _, part in fetched(session.uid("FETCH", "1", f"(BODY.PEEK[]<{len(raw)}.20>)"))) == b""
    ((_, content),) = fetched(session.uid("FETCH", "1", "(BODY.PEEK[HEADER.FIELDS (Subject DATE)])"))
    assert content == b"Subject: Thu\r\nDate: Fri, 06 Mar 2026 08:00:00 +0700\r\n\r\n"
    ((_, content),) = fetched(session.uid("FETCH", "1", "(BODY.PEEK[TEXT])"))
    assert raw.endswith(b"\r\n\r\n" + content)
    assert numbers(session.uid("SEARCH", "UNSEEN")) == [1]
    ((_, content),) = fetched(session.uid("FETCH", "1", "(BODY[])"))
    assert content == raw and numbers(session.uid("SEARCH", "UNSEEN")) == []
    session.logout()


def test_searching(imap_server, box):
    for number in range(1, 6):
        put(imap_server, letter(f"so {number}", number, "x\r\n" * number * 100), box, flags=[r"\Seen"] if number < 3 else [])
    session = signed_in(imap_server)
    session.select(mailbox_names.quoted(box))
    ((_, _),) = fetched(session.uid("FETCH", "5", "(BODY.PEEK[HEADER])"))
    uid = {number: numbers(session.uid("SEARCH", "SUBJECT", f'"so {number}"'))[0] for number in range(1, 6)}
    assert sorted(uid.values()) == [1, 2, 3, 4, 5]
    for key, expected in [("ALL", {1, 2, 3, 4, 5}), ("UNSEEN", {3, 4, 5}), ("SEEN", {1, 2}), ("NOT SEEN SMALLER 1300", {3}),
                          ("OR SUBJECT 2 SUBJECT 4", {2, 4}), ("HEADER Message-ID <5@", {5}),
                          ("UNDELETED SENTON 6-Mar-2026", {1, 2, 3, 4, 5}),
                          ("SENTBEFORE 6-Mar-2026", set()), ("LARGER 100000", set()), ("(FROM dan TO tiepnhan) SUBJECT 1", {1}),
                          ("DELETED", set()), ("KEYWORD $Junk", set()), ("SINCE 1-Jan-2020", {1, 2, 3, 4, 5})]:
        assert set(numbers(session.uid("SEARCH", key))) == {uid[number] for number in expected}, key
    assert numbers(session.uid("SEARCH", "UID", "4:*")) == [4, 5]
    assert numbers(session.uid("SEARCH", "UID", "9:*")) == [5]  # The star is the last message, however small.
    assert numbers(session.search(None, "1:2")) == [1, 2]
    session.logout()


def test_flags_copies_and_moves(imap_server, box):
    target = mailbox_names.quoted(box + "/Đã xử lý")
    for number in range(1, 5):
        put(imap_server, letter(number=number), box)
    session = signed_in(imap_server)
    session.select(mailbox_names.quoted(box))
    kind, (problem,) = session.uid("COPY", "1", target)
    assert kind == "NO" and b"[TRYCREATE]" in problem
    assert session.create(target)[0] == "OK"
    assert session.create(target)[0] == "NO"
    (_, (changed,)) = session.uid("STORE", "1", "+FLAGS", r"(\Seen $Taken)")
    assert re.match(rb"1 \(", changed) and rb"\Seen" in changed and b"$Taken" in changed and b"UID 1" in changed
    assert session.uid("STORE", "1", "+FLAGS.SILENT", r"(\Flagged)") == ("OK", [None])
    assert numbers(session.uid("SEARCH", "SEEN", "FLAGGED", "KEYWORD", "$Taken")) == [1]
    session.uid("STORE", "1", "-FLAGS.SILENT", r"(\Flagged)")
    assert numbers(session.uid("SEARCH", "FLAGGED")) == []
    kind, _ = session.uid("COPY", "1,3", target)
    assert kind == "OK"
    kind, _ = session.uid("MOVE", "2", target)
    assert kind == "OK" and b"2" in session.response("EXPUNGE")[1] and numbers(session.uid("SEARCH", "ALL")) == [1, 3, 4]
    session.uid("STORE", "3:4", "+FLAGS.SILENT", r"(\Deleted)")
    assert session.uid("EXPUNGE", "4")[0] == "OK" and numbers(session.uid("SEARCH", "ALL")) == [1, 3]
    kind, expunged = session.expunge()
    assert kind == "OK" and expunged[-1] == b"2"
    assert session.uid("FETCH", "4", "(FLAGS)") == ("OK", [None])
    (_, (status,)) = session.status(target, "(MESSAGES UNSEEN UIDNEXT)")
    assert all(part in status for part in (b"MESSAGES 3", b"UNSEEN 2", b"UIDNEXT 4"))
    session.select(target, readonly=True)
    session.uid("STORE", "1", "-FLAGS", "($Taken)")  # Refused, or done in vain.
    session.select(target, readonly=True)
    assert numbers(session.uid("SEARCH", "KEYWORD", "$Taken")) == [1]
    session.logout()


def test_appending_and_listing(imap_server, box):
    session = signed_in(imap_server)
    quoted = mailbox_names.quoted(box)
    assert session.append(quoted, r"(\Seen)", imaplib.Time2Internaldate(1772762523), letter("gui"))[0] == "OK"
    assert session.append('"khong co"', None, None, letter())[0] == "NO"
    _, found = session.list('""', '"*"')
    assert any(line.endswith(quoted.encode()) or line.endswith(quoted.strip('"').encode()) for line in found)
    _, found = session.list('""', '"%"')
    assert any(line.endswith(b"INBOX") or line.endswith(b'"INBOX"') for line in found)
    assert not any(b"/" + quoted.strip('"').split("/")[1].encode() in line for line in found)
    session.select(quoted)
    ((head, content),) = fetched(session.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[])"))
    assert content == letter("gui") and r"\Seen" in head
    session.logout()


def test_idling_hears_of_mail(imap_server, box):
    with raw_imap(imap_server, mailbox=box) as client:
        client.send(b"c IDLE\r\n")
        client.until(b"+ ")
        put(imap_server, letter(), box)
        assert b"* 1 EXISTS\r\n" in client.until(b"* 1 EXISTS")
        client.send(b"DONE\r\n")
        client.until(b"c OK")
        client.send(b"d UID SEARCH ALL\r\n")
        assert b"* SEARCH 1\r\n" in client.until(b"d OK")


def test_another_client_is_seen(imap_server, box):
    for number in range(3):
        put(imap_server, letter(number=number), box)
    with raw_imap(imap_server, mailbox=box) as client:
        other = signed_in(imap_server)
        other.select(mailbox_names.quoted(box))
        other.uid("STORE", "1", "+FLAGS.SILENT", r"(\Seen)")
        other.uid("STORE", "2", "+FLAGS.SILENT", r"(\Deleted)")
        other.expunge()
        other.logout()
        client.send(b"c FETCH 1 (UID)\r\n")  # Numbers must not change here.
        assert not any(b"EXPUNGE" in line for line in client.until(b"c OK"))
        client.send(b"d NOOP\r\n")
        told = client.until(b"d OK")
        assert b"* 2 EXPUNGE\r\n" in told
        client.send(b"e FETCH 2 (UID)\r\n")
        assert any(line.startswith(b"* 2 FETCH (UID 3") for line in client.until(b"e OK"))


@pytest.mark.parametrize("command", [
    b"z NONSENSE", b"z UID", b"z UID NONSENSE 1", b"z SELECT", b"z FETCH 0 (UID)", b"z FETCH 1 (NONSENSE)", b"z FETCH 9 (UID)",
    b"z UID FETCH 1 (UID", b"z UID FETCH a (UID)", b"z UID SEARCH NONSENSE", b"z UID SEARCH SINCE 2026-03-06",
    b"z UID STORE 1 +FLAGS (\\Nonsense)", b"z LOGIN a b", b"z SELECT &Jjo!"])
def test_a_misused_protocol_is_refused(imap_server, box, command):
    put(imap_server, letter(), box)
    with raw_imap(imap_server, mailbox=box) as client:
        client.send(command + b"\r\n")
        answer = client.until(b"z ")[-1]
        assert answer.startswith(b"z BAD") or (b"&Jjo!" in command and answer.startswith(b"z NO")), answer
        client.send(b"y NOOP\r\n")
        client.until(b"y OK")


@pytest.mark.parametrize("command", [
    b"NOOP 1", b"UID STORE 1 FLAGS", b'DELETE "a"b', b"LOGOUT ", b'EXAMINE "\xc4\x91"', b"UID FETCH 1 BODYSTRUCTURE"])
def test_the_simulator_is_stricter_than_dovecot(simulator, command):
    simulator.put(letter())
    simulator.make_mailbox("a")
    with raw_imap(simulator) as client:
        client.send(b"z " + command + b"\r\n")
        client.until(b"z BAD")
        client.send(b"no-end-of-line NOOP\n")
        client.until(b"* BAD")
        client.send(b"y STATUS a (MESSAGES)\r\n")
        client.until(b"y OK")


def test_before_login_nothing_is_shown(imap_server):
    with raw_imap(imap_server, user=None) as client:
        client.send(b"a SELECT INBOX\r\n")
        client.until(b"a BAD")
        client.send(b"b LOGIN tiepnhan@mau.example sai\r\n")
        assert b"[AUTHENTICATIONFAILED]" in client.until(b"b NO")[-1]
        password = USERS[US].encode()
        client.send(b"c LOGIN {%d}\r\n" % len(US))
        client.until(b"+ ")
        client.send(US.encode() + b" {%d+}\r\n" % len(password) + password + b"\r\n")
        client.until(b"c OK")


def test_starttls_of_imap(imap_server):
    session = imaplib.IMAP4(imap_server.host, imap_server.imap_port, timeout=SECONDS)
    assert "STARTTLS" in session.capabilities
    session.starttls(trusting(imap_server))
    assert "STARTTLS" not in session.capabilities
    session.login(LAN, USERS[LAN])
    assert session.select("INBOX")[0] == "OK"
    session.logout()
    with imaplib.IMAP4_SSL(imap_server.host, imap_server.imaps_port, ssl_context=trusting(imap_server), timeout=SECONDS) as session:
        session.login(LAN, USERS[LAN])
    with pytest.raises(ssl.SSLCertVerificationError):
        imaplib.IMAP4_SSL(imap_server.host, imap_server.imaps_port, ssl_context=ssl.create_default_context(), timeout=SECONDS)


def test_changed_uidvalidity(imap_server, box):
    put(imap_server, letter(number=1), box)
    put(imap_server, letter(number=2), box)
    session = signed_in(imap_server)
    session.select(mailbox_names.quoted(box))
    before = int(session.response("UIDVALIDITY")[1][0])
    session.uid("STORE", "1", "+FLAGS.SILENT", r"(\Deleted)")
    session.uid("EXPUNGE", "1")
    if isinstance(imap_server, MailServer):
        after = imap_server.change_uidvalidity(box)
    else:
        after = imap_server.change_uidvalidity(US, box)
        assert imap_server.uidvalidity(US, box) == after
    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        session.noop()
        session.noop()
    session = signed_in(imap_server)
    session.select(mailbox_names.quoted(box))
    assert int(session.response("UIDVALIDITY")[1][0]) == after != before
    assert numbers(session.uid("SEARCH", "ALL")) == [1]
    session.logout()


# What the simulated submission server and Postfix both do.


def conversation(session, *commands: str) -> "list[int]":
    return [session.docmd(command)[0] for command in commands]


@pytest.mark.parametrize("commands, codes", [
    (["MAIL FROM:<a@mau.example>", "MAIL FROM:<a@mau.example>"], [250, 503]),
    (["RCPT TO:<a@mau.example>"], [503]),
    (["MAIL FROM:<a@mau.example>", "DATA"], [250, 503]),
    (["MAIL FROM:<a@mau.example> NONSENSE=1"], [555]),
    (["MAIL FROM:<a@mau.example> SIZE=999999999"], [552]),
    (["MAIL FROM:<>", "RCPT TO:<dan@mau.example>", "RSET", "DATA"], [250, 250, 250, 503]),
    (["MAIL FROM:<a@mau.example> RET=HDRS ENVID=e1", "RCPT TO:<dan@mau.example> NOTIFY=SUCCESS,FAILURE"], [250, 250]),
    (["NOOP", "RSET"], [250, 250]),
    (["STARTTLS"], [503]),
    (["AUTH PLAIN AGEAYg=="], [503])])
def test_the_order_of_commands(smtp_server, commands, codes):
    session = smtp(smtp_server)
    answered = conversation(session, *commands)
    if isinstance(smtp_server, MailServer):
        assert answered == codes
    else:  # Postfix likes some other codes of the same class.
        assert [code // 100 for code in answered] == [code // 100 for code in codes]
    assert session.quit()[0] == 221


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_login_over_smtp(smtp_server, mechanism):
    session = smtp(smtp_server, user=None)
    assert session.has_extn("auth") and session.has_extn("8bitmime") and session.has_extn("pipelining")
    assert conversation(session, "MAIL FROM:<a@mau.example>", "RCPT TO:<dan@mau.example>")[-1] // 100 == 5
    session.rset()
    for password, code in [("sai", 535), (USERS[US], 235)]:
        if mechanism == "PLAIN":
            assert session.docmd("AUTH PLAIN", base64.b64encode(plain_login(US, password)).decode())[0] == code
        else:
            assert session.docmd("AUTH LOGIN") == (334, base64.b64encode(b"Username:"))
            assert session.docmd(base64.b64encode(US.encode()).decode()) == (334, base64.b64encode(b"Password:"))
            assert session.docmd(base64.b64encode(password.encode()).decode())[0] == code
    session.quit()


def test_mail_arrives_as_it_was_sent(smtp_server, dovecot):
    raw = letter("nguyen ven", number=77, text="dòng\r\n.\r\n..hai chấm\r\n\r\n")
    before = len(dovecot.files(LAN))
    session = smtp(smtp_server)
    assert session.sendmail(US, [LAN], raw, mail_options=["BODY=8BITMIME"]) == {}
    session.quit()
    if isinstance(smtp_server, MailServer):
        (one,) = smtp_server.accepted
        assert one["raw"] == raw and one["from"] == US and one["to"] == [LAN] and one["user"] == US and one["tls"]
        assert one["complaints"] == [] and one["mail_parameters"]["BODY"] == "8BITMIME" and one["message_id"] == "<77@mau.example>"
    else:
        assert smtp_server.delivered(LAN, count=before + 1)[-1].endswith(raw[raw.index(b"Subject: "):])


# The simulator's bad behaviour.


def ends(how: str):
    return pytest.raises(ConnectionResetError) if how == "reset" else contextlib.nullcontext()


def after(client: Raw, command: bytes) -> "list[bytes]":
    client.send(b"z " + command + b"\r\n")
    return client.until(b"z ")


@pytest.mark.parametrize("reply", ["NO [UNAVAILABLE] later", "BAD what?", "OK as if"])
def test_scripted_answers(simulator, reply):
    uid = simulator.put(letter())
    simulator.imap_plan({"at": "UID STORE", "reply": reply, "match": "Seen", "skip": 1, "times": 2})
    with raw_imap(simulator) as client:
        store = rb"UID STORE %d +FLAGS (\Seen)" % uid
        assert after(client, store)[-1].startswith(b"z OK")
        simulator.set_flags("INBOX", uid, [])
        for _ in range(2):
            assert after(client, store)[-1] == f"z {reply}\r\n".encode()
            assert simulator.messages()[0]["flags"] == []
        assert after(client, store)[-1].startswith(b"z OK") and simulator.messages()[0]["flags"] == [r"\Seen"]
    assert [one["rule"] for one in simulator.commands("imap", "UID STORE")] == [False, True, True, False]


def test_a_command_done_but_refused(simulator):
    uid = simulator.put(letter())
    simulator.make_mailbox("Xong")
    simulator.imap_plan({"at": "UID MOVE", "acts": True, "reply": "NO who knows"})
    with raw_imap(simulator) as client:
        assert after(client, b"UID MOVE %d Xong" % uid)[-1].startswith(b"z NO")
    assert simulator.messages() == [] and len(simulator.messages("Xong")) == 1


def test_goodbye_and_refused_connections(simulator):
    simulator.imap_plan({"at": "NOOP", "reply": "BYE tired"}, {"at": "CONNECT", "skip": 1, "reply": "BYE full"})
    with raw_imap(simulator) as client:
        client.send(b"z NOOP\r\n")
        assert client.rest() == b"* BYE tired\r\n"
    with Raw(simulator.host, simulator.imap_port) as client:
        assert client.rest() == b"* BYE full\r\n"
    assert simulator.wait("connections", protocol="imap", count=0)


def test_garbage_and_unsolicited_answers(simulator):
    simulator.imap_plan({"at": "NOOP", "before": ["* 7 EXISTS", "\x00\xff rác"], "after": ["* 7 EXPUNGE"], "flood": 100000},
                        {"at": "NOOP", "raw": "* 1 FETCH (UID 1 BODY[] {4294967296}\r\n{tag} OK\r\n"})
    with raw_imap(simulator) as client:
        client.send(b"z NOOP\r\n")
        flood, garbage, end, late = [client.line() for _ in range(4)]
        assert flood == b"x" * 100000 + b"* 7 EXISTS\r\n" and garbage == b"\x00\xff r\xe1c\r\n"
        assert end.startswith(b"z OK") and late == b"* 7 EXPUNGE\r\n"
        assert after(client, b"NOOP") == [b"* 1 FETCH (UID 1 BODY[] {4294967296}\r\n", b"z OK\r\n"]
        assert simulator.send("* 3 EXISTS\r\n", to="all") == 1
        assert after(client, b"NOOP")[0] == b"* 3 EXISTS\r\n"


def test_lies_about_sizes(simulator):
    raw = letter()
    simulator.put(raw)
    simulator.imap_plan({"at": "UID FETCH", "size_add": 1000, "literal_add": -7})
    with raw_imap(simulator) as client:
        head = after(client, b"UID FETCH 1 (RFC822.SIZE BODY.PEEK[])")[0]
        assert b"RFC822.SIZE %d " % (len(raw) + 1000) in head and b"{%d}" % (len(raw) - 7) in head


@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("tls", [False, True])
def test_a_connection_that_ends_within_a_literal(simulator, how, tls):
    simulator.put(letter())
    simulator.imap_plan({"at": "UID FETCH", "cut_literal": 11, "end": how, "before": ["* OK listen"]})
    session = signed_in(simulator, tls=tls)
    session.select()
    session.send(b"z UID FETCH 1 (BODY.PEEK[])\r\n")
    got = b""
    # Over TLS Python takes a reset for an end.
    with contextlib.suppress(ConnectionResetError) if tls else ends(how):
        while part := session.read(1):
            got += part
    assert how == "reset" or got.partition(b"}\r\n")[2] == letter()[:11]
    assert simulator.wait("connections", protocol="imap", count=0)
    assert r"\Seen" not in simulator.messages()[0]["flags"]


def test_done_but_not_answered(simulator):
    uid = simulator.put(letter())
    simulator.imap_plan({"at": "UID STORE", "cut": 0, "acts": True}, {"at": "UID STORE", "cut": 0})
    for flag in (rb"\Seen", rb"\Flagged"):
        with raw_imap(simulator) as client:
            client.send(b"z UID STORE %d +FLAGS (%s)\r\n" % (uid, flag))
            assert client.rest() == b""
    assert simulator.messages()[0]["flags"] == [r"\Seen"]


def test_tiny_packets(simulator):
    """Every byte comes alone: whoever reads what there is gets no more."""
    simulator.put(letter())
    simulator.imap_plan({"at": "UID FETCH", "chunk": 1, "pause": 0.001})
    with raw_imap(simulator) as client:
        client.send(b"z UID FETCH 1 (BODY.PEEK[])\r\n")
        parts = []
        while not b"".join(parts).endswith(b"z OK done\r\n"):
            parts.append(client.connection.recv(65536))
        assert letter() in b"".join(parts) and len(parts) > 100


def test_slow_and_hanging_answers(simulator):
    simulator.imap_plan({"at": "NOOP", "delay": 0.2}, {"at": "NOOP", "hang": True}, {"at": "NOOP", "hang": True})
    with raw_imap(simulator) as client:
        assert after(client, b"NOOP")[-1].startswith(b"z OK")
        client.connection.settimeout(0.3)
        client.send(b"z NOOP\r\n")
        with pytest.raises(TimeoutError):
            client.connection.recv(1)
        simulator.release()
        client.connection.settimeout(SECONDS)
        assert client.connection.recv(100).startswith(b"z OK")
        client.send(b"z NOOP\r\n")
        assert simulator.wait("commands", protocol="imap", command="NOOP", count=3)
    assert simulator.wait("connections", protocol="imap", count=0)  # It saw the client go.


def test_dropped_while_idling(simulator):
    simulator.imap_plan({"at": "IDLE", "end": "close"})
    with raw_imap(simulator) as client:
        client.send(b"z IDLE\r\n")
        assert client.rest() == b"+ idling\r\n"
    for how in ("close", "reset"):
        with raw_imap(simulator) as idler, raw_imap(simulator) as other:
            idler.send(b"z IDLE\r\n")
            idler.until(b"+ ")
            assert simulator.wait("idling")
            assert simulator.send("* OK still here\r\n") == 1 and idler.line() == b"* OK still here\r\n"
            assert simulator.drop("imap", how, "idling") == 1
            with ends(how):
                assert idler.rest() == b""
            assert after(other, b"NOOP")[-1].startswith(b"z OK")


def test_the_end_of_idling(simulator):
    uid = simulator.put(letter())
    simulator.imap_plan({"at": "DONE", "reply": "NO never"}, {"at": "IDLE", "skip": 2, "reply": "BAD never"})
    with raw_imap(simulator) as client:
        for answer in (b"z NO never\r\n", b"z OK done\r\n"):
            client.send(b"z IDLE\r\n")
            client.until(b"+ ")
            client.send(b"DONE\r\n")
            assert client.until(b"z ")[-1] == answer
        assert after(client, b"IDLE") == [b"z BAD never\r\n"]
        client.send(b"y IDLE\r\n")
        client.until(b"+ ")
        simulator.set_flags("INBOX", uid, [r"\seen", "$Mine"])
        assert client.line() == b"* 1 FETCH (FLAGS ($Mine \\Seen))\r\n"
        simulator.expunge("INBOX", uid)
        assert client.line() == b"* 1 EXPUNGE\r\n"
        client.send(b"y NOOP\r\n")
        client.until(b"* BYE")
    assert simulator.commands("imap", "COMPLAINT")


def test_capabilities_are_settings(simulator):
    simulator.settings(capabilities=["IMAP4rev1"], imap_tls="required")
    with raw_imap(simulator, user=None) as client:
        assert any(line == b"* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n" for line in after(client, b"CAPABILITY"))
        assert after(client, b"LOGIN a b")[-1].startswith(b"z NO [PRIVACYREQUIRED]")
    simulator.settings(imap_tls="off")
    simulator.put(letter())
    session = imaplib.IMAP4(simulator.host, simulator.imap_port, timeout=SECONDS)
    assert "STARTTLS" not in session.capabilities
    session.login(LAN, USERS[LAN])
    session.select()
    for command in ("z IDLE", "z UID MOVE 1 INBOX", "z UID EXPUNGE 1", "z UNSELECT"):
        session.send(command.encode() + b"\r\n")
        assert session.readline().startswith(b"z BAD")
    with pytest.raises(ValueError):
        simulator.settings(imap_tls="perhaps")
    with pytest.raises(ValueError):
        simulator.settings(nonsense=True)


def test_an_injection_before_tls(simulator):
    simulator.imap_plan({"at": "STARTTLS", "after": ["* OK [ALERT] injected"]})
    with raw_imap(simulator, user=None) as client:
        client.send(b"z STARTTLS\r\n")
        packet = client.connection.recv(65536)
        assert packet == b"z OK begin\r\n* OK [ALERT] injected\r\n"
    with raw_imap(simulator, user=None) as client:
        client.send(b"z STARTTLS\r\ny NOOP\r\n")
        client.until(b"z OK")
        assert simulator.wait("commands", protocol="imap", command="COMPLAINT")


def test_uids_in_another_order(simulator):
    for number in range(1, 9):
        simulator.put(letter(number=number), flags=[r"\Seen"])
    simulator.expunge("INBOX", 3)
    before = [one["message_id"] for one in simulator.messages()]
    first = simulator.state()["mailboxes"]["INBOX"]["uidvalidity"]
    assert simulator.change_uidvalidity(renumber=False) > first
    assert [one["uid"] for one in simulator.messages()] == [1, 2, 4, 5, 6, 7, 8]
    assert simulator.change_uidvalidity(value=5, shuffle=True) == 5
    after_ = simulator.messages()
    assert [one["uid"] for one in after_] == [1, 2, 3, 4, 5, 6, 7] and {r"\Seen"} == {flag for one in after_ for flag in one["flags"]}
    assert [one["message_id"] for one in after_] != before and sorted(one["message_id"] for one in after_) == sorted(before)


# Over SMTP.


def send(simulator, raw: bytes = letter(), to=(LAN,), **more):
    session = smtp(simulator)
    try:
        return session.sendmail(US, list(to), raw, mail_options=["BODY=8BITMIME"], **more)
    finally:
        session.close()


@pytest.mark.parametrize("at, reply, error", [
    ("MAIL", "451 4.3.0 later", smtplib.SMTPSenderRefused), ("MAIL", "553 5.7.1 not yours", smtplib.SMTPSenderRefused),
    ("RCPT", "550 5.1.1 nobody", smtplib.SMTPRecipientsRefused), ("RCPT", "452 4.2.2 full", smtplib.SMTPRecipientsRefused),
    ("DATA", "451 4.7.1 greylisted", smtplib.SMTPDataError), ("MESSAGE", "554 5.7.1 spam\nhttps://mau.example/spam", smtplib.SMTPDataError),
    ("MESSAGE", "452 4.3.1 disk full", smtplib.SMTPDataError), ("CONNECT", "554 5.3.2 no", smtplib.SMTPConnectError),
    ("AUTH", "454 4.7.0 later", AssertionError), ("EHLO", "421 4.3.2 going down", smtplib.SMTPException),
    ("MAIL", "421 4.3.2 going down", smtplib.SMTPSenderRefused), ("STARTTLS", "454 4.7.0 no TLS", smtplib.SMTPResponseException)])
def test_scripted_replies(simulator, at, reply, error):
    simulator.smtp_plan({"at": at, "reply": reply})
    with pytest.raises(error) as caught:
        send(simulator)
    code = int(reply[:3])
    if isinstance(caught.value, smtplib.SMTPRecipientsRefused):
        assert caught.value.recipients[LAN] == (code, reply[4:].encode())
    elif isinstance(caught.value, smtplib.SMTPResponseException):
        assert caught.value.smtp_code == code and caught.value.smtp_error == reply[4:].encode()
    assert simulator.accepted == [] and [one["reply"] for one in simulator.received] == ([reply] if at == "MESSAGE" else [])
    assert simulator.wait("connections", protocol="smtp", count=0)
    assert send(simulator) == {} and len(simulator.accepted) == 1


def test_one_of_two_recipients(simulator):
    simulator.smtp_plan({"at": "RCPT", "match": "khong-co", "reply": "550 5.1.1 nobody"})
    assert send(simulator, to=(LAN, "khong-co@mau.example")) == {"khong-co@mau.example": (550, b"5.1.1 nobody")}
    assert [one["to"] for one in simulator.accepted] == [[LAN]]


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("how", ["close", "reset"])
def test_nobody_knows_what_became_of_it(simulator, kept, how):
    simulator.smtp_plan({"at": "MESSAGE", "acts": kept, "cut": 0, "end": how})
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(simulator)
    assert [one["accepted"] for one in simulator.received] == [kept]
    send(simulator)
    assert simulator.duplicates == ({"<1@mau.example>": 2} if kept else {})


def test_it_takes_a_message_and_hangs(simulator):
    simulator.smtp_plan({"at": "MESSAGE", "hang": True})
    session = smtp(simulator)
    session.sock.settimeout(0.5)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        session.sendmail(US, [LAN], letter(), mail_options=["BODY=8BITMIME"])
    assert len(simulator.accepted) == 1
    assert simulator.wait("connections", protocol="smtp", count=0)


def test_it_never_hears_the_end(simulator):
    simulator.smtp_plan({"at": "BODY", "read": 50})
    with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
        send(simulator, letter(text="x\r\n" * 10))
    assert simulator.received == [] and simulator.cut_short == [{"from": US, "to": [LAN], "size": 50}]
    session = smtp(simulator)
    assert conversation(session, f"MAIL FROM:<{US}>", f"RCPT TO:<{LAN}>", "DATA") == [250, 250, 354]
    session.send(b"half a mess")
    session.close()
    assert simulator.wait("connections", protocol="smtp", count=0)
    assert simulator.received == [] and simulator.cut_short[-1]["size"] == 11


def test_slow_replies(simulator):
    simulator.smtp_plan({"at": "*", "chunk": 1, "pause": 0.001, "times": 0})
    assert send(simulator) == {} and len(simulator.accepted) == 1


def test_limits_and_addresses(simulator):
    simulator.settings(size_limit=1000)
    session = smtp(simulator)
    assert session.esmtp_features["size"] == "1000"
    assert conversation(session, "MAIL FROM:<a@mau.example> SIZE=1001", f"MAIL FROM:<{US}>", f"RCPT TO:<{LAN}>", "DATA") == [
        552, 250, 250, 354]
    session.send(b"x\r\n" * 100000 + b".\r\n")
    assert session.getreply()[0] == 552
    for commands, code in [(["MAIL FROM: <a@mau.example>"], 501), (["MAIL FROM:a@mau.example"], 501),
                           (["MAIL FROM:<a b@mau.example>"], 501), (["MAIL FROM:<a@mau.example> BODY=BINARYMIME"], 501),
                           (["MAIL FROM:<a>"], 501), (["MAIL TO:<a@mau.example>"], 501),
                           (["MAIL FROM:<>", "RCPT TO:<>"], 501), (["RSET", "MAIL FROM:<a@mau.example>", "DATA 1"], 501),
                           (["RSET", "NONSENSE"], 500), (["MAIL FROM:<a@mau.example>  BODY=8BITMIME"], 555), (["QUIT now"], 501)]:
        assert conversation(session, *commands)[-1] == code, commands
    session.command_encoding = "utf-8"
    assert conversation(session, "RSET", "MAIL FROM:<lan@tỉnh.example>", "MAIL FROM:<lan@tỉnh.example> SMTPUTF8",
                        "RCPT TO:<đạt@tỉnh.example>") == [250, 553, 250, 250]
    simulator.settings(extensions=["AUTH PLAIN"], size_limit=0)
    session.ehlo()
    assert set(session.esmtp_features) == {"auth"}
    assert conversation(session, "MAIL FROM:<a@mau.example> BODY=8BITMIME", "MAIL FROM:<a@mau.example> SIZE=1") == [555, 555]


def test_complaints(simulator):
    session = smtp(simulator)
    bad = b"From: a@mau.example\r\nFrom: b@mau.example\r\nSubject: \xc4\x91\r\nX: " + b"x" * 1000 + b"\r\n\r\nbare\nlf and\rcr\0\r\n.\r\n"
    assert conversation(session, f"MAIL FROM:<{US}>", f"RCPT TO:<{LAN}>", "DATA") == [250, 250, 354]
    session.send(bad)
    assert session.getreply()[0] == 250
    assert set(simulator.accepted[0]["complaints"]) == {
        "bare LF", "bare CR", "NUL", "line of 1003 bytes", "8-bit without 8BITMIME", "8-bit header without SMTPUTF8", "no Date",
        "no Message-ID", "two From"}


def test_smtp_wants_tls_and_a_login(simulator):
    simulator.settings(smtp_tls="required")
    session = smtplib.SMTP(simulator.host, simulator.smtp_port, timeout=SECONDS)
    session.ehlo()
    assert not session.has_extn("auth") and session.has_extn("starttls")
    assert conversation(session, "AUTH PLAIN AGEAYg==", "MAIL FROM:<a@mau.example>") == [530, 530]
    session.starttls(context=trusting(simulator))
    assert conversation(session, "MAIL FROM:<a@mau.example>") == [503]  # Greet again.
    session.ehlo()
    assert conversation(session, "MAIL FROM:<a@mau.example>", "AUTH CRAM-MD5", "AUTH PLAIN !", "AUTH PLAIN AGEAYg==") == [
        530, 504, 501, 535]
    session.close()
    simulator.settings(smtp_tls="off", smtp_auth=False)
    session = smtplib.SMTP(simulator.host, simulator.smtp_port, timeout=SECONDS)
    session.ehlo()
    assert not session.has_extn("starttls") and conversation(session, "STARTTLS", "MAIL FROM:<a@mau.example>") == [503, 250]
    session.close()
    with smtplib.SMTP_SSL(simulator.host, simulator.smtps_port, context=trusting(simulator), timeout=SECONDS) as session:
        assert session.ehlo()[0] == 250 and not session.has_extn("starttls")


def test_rules_that_make_no_sense(simulator):
    for rule in ({"nonsense": 1}, {"times": "x"}, {"hang": 1}, {"end": "bang"}, {"match": "("}, {"before": [1]}, {"cut": True}):
        with pytest.raises((ValueError, re.error)):
            simulator.imap_plan(rule)


# As a program, over its control endpoint.


@pytest.fixture(name="program")
def running_program(certificate):
    path = pathlib.Path(__file__).with_name("mail_server.py")
    command = ["/usr/bin/python3", "-B", path, "--user", f"{US}:{USERS[US]}", "--certificate", certificate.certificate,
               "--key", certificate.key]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process, json.loads(process.stdout.readline())
        process.terminate()
        assert process.wait(SECONDS) == 0


def test_the_control_endpoint(program):
    _, ports = program
    assert set(ports) == {"host", "imap", "imaps", "smtp", "smtps", "control"}
    http = requests.Session()
    http.trust_env = False

    def call(method: str, path: str, expect: int = 200, **arguments):
        response = http.request(method, f"http://{ports['host']}:{ports['control']}{path}", timeout=SECONDS, **arguments)
        assert response.status_code == expect, response.text
        return response.json() if response.headers["Content-Type"] == "application/json" else response.content

    box = "/messages/" + urllib.parse.quote("Hộp/thư", safe="")
    assert call("POST", box + "?flags=\\Seen,$A&received=2026-03-06T08:00:00%2B07:00", data=letter().replace(b"\r\n", b"\n")) == {"uid": 1}
    ((one),) = call("GET", box)
    assert one["flags"] == ["$A", r"\Seen"] and one["size"] == len(letter()) and call("GET", box + "/1") == letter()
    call("PUT", box.replace("messages", "flags") + "/1", json=[r"\Flagged"])
    call("PUT", box.replace("messages", "flags") + "/2", json=[], expect=404)
    assert call("POST", "/wait", json={"what": "flags", "mailbox": "Hộp/thư", "uid": 1, "flags": [r"\flagged"]}) == {"met": True}
    assert call("POST", "/wait", json={"what": "mailbox", "mailbox": "Hộp/thư", "count": 5, "seconds": 0.05}) == {"met": False}
    before = call("GET", "/state")["mailboxes"]["Hộp/thư"]
    assert before["count"] == 1 and before["uidnext"] == 2
    assert call("POST", box.replace("messages", "uidvalidity"), json={"renumber": False})["uidvalidity"] > before["uidvalidity"]
    call("DELETE", box + "/1")
    assert call("GET", box) == []
    call("DELETE", box.replace("messages", "mailboxes"))
    call("GET", box, expect=404)
    call("PUT", "/mailboxes/Khac")

    call("POST", "/imap/plan", json={"at": "NOOP", "reply": "NO no", "times": 0})
    call("POST", "/imap/plan", json=[{"at": "IDLE", "end": "reset", "skip": 3}])
    assert call("GET", "/imap/plan") == [{"at": "NOOP", "reply": "NO no", "times": 0}, {"at": "IDLE", "end": "reset", "skip": 3}]
    call("POST", "/imap/plan", json={"nonsense": 1}, expect=400)
    call("PUT", "/settings", json={"nonsense": 1}, expect=400)
    call("POST", "/wait", json={"what": "nonsense"}, expect=400)
    call("POST", "/wait", data="{", expect=400)
    call("GET", "/nonsense", expect=404)
    session = imaplib.IMAP4(ports["host"], ports["imap"], timeout=SECONDS)
    session.authenticate("PLAIN", lambda _: plain_login(US, USERS[US]))
    assert session.noop()[0] == "NO"
    call("DELETE", "/imap/plan")
    assert session.noop()[0] == "OK" and call("GET", "/imap/plan") == []
    assert call("POST", "/imap/send", json={"text": "* 1 EXISTS\r\n"}) == {"count": 0}
    assert call("POST", "/imap/drop") == {"count": 1}
    assert call("POST", "/wait", json={"what": "connections", "protocol": "imap", "count": 0}) == {"met": True}
    commands = call("GET", "/imap/commands")
    assert [one["command"] for one in commands] == ["CONNECT", "CAPABILITY", "AUTHENTICATE", "NOOP", "NOOP"]
    assert commands[2]["arguments"] == "PLAIN" and not any(USERS[US] in str(one) for one in commands)
    assert call("GET", "/state")["imap"]["logins"][0]["ok"]

    with smtplib.SMTP(ports["host"], ports["smtp"], timeout=SECONDS) as session:
        session.ehlo()
        session.docmd("AUTH PLAIN", base64.b64encode(plain_login(US, USERS[US])).decode())
        for _ in range(2):
            session.sendmail(US, [LAN], letter(), mail_options=["BODY=8BITMIME"])
    assert call("POST", "/wait", json={"what": "accepted", "count": 2}) == {"met": True}
    assert [one["to"] for one in call("GET", "/smtp/messages")] == [[LAN], [LAN]]
    assert call("GET", "/smtp/messages/1") == letter() and call("GET", "/smtp/duplicates") == {"<1@mau.example>": 2}
    call("GET", "/smtp/messages/2", expect=404)
    assert call("GET", "/smtp/cut_short") == []
    call("DELETE", "/smtp/messages")
    assert call("GET", "/smtp/messages") == []
    assert call("POST", "/smtp/drop") == {"count": 0}
    call("POST", "/release")
    call("PUT", "/settings", json={"size_limit": 5})
    call("POST", "/reset")
    assert call("GET", "/smtp/commands") == [] and list(call("GET", "/state")["mailboxes"]) == ["INBOX"]


# The real servers alone.


def test_dovecot_keeps_mail_over_a_restart(tmp_path):
    with mail_servers.Dovecot(tmp_path, {US: "một", LAN: "hai"}) as server:
        server.deliver(US, letter(number=1), flags=[r"\Seen", r"\Flagged"], received=1772762523)
        server.deliver(US, letter(number=2))
        server.create(US, "Đã xử lý/2026")
        server.deliver(US, letter(number=3), "Đã xử lý/2026")
        first, second = server.messages(US)
        assert first.flags == {r"\Seen", r"\Flagged"} and first.raw == letter(number=1) and second.flags == set()
        assert server.mailboxes(US) == ["INBOX", "Đã xử lý/2026"]
        server.set_flags(US, second.uid, [r"\Answered"])
        server.expunge(US, first.uid)
        ports, validity = (server.imap_port, server.imaps_port), server.uidvalidity(US)
        server.stop()
        assert not server.running
        with pytest.raises(OSError):
            socket.create_connection((server.host, server.imap_port), timeout=1)
        server.deliver(US, letter(number=4))
        server.start()
        assert (server.imap_port, server.imaps_port) == ports and server.uidvalidity(US) == validity
        assert [(one.uid, one.flags) for one in server.messages(US)] == [(2, {r"\Answered"}), (3, set())]
        server.set_password(LAN, "ba")
        server.add_user("moi@mau.example", "bốn:")
        assert server.messages(LAN) == [] == server.messages("moi@mau.example")
        server.users[LAN] = "hai"
        with pytest.raises(imaplib.IMAP4.error):
            server.messages(LAN)
    assert not server.running and not server.sockets.exists()


def test_dovecot_without_idle_or_only_over_tls(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with mail_servers.Dovecot(tmp_path / "a", {US: "một"}, idle=False, tls="required") as server:
        session = imaplib.IMAP4(server.host, server.imap_port, timeout=SECONDS)
        assert "LOGINDISABLED" in session.capabilities
        with pytest.raises(imaplib.IMAP4.error):
            session.login(US, "mot")
        session = server.imap(US)
        assert "IDLE" not in session.capabilities and "MOVE" in session.capabilities
    with mail_servers.Dovecot(tmp_path / "b", {US: "một"}, tls="off") as server:
        session = server.imap(US)
        assert "STARTTLS" not in session.capabilities and server.messages(US) == []
        server.disconnect(US)
        with pytest.raises((imaplib.IMAP4.abort, OSError)):
            session.noop()
            session.noop()
        server.disconnect(US)  # Nobody is left.


def write(submission, to: str, sender: str = US, number: int = 1) -> "tuple[int, bytes]":
    session = smtp(submission)
    try:
        session.sendmail(sender, [to], letter(number=number), mail_options=["BODY=8BITMIME"])
        return 250, b""
    except smtplib.SMTPRecipientsRefused as refused:
        return refused.recipients[to]
    finally:
        session.quit()


def report(bounce: email.message.Message) -> email.message.Message:
    _, status, _ = bounce.iter_parts()
    _, about_recipient = status.get_payload()
    return about_recipient


@pytest.mark.parametrize("to, action, status", [
    ("khong-co@mau.example", "failed", "5.1.1"), ("hong@mau.example", "failed", "5.2.1"), ("day@mau.example", "delayed", "4.2.2")])
def test_a_bounce_arrives(submission, to, action, status):
    before = len(submission.bounces(US, count=0))
    assert write(submission, to, number=501)[0] == 250
    bounces = submission.bounces(US, count=before + 1)
    about = {report(bounce)["Final-Recipient"].partition(";")[2].strip(): (bounce, report(bounce)) for bounce in bounces}
    bounce, told = about[to]
    assert told["Action"] == action and told["Status"] == status
    assert bounce["Return-Path"] == "<>" and bounce["Auto-Submitted"] == "auto-replied" and "501@mau.example" in bounce.as_string()
    waiting = [one["address"] for entry in submission.queue() for one in entry["recipients"]]
    assert (to in waiting) == (action == "delayed")


def test_who_may_be_written_to(submission, dovecot):
    assert write(submission, "x@tu-choi.example")[0] == 550 and write(submission, "x@ban.example")[0] == 450
    for number, to in enumerate(["a@la.example", "b@la.example", "a@khac.example"]):
        assert write(submission, to, number=number)[0] == 250
    (one,) = submission.delivered("b@la.example")
    assert b"<1@mau.example>" in one and one.startswith(b"Return-Path: <tiepnhan@mau.example>\r\n")
    submission.delivered("a@khac.example")
    assert len(submission.elsewhere()) == 3
    dovecot.add_user("muon@mau.example", "mot")
    assert write(submission, "muon@mau.example")[0] == 250 and len(submission.delivered("muon@mau.example")) == 1
    assert write(submission, "muon@mau.example", sender="")[0] == 250
    assert submission.delivered("muon@mau.example", count=2)[1].startswith(b"Return-Path: <>\r\n")
    with pytest.raises(AssertionError) as failed:
        submission.delivered("muon@mau.example", count=3, seconds=0.1)
    assert "postfix/virtual" in str(failed.value)  # An excerpt of the log.


def test_delivered_mail_is_heard_of(submission, dovecot):
    """All the way: over SMTP into the mailbox of somebody who is idling."""
    with raw_imap(dovecot, user=LAN) as client:
        client.send(b"c IDLE\r\n")
        client.until(b"+ ")
        assert write(submission, LAN)[0] == 250
        assert client.line().endswith(b" EXISTS\r\n")


def test_unknown_users_refused_at_once(tmp_path, dovecot):
    if not ROOT:
        with pytest.raises(mail_servers.NeedsRoot):
            mail_servers.Submission(tmp_path, dovecot)
        return
    with mail_servers.Submission(tmp_path, dovecot, users={"them@mau.example": "mot"}, refuse_unknown=True) as server:
        assert write(server, "khong-co@mau.example") == (550, write(server, "khong-co@mau.example")[1])
        assert write(server, "khong-co@mau.example")[1].startswith(b"5.1.1")
        assert [write(server, to)[0] for to in (LAN, "them@mau.example", "x@la.example")] == [250] * 3
        assert [write(server, to)[0] for to in ("day@mau.example", "hong@mau.example")] == [450, 550]
        port = server.port
        server.stop()
        server.start()
        assert server.port == port and write(server, LAN)[0] == 250
    assert not server.running


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_demonstration_leaves_nothing_behind(tmp_path, how):
    if not ROOT:
        pytest.skip("Postfix starts as root only")
    program = pathlib.Path(mail_servers.__file__)
    with subprocess.Popen(["/usr/bin/python3", "-B", program, "serve", tmp_path / "moi", "--user", f"{US}:một"], stdout=subprocess.PIPE,
                          text=True) as process:
        told = json.loads(process.stdout.readline())
        assert told["users"] == {US: "một"} and pathlib.Path(told["ca"]).is_file()
        ports = [told["imap_port"], told["smtp_port"]]
        for port in ports:
            socket.create_connection((told["host"], port), timeout=SECONDS).close()
        process.send_signal(how)
        process.wait(SECONDS)

    deadline = time.monotonic() + SECONDS
    for port in ports:
        while reachable(told["host"], port):
            assert time.monotonic() < deadline, "a server is left behind"
    sockets = re.search(r"base_dir = (.*)", (tmp_path / "moi" / "dovecot" / "dovecot.conf").read_text(encoding="utf-8"))[1]
    while pathlib.Path(sockets).exists():
        assert time.monotonic() < deadline, "a folder is left behind"


def reachable(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=SECONDS) as connection:
            connection.recv(1)  # Not faster than it greets.
    except ConnectionRefusedError:
        return False
    except OSError:  # It ends just now.
        pass
    return True
