"""Looking for anything at rest that tells two deliveries of one codename from those of two.

The method: the same house receives, in random order, two deliveries from one codename and one
each from two others. Everything stored about each delivery is taken apart into values; a value
that two rows share, or a neighbourhood in which they stand, is a *mark* on that pair of rows.
A mark that the pair of one codename bears and no other pair does is a link.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

Pair = frozenset[str]
ROW_TABLES = ("deliveries", "envelopes")
NEEDLE_BYTES = 4  # a shared run of so few bytes is chance: 1 in 2**32 a position


@dataclass(frozen=True)
class Mark:
    """What two deliveries share: where it was seen, and the value or the kind of closeness."""

    where: str
    value: str


def marks(home: Path) -> dict[Pair, set[Mark]]:
    """Collect what each pair of deliveries shares, over rows, blobs, files and the WAL."""
    found: dict[Pair, set[Mark]] = defaultdict(set)
    with sqlite3.connect(f"file:{home / 'vasistas.db'}?mode=ro", uri=True) as db:
        db.row_factory = sqlite3.Row
        handles = [row["id"] for row in db.execute("SELECT id FROM deliveries")]
        blobs = {r["body_blob"]: r["delivery"] for r in db.execute("SELECT * FROM envelopes")}
        _equal_values(db, found)
    _equal_files(home, blobs, found)
    _neighbours(home, handles, found)
    for pair in combinations(sorted(handles), 2):
        found.setdefault(frozenset(pair), set())
    return found


def links(found: dict[Pair, set[Mark]], same: Pair) -> set[Mark]:
    """Give the marks that only the pair of one codename bears."""
    others: set[Mark] = set().union(*(seen for pair, seen in found.items() if pair != same))
    return found[same] - others


def _equal_values(db: sqlite3.Connection, found: dict[Pair, set[Mark]]) -> None:
    """Mark pairs whose rows share a value, in any column, or in two columns across."""
    holders: dict[tuple[str, object], set[str]] = defaultdict(set)
    for table in ROW_TABLES:
        for row in db.execute(f"SELECT * FROM {table}"):  # noqa: S608  our own two names
            owner = row["id"] if table == "deliveries" else row["delivery"]
            for value in tuple(row):
                if value is not None:
                    holders["value", value].add(owner)
                if isinstance(value, bytes):
                    for start in range(len(value) - NEEDLE_BYTES):
                        run = value[start : start + NEEDLE_BYTES]
                        if len(set(run)) > 1:
                            holders["run", run].add(owner)
    _mark_holders("rows", holders, found)


def _equal_files(home: Path, blobs: dict[str, str], found: dict[Pair, set[Mark]]) -> None:
    """Mark pairs whose blobs share a time, a size or a folder, or lie side by side in time."""
    holders: dict[tuple[str, object], set[str]] = defaultdict(set)
    changed: list[tuple[int, str]] = []
    for name, owner in blobs.items():
        status = (home / "blobs" / name[:2] / name).stat()
        for kind in ("st_mtime_ns", "st_atime_ns", "st_ctime_ns", "st_size", "st_mode"):
            holders[kind, getattr(status, kind)].add(owner)
        changed.append((status.st_ctime_ns, owner))
    _mark_holders("files", holders, found)
    _mark_neighbours("change time", [owner for _, owner in sorted(changed)], found)


def _neighbours(home: Path, handles: Iterable[str], found: dict[Pair, set[Mark]]) -> None:
    """Mark pairs that stand side by side in the raw bytes of the database or its WAL."""
    for name in ("vasistas.db", "vasistas.db-wal"):
        path = home / name
        raw = path.read_bytes() if path.exists() else b""
        places = sorted(
            (place, handle) for handle in handles for place in _occurrences(raw, handle.encode())
        )
        _mark_neighbours(name, [handle for _, handle in places], found)


def _occurrences(raw: bytes, needle: bytes) -> list[int]:
    places, start = [], raw.find(needle)
    while start >= 0:
        places.append(start)
        start = raw.find(needle, start + 1)
    return places


def _mark_holders(
    where: str, holders: dict[tuple[str, object], set[str]], found: dict[Pair, set[Mark]]
) -> None:
    for (kind, value), owners in holders.items():
        for pair in combinations(sorted(owners), 2):
            found[frozenset(pair)].add(Mark(f"{where}: {kind}", repr(value)))


def _mark_neighbours(where: str, order: list[str], found: dict[Pair, set[Mark]]) -> None:
    for before, after in pairwise(order):
        if before != after:
            found[frozenset((before, after))].add(Mark(where, "side by side"))
