"""What a station's backup holds, inside its seal: a tar whose first member lists the others.

The further members are the station's files, in the order of the list, under numbers: a member's
name is no path. The list gives each its place below the station's folder.
"""

import re
from dataclasses import dataclass
from datetime import date

from formats.errors import check
from formats.handles import is_desk_slug
from formats.manifest import format_line
from formats.member import Member
from formats.strict_json import Fields, Json, check_canonical, encode_json, parse_json
from formats.tar_header import LARGEST

KIND = "station-backup"

FILES_LIMIT = 500_000  # files: each delivery leaves one or two here
LIST_LIMIT = 64 << 20  # bytes (64 MiB): the longest list of files as they are commonly named
TOTAL_LIMIT = 1 << 44  # bytes (16 TiB): more than a station's disk
_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){0,3}")


@dataclass(frozen=True)
class BackedUpFile:
    """A file's path below the station's folder, and its size in bytes. Raises Malformed."""

    path: str
    size: int

    def __post_init__(self) -> None:
        check(path=is_backup_path(self.path), size=0 <= self.size <= LARGEST)


@dataclass(frozen=True)
class StationBackup:
    """All that the list says: whose station it is, of what day, and its files. Raises Malformed."""

    desk: str
    day: date
    files: tuple[BackedUpFile, ...]

    def __post_init__(self) -> None:
        paths = {file.path for file in self.files}
        folders = {path[:at] for path in paths for at, c in enumerate(path) if c == "/"}
        check(
            desk=is_desk_slug(self.desk),
            files=len(paths) == len(self.files) <= FILES_LIMIT and paths.isdisjoint(folders),
        )

    def members(self) -> tuple[Member, ...]:
        """Return what follows the list, in its order."""
        return tuple(Member(f"{n:07d}", file.size) for n, file in enumerate(self.files))

    def encode(self) -> bytes:
        """Return the list's bytes."""
        files: list[Json] = [{"path": file.path, "size": file.size} for file in self.files]
        facts: dict[str, Json] = {"desk": self.desk, "day": self.day.isoformat(), "files": files}
        return encode_json({"format": format_line(KIND), **facts})


def decode_station_backup(data: bytes) -> StationBackup:
    """Read the list. Raises Malformed or TooLarge for what `encode` never gives."""
    fields = Fields(parse_json(data, LIST_LIMIT), "format", "desk", "day", "files")
    check(format=fields.text("format") == format_line(KIND))
    backup = StationBackup(
        desk=fields.text("desk"),
        day=fields.day("day"),
        files=fields.many("files", _file, FILES_LIMIT),
    )
    check_canonical(backup.encode(), data)
    return backup


def is_backup_path(path: str) -> bool:
    """Tell whether a file may lie there: below the folder, at most four deep, nothing hidden."""
    return _PATH.fullmatch(path) is not None


def _file(value: object) -> BackedUpFile:
    fields = Fields(value, "path", "size")
    return BackedUpFile(fields.text("path"), fields.number("size"))
