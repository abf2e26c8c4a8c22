"""Postfix for tests: it takes mail from whoever signs in, and everything ends in a mailbox here; see mail_servers.py."""

import contextlib
import email
import email.policy
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

from daemon import HOST, SECONDS, Daemon, greeting
from dovecot import DOMAIN
from postgresql import free_port

MAIN_CF = """
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {folder}/data
maillog_file = /dev/stdout
myhostname = mail.{domain}
mydestination =
mynetworks =
inet_interfaces = {host}
inet_protocols = ipv4
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
alias_maps =
local_recipient_maps =
notify_classes =
local_header_rewrite_clients =
recipient_delimiter = +

# Everything ends in a mailbox here; no service in master.cf could send it elsewhere.
virtual_mailbox_domains = {domain}
virtual_transport = virtual
relay_transport = virtual
default_transport = virtual
transport_maps = texthash:{folder}/transports
virtual_mailbox_base = /
virtual_mailbox_maps = hash:{folder}/mailboxes, regexp:{folder}/elsewhere.regexp
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_mailbox_limit = 0
message_size_limit = 20000000

smtpd_tls_security_level = may
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {sasl}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/refused, permit_sasl_authenticated, reject
smtpd_reject_unlisted_recipient = {refuse_unknown}
smtpd_error_sleep_time = 0
smtpd_hard_error_limit = 1000

delay_warning_time = 1s
queue_run_delay = 1s
minimal_backoff_time = 2s
maximal_backoff_time = 4s
"""
MASTER_CF = """
{host}:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
showq unix n - n - - showq
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
TRANSPORTS = f"""
day@{DOMAIN} retry:4.2.2 the mailbox is full
hong@{DOMAIN} error:5.2.1 the mailbox is disabled
"""
REFUSED = """
tu-choi.example 550 5.7.1 refused by policy
ban.example 450 4.7.1 try again later
"""


class NeedsRoot(Exception):
    """Postfix changes its user, which only root can."""


class Submission(Daemon):
    domain = DOMAIN

    def __init__(self, folder, dovecot, users=None, certificate=None, refuse_unknown=False):
        if os.geteuid() != 0:
            raise NeedsRoot("Postfix starts as root only")
        super().__init__(folder, "postfix")
        self._dovecot = dovecot
        self._refuse_unknown = refuse_unknown
        self.certificate = certificate or dovecot.certificate
        self.ca = self.certificate.ca
        # Called by its path and without `postfix start`, so that it stays in the foreground.
        self._config = self.folder / "etc"
        self._elsewhere = self.folder / "elsewhere"
        self._programs = pathlib.Path(self._command("postconf", "-dh", "daemon_directory", configured=False).strip())
        self.program = [str(self._programs / "master"), "-s", "-c", str(self._config)]
        for name in ("etc", "data", "elsewhere"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix", "postfix")
        # The path of a socket has at most 107 bytes.
        self.litter = pathlib.Path(tempfile.mkdtemp(prefix="pakn-smtp-", dir="/tmp"))
        self.litter.chmod(0o755)
        self._queue = self.litter / "queue"
        self._make_queue()
        self._table_time = int(time.time())
        os.chown(self._elsewhere, dovecot.owner.pw_uid, dovecot.owner.pw_gid)
        self._write("transports", TRANSPORTS)
        self._write("refused", REFUSED)
        self._write("elsewhere.regexp", f"!/@{re.escape(DOMAIN)}$/ {self._elsewhere}/\n")
        for address, password in (users or {}).items():
            dovecot.add_user(address, password)

    def _write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        os.utime(path, (0, 0))  # Postfix waits for two seconds over a file that has just changed.
        return path

    def _make_queue(self):
        """What `postfix check` does in two seconds."""
        folders = {"": ("root", "root", 0o755), "pid": ("root", "root", 0o755), "public": ("postfix", "postdrop", 0o2710),
                   "maildrop": ("postfix", "postdrop", 0o1730)}
        own = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace")
        folders |= {name: ("postfix", "root", 0o700) for name in own}
        for name, (owner, group, mode) in folders.items():
            (self._queue / name).mkdir()
            shutil.chown(self._queue / name, owner, group)
            (self._queue / name).chmod(mode)

    def configure(self):
        self.port = free_port()
        self._write("etc/main.cf", MAIN_CF.format(
            folder=self.folder, queue=self._queue, host=HOST, domain=DOMAIN, uid=self._dovecot.owner.pw_uid, gid=self._dovecot.owner.pw_gid,
            certificate=self.certificate.certificate, key=self.certificate.key, sasl=self._dovecot.sockets / "submission",
            refuse_unknown="yes" if self._refuse_unknown else "no"))
        self._write("etc/master.cf", MASTER_CF.format(host=HOST, port=self.port))
        self._list_mailboxes()
        if self._list_mailboxes not in self._dovecot.followers:
            self._dovecot.followers.append(self._list_mailboxes)

    def greets(self):
        return greeting(HOST, self.port).startswith(b"220 ")

    def remove(self):
        with contextlib.suppress(ValueError):
            self._dovecot.followers.remove(self._list_mailboxes)
        shutil.rmtree(self.litter, ignore_errors=True)

    def _list_mailboxes(self, _=None):
        lines = [f"{address.lower()} {self._dovecot.maildir(address)}/\n" for address in self._dovecot.users]
        lines += [f"{address} nowhere\n" for address in re.findall(r"^\S+@\S+", TRANSPORTS, re.M)]  # They are known.
        table = self._write("mailboxes", "".join(lines))
        self._command("postmap", "-c", self._config, f"hash:{table}")
        # Postfix looks at the second of the last change.
        self._table_time += 1
        os.utime(f"{table}.db", (self._table_time, self._table_time))

    def _command(self, program, *arguments, configured=True):
        path = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        done = subprocess.run([path, *map(str, arguments)], cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=SECONDS, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{program} answers {done.returncode}: {done.stdout}{done.stderr}\n"
                                 + (self.excerpt() if configured else ""))
        return done.stdout

    # Mail.

    def elsewhere(self, address=None):
        files = sorted(self._elsewhere.glob("new/*"), key=lambda path: path.stat().st_mtime_ns)
        found = [path.read_bytes().replace(b"\n", b"\r\n") for path in files]
        return [raw for raw in found if address is None or delivered_to(raw) == address.lower()]

    def delivered(self, address, count=1, seconds=SECONDS):
        what = f"{count} messages for {address}"
        if not address.lower().endswith("@" + DOMAIN):
            return self.wait_until(lambda: _at_least(count, self.elsewhere(address)), what, seconds)
        self.wait_until(lambda: _at_least(count, self._dovecot.files(address)), what, seconds)
        return [one.raw for one in self._dovecot.messages(address)]

    def bounces(self, address, count=1, seconds=SECONDS):
        known = {}

        def notifications():
            for path in self._dovecot.files(address):
                if path.name.split(":")[0] not in known:
                    with contextlib.suppress(FileNotFoundError):  # Flags are in the name: it may have another now.
                        raw = path.read_bytes()
                        known[path.name.split(":")[0]] = email.message_from_bytes(raw, policy=email.policy.default)
            return _at_least(count, [one for one in known.values() if one.get_content_type() == "multipart/report"
                                     and one.get_param("report-type") == "delivery-status"])
        return self.wait_until(notifications, f"{count} bounces for {address}", seconds)

    def queue(self):
        return [json.loads(line) for line in self._command("postqueue", "-c", self._config, "-j").splitlines()]


def delivered_to(raw):
    header = email.message_from_bytes(raw, policy=email.policy.default)["Delivered-To"]
    return str(header).strip().lower() if header else None


def _at_least(count, found):
    return found if len(found) >= count else None
