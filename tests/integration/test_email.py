"""The mail channel against real servers (Dovecot, Postfix): a petition comes by mail, its receipt and answer go back, and whatever
happens on the way nothing is lost, taken in twice, or answered that should not be."""

import email
import email.policy
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parents[1] / "support"), str(Path(__file__).parents[1] / "peers")]
import mail_servers  # noqa: E402

from conftest import Client, Hub, open_to_children, wait_until  # noqa: E402

US = "tiepnhan@mau.example"
LAN = "dan@mau.example"

CONNECTOR = """
connectors:
  email:
    plugin: in_email
    isolation: {isolation}
    interval: 1s
    limits: {{ call: 30s }}
    backoff: [200ms, 1s]
    settings:
      imap_host: {imap.host}
      imap_port: {imap.imaps_port}
      imap_user: {us}
      imap_password: "${{file:var/imap.secret}}"
      smtp_host: {smtp.host}
      smtp_port: {smtp.port}
      smtp_user: {us}
      smtp_password: "${{file:var/imap.secret}}"
      ca_file: var/ca.pem
      from: Tổng đài phản ánh <{us}>
      timeout: 20s
      consent: true
templates: {{ notices: ../../base/templates/notices.yaml }}
notices:
  - {{ on: received, for: petitioner, notice: sender-received, to: reply, send: always, when: {{ channel: email }} }}
"""


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mail")
    with mail_servers.Dovecot(folder) as imap, mail_servers.Submission(folder, imap) as smtp:
        yield imap, smtp


class MailHub(Hub):
    isolation = "process"
    servers = None
    changes = [("connectors.yaml", r"to: webhook }", "to: webhook }\n  - { on: released, to: reply, when: { channel: email } }")]

    def start(self):
        imap, smtp = self.servers
        (self.config / "var" / "ca.pem").write_bytes(Path(imap.ca).read_bytes())
        secret = self.config / "var" / "imap.secret"
        secret.touch(mode=0o600)
        secret.write_text(imap.users[US] + "\n", encoding="utf-8")
        text = CONNECTOR.format(isolation=self.isolation, imap=imap, smtp=smtp, us=US)
        (self.config / "email.yaml").write_text(text, encoding="utf-8")
        open_to_children(self.config / "var")
        super().start()


@pytest.fixture(scope="module")
def hub(tmp_path_factory, receiver, servers):
    MailHub.servers = servers
    hub = MailHub(tmp_path_factory.mktemp("hub"), receiver)
    yield hub
    hub.stop()


@pytest.fixture(scope="module")
def people(hub):
    return {"dispatcher": hub.signed_in("dispatcher"), "officer": hub.signed_in("officer", "so-xay-dung"),
            "leader": hub.signed_in("leader", "so-xay-dung"), "integrator": hub.signed_in("integrator")}


def letter(subject, text, sender=LAN, **headers):
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = f"Nguyễn Thị Lan <{sender}>"
    message["To"] = US
    message["Subject"] = subject
    message["Message-ID"] = headers.pop("message_id", f"<{time.monotonic_ns()}@{sender.split('@')[1]}>")
    message["Date"] = "Fri, 06 Mar 2026 08:00:00 +0700"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def by_email(people, title):
    """The petition of that title, once the hub has it."""
    def find():
        items = people["dispatcher"].get("/api/v1/petitions", params={"channel": "email"}).json()["items"]
        return next((one for one in items if one["title"] == title), None)
    return wait_until(find, f"the petition {title!r}", seconds=60)


def show(people, petition):
    return people["dispatcher"].get(f"/api/v1/petitions/{petition['id']}").json()


def events(people, petition):
    return people["dispatcher"].get(f"/api/v1/petitions/{petition['id']}/events", params={"limit": 200}).json()["items"]


