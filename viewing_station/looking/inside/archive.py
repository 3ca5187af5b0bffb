"""Runs inside the sandbox: lists an archive by libarchive, or prints one member of it.

    -c SCRIPT list LIMIT [CHANGED]     a line of JSON for each member, one more for how it ended
    -c SCRIPT print NUMBER             the bytes of the NUMBERth member, from 1

Nothing is unpacked: a member's path, links and devices are words here, and no more.
"""

import ctypes
import json
import os
import sys
from itertools import islice
from pathlib import Path
from typing import Any

os.environ.setdefault("LIBARCHIVE", "libarchive.so.13")  # or it would look for a compiler

import libarchive
from libarchive import ffi

ARCHIVE = "/work/archive"
COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"(\xb5/\xfd")
NAME_LIMIT = 4096  # characters: what Linux takes as a path

is_encrypted = ffi.libarchive.archive_entry_is_encrypted
is_encrypted.restype, is_encrypted.argtypes = ctypes.c_int, [ctypes.c_void_p]


def reader() -> Any:
    """Open the archive; what is only compressed, and no archive, has one member without a name."""
    with Path(ARCHIVE).open("rb") as file:
        compressed = file.read(6).startswith(COMPRESSED)
    if compressed:
        try:
            with libarchive.file_reader(ARCHIVE) as archive:
                next(iter(archive), None)
        except libarchive.ArchiveError:
            return libarchive.file_reader(ARCHIVE, format_name="raw")
    return libarchive.file_reader(ARCHIVE)


def text(name: str | bytes | None) -> str:
    """Return a name as text, whatever was put in its place."""
    if isinstance(name, bytes):
        name = name.decode("cp437", "replace")  # what ZIP writers of DOS meant
    return (name or "")[:NAME_LIMIT].encode("utf-8", "replace").decode()


def told(entry: Any) -> dict[str, object]:
    """Return what is told of a member."""
    kinds = {
        "link": entry.issym or entry.islnk,
        "folder": entry.isdir,
        "device": entry.isdev or entry.isfifo or entry.issock,
        "file": entry.isreg,
    }
    return {
        "name": text(entry.pathname),
        "kind": next((kind for kind, holds in kinds.items() if holds), "device"),
        "size": entry.size,
        "target": text(entry.linkpath) if kinds["link"] else "",
        "protected": is_encrypted(entry._entry_p) == 1,  # noqa: SLF001  not offered otherwise
    }


def write(line: dict[str, object]) -> None:
    """Print a line of JSON, in ASCII."""
    sys.stdout.write(json.dumps(line) + "\n")


def listed(limit: int) -> None:
    """Print what there is, and whether that is all."""
    ended = "whole"
    try:
        with reader() as archive:
            for number, entry in enumerate(archive, 1):
                if number > limit:
                    ended = "more"
                    break
                write(told(entry))
    except libarchive.ArchiveError as error:
        wanted = any(word in str(error).lower() for word in ("passphrase", "encrypt"))
        ended = "protected" if wanted else "damaged"
    write({"ended": ended})


def printed(number: int) -> None:
    """Print a member's bytes."""
    with reader() as archive:
        for entry in islice(archive, number - 1, number):
            for block in entry.get_blocks(1 << 16):
                sys.stdout.buffer.write(block)
            return
    sys.exit("no such member")


if __name__ == "__main__":
    {"list": listed, "print": printed}[sys.argv[1]](int(sys.argv[2]))
