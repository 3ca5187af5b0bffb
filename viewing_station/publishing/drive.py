"""An encrypted container of an export, made with what the machine has: age, or LUKS."""

import shutil
from collections.abc import Iterator, Sequence
from enum import Enum

from crypto.secret import Secret
from formats.tar_header import END, filling, header
from viewing_station.errors import NoContainerError, PassphraseOnlyError
from viewing_station.publishing.age_container import Recipients, seal_with_age
from viewing_station.publishing.luks_container import PROGRAMS, seal_with_luks, search_path
from viewing_station.publishing.new_folder import NewFolder
from viewing_station.publishing.release import Part


class Tool(Enum):
    """What makes the container; the first that the machine has is taken."""

    AGE = "age"
    LUKS = "luks"


NEEDED = {Tool.AGE: ("age",), Tool.LUKS: PROGRAMS}
NAMES = {Tool.AGE: "documents.tar.age", Tool.LUKS: "documents.luks"}


def present_tool(wanted: str | None, *, to_keys: bool) -> Tool:
    """Return the tool that was wanted, or one that is there.

    Raises NoContainerError where it is missing, and PassphraseOnlyError.
    """
    asked = [Tool(wanted)] if wanted else list(Tool)
    if to_keys and wanted == Tool.LUKS.value:
        raise PassphraseOnlyError
    found = [tool for tool in asked if all(map(_is_here, NEEDED[tool]))]
    if to_keys:
        found = [tool for tool in found if tool is Tool.AGE]
    if not found:
        raise NoContainerError(tool=wanted or "age")
    return found[0]


def _is_here(program: str) -> bool:
    return shutil.which(program, path=search_path()) is not None


def write_container(
    folder: NewFolder, parts: Sequence[Part], tool: Tool, key: Recipients | Secret
) -> str:
    """Write the container and return its name.

    Raises ContainerError, LargeContainerError, OSError, and what reading the parts raises.
    """
    name = NAMES[tool]
    with folder.create(name) as sink:
        if tool is Tool.AGE:
            seal_with_age(tar_of(parts), sink, key)
        elif isinstance(key, Recipients):
            raise PassphraseOnlyError
        else:
            seal_with_luks(parts, sink, key)
    return name


def tar_of(parts: Sequence[Part]) -> Iterator[bytes]:
    """Yield a tar file without owners or times: it goes into age and never onto a disk."""
    for part in parts:
        yield header(part.name, part.size)
        yield from part.pieces()
        yield bytes(filling(part.size))
    yield END
