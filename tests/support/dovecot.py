"""Dovecot for tests; see mail_servers.py."""

import base64
import contextlib
import dataclasses
import grp
import imaplib
import os
import pathlib
import pwd
import re
import secrets
import shutil
import ssl
import subprocess
import sys
import tempfile
import time

import ca as certificates
from daemon import HOST, SECONDS, Daemon, greeting
from postgresql import free_port

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "peers"))
import mailbox_names  # noqa: E402

DOMAIN = "mau.example"
USERS = {f"tiepnhan@{DOMAIN}": "mật khẩu tiếp nhận", f"dan@{DOMAIN}": "mat-khau-dan"}
FLAGS = {r"\Draft": "D", r"\Flagged": "F", r"\Answered": "R", r"\Seen": "S", r"\Deleted": "T"}  # As Maildir has them.

DOVECOT = """
protocols = imap
listen = {host}
base_dir = {sockets}
state_dir = {sockets}
log_path = {folder}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = {uid}
mail_location = maildir:~/Maildir
mail_fsync = never
mailbox_list_index = no
mail_max_userip_connections = 200
mailbox_idle_check_interval = 5s
auth_mechanisms = plain login
auth_failure_delay = 0
auth_username_format = %Lu
passdb {{
  driver = passwd-file
  args = {folder}/passwords
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
ssl = {ssl}
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = {only_tls}
{capability}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
  }}
}}
service anvil {{
  chroot =
  # No longer and longer waits after refused logins.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service auth {{
  unix_listener submission {{
    mode = 0666
  }}
}}
"""
WITHOUT_IDLE = ("imap_capability = IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE NAMESPACE LITERAL+ UIDPLUS UNSELECT CHILDREN ESEARCH "
                "LIST-EXTENDED SPECIAL-USE MOVE")


@dataclasses.dataclass(frozen=True)
class Stored:
    uid: int
    flags: frozenset
    raw: bytes


