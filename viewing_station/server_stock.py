"""What the server last said, in a signed bundle, of its stock under subkeys whose windows are over.

Nothing else that this station knows tells what still waits on the server. It is believed for this
alone: a server that lies can only have what it holds itself made unreadable, and it could as well
delete it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from formats.held import HeldEntry, parted
from viewing_station.records import Records
from viewing_station.station import Station

KIND = "stock"
NAME = "stock"


@dataclass(frozen=True)
class Stock:
    """What a bundle of `day` said. By subkey: the names told, and whether there are more."""

    day: date
    names: dict[str, frozenset[str]]
    more: frozenset[str]


def stock(records: Records) -> Stock | None:
    """Return the last word of the server; None if it never said any."""
    kept = records.get(KIND, NAME)
    if kept is None:
        return None
    fields = json.loads(kept)
    names = {subkey: frozenset(each) for subkey, each in fields["names"].items()}
    return Stock(date.fromisoformat(fields["day"]), names, frozenset(fields["more"]))


def note_stock(records: Records, day: date, entries: Iterable[HeldEntry]) -> None:
    """Keep what a bundle says, unless a later one was opened. Belongs in `records.change()`.

    Of two bundles of one day nobody knows which is the later: what either names is held.
    """
    before = stock(records)
    if before is not None and before.day > day:
        return
    names = {entry.subkey: frozenset(entry.names) for entry in entries}
    more = frozenset(entry.subkey for entry in entries if entry.number > len(entry.names))
    if before is not None and before.day == day:
        for subkey, held in before.names.items():
            names[subkey] = names.get(subkey, frozenset()) | held
        more |= before.more
    fields = {
        "day": day.isoformat(),
        "names": {subkey: sorted(held) for subkey, held in names.items()},
        "more": sorted(more),
    }
    records.put(KIND, NAME, json.dumps(fields).encode())


def unopened(station: Station, names: Iterable[str]) -> list[str]:
    """Return those of the named things that were neither opened here nor given up.

    What is to be discarded was given up: its deletion is on its way.
    """
    replies = frozenset(reply.id for reply in station.outbox.replies())
    return [name for name in sorted(names) if not _is_done(station, name, replies)]


def _is_done(station: Station, name: str, replies: frozenset[str]) -> bool:
    handle, kind = parted(name)
    if handle in replies or station.outbox.deletion(handle) is not None:
        return True
    delivery = station.deliveries.get(handle)
    if delivery is None:
        return False
    return kind == "letter" or (kind == "files" and not delivery.awaits_files)
