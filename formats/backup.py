"""What a server's backup says of itself: `vasistas/backup/1`, the last but one of its members.

A backup is a tar inside one OpenPGP message. It is written as a stream, while deliveries go on, so
what it says of its members stands behind them: first the bodies of envelopes, each under the name
of its blob; then the instance's files under numbers, the database among them; then
`manifest.json` and `manifest.sig`. Size and SHA-256 of a body stand in the database's row of it, of
all other files here. Nothing of a backup is in its place before the manifest was verified.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date

from formats.errors import Malformed, check
from formats.handles import is_item_id, is_sha256
from formats.identity import INSTANCE_NAME_LIMIT
from formats.manifest import MANIFEST_LIMIT, MANIFEST_NAME, SIGNATURE_NAME, format_line, is_ordered
from formats.names import visible
from formats.strict_json import Fields, Json, as_text, check_canonical, encode_json, parse_json
from formats.tar_header import LARGEST
from formats.tar_reader import TarLimits

KIND = "backup"
DATABASE = "vasistas.db"

FILES_LIMIT = 10_000  # files: a handful of keys, and one for each reviewer's browser
BODIES_LIMIT = 1 << 32  # bodies: more than any disk has files
SIZE_LIMIT = 1 << 50  # bytes (1 PiB): no machine of ours holds as much
LOST_LIMIT = 100_000  # bodies that are not as they should be, named one by one
LIMITS = TarLimits(members=1 << 24, member_size=1 << 45, total=SIZE_LIMIT)

_STEP = r"\w[\w.-]{0,119}"  # names of reviewers are among them, with their accents
_PATH = re.compile(rf"{_STEP}(/{_STEP}){{0,5}}")
_SCHEMA = re.compile(r"[0-9]{4}")


@dataclass(frozen=True)
class BackedUpFile:
    """A file's path below the home, its size in bytes, its SHA-256 in hex. Raises Malformed."""

    path: str
    size: int
    sha256: str

    def __post_init__(self) -> None:
        check(
            path=is_backup_path(self.path),
            size=0 <= self.size <= LARGEST,
            sha256=is_sha256(self.sha256),
        )


@dataclass(frozen=True, kw_only=True)
class BackupManifest:
    """All that `manifest.json` says.

    `bodies`, `bodies_size` and `bodies_sha256` (see BodiesDigest) are of all bodies together.
    `gone` counts deliveries that were deleted while the backup was made, and are not in it;
    `lost` names bodies that the server itself did not have as their rows describe them. `schema` is
    the database's. Raises Malformed.
    """

    instance: str
    name: str
    day: date
    schema: str
    files: tuple[BackedUpFile, ...]
    bodies: int
    bodies_size: int
    bodies_sha256: str
    gone: int = 0
    lost: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        paths = [file.path for file in self.files]
        folders = {path[:at] for path in paths for at, c in enumerate(path) if c == "/"}
        check(
            instance=is_item_id(self.instance),
            name=0 < len(self.name) <= INSTANCE_NAME_LIMIT and visible(self.name) == self.name,
            schema=_SCHEMA.fullmatch(self.schema) is not None,
            files=is_ordered(paths, FILES_LIMIT) and folders.isdisjoint(paths),
            database=DATABASE in paths,
            bodies=0 <= self.bodies <= BODIES_LIMIT,
            bodies_size=0 <= self.bodies_size <= SIZE_LIMIT,
            bodies_sha256=is_sha256(self.bodies_sha256),
            gone=0 <= self.gone <= BODIES_LIMIT,
            lost=is_ordered(self.lost, LOST_LIMIT) and all(map(is_item_id, self.lost)),
        )

    def encode(self) -> bytes:
        """Return the bytes of `manifest.json`, which are signed."""
        return encode_json(
            {
                "format": format_line(KIND),
                "instance": self.instance,
                "name": self.name,
                "day": self.day.isoformat(),
                "schema": self.schema,
                "files": [_file_json(file) for file in self.files],
                "bodies": self.bodies,
                "bodies_size": self.bodies_size,
                "bodies_sha256": self.bodies_sha256,
                "gone": self.gone,
                "lost": list(self.lost),
            }
        )


def decode_backup(data: bytes) -> BackupManifest:
    """Read a backup's manifest. Raises Malformed or TooLarge for what `encode` never gives."""
    fields = Fields(
        parse_json(data, MANIFEST_LIMIT),
        *("format", "instance", "name", "day", "schema", "files"),
        *("bodies", "bodies_size", "bodies_sha256", "gone", "lost"),
    )
    check(format=fields.text("format") == format_line(KIND))
    manifest = BackupManifest(
        instance=fields.text("instance"),
        name=fields.text("name"),
        day=fields.day("day"),
        schema=fields.text("schema"),
        files=fields.many("files", _file, FILES_LIMIT),
        bodies=fields.number("bodies"),
        bodies_size=fields.number("bodies_size"),
        bodies_sha256=fields.text("bodies_sha256"),
        gone=fields.number("gone"),
        lost=fields.many("lost", as_text, LOST_LIMIT),
    )
    check_canonical(manifest.encode(), data)
    return manifest


class BodiesDigest:
    """Counts the bodies and hashes what they are: a line `NAME SIZE SHA256` each, in their order.

    The order is that of their names, so that no two ways of writing one backup differ.
    """

    def __init__(self) -> None:
        self._lines = hashlib.sha256()
        self._last = ""
        self.number = 0
        self.size = 0

    def add(self, name: str, size: int, sha256: str) -> None:
        """Count a body. Raises Malformed if it is not in its place."""
        check(order=name > self._last)
        self._last = name
        self._lines.update(f"{name} {size} {sha256}\n".encode("ascii"))
        self.number += 1
        self.size += size

    def matches(self, manifest: BackupManifest) -> bool:
        """Tell whether these are the bodies of a manifest."""
        said = (manifest.bodies, manifest.bodies_size, manifest.bodies_sha256)
        return said == (self.number, self.size, self.sha256)

    @property
    def sha256(self) -> str:
        """The SHA-256 of all lines, in hex."""
        return self._lines.hexdigest()


def file_member(number: int) -> str:
    """Return the name of the member that holds the file of this number in the manifest."""
    return f"{number:07d}.file"


def is_body(name: str) -> bool:
    """Tell whether a member is a body."""
    return is_item_id(name)


def check_order(names: tuple[str, ...], manifest: BackupManifest) -> None:
    """Raise Malformed unless these members follow the bodies: the files, manifest, signature."""
    files = tuple(file_member(number) for number in range(len(manifest.files)))
    if names != (*files, MANIFEST_NAME, SIGNATURE_NAME):
        raise Malformed("its members are not those that it names")


def is_backup_path(path: str) -> bool:
    """Tell whether a file may lie there: below the home, at most six deep, nothing hidden."""
    return _PATH.fullmatch(path) is not None


def _file_json(file: BackedUpFile) -> Json:
    return {"path": file.path, "size": file.size, "sha256": file.sha256}


def _file(value: object) -> BackedUpFile:
    fields = Fields(value, "path", "size", "sha256")
    return BackedUpFile(fields.text("path"), fields.number("size"), fields.text("sha256"))