class Dovecot(Daemon):
    def __init__(self, folder, users=None, certificate=None, idle=True, tls="optional"):
        super().__init__(folder, "dovecot")
        if tls not in ("optional", "required", "off"):
            raise ValueError("tls is optional, required or off")
        self.users = dict(USERS if users is None else users)
        # Dovecot trusts a connection from its own address, TLS or not: nobody connects to another one from there.
        self.host = "127.0.0.2" if tls == "required" else HOST
        self.certificate = certificate or certificates.Authority(self.folder).issue(("localhost", HOST, self.host))
        self.ca = self.certificate.ca
        self.tls = tls
        self._idle = idle
        self.owner = pwd.getpwnam("dovecot") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        if os.geteuid() == 0:
            self.identity = {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}
        self.program = [shutil.which("dovecot") or "/usr/sbin/dovecot", "-F", "-c", str(self.folder / "dovecot.conf")]
        # The path of a socket has at most 107 bytes.
        self.sockets = self.litter = pathlib.Path(tempfile.mkdtemp(prefix="pakn-imap-", dir="/tmp"))
        self.sockets.chmod(0o755)
        self.followers = []  # Called with an address that is new.
        (self.folder / "mail").mkdir()
        for name in (self.folder / "mail", self.folder / "log", self.sockets):
            self._give(name)
        # Dovecot reads them as its own user.
        self._certificate, self._key = self.folder / "certificate.pem", self.folder / "key.pem"
        for source, copied in [(self.certificate.certificate, self._certificate), (self.certificate.key, self._key)]:
            shutil.copyfile(source, copied)
            copied.chmod(0o600)
            self._give(copied)
        self._password_time = int(time.time())
        self._write_passwords()
        for address in self.users:
            self._make_maildir(address)

    # Set-up.

    def configure(self):
        self.imap_port, self.imaps_port = free_port(), 0 if self.tls == "off" else free_port()
        ssl_setting = {"optional": "yes", "required": "required", "off": "no"}[self.tls]
        text = DOVECOT.format(host=self.host, sockets=self.sockets, folder=self.folder, user=self.owner.pw_name, uid=self.owner.pw_uid,
                              gid=self.owner.pw_gid, group=grp.getgrgid(self.owner.pw_gid).gr_name, ssl=ssl_setting,
                              certificate=self._certificate, key=self._key,
                              only_tls="yes" if self.tls == "required" else "no",
                              capability="" if self._idle else WITHOUT_IDLE, imap_port=self.imap_port, imaps_port=self.imaps_port)
        (self.folder / "dovecot.conf").write_text(text, encoding="utf-8")

    def greets(self):
        return greeting(self.host, self.imap_port).startswith(b"* OK")

    def remove(self):
        shutil.rmtree(self.sockets, ignore_errors=True)

    def _give(self, path):
        if os.geteuid() == 0:
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def _write_passwords(self):
        lines = [f"{address}:{{PLAIN.b64}}{base64.b64encode(password.encode()).decode()}:\n"
                 for address, password in self.users.items()]
        fresh = self.folder / "passwords.new"
        fresh.write_text("".join(lines), encoding="utf-8")
        self._give(fresh)
        # Dovecot looks at the size and the second of the last change, once a second.
        self._password_time += 1
        os.utime(fresh, (self._password_time, self._password_time))
        fresh.rename(self.folder / "passwords")

    def _change_password(self, address, password):
        self.users[address] = password
        self._write_passwords()
        if self.running:
            self.wait_until(lambda: "auth succeeded" in self._doveadm("auth", "test", address, password, fine=(0, 77)),
                            "the new password", SECONDS)

    def maildir(self, address, mailbox="INBOX"):
        """Where a mailbox lies; Maildir++ has folders side by side."""
        folder = self.folder / "mail" / address.lower() / "Maildir"
        return folder if mailbox.upper() == "INBOX" else folder / ("." + mailbox_names.encode(mailbox.replace("/", ".")))

    def _make_maildir(self, address):
        folder = self.maildir(address)
        for part in (folder.parent, folder, *(folder / name for name in ("cur", "new", "tmp"))):
            part.mkdir(exist_ok=True)
            self._give(part)

    def add_user(self, address, password):
        self._make_maildir(address)
        self._change_password(address, password)
        for follower in self.followers:
            follower(address)

    def set_password(self, address, password):
        self._change_password(address, password)

    # Mailboxes.

    def deliver(self, address, raw, mailbox="INBOX", flags=(), received=None):
        folder = self.maildir(address, mailbox)
        name = f"{int(time.time())}.M{time.time_ns() // 1000 % 10**6}P{os.getpid()}R{secrets.token_hex(4)}.mau"
        written = folder / "tmp" / name
        written.write_bytes(raw)
        self._give(written)
        if received is not None:
            os.utime(written, (received, received))
        letters = "".join(sorted(FLAGS[flag] for flag in flags))
        written.rename(folder / "cur" / f"{name}:2,{letters}" if letters else folder / "new" / name)
        return name

    def files(self, address, mailbox="INBOX"):
        """Of its messages; costs no session."""
        folder = self.maildir(address, mailbox)
        return [path for part in ("new", "cur") if (folder / part).is_dir() for path in (folder / part).iterdir()]

    def imap(self, address):
        if self.tls == "off":
            session = imaplib.IMAP4(self.host, self.imap_port, timeout=SECONDS)
        else:
            session = imaplib.IMAP4_SSL(self.host, self.imaps_port, timeout=SECONDS,
                                        ssl_context=ssl.create_default_context(cafile=str(self.ca)))
        session.authenticate("PLAIN", lambda _: f"\0{address}\0{self.users[address]}".encode())
        return session

    @contextlib.contextmanager
    def _selected(self, address, mailbox, readonly=False):
        with self.imap(address) as session:
            answer, data = session.select(mailbox_names.quoted(mailbox), readonly=readonly)
            if answer != "OK":
                raise AssertionError(f"cannot select {mailbox}: {data}\n{self.excerpt()}")
            yield session

    def messages(self, address, mailbox="INBOX"):
        with self._selected(address, mailbox, readonly=True) as session:
            _, parts = session.uid("FETCH", "1:*", "(UID FLAGS BODY.PEEK[])")
        found = []
        for part in parts:
            if isinstance(part, tuple):
                uid = int(re.search(rb"UID (\d+)", part[0])[1])
                flags = re.search(rb"FLAGS \(([^)]*)\)", part[0])[1].decode().split()
                found.append(Stored(uid, frozenset(flags) - {r"\Recent"}, part[1]))
        return sorted(found, key=lambda one: one.uid)

    def mailboxes(self, address):
        with self.imap(address) as session:
            _, lines = session.list()
        return sorted(mailbox_names.decode(re.search(rb'\) "/" "?(.*?)"?$', line)[1].decode()) for line in lines if line)

    def create(self, address, mailbox):
        with self.imap(address) as session:
            answer, data = session.create(mailbox_names.quoted(mailbox))
        if answer != "OK":
            raise AssertionError(f"cannot create {mailbox}: {data}")

    def uidvalidity(self, address, mailbox="INBOX"):
        with self.imap(address) as session:
            _, data = session.status(mailbox_names.quoted(mailbox), "(UIDVALIDITY)")
        return int(re.search(rb"UIDVALIDITY (\d+)", data[0])[1])

    def change_uidvalidity(self, address, mailbox="INBOX"):
        before = self.uidvalidity(address, mailbox)
        folder = self.maildir(address, mailbox)
        self.disconnect(address)
        for path in [folder / "dovecot-uidlist", *folder.glob("dovecot.index*")]:
            path.unlink(missing_ok=True)
        self.disconnect(address)  # Whoever was quick enough to select the old one.
        after = self.uidvalidity(address, mailbox)
        assert after != before, self.excerpt()
        return after

    def expunge(self, address, uid, mailbox="INBOX"):
        with self._selected(address, mailbox) as session:
            session.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
            session.uid("EXPUNGE", str(uid))

    def set_flags(self, address, uid, flags, mailbox="INBOX"):
        with self._selected(address, mailbox) as session:
            session.uid("STORE", str(uid), "FLAGS.SILENT", f"({' '.join(flags)})")

    def disconnect(self, address=None):
        told = self._doveadm("-f", "tab", "who", "-1", address or "*")
        processes = [int(line.split("\t")[2]) for line in told.splitlines()[1:]]
        self._doveadm("kick", address or "*", fine=(0, 68))  # 68: there was nobody.
        self.wait_until(lambda: not any(map(alive, processes)), "the end of sessions", SECONDS)

    def _doveadm(self, *arguments, fine=(0,)):
        done = subprocess.run(["doveadm", "-c", str(self.folder / "dovecot.conf"), *arguments], cwd="/", stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS, check=False)
        if done.returncode not in fine:
            raise AssertionError(f"doveadm {arguments[0]} answers {done.returncode}: {done.stdout}\n{self.excerpt()}")
        return done.stdout


def alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
