"""Opens a backup with the admin's own gpg: their keyring, their agent, their pinentry.

The server has no key that opens anything, and no code of ours that does: gpg is a tool that the
admin runs here as anywhere. Nothing that it puts out counts before it has ended with success and
said that the message was sealed and whole (DECRYPTION_OKAY, GOODMDC).
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from admin.errors import AdminError
from crypto import gpg
from crypto.secret import Secret
from storage.blob_protocol import CHUNK

_NEEDED = frozenset({"DECRYPTION_OKAY", "GOODMDC"})
_PASSPHRASE_LIMIT = 4096  # bytes


class Opened:
    """A backup being opened: `plain` is what is inside, to be read to its end."""

    def __init__(self, process: subprocess.Popen[bytes], status: IO[bytes]) -> None:
        self._process, self._status = process, status
        self.plain = cast("BinaryIO", process.stdout)

    def check(self) -> None:
        """Raise AdminError unless gpg ended well, with nothing more to come and nothing amiss."""
        if self.plain.read(1):
            raise AdminError("The backup goes on behind its end: it was altered.")
        self.explain()

    def explain(self) -> None:
        """Wait for gpg's end, and raise AdminError for what it says was wrong, if anything."""
        while self.plain.read(CHUNK):  # or gpg would be cut off, and say nothing true
            pass
        ended = self._process.wait()
        self._status.seek(0)
        said = set(gpg.status_keywords(self._status.read(gpg.STATUS_LIMIT)))
        if ended == 0 and said >= _NEEDED:
            return
        if "BEGIN_DECRYPTION" not in said or "DECRYPTION_KEY" not in said:
            raise AdminError(
                "gpg could not open it: here is no private key for it, it was not unlocked, or the "
                "file is no backup. Set GNUPGHOME if the key lies elsewhere."
            )
        raise AdminError("The backup is damaged, cut short or was altered; nothing was restored.")


@contextmanager
def opened_backup(file: BinaryIO, passphrase: Secret | None) -> Iterator[Opened]:
    """Have gpg open a file; leave no process behind, whatever happens."""
    with ExitStack() as stack:
        status = stack.enter_context(_memory_file())
        words, fds = ["--status-fd", str(status.fileno())], [status.fileno()]
        if passphrase is not None:
            given = stack.enter_context(_memory_file(passphrase.reveal()))
            words += ["--batch", "--pinentry-mode", "loopback", "--passphrase-fd"]
            words.append(str(given.fileno()))
            fds.append(given.fileno())
        command = ["gpg", "--quiet", "--no-options", *words, "--output", "-", "--decrypt"]
        process = subprocess.Popen(
            command,
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=fds,
            env=_environment(),
        )
        stack.callback(_end, process)
        yield Opened(process, status)


def read_passphrase(file: Path) -> Secret:
    """Read the first line of a file, or of standard input for `-`."""
    with ExitStack() as stack:
        source = sys.stdin.buffer
        if file != Path("-"):
            source = stack.enter_context(file.open("rb"))
        line = source.readline(_PASSPHRASE_LIMIT + 1)
    if len(line) > _PASSPHRASE_LIMIT:
        raise AdminError(f"{file} is too long for a passphrase.")
    return Secret(line.rstrip(b"\r\n"))


def _environment() -> dict[str, str]:
    """Give the admin's environment; a pinentry in the terminal needs to know which one."""
    found = dict(os.environ)
    if sys.stdin.isatty():
        found.setdefault("GPG_TTY", os.ttyname(sys.stdin.fileno()))
    return found


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _memory_file(content: bytes = b"") -> IO[bytes]:
    file = os.fdopen(os.memfd_create("vasistas"), "w+b", buffering=0)
    file.write(content)
    file.seek(0)
    return file
