"""A program to torture that is known to be right, or wrong in one known way: stores numbered files and rows, prints
each number once it claims to have it. Runs until killed.

    writer.py FOLDER [--no-file-sync] [--no-folder-sync] [--retry]
"""

import os
import sqlite3
import sys
import time


def store_file(folder: str, name: str, content: bytes, sync_file: bool, sync_folder: bool) -> None:
    temporary = os.path.join(folder, name + ".tmp")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(fd, view) :]
        if sync_file:
            os.fsync(fd)
    except OSError:
        os.unlink(temporary)
        raise
    finally:
        os.close(fd)
    os.rename(temporary, os.path.join(folder, name))
    if sync_folder:
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(fd)
        os.close(fd)


def main() -> None:
    folder, options = sys.argv[1], sys.argv[2:]
    database = sqlite3.connect(os.path.join(folder, "rows.db"), isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("PRAGMA wal_autocheckpoint=50")
    database.execute("CREATE TABLE IF NOT EXISTS row (number INTEGER PRIMARY KEY, text TEXT)")
    number = database.execute("SELECT coalesce(max(number), 0) FROM row").fetchone()[0]
    os.write(1, b"ready\n")
    while True:
        number += 1
        try:
            store_file(folder, str(number), b"%d" % number * 3000, "--no-file-sync" not in options,
                       "--no-folder-sync" not in options)
            database.execute("INSERT INTO row VALUES (?, ?)", (number, "x" * 500))
        except (OSError, sqlite3.OperationalError):
            if "--retry" not in options:
                raise
            os.write(1, b"refused\n")
            number -= 1
            time.sleep(0.01)
            continue
        os.write(1, b"%d\n" % number)


main()
