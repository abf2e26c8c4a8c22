"""The power cut itself: puts a folder back to what its last fsyncs made durable, from the undo log of the shim.

    power_cut.py restore ROOT SHADOW [--torn SEED]

Plain: nothing that was not fsynced survives. With --torn a random part of it does, in sectors of 512 bytes, as a disk
does that reorders its cache; directory operations survive up to a random one of each directory.
"""

import argparse
import dataclasses
import os
import pathlib
import random
import shutil
import struct
import sys

RECORD = struct.Struct("<4sIQQQQQQ")
BYTES, ENTRY, SYNCED = 1, 2, 3
NOTHING, DIRECTORY = 0, 2**64 - 1
SECTOR = 512


class CutError(Exception):
    """The log cannot be undone, so the test proves nothing."""


@dataclasses.dataclass
class Record:
    kind: int
    position: int
    file: int
    offset: int
    size: int
    changed: int
    payload: bytes

    @property
    def path(self) -> str:
        return os.fsdecode(self.payload)


def _read(log: pathlib.Path) -> list[Record]:
    data = log.read_bytes()
    records, at = [], 0
    while at + RECORD.size <= len(data):
        magic, *fields, length = RECORD.unpack_from(data, at)
        if magic != b"PKU1":
            raise CutError(f"{log}: no record at byte {at}")
        at += RECORD.size
        if at + length > len(data):
            break  # SIGKILL came while it was written: its operation never began
        records.append(Record(*fields, data[at : at + length]))
        at += length
    return records


def _not_durable(records: list[Record]) -> list[Record]:
    """Those that no later fsync of their file or directory covers."""
    durable: dict[object, int] = {}
    for record in records:
        if record.kind == SYNCED:
            key = record.file or record.path
            durable[key] = max(durable.get(key, 0), record.offset)
    live = []
    for record in records:
        if record.kind != SYNCED:
            key = record.file if record.kind == BYTES else os.path.dirname(record.path)
            if record.position >= durable.get(key, 0):
                live.append(record)
    return live


class _Torn:
    """What a disk kept of its cache although nobody had asked it to."""

    def __init__(self, seed: int, live: list[Record]):
        self._random = random.Random(seed)
        self._sizes_stay: dict[int, bool] = {}
        by_folder: dict[str, list[Record]] = {}
        for record in live:
            if record.kind == ENTRY:
                by_folder.setdefault(os.path.dirname(record.path), []).append(record)
        self._kept = set()
        for entries in by_folder.values():
            count = self._random.randint(0, len(entries))
            if count and entries[count - 1].offset:
                count -= 1  # a rename is never torn
            self._kept.update(id(record) for record in entries[:count])

    def keeps_entry(self, record: Record) -> bool:
        return id(record) in self._kept

    def keeps_size(self, file: int) -> bool:
        return self._sizes_stay.setdefault(file, self._random.random() < 0.5)

    def lost_sectors(self, start: int, end: int):
        for at in range(start, end, SECTOR):
            if self._random.random() < 0.5:
                yield at, min(at + SECTOR, end)


def _undo_bytes(fd: int, record: Record, torn: _Torn | None) -> None:
    if torn is None:
        os.pwrite(fd, record.payload, record.offset)
        os.ftruncate(fd, record.size)
        return
    for start, end in torn.lost_sectors(record.offset, record.offset + len(record.payload)):
        os.pwrite(fd, record.payload[start - record.offset : end - record.offset], start)
    if not torn.keeps_size(record.file):
        os.ftruncate(fd, record.size)
    elif record.changed:
        size = os.fstat(fd).st_size
        for start, end in torn.lost_sectors(max(record.offset, record.size), record.offset + record.changed):
            os.pwrite(fd, bytes(max(0, min(end, size) - start)), start)


def _undo_entry(inodes: pathlib.Path, record: Record) -> None:
    path = record.path
    if os.path.isdir(path):
        if record.file == DIRECTORY:
            return
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)
    if record.file == DIRECTORY:
        os.mkdir(path)
    elif record.file != NOTHING:
        os.link(inodes / str(record.file), path)


def reset(shadow: pathlib.Path) -> None:
    """Takes everything as durable, as after a clean stop."""
    shutil.rmtree(shadow, ignore_errors=True)
    shadow.mkdir(parents=True)


def restore(root: pathlib.Path, shadow: pathlib.Path, torn_seed: int | None = None) -> int:
    """Cuts the power and resets the shadow folder. Returns how many operations were undone, all or in part."""
    unsupported = shadow / "unsupported"
    if unsupported.exists():
        raise CutError("the program did what cannot be undone: " + unsupported.read_text())
    inodes = shadow / "inodes"
    live = _not_durable(_read(shadow / "undo.log"))
    torn = None if torn_seed is None else _Torn(torn_seed, live)
    for record in reversed(live):
        if record.kind == BYTES:
            fd = os.open(inodes / str(record.file), os.O_RDWR)
            try:
                _undo_bytes(fd, record, torn)
            finally:
                os.close(fd)
        elif torn is None or not torn.keeps_entry(record):
            _undo_entry(inodes, record)
    for shared_memory in root.rglob("*-shm"):
        shared_memory.unlink()
    reset(shadow)
    return len(live)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["restore"])
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("shadow", type=pathlib.Path)
    parser.add_argument("--torn", type=int, metavar="SEED")
    arguments = parser.parse_args()
    print(restore(arguments.root, arguments.shadow, arguments.torn), "operations undone")
    return 0


if __name__ == "__main__":
    sys.exit(main())
