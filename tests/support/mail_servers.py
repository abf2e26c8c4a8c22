#!/usr/bin/env python3
"""Real mail servers of the tests' own: Dovecot (IMAP) and Postfix (submission), in folders of their own and on free ports of the
loopback. They never touch the system's configuration, spool or mailboxes, and no mail ever leaves the machine.

    with Dovecot(folder, users={"tiepnhan@mau.example": "mật khẩu"}) as imap, Submission(folder, imap) as smtp:
        imap.deliver("tiepnhan@mau.example", b"From: ...")
        hub_talks_to(imap.host, imap.imap_port, imap.ca, smtp.host, smtp.port)
        (answer,) = smtp.delivered("dan@mau.example")

`folder` must exist; each server makes a folder of its own in it (`dovecot`, `postfix`) and lets its service user pass through the
folders above. A user's name is the whole address. Everything that waits has a deadline and fails with an excerpt of the log.

Dovecot(folder, users=None, certificate=None, idle=True, tls="optional")
    users            {address: password}; every one has a mailbox. Default: USERS.
    certificate      a ca.Certificate; default: one for localhost and 127.0.0.1, made in the folder.
    idle             False leaves IDLE out of the capabilities.
    tls              "optional", or "required": no login in the clear (LOGINDISABLED; host is 127.0.0.2, which a certificate that you
                     give has to name), or "off": no STARTTLS, no imaps_port.
  .host .imap_port (in the clear and STARTTLS) .imaps_port (TLS from the start) .ca (PEM of the authority to trust) .users
  .add_user(address, password)
  .set_password(address, password)            for a login that is refused from now on
  .deliver(address, raw, mailbox="INBOX", flags=(), received=None) -> name of its file
                     as a mail server delivers to a Maildir: whoever is idling hears of it. flags: r"\\Seen" ...; received: seconds
                     since 1970, which becomes INTERNALDATE.
  .messages(address, mailbox="INBOX") -> [Stored(uid, flags, raw)] in the order of their UIDs; flags is a frozenset
  .mailboxes(address) -> sorted names
  .create(address, mailbox)
  .uidvalidity(address, mailbox="INBOX") -> int
  .change_uidvalidity(address, mailbox="INBOX") -> the new value
                     the mailbox is numbered anew from 1, as after a restored backup; whoever has it selected is cut off.
  .expunge(address, uid, mailbox="INBOX")     as if a person had deleted it in another program
  .set_flags(address, uid, flags, mailbox="INBOX")
  .imap(address) -> a signed-in imaplib.IMAP4, for anything else
  .disconnect(address=None)                   cuts off the sessions of one user, or all
  .start() .stop()   stopping and starting again keeps ports and mailboxes
  .running .log (text) .folder

Submission(folder, dovecot, users=None, certificate=None, refuse_unknown=False)
    dovecot          serves its mailboxes, and is asked for passwords (AUTH PLAIN and LOGIN, only over TLS). Must be started.
    users            further {address: password}.
    refuse_unknown   True: unknown users of the domain are refused at RCPT (550 5.1.1), and so are day@ (450 4.2.2) and hong@ (550 5.2.1).
                     False: they are accepted, then a bounce (RFC 3464, 5.1.1) goes to the envelope sender.
  .host .port (STARTTLS) .ca .domain ("mau.example")
  .delivered(address, count=1, seconds=60) -> [raw, ...] once at least `count` messages are there, in the order of arrival. An
                     address of another domain: what went to the catch-all.
  .elsewhere(address=None) -> [raw, ...] of the catch-all now
  .bounces(address, count=1, seconds=60) -> [email.message.Message, ...]: the delivery status notifications (multipart/report)
                     in that mailbox, once there are so many; count=0: those that are there now
  .queue() -> what waits in the queue: [{"queue_id", "sender", "recipients": [{"address", "delay_reason"}], ...}]
  .start() .stop() .running .log .folder

  Who may be written to, by anybody who has signed in:
    a user of Dovecot               delivered to that INBOX, with Return-Path and Delivered-To
    anybody else @mau.example       see refuse_unknown
    day@mau.example                 its mailbox is full: 4.2.2 each time, stays in the queue; the envelope sender soon
                                    gets a DSN with Action: delayed
    hong@mau.example                accepted, then a bounce with 5.2.1
    ANYTHING@tu-choi.example        550 5.7.1 at RCPT
    ANYTHING@ban.example            450 4.7.1 at RCPT
    any other domain                the catch-all; nothing is sent anywhere
  Limits: a message of at most 20 MB (552 5.3.4).

  Both need the Debian packages dovecot-imapd and postfix. Postfix starts as root only (`Submission` raises NeedsRoot otherwise);
  Dovecot runs whole as Debian's user `dovecot` when root starts it, and as the caller otherwise.

As a program, for a demonstration in a FOLDER without servers yet: prints one line of JSON and serves until it is interrupted:

    mail_servers.py serve FOLDER [--user ADDRESS:PASSWORD ...]
    {"host", "imap_port", "imaps_port", "smtp_port", "ca", "users"}
"""

import argparse
import json
import pathlib
import signal
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from daemon import HOST  # noqa: E402
from dovecot import DOMAIN, USERS, Dovecot, Stored  # noqa: E402
from postfix import NeedsRoot, Submission  # noqa: E402

__all__ = ["DOMAIN", "USERS", "Dovecot", "NeedsRoot", "Stored", "Submission"]


def main():
    parser = argparse.ArgumentParser(description="Real mail servers on the loopback, for a demonstration.")
    parser.add_argument("verb", choices=["serve"])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--user", action="append", metavar="ADDRESS:PASSWORD")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    users = dict(user.split(":", 1) for user in arguments.user) if arguments.user else None
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with Dovecot(arguments.folder, users) as imap, Submission(arguments.folder, imap) as smtp:
        print(json.dumps({"host": HOST, "imap_port": imap.imap_port, "imaps_port": imap.imaps_port, "smtp_port": smtp.port,
                          "ca": str(imap.ca), "users": imap.users}, ensure_ascii=False), flush=True)
        ended.wait()


if __name__ == "__main__":
    main()
