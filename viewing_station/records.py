"""The station's records: one SQLite table in which nothing can be read without the master key.

A record has a kind and an id. On disk both are keyed hashes, and its content is a box that opens
in its own place only. Whoever holds the disk learns how many records of each kind there are, how
long they are, and no more.
"""

import hashlib
import os
import secrets
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from crypto.errors import BadBox
from crypto.store_key import STAMP_SIZE, MasterKey, RecordSeal
from viewing_station.errors import DamagedError, RecordsError
from viewing_station.home import PRIVATE_FILE

SCHEMA = """
CREATE TABLE records (
    shelf BLOB NOT NULL, slot BLOB NOT NULL, box BLOB NOT NULL, PRIMARY KEY (shelf, slot)
) WITHOUT ROWID
"""
HASH_SIZE = 16  # bytes: ids are short random strings, and a clash would take 2**64 of them
INDEX_KEY_SIZE = 32  # bytes
INDEX_PLACE = b""  # where the index key lies: it cannot be found through itself


class Written(NamedTuple):
    """A record as it was written: where it lies, which writing of it that was, what it holds."""

    slot: bytes
    stamp: bytes
    content: bytes


class Records:
    """Sealed records by kind and id. Every change stands in a `with records.change():`."""

    def __init__(self, database: sqlite3.Connection, master: MasterKey) -> None:
        self._database = database
        self._seal = RecordSeal(master)
        self._index_key = self._open_index_key()
        self._changes: Counter[str] = Counter()

    @contextmanager
    def change(self) -> Iterator[None]:
        """One transaction: all of it is kept, or none. Transactions do not nest."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:  # on a full disk SQLite has undone it by itself
                self._database.execute("ROLLBACK")
            raise

    def put(self, kind: str, name: str, content: bytes) -> None:
        """Keep a record, in place of one of the same kind and name."""
        shelf, slot = self._place(kind, name)
        box = self._seal.seal(_context(shelf, slot), content)
        self._changes[kind] += 1
        self._database.execute(
            "INSERT OR REPLACE INTO records VALUES (?, ?, ?)", (shelf, slot, box)
        )

    def get(self, kind: str, name: str) -> bytes | None:
        """Return the record's content, or None. Raises DamagedError."""
        return self.at(kind, self.slot(kind, name))

    def drop(self, kind: str, name: str) -> None:
        """Forget a record, if there is one."""
        place = self._place(kind, name)
        self._changes[kind] += 1
        self._database.execute("DELETE FROM records WHERE shelf = ? AND slot = ?", place)

    def all(self, kind: str) -> Iterator[bytes]:
        """Every record of a kind, in no order that means anything. Raises DamagedError."""
        shelf = self._hash(kind)
        query = "SELECT slot, box FROM records WHERE shelf = ?"
        for slot, box in self._database.execute(query, (shelf,)).fetchall():
            yield self._opened(shelf, slot, box)

    def slot(self, kind: str, name: str) -> bytes:
        """Return where a record of this kind and id lies, if there is one."""
        return self._place(kind, name)[1]

    def at(self, kind: str, slot: bytes) -> bytes | None:
        """Return what lies in a slot. Raises DamagedError."""
        shelf = self._hash(kind)
        query = "SELECT box FROM records WHERE shelf = ? AND slot = ?"
        row = self._database.execute(query, (shelf, slot)).fetchone()
        return self._opened(shelf, slot, row[0]) if row else None

    def version(self, kind: str) -> tuple[int, int]:
        """Return what stays the same while no record of this kind is written, here or elsewhere.

        `data_version` is SQLite's own word for what another connection committed.
        """
        (others,) = self._database.execute("PRAGMA data_version").fetchone()
        return int(others), self._changes[kind]

    def changed(self, kind: str, known: Mapping[bytes, bytes]) -> tuple[list[Written], set[bytes]]:
        """Return the records of a kind that are not as they are `known` (slots and stamps).

        The slots that hold nothing any more come second. Raises DamagedError.
        """
        shelf = self._hash(kind)
        query = "SELECT slot, box FROM records WHERE shelf = ?"
        gone, written = set(known), []
        for slot, box in self._database.execute(query, (shelf,)):
            gone.discard(slot)
            stamp = box[:STAMP_SIZE]
            if known.get(slot) != stamp:
                written.append(Written(slot, stamp, self._opened(shelf, slot, box)))
        return written, gone

    def _place(self, kind: str, name: str) -> tuple[bytes, bytes]:
        return self._hash(kind), self._hash(f"{kind}/{name}")

    def _hash(self, text: str) -> bytes:
        return hashlib.blake2b(
            text.encode(), key=self._index_key, digest_size=HASH_SIZE, person=b"vs1-index"
        ).digest()

    def _opened(self, shelf: bytes, slot: bytes, box: bytes) -> bytes:
        try:
            return self._seal.open(_context(shelf, slot), box)
        except BadBox:
            raise DamagedError(what="a record") from None

    def _open_index_key(self) -> bytes:
        query = "SELECT box FROM records WHERE shelf = ? AND slot = ?"
        row = self._database.execute(query, (INDEX_PLACE, INDEX_PLACE)).fetchone()
        if row is None:
            raise DamagedError(what="the index of its records")
        return self._opened(INDEX_PLACE, INDEX_PLACE, row[0])


def make_records(file: Path, master: MasterKey) -> None:
    """Make a new, empty database."""
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
    index_key = secrets.token_bytes(INDEX_KEY_SIZE)
    box = RecordSeal(master).seal(_context(INDEX_PLACE, INDEX_PLACE), index_key)
    with _connected(file) as database:
        database.execute(SCHEMA)
        database.execute("INSERT INTO records VALUES (?, ?, ?)", (INDEX_PLACE, INDEX_PLACE, box))


@contextmanager
def open_records(file: Path, master: MasterKey) -> Iterator[Records]:
    """Yield the records of a station. Raises DamagedError."""
    with _connected(file) as database:
        yield Records(database, master)


@contextmanager
def _connected(file: Path) -> Iterator[sqlite3.Connection]:
    """Transactions are ours (isolation_level None); what is deleted is overwritten."""
    try:
        address = file.absolute().as_uri() + "?mode=rw"
        database = sqlite3.connect(address, isolation_level=None, uri=True)
        try:
            database.execute("PRAGMA secure_delete = ON")
            database.execute("PRAGMA synchronous = FULL")
            database.execute("PRAGMA temp_store = MEMORY")
            yield database
        finally:
            database.close()
    except sqlite3.OperationalError as error:  # a full disk, most likely
        raise RecordsError(why=error) from None
    except sqlite3.DatabaseError:
        raise DamagedError(what="its database") from None


def _context(shelf: bytes, slot: bytes) -> str:
    return shelf.hex() + "/" + slot.hex()
