"""The tags that exiftool reads in files: one run for all files of an examination."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from viewing_station.inspecting.finding import CUT

TIME_LIMIT = 60  # seconds for one run: a film of an hour takes two
OUTPUT_LIMIT = 32 << 20  # bytes: a million tags are an attack
TAGS_LIMIT = 20_000  # of one file; a phone's film with a position each second has some thousands
VALUE_READ = 4_000  # characters of one value

OPTIONS = (
    *("-json", "-a", "-u", "-ee", "-G1:4", "-sort", "-m", "-api", "largefilesupport=1"),
    *("-charset", "filename=utf8", "-charset", "iptc=utf8", "-coordFormat", "%d°%d′%.2f″"),
    *("--System:all", "--ExifTool:ExifToolVersion"),
)


class TagsUnread(Exception):
    """The tags of these files could not be read."""


@dataclass(frozen=True)
class Tag:
    """One tag. `group` is where it stands: IFD0, GPS, PDF, XMP-dc, Track1, ..."""

    group: str
    name: str
    value: str

    @property
    def where(self) -> str:
        """How a finding cites it."""
        return f"{self.group}:{self.name}"


def read_tags(paths: Sequence[Path]) -> Iterator[tuple[Path, list[Tag]]]:
    """Yield the tags of each file. Raises TagsUnread."""
    listed = "\n".join(map(str, paths)).encode()  # our own names: no line break is in them
    command = ["exiftool", *OPTIONS, "-@", "-"]
    try:
        done = subprocess.run(
            command, input=listed, capture_output=True, timeout=TIME_LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TagsUnread from error
    if len(done.stdout) > OUTPUT_LIMIT:
        raise TagsUnread
    try:
        untrusted_files = json.loads(done.stdout or b"[]")
        by_path = {Path(untrusted.pop("SourceFile")): untrusted for untrusted in untrusted_files}
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise TagsUnread from error
    for path in paths:
        yield path, list(_tags(by_path[path])) if path in by_path else []


def _tags(untrusted: dict[str, object]) -> Iterator[Tag]:
    for count, (key, value) in enumerate(untrusted.items()):
        if count >= TAGS_LIMIT:
            yield Tag("ExifTool", "Warning", f"more than {TAGS_LIMIT:,} tags")
            return
        group, _, name = key.rpartition(":")
        yield Tag(group.partition(":")[0], name, _text(value))


def _text(value: object) -> str:
    if isinstance(value, list):
        text = ", ".join(_text(part) for part in value[:100])
    elif isinstance(value, dict):
        text = ", ".join(f"{name} {_text(part)}" for name, part in list(value.items())[:100])
    else:
        text = str(value)
    return text if len(text) <= VALUE_READ else text[:VALUE_READ] + CUT
