"""A mail server with the hub's mailbox; citizens with mailboxes elsewhere write to it."""

import email
import email.policy
import email.utils
import time
from email.message import EmailMessage

import mail_server
from play import Channel, Peer as BasePeer, Petition


class Peer(BasePeer):
    ENDPOINTS = {"imap_host": None, "smtp_host": None}

    def __init__(self, connector, state):
        super().__init__(connector, state)
        users = {connector.text(f"{kind}_user"): connector.secret(f"{kind}_password") for kind in ("imap", "smtp")
                 if connector.text(f"{kind}_user")}
        self.server = mail_server.MailServer(users, imap_port=connector.port("imap_port"), smtp_port=connector.port("smtp_port"))
        # Its mailbox begins anew, and says so: the hub knows mails by their numbers.
        self.server.change_uidvalidity(self.mailbox, int(time.time()))

    @property
    def mailbox(self) -> str:
        return self.connector.text("mailbox", "INBOX")

    def told(self, petition: Petition) -> "list[str]":
        mails = [email.message_from_bytes(one["raw"], policy=email.policy.default) for one in self.server.accepted
                 if petition.email in one["to"]]
        return [mail["Subject"] + "\n" + mail.get_body(("plain", "html")).get_content() for mail in mails]

    def came(self, petition: Petition) -> bool:
        return any(petition.answer in text for text in self.told(petition))

    def stop(self) -> None:
        self.server.stop()


class PluginChannel(Channel):
    LABEL = "Thư điện tử"

    def _raw(self, petition: Petition) -> bytes:
        message = EmailMessage(policy=email.policy.SMTP)
        message["From"] = email.utils.formataddr((petition.name, petition.email))
        message["To"] = self.connector.text("from")
        message["Subject"] = petition.title
        message["Message-ID"] = f"<{petition.key}@{petition.email.partition('@')[2]}>"
        message["Date"] = email.utils.format_datetime(email.utils.localtime())
        message.set_content(petition.content + "\n")
        return message.as_bytes()

    def send(self, petition: Petition) -> None:
        self.first = self._raw(petition)
        self.peer.server.put(self.first, self.peer.mailbox)

    def again(self, petition: Petition) -> None:
        uid = self.peer.server.put(self.first, self.peer.mailbox)
        self.wait(lambda: self.peer.server.wait("flags", 1, mailbox=self.peer.mailbox, uid=uid, flags=[r"\Seen"]),
                  "thư gửi lại chưa được đọc")
