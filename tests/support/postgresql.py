#!/usr/bin/env python3
"""A PostgreSQL server of the tests' own: a fresh cluster in a folder of its own, on a Unix socket there and nowhere else,
with the durability settings of a real one. It never touches the system's cluster.

    postgresql.py start FILE      starts one; FILE then holds the address of its database
    postgresql.py stop FILE       ends it and removes everything
    postgresql.py run -- COMMAND  starts one, runs COMMAND with PAKN_TEST_POSTGRESQL set to the address, ends it

PostgreSQL refuses to run as root, so root hands it to Debian's user `postgres`.
"""

import glob
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile

USER = "postgres"
DATABASE = "paknhub"


def programs():
    """The folder of the newest server's programs; Debian keeps them off the path."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    if not found:
        sys.exit("no PostgreSQL server here; install the Debian package postgresql")
    return pathlib.Path(found[-1])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A cluster in a folder. Start it, restart it, kill it; remove() leaves nothing behind."""

    def __init__(self, folder=None, tcp=False):
        """With `tcp` it listens on the loopback too, on a free port."""
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="pakn-pg-", dir="/tmp"))
        self.data = self.folder / "data"
        self.programs = programs()
        self.port = free_port() if tcp else None

    @property
    def url(self):
        return f"postgresql://{USER}@/{DATABASE}?host={self.folder}"

    def _command(self, program, *arguments):
        command = [str(self.programs / program), *map(str, arguments)]
        if os.geteuid() == 0:
            command = ["runuser", "-u", USER, "--", *command]
        return command

    def run(self, program, *arguments):
        done = subprocess.run(self._command(program, *arguments), cwd="/", stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed:\n{done.stdout}")
        return done.stdout

    def create(self):
        if os.geteuid() == 0:
            owner = pwd.getpwnam(USER)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self.folder.chmod(0o755)  # Whoever runs the tests must reach the socket.
        self.run("initdb", "-D", self.data, "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
                 "--no-sync", "--no-instructions")
        listen = ["listen_addresses = '127.0.0.1'", f"port = {self.port}"] if self.port else ["listen_addresses = ''"]
        settings = [*listen, f"unix_socket_directories = '{self.folder}'", "max_connections = 100",
                    "shared_buffers = 64MB", "fsync = on", "autovacuum_naptime = 10s", "logging_collector = off"]
        with open(self.data / "postgresql.auto.conf", "a", encoding="utf-8") as file:
            file.write("\n".join(settings) + "\n")
        self.start()
        self.sql(f"CREATE DATABASE {DATABASE}", database="postgres")
        return self

    def start(self):
        # The log is a file: a pipe would keep whoever started this waiting for the server's end.
        self.run("pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", "start")

    def restart(self, mode="immediate"):
        self.run("pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", "-m", mode, "restart")

    def stop(self, mode="immediate"):
        self.run("pg_ctl", "-D", self.data, "-w", "-m", mode, "stop")

    def sql(self, text, database=DATABASE):
        """What psql prints for it, without frills."""
        return self.run("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-p", self.port or 5432,
                        "-U", USER, "-d", database, "-c", text).strip()

    def remove(self):
        try:
            self.stop()
        except (RuntimeError, subprocess.TimeoutExpired) as problem:
            print(problem, file=sys.stderr)
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("start", "stop", "run"):
        sys.exit(__doc__)
    verb = sys.argv[1]
    if verb == "start":
        server = Server().create()
        pathlib.Path(sys.argv[2]).write_text(server.url, encoding="utf-8")
    elif verb == "stop":
        file = pathlib.Path(sys.argv[2])
        Server(file.read_text(encoding="utf-8").split("host=")[1]).remove()
        file.unlink()
    else:
        server = Server().create()
        try:
            command = sys.argv[3:] if sys.argv[2] == "--" else sys.argv[2:]
            sys.exit(subprocess.run(command, env={**os.environ, "PAKN_TEST_POSTGRESQL": server.url},
                                    check=False).returncode)
        finally:
            server.remove()


if __name__ == "__main__":
    main()
