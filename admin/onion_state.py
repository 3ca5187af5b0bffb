"""Which folder each app's onion service lies in, and which one it moves to: one small file an app.

A move is begun, ended and called off by writing this file, in one step: whatever a power cut
leaves is one of its states, and the next command or `serve` goes on from there.
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from admin.errors import AdminError
from formats.errors import FormatError, check
from formats.strict_json import Fields, check_canonical, encode_json, parse_json
from tor.files import write_whole
from web.instance import Places

FORMAT = "vasistas/onion-state/1"
STATE_LIMIT = 2 << 10  # bytes (2 KiB); the longest takes some 400
_FOLDER = re.compile(r"(?:source|journalist)(?:\.[a-z2-7]{56})?")


@dataclass(frozen=True)
class Overlap:
    """A move under way: the new service's folder, since when, and the old one's last day (UTC)."""

    folder: str
    since: date
    until: date

    def __post_init__(self) -> None:
        check(next=_is_folder(self.folder), until=self.since <= self.until)

    def over(self, today: date) -> bool:
        """Tell whether the old one's last day is past."""
        return today > self.until


@dataclass(frozen=True)
class OnionState:
    """How an app's service stands. Folders are names below `onions`; raises Malformed.

    `retired` is a folder that is to be destroyed as soon as no tor serves it.
    """

    current: str
    overlap: Overlap | None = None
    retired: str = ""

    def __post_init__(self) -> None:
        held = [self.current, self.retired, self.overlap.folder if self.overlap else ""]
        named = [folder for folder in held if folder]
        check(
            current=_is_folder(self.current),
            retired=not self.retired or _is_folder(self.retired),
            folders=len(set(named)) == len(named),
        )

    def encode(self) -> bytes:
        """Return the file's bytes."""
        overlap = self.overlap
        return encode_json(
            {
                "format": FORMAT,
                "current": self.current,
                "next": overlap.folder if overlap else "",
                "since": overlap.since.isoformat() if overlap else "",
                "until": overlap.until.isoformat() if overlap else "",
                "retired": self.retired,
            }
        )


def read_state(places: Places, app: str) -> OnionState:
    """Read how an app's service stands; one that never moved needs no file. Raises AdminError."""
    file = state_file(places, app)
    try:
        with file.open("rb") as source:
            return _decoded(source.read(STATE_LIMIT + 1))
    except FileNotFoundError:
        return OnionState(app)
    except FormatError:
        raise AdminError(f"{file} is damaged: restore it from a backup.") from None


def write_state(places: Places, app: str, state: OnionState) -> None:
    """Have it stand so from now on."""
    write_whole(state_file(places, app), state.encode())


def state_file(places: Places, app: str) -> Path:
    """Give the file's place."""
    return places.onions / f"{app}.json"


def _decoded(data: bytes) -> OnionState:
    fields = Fields(
        parse_json(data, STATE_LIMIT), "format", "current", "next", "since", "until", "retired"
    )
    check(format=fields.text("format") == FORMAT)
    coming = fields.text("next")
    overlap = Overlap(coming, fields.day("since"), fields.day("until")) if coming else None
    state = OnionState(fields.text("current"), overlap, fields.text("retired"))
    check_canonical(state.encode(), data)
    return state


def _is_folder(name: str) -> bool:
    return _FOLDER.fullmatch(name) is not None
