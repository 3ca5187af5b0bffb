"""Streams into a file that only a recipient's key or a passphrase opens, by `age`.

age asks for passphrases at a terminal only. It gets one of its own: a pseudo-terminal that nobody
sees, so that the passphrase stands in no argument, no environment and no file.
"""

import os
import pty
import re
import subprocess
import termios
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO, cast

from crypto.secret import Secret
from viewing_station.errors import BadRecipientError, ContainerError, NoContainerError

# X25519 recipients, in Bech32 (age-encryption.org/v1). Others would call for plug-ins.
_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")
SPACE, DELETE = 0x20, 0x7F  # what is below or is this is a control character
LOCAL_FLAGS = 3  # where they stand in what tcgetattr returns
PASSPHRASE_LIMIT = 1000  # bytes: a terminal takes lines of 4,095, and hangs past them
WHY_LIMIT = 200  # characters of what age says when it fails


@dataclass(frozen=True)
class Recipients:
    """Whose keys open it."""

    names: tuple[str, ...]


def check_recipients(untrusted: Sequence[str]) -> Recipients:
    """Raise BadRecipientError where one is none."""
    for name in untrusted:
        if not _RECIPIENT.fullmatch(name):
            raise BadRecipientError(name=name)
    return Recipients(tuple(untrusted))


def seal_with_age(pieces: Iterable[bytes], sink: BinaryIO, key: Recipients | Secret) -> None:
    """Encrypt `pieces` into `sink` as they come. Raises NoContainerError, ContainerError.

    Where `pieces` raises, age is killed before its input ends, so that nothing it wrote could
    pass for whole.
    """
    begun = _to_recipients if isinstance(key, Recipients) else _to_passphrase
    try:
        with begun(sink, key) as (process, feed):  # type: ignore[arg-type]  # the one for its kind
            _feed(pieces, process, feed)
    except FileNotFoundError:
        raise NoContainerError(tool="age") from None


def _feed(pieces: Iterable[bytes], process: subprocess.Popen[bytes], feed: BinaryIO) -> None:
    try:
        _write(pieces, feed)
    except BaseException:
        process.kill()
        raise
    finally:
        said = _ended(process, feed)
    if process.returncode:
        raise ContainerError(why=said or "age failed")


def _write(pieces: Iterable[bytes], feed: BinaryIO) -> None:
    for piece in pieces:
        try:
            feed.write(piece)
        except BrokenPipeError:
            return  # age has gone, and says why


def _ended(process: subprocess.Popen[bytes], feed: BinaryIO) -> str:
    with suppress(BrokenPipeError):
        feed.close()
    said = process.stderr.read() if process.stderr else b""
    process.wait()
    first = said.decode(errors="replace").strip().partition("\n")[0]
    return first.removeprefix("age: error: ")[:WHY_LIMIT]


Begun = tuple["subprocess.Popen[bytes]", BinaryIO]


@contextmanager
def _to_recipients(sink: BinaryIO, key: Recipients) -> Iterator[Begun]:
    named = [word for name in key.names for word in ("--recipient", name)]
    command = ["age", "--encrypt", *named]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=sink, stderr=subprocess.PIPE
    ) as process:
        yield process, cast("BinaryIO", process.stdin)


@contextmanager
def _to_passphrase(sink: BinaryIO, key: Secret) -> Iterator[Begun]:
    """In a session of its own age finds no other terminal than the one that is its input."""
    _require_typeable(key.reveal())
    master, slave = _silent_terminal()
    try:
        source, feed = os.pipe()
        with os.fdopen(feed, "wb") as feeding:
            try:
                process = subprocess.Popen(
                    ["age", "--encrypt", "--passphrase", f"/proc/self/fd/{source}"],
                    stdin=slave,
                    stdout=sink,
                    stderr=subprocess.PIPE,
                    pass_fds=[source],
                    start_new_session=True,
                )
            finally:
                os.close(source)
            with process:
                os.write(master, (key.reveal() + b"\n") * 2)  # once, and once more to confirm
                yield process, feeding
    finally:
        os.close(slave)
        os.close(master)


def _require_typeable(passphrase: bytes) -> None:
    """Raise ContainerError for what a terminal would swallow or act upon."""
    if len(passphrase) > PASSPHRASE_LIMIT or any(
        byte < SPACE or byte == DELETE for byte in passphrase
    ):
        raise ContainerError(why="its passphrase is too long, or no keyboard types it")


def _silent_terminal() -> tuple[int, int]:
    master, slave = pty.openpty()
    flags = termios.tcgetattr(slave)
    flags[LOCAL_FLAGS] &= ~termios.ECHO
    termios.tcsetattr(slave, termios.TCSANOW, flags)
    return master, slave
