"""A LUKS container without the kernel's device mapper, and so without root.

A file system is put together in memory files, which have no name and end with this process;
`cryptsetup reencrypt` encrypts it there, in place; only then is it written out. cryptsetup must be
built with the kernel's userspace cryptography, as Debian's is.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from crypto.secret import Secret
from viewing_station.errors import ContainerError, LargeContainerError, NoContainerError
from viewing_station.publishing.release import PIECE, Part
from viewing_station.screen import human_size

PROGRAMS = ("cryptsetup", "mke2fs", "debugfs")
SYSTEM_FOLDERS = ("/usr/sbin", "/sbin")  # not on the path of those who are not root
DOCUMENTS_LIMIT = 512 << 20  # bytes: all of it is in memory, and its largest file twice
ROOM = 16 << 20  # bytes that an ext4 file system takes for itself, with a margin
ROOM_SHARE = 16  # and one byte for so many of documents, for its tables of blocks
HEADER_ROOM = 32 << 20  # bytes: cryptsetup wants twice the 16 MiB of a LUKS2 header
BLOCK = 4096  # bytes
FIXED_CLOCK = {"E2FSPROGS_FAKE_TIME": "315532800"}  # 1980: when it was made is nobody's business
READABLE = 0o644  # within, or on the machine it is carried to root alone could read it
WHY_LIMIT = 200  # characters of what a program says when it fails


def search_path() -> str:
    """Return where the programs are looked for."""
    return os.pathsep.join((os.environ.get("PATH", os.defpath), *SYSTEM_FOLDERS))


def seal_with_luks(parts: Sequence[Part], sink: BinaryIO, passphrase: Secret) -> None:
    """Write a LUKS2 container with an ext4 file system of `parts` into `sink`.

    Raises LargeContainerError, NoContainerError, ContainerError, OSError.
    """
    size = sum(part.size + BLOCK for part in parts)
    if size > DOCUMENTS_LIMIT:
        raise LargeContainerError(limit=human_size(DOCUMENTS_LIMIT))
    inner = (size + size // ROOM_SHARE + ROOM) // BLOCK * BLOCK
    with _memory_file() as image:
        os.truncate(image, inner + HEADER_ROOM)
        _make_file_system(image, inner)
        for part in parts:
            _add(image, part)
        _encrypt(image, passphrase)
        _copy(image, sink)


def _make_file_system(image: int, size: int) -> None:
    options = ["-t", "ext4", "-O", "^has_journal", "-b", str(BLOCK), "-m", "0"]
    options += ["-E", "root_owner=0:0"]
    _run(["mke2fs", "-q", "-F", *options, _path(image), f"{size // 1024}k"])


def _add(image: int, part: Part) -> None:
    with _memory_file() as file:
        with os.fdopen(os.dup(file), "wb") as content:
            for piece in part.pieces():
                content.write(piece)
        said = _run(["debugfs", "-w", "-R", f"write {_path(file)} {part.name}", _path(image)])
        if "Allocated inode" not in said:  # debugfs has no exit code for what fails within
            raise ContainerError(why="its file system took no more")


def _encrypt(image: int, passphrase: Secret) -> None:
    command = ["cryptsetup", "reencrypt", "--encrypt", "--type", "luks2", "--batch-mode"]
    command += ["--reduce-device-size", str(HEADER_ROOM), "--force-offline-reencrypt"]
    command += ["--disable-locks"]  # they are root's to make, and nobody else knows this file
    # It keeps the new header, as it will stand in the container, for a moment where it works.
    with tempfile.TemporaryDirectory() as folder:
        _run([*command, "--key-file", "-", _path(image)], passphrase.reveal(), folder)


def _copy(image: int, sink: BinaryIO) -> None:
    os.lseek(image, 0, os.SEEK_SET)
    while piece := os.read(image, PIECE):
        sink.write(piece)


@contextmanager
def _memory_file() -> Iterator[int]:
    handle = os.memfd_create("container", os.MFD_CLOEXEC)
    try:
        os.fchmod(handle, READABLE)
        yield handle
    finally:
        os.close(handle)


def _path(handle: int) -> str:
    """Return the path by which programs that we start find a file that has no name."""
    return f"/proc/{os.getpid()}/fd/{handle}"


def _run(command: list[str], given: bytes = b"", folder: str = "/") -> str:
    try:
        done = subprocess.run(
            command,
            input=given,
            capture_output=True,
            check=False,
            cwd=folder,
            env={"PATH": search_path(), "LC_ALL": "C"} | FIXED_CLOCK,
        )
    except FileNotFoundError:
        raise NoContainerError(tool=command[0]) from None
    said = (done.stdout + done.stderr).decode(errors="replace").strip()
    if done.returncode:
        raise ContainerError(why=said.rpartition("\n")[2][:WHY_LIMIT] or f"{command[0]} failed")
    return said
