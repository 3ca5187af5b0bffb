"""Changes to the marks on a thread, for the commands and the full screen alike.

Each takes the thread's id (32 hex digits) and returns the marks as they are then. Nothing of it
ever leaves the station, so the caps are no defence: they keep a slip, such as a whole document
pasted in the wrong place, from filling the list of threads.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from viewing_station.errors import BadMarkError, LongMarkError, ManyLabelsError
from viewing_station.folding import fold
from viewing_station.marks import Marks
from viewing_station.station import Station

LABEL_LIMIT = 40  # characters: it stands in one row of the list with others
LABELS_LIMIT = 20  # on one thread: more than a screen's width of them is no order any more
NAME_LIMIT = 60  # characters: a person's name, or a team's
NOTE_LIMIT = 20_000  # characters: ten pages; what is longer is a document of its own
NOTE_READ_LIMIT = 3 + 4 * NOTE_LIMIT + 2  # bytes: a byte order mark, the note, a line end


def change_labels(
    station: Station, thread: str, add: Iterable[str] = (), remove: Iterable[str] = ()
) -> Marks:
    """Put labels on a thread and take others off; case and accents make no other label.

    Raises BadMarkError, LongMarkError, ManyLabelsError, and changes nothing then.
    """
    added = [_line(label, "label", LABEL_LIMIT) for label in add]
    removed = {fold(_line(label, "label", LABEL_LIMIT)) for label in remove}
    marks = station.marks.get(thread)
    labels = {fold(label): label for label in marks.labels}
    labels = {key: label for key, label in labels.items() if key not in removed}
    for label in added:
        labels.setdefault(fold(label), label)
    if len(labels) > LABELS_LIMIT:
        raise ManyLabelsError(limit=LABELS_LIMIT)
    ordered = sorted(labels.values(), key=lambda label: (fold(label), label))
    return _kept(station, replace(marks, labels=tuple(ordered)))


def set_note(station: Station, thread: str, text: str) -> Marks:
    """Put a note on a thread in place of its former one; white space alone takes it off.

    Raises BadMarkError, LongMarkError.
    """
    note = text.replace("\r\n", "\n").strip()
    if len(note) > NOTE_LIMIT:
        raise LongMarkError(what="note", limit=f"{NOTE_LIMIT:,}")
    _require_text(note, "note")
    return _kept(station, replace(station.marks.get(thread), note=note))


def read_note(raw: bytes) -> str:
    """Return a note's text from bytes. Raises BadMarkError, LongMarkError."""
    if len(raw) > NOTE_READ_LIMIT:  # it may have been cut within a character
        raise LongMarkError(what="note", limit=f"{NOTE_LIMIT:,}")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadMarkError(what="note") from None


def assign(station: Station, thread: str, name: str) -> Marks:
    """Say whose thread it is; an empty name makes it nobody's. Raises BadMarkError, LongMarkError.

    Names are what the team agrees on: the station knows no accounts.
    """
    assignee = _line(name, "name", NAME_LIMIT) if name.strip() else ""
    return _kept(station, replace(station.marks.get(thread), assignee=assignee))


def star(station: Station, thread: str, *, on: bool = True) -> Marks:
    """Put the star on a thread, or take it off."""
    return _kept(station, replace(station.marks.get(thread), starred=on))


def mute(station: Station, thread: str, *, on: bool = True) -> Marks:
    """Leave a thread that floods out of lists, or take it back in. What comes is kept as ever."""
    return _kept(station, replace(station.marks.get(thread), muted=on))


def _kept(station: Station, marks: Marks) -> Marks:
    with station.records.change():
        station.marks.put(marks)
    return marks


def _line(text: str, what: str, limit: int) -> str:
    """Return a mark of one line, its white space made single."""
    mark = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(mark) > limit:
        raise LongMarkError(what=what, limit=limit)
    if not mark or not fold(mark):
        raise BadMarkError(what=what)
    _require_text(mark, what)
    return mark


def _require_text(text: str, what: str) -> None:
    """Refuse what cannot be written as UTF-8: an argument that was typed in another encoding."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadMarkError(what=what) from None
