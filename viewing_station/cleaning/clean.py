"""Makes a clean copy: the original is read, a copy made, the copy inspected, and both recorded.

The original is never written to. A copy of which inspecting still finds something is kept all the
same, with what was found: a reviewer may want it, and nobody may take it for clean.
"""

import secrets
from dataclasses import dataclass
from datetime import date

from viewing_station.cleaning.choosing import choose
from viewing_station.cleaning.errors import CopyFailedError, CopyTooLargeError
from viewing_station.cleaning.making import MEDIA_TYPES, Work, make
from viewing_station.cleaning.naming import checked_name, new_name
from viewing_station.cleaning.originals import Counting, Original
from viewing_station.cleaning.seen import still_seen
from viewing_station.copies import Copy, Method
from viewing_station.inspecting.finding import Finding
from viewing_station.inspecting.inspection import SIZE_LIMIT, Inspection, inspect
from viewing_station.page_bar import Bar, page_bar
from viewing_station.station import Station

MIB = 1 << 20
ID_SIZE = 16  # bytes, drawn at random


@dataclass(frozen=True)
class Wish:
    """What a reviewer asked for, where they did."""

    method: Method | None = None
    name: str = ""
    text_layer: bool = False


@dataclass(frozen=True)
class Cleaned:
    """A copy that was made, and what inspecting original and copy found."""

    copy: Copy
    before: Inspection
    after: Inspection


def clean(
    station: Station, original: Original, wish: Wish, day: date, bar: Bar = page_bar
) -> Cleaned:
    """Make a copy of a document, and keep it in the vault; `bar` shows how far it is.

    Raises StationError: CleaningError, SandboxError, those of looking, FilesAwaitedError.
    """
    if original.size > SIZE_LIMIT:
        raise CopyTooLargeError(name=original.name, limit=SIZE_LIMIT // MIB)
    with original.open() as stream:
        before = inspect(stream, original.size)
    method = choose(before, wish.method, original.name)
    with station.vault.draft() as draft:
        counting = Counting(draft.write)
        with bar(original.name) as watcher:
            work = Work(original, method, before.suffix, wish.text_layer, watcher)
            made = make(work, counting)
        draft.finish()
        with station.vault.reading(draft) as stream:
            after = inspect(stream, counting.size)
        if after.suffix != made.suffix:
            raise CopyFailedError(name=original.name)
        copy = Copy(
            id=secrets.token_hex(ID_SIZE),
            thread=original.document.delivery.thread,
            delivery=original.document.delivery.name,
            document=original.document.entry.name,
            member=original.member,
            original=original.sha256,
            method=method,
            name=_named(station, original, wish, made.suffix),
            media_type=MEDIA_TYPES[made.suffix],
            size=counting.size,
            sha256=counting.sha256,
            archive=station.vault.keep(draft),
            day=day,
            remaining=(*after.remaining, *still_seen(before, method, made.text)),
        )
    with station.records.change():
        station.copies.put(copy)
    return Cleaned(copy, before, after)


def _named(station: Station, original: Original, wish: Wish, suffix: str) -> str:
    if wish.name:
        return checked_name(wish.name, suffix)
    return new_name(station.copies, original.document.delivery.thread, suffix)


def possible_in(cleaned: Cleaned) -> tuple[Finding, ...]:
    """Return what may be in the original, and what no program takes out of a copy."""
    return tuple(finding for finding in cleaned.before.findings if not finding.tells)