def parsed(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def mails_about(imap, address, code, count=1):
    def find():
        found = [parsed(one.raw) for one in imap.messages(address) if f"[PA-{code}]".encode() in one.raw]
        return found if len(found) >= count else None
    return wait_until(find, f"{count} mails about {code} to {address}", seconds=60)


def answer_it(people, petition, text):
    identity = petition["id"]
    people["dispatcher"].act(identity, "accept")
    people["dispatcher"].act(identity, "distribute", units=["so-xay-dung"])
    people["officer"].act(identity, "start")
    people["officer"].act(identity, "draft", result=text)
    people["officer"].act(identity, "submit")
    people["leader"].act(identity, "approve")
    people["dispatcher"].act(identity, "release")


def test_a_petition_comes_and_its_answer_goes_back(hub, people, servers):
    imap, smtp = servers
    mail = letter("Đèn đường ở ngã tư Nguyễn Huệ hỏng", "Đèn hỏng từ tối qua, đề nghị sửa gấp.\n")
    mail.add_attachment(b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 200, maintype="image", subtype="jpeg", filename="ảnh đèn.jpg")
    mail.add_attachment(b"PK\x03\x04" + b"\x00" * 50, maintype="application", subtype="zip", filename="khac.zip")
    imap.deliver(US, mail.as_bytes())
    petition = by_email(people, "Đèn đường ở ngã tư Nguyễn Huệ hỏng")
    wait_until(lambda: any(r"\Seen" in one.flags for one in imap.messages(US)), "the mail to be marked")
    whole = show(people, petition)
    assert whole["content"] == "Đèn hỏng từ tối qua, đề nghị sửa gấp."
    assert [file["name"] for file in whole["attachments"]] == ["ảnh đèn.jpg"]
    assert "khac.zip: attachment.type_not_accepted" in whole["attributes"]["files_left_out"]
    assert "reply_address" not in whole["attributes"]

    # The receipt goes to the sender, and answers their mail.
    (receipt,) = mails_about(imap, LAN, petition["code"])
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert receipt["In-Reply-To"] == mail["Message-ID"]
    assert receipt["Return-Path"] == "<>"

    # What came in is kept as it came, for whoever may know who wrote.
    identity = people["dispatcher"].post(f"/api/v1/petitions/{petition['id']}/identity/reveal", json={"reason": "gọi lại"}).json()
    assert identity["email"] == LAN and identity["original"] is True
    original = people["dispatcher"].post(f"/api/v1/petitions/{petition['id']}/original", json={"reason": "xem thư"})
    assert parsed(original.content)["Message-ID"] == mail["Message-ID"]
    looks = [one for one in events(people, petition) if one["kind"] == "identity_revealed"]
    assert len(looks) == 2

    answer_it(people, petition, "Đã thay bóng đèn.")
    answers = mails_about(imap, LAN, petition["code"], count=2)
    assert "Đã thay bóng đèn." in answers[1].get_body().get_content()
    assert answers[1]["Auto-Submitted"] == "auto-generated"
    sent = [one for one in events(people, petition) if one["kind"] == "delivery_sent" and one["connector"] == "email"]
    assert len(sent) == 2

    # The sender writes back: it is theirs, because it answers our mail from where that went.
    reply = letter("Re: " + answers[1]["Subject"], "Cảm ơn, đèn đã sáng.\n\nVào lúc 08:00, Tổng đài đã viết:\n> Đã thay bóng đèn.\n",
                   In_Reply_To=answers[1]["Message-ID"])
    imap.deliver(US, reply.as_bytes())

    def added():
        return [one for one in events(people, petition) if "Cảm ơn, đèn đã sáng." in str(one)]
    assert "Đã thay bóng đèn." not in str(wait_until(added, "the sender's answer in the history", seconds=60)[0].get("text", ""))
    titles = [one["title"] for one in people["dispatcher"].get("/api/v1/petitions", params={"channel": "email"}).json()["items"]]
    assert not any(title.startswith("Re:") for title in titles)


def test_a_long_answer_among_quoted_lines_is_whole_in_a_file(hub, people, servers):
    imap, _ = servers
    imap.deliver(US, letter("Vỉa hè bị lấn chiếm", "Trước số 5.\n").as_bytes())
    petition = by_email(people, "Vỉa hè bị lấn chiếm")
    (receipt,) = mails_about(imap, LAN, petition["code"])
    long = "Họ bày hàng từ sáng đến tối. " * 250  # 7250 characters.
    text = f"{long}\n\nVào lúc 08:00, Tổng đài đã viết:\n> Ở đâu?\nTrước số 5.\n> Từ khi nào?\nTừ tuần trước.\n"
    reply = letter("Re: " + receipt["Subject"], text, In_Reply_To=receipt["Message-ID"])
    imap.deliver(US, reply.as_bytes())

    def added():
        return [one for one in events(people, petition) if one["kind"] == "supplemented"]
    (said,) = wait_until(added, "the sender's answer in the history", seconds=60)
    assert said["text"].endswith("…") and long.startswith(said["text"][:-1])
    (file,) = said["files"]
    assert file["name"] == "noi-dung-thu.txt" and file["size"] > len(long)
    titles = [one["title"] for one in people["dispatcher"].get("/api/v1/petitions", params={"channel": "email"}).json()["items"]]
    assert not any(title.startswith("Re:") and petition["code"] in title for title in titles)


def test_a_tag_alone_changes_nothing(hub, people, servers):
    imap, _ = servers
    imap.deliver(US, letter("Hố ga mất nắp", "Trước số 12.\n").as_bytes())
    petition = by_email(people, "Hố ga mất nắp")
    stranger = letter(f"Re: [PA-{petition['code']}] Hố ga mất nắp", "Tôi rút phản ánh.\n", sender="la@khac.example")
    imap.deliver(US, stranger.as_bytes())
    other = by_email(people, f"Re: [PA-{petition['code']}] Hố ga mất nắp")
    whole = show(people, other)
    assert whole["attributes"]["mentions"] == petition["code"]
    assert "mentions" in whole["attributes"]["to_check"]
    assert "Tôi rút phản ánh" not in str(events(people, petition))


def test_machines_get_neither_petition_nor_answer(hub, people, servers):
    imap, _ = servers
    before = len(imap.messages(LAN))
    imap.deliver(US, letter("Tự động: vắng mặt", "Tôi đi vắng.\n", Auto_Submitted="auto-replied").as_bytes())
    imap.deliver(US, letter("Bản tin tuần", "Tin.\n", List_Id="<tin.mau.example>").as_bytes())
    imap.deliver(US, letter("Sau các máy", "Một người viết.\n").as_bytes())
    petition = by_email(people, "Sau các máy")  # Mails are taken in order: the machines' are done with.
    titles = [one["title"] for one in people["dispatcher"].get("/api/v1/petitions", params={"channel": "email"}).json()["items"]]
    assert "Tự động: vắng mặt" not in titles and "Bản tin tuần" not in titles
    mails_about(imap, LAN, petition["code"])
    assert len(imap.messages(LAN)) == before + 1


def test_a_mail_that_comes_back_is_seen_at_its_delivery(hub, people, servers):
    imap, _ = servers
    imap.deliver(US, letter("Người gửi không có thật", "Nội dung.\n", sender="hong@mau.example").as_bytes())
    petition = by_email(people, "Người gửi không có thật")
    answer_it(people, petition, "Trả lời.")

    def dead():
        return [one for one in events(people, petition) if one["kind"] == "delivery_dead" and one["connector"] == "email"]
    (over,) = wait_until(dead, "the bounce to be heard", seconds=90)
    heard = [one for one in events(people, petition) if one["kind"] == "noted" and one.get("action") == "update_failed"]
    assert heard and over["delivery"]


def test_a_hub_that_stops_in_between_goes_on_where_it_was(hub, people, servers):
    imap, _ = servers
    hub.stop()
    for number in range(3):
        imap.deliver(US, letter(f"Trong lúc dừng {number}", "Nội dung.\n").as_bytes())
    hub.start()
    for client in people.values():
        client.hub = hub
    for number in range(3):
        by_email(people, f"Trong lúc dừng {number}")
    hub.stop()
    imap.deliver(US, letter("Cũ, đã đọc", "Nội dung.\n").as_bytes(), flags=[r"\Seen"], received=time.time() - 400 * 86400)
    imap.deliver(US, letter("Mới, đã đọc", "Nội dung.\n").as_bytes(), flags=[r"\Seen"])
    imap.change_uidvalidity(US)
    hub.start()
    for client in people.values():
        client.hub = hub
    by_email(people, "Mới, đã đọc")
    imap.deliver(US, letter("Sau khi đánh số lại", "Nội dung.\n").as_bytes())
    by_email(people, "Sau khi đánh số lại")
    items = people["dispatcher"].get("/api/v1/petitions", params={"channel": "email", "limit": 100}).json()["items"]
    titles = [one["title"] for one in items]
    assert len(titles) == len(set(titles)), "the hub knew all of them again"
    assert "Cũ, đã đọc" not in titles, "it was read before the hub looked at the folder for the first time"


def test_an_imap_server_that_is_away_for_a_while(hub, people, servers):
    imap, _ = servers
    imap.stop()
    integrator = people["integrator"]

    def state():
        items = integrator.get("/api/v1/connectors").json()["items"]
        return next(one["state"] for one in items if one["id"] == "email")
    wait_until(lambda: state() == "failing", "the connector to be failing", seconds=60)
    imap.start()
    imap.deliver(US, letter("Máy chủ thư trở lại", "Nội dung.\n").as_bytes())
    by_email(people, "Máy chủ thư trở lại")
    wait_until(lambda: state() == "running", "the connector to run", seconds=60)
