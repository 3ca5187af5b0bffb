"""The instance's files but for database and bodies: secrets, onion keys, configuration, identity.

Everything in the home that is not known to belong to this machine alone: so that what a later
version keeps there is in the backup as well.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from admin.demo import LOGIN, PASSPHRASE_FILE, STATION_FOLDER
from admin.errors import AdminError
from admin.retiring.notice import NOTICE_NAME
from formats.backup import DATABASE, is_backup_path
from web.instance import Places

FILE_LIMIT = 16 << 20  # bytes (16 MiB): a key has some hundred, and a large file is none of ours

# Bodies and database go by themselves; sockets and locks, and what tor remembers of its network,
# are this machine's; that it is being retired must not come back with it; the demo's station does
# not belong on a server at all.
PASSED_OVER = frozenset(
    {"blobs", "run", "tor", NOTICE_NAME, STATION_FOLDER, PASSPHRASE_FILE, LOGIN}
)


@dataclass(frozen=True)
class SmallFile:
    """A file's path below the home, and what is in it."""

    path: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class SmallFiles:
    """What goes into a backup, and the names of what does not because it is none of ours."""

    taken: tuple[SmallFile, ...]
    foreign: tuple[str, ...]


def small_files(places: Places, database: Path | None) -> SmallFiles:
    """Read them all; `database` is the SQLite file in use. Raises AdminError if one is missing."""
    taken, foreign = [], []
    for path in sorted(_files(places.home)):
        name = path.relative_to(places.home).as_posix()
        if database is not None and path.name.startswith(database.name):
            continue  # and its log, and its shared memory
        if name.startswith(DATABASE):
            continue
        content = _read(path)
        if content is None:
            continue  # it went while we looked
        if not is_backup_path(name) or len(content) > FILE_LIMIT:
            foreign.append(name)
        else:
            taken.append(SmallFile(name, content))
    for needed in (places.identity, places.home / "config.toml"):
        if needed.name not in {file.path for file in taken}:
            raise AdminError(f"{needed} is missing: a backup without it would not come back.")
    return SmallFiles(tuple(sorted(taken, key=lambda file: file.path)), tuple(foreign))


def _files(home: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(home):
        passed = PASSED_OVER if Path(place) == home else frozenset()
        folders[:] = [name for name in folders if not _is_passed(name, passed)]
        yield from (Path(place, name) for name in files if not _is_passed(name, passed))


def _is_passed(name: str, passed: frozenset[str]) -> bool:
    return name in passed or name.startswith(".")


def _read(path: Path) -> bytes | None:
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:  # gone, or a link, or a socket
        return None
    with os.fdopen(file, "rb") as source:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            return None
        return source.read(FILE_LIMIT + 1)
