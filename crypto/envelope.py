"""Sealing: one gpg process turns a stream of plaintext into an envelope's head and body.

DESIGN.md, "Envelope". gpg writes nothing and keeps nothing: its home is an empty private
directory, the keys come in memory files, the plaintext through a pipe, and what it puts out is
read by a thread that parts head from body. gpg takes the end of its input for the end of the
message, however it came about: so on any failure it is killed *before* its input is closed, or
a truncated plaintext would become an envelope that opens without a complaint.
"""

import contextlib
import datetime as dt
import fcntl
import hashlib
import os
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, NoReturn, Self, cast

from crypto import gpg
from crypto.errors import NoUsableKey, SealFailed
from crypto.packets import MAX_RECIPIENTS, HeadSplitter

WRITE_SIZE = 256 * 1024  # bytes: smaller writes to gpg are gathered, or the pipe costs more than it
READ_SIZE = 256 * 1024  # bytes: larger ones cost more in fresh pages than they spare in calls
PIPE_SIZE = 1024 * 1024  # bytes: what Linux allows everyone (/proc/sys/fs/pipe-max-size)

# RFC 4880 as it is, for ever readable: SEIPD version 1, AES-256, nothing compressed, no name.
_FORM = (
    "--rfc4880",
    "--cipher-algo",
    "AES256",
    "--compress-algo",
    "none",
    "-z0",
    "--set-filename",
    "",
)
# No file, no lock, no agent, and no say for a web of trust: the admin vouched for the keys.
_ALONE = (
    "--no-keyring",
    "--no-autostart",
    "--lock-never",
    "--no-random-seed-file",
    "--trust-model",
    "always",
    "--no-auto-check-trustdb",
)


@dataclass(frozen=True)
class SealedEnvelope:
    """What the row of an envelope keeps: its head whole, its body by size and SHA-256."""

    head: bytes
    head_sha256: bytes
    body_size: int
    body_sha256: bytes


class EnvelopeSeal:
    """Seals one envelope: `with seal: seal.write(…); sealed = seal.finish()`.

    `keys` are armored public keys, each of another owner; every one of them will open it.
    `body_sink` takes the body, in order, *from another thread*. `day` is the only date in the
    envelope. `gnupg_home` is an empty private directory, and stays so. Leaving the `with` without
    `finish` leaves no gpg and no whole envelope; what the sink took is the caller's to throw away.
    """

    def __init__(
        self,
        keys: Sequence[str],
        body_sink: Callable[[bytes], None],
        day: dt.date,
        gnupg_home: Path,
        *,
        hashing: bool = True,
    ) -> None:
        """Take what to seal to and where to; raise `NoUsableKey` if there is no key.

        Without `hashing`, for a sink that does its own, the body's SHA-256 is left empty.
        """
        if not keys:
            raise NoUsableKey
        if len(keys) > MAX_RECIPIENTS:
            raise SealFailed("too many keys")
        self._keys = tuple(keys)
        self._body_sink = body_sink
        self._day = day
        self._home = gnupg_home
        self._hashing = hashing
        self._splitter = HeadSplitter()
        self._body_size = 0
        self._body_sha256 = hashlib.sha256()

    def __enter__(self) -> Self:
        """Start gpg; raise `SealFailed` if it cannot be started."""
        with contextlib.ExitStack() as ending:
            self._status = ending.enter_context(_memory_file())
            self._process = ending.enter_context(self._start())
            self._plaintext = cast("IO[bytes]", self._process.stdin)
            self._ciphertext = cast("IO[bytes]", self._process.stdout)
            pump_thread = ending.enter_context(ThreadPoolExecutor(1, "envelope"))
            self._pumped = pump_thread.submit(self._pump)
            ending.callback(self._close_plaintext)
            ending.callback(self._process.kill)  # the last in is the first out
            self._ending = ending.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave no process, thread or descriptor behind, whatever happened."""
        self._ending.close()

    @property
    def pid(self) -> int:
        """The id of the gpg process."""
        return self._process.pid

    @property
    def head(self) -> bytes:
        """The head, whole once the sink was given anything: who wants one file writes it first."""
        return self._splitter.head

    def write(self, data: bytes) -> None:
        """Seal more plaintext.

        Raises `SealFailed` if gpg or the sink failed; what the sink raised is its `__cause__`.
        """
        try:
            self._plaintext.write(data)
        except BrokenPipeError:
            self._fail()

    def finish(self) -> SealedEnvelope:
        """End the plaintext and return the envelope when it is whole; raise as `write` does."""
        try:
            self._plaintext.close()
        except BrokenPipeError:
            self._fail()
        if self._pumped.exception() or self._process.wait() or not self._is_whole():
            self._fail()
        head = self._splitter.head
        body_sha256 = self._body_sha256.digest() if self._hashing else b""
        return SealedEnvelope(head, hashlib.sha256(head).digest(), self._body_size, body_sha256)

    def _start(self) -> subprocess.Popen[bytes]:
        with contextlib.ExitStack() as opened:
            key_files = [opened.enter_context(_memory_file(key)).fileno() for key in self._keys]
            try:
                process = subprocess.Popen(
                    self._command(key_files),
                    bufsize=WRITE_SIZE,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    pass_fds=(*key_files, self._status.fileno()),
                    env=gpg.ENVIRONMENT,
                )
            except OSError as error:
                raise SealFailed("gpg could not be started") from error
        _widen(process.stdin)
        _widen(process.stdout)
        return process

    def _command(self, key_files: Sequence[int]) -> list[str]:
        recipients = [
            argument
            for file in key_files
            for argument in ("--hidden-recipient-file", f"/proc/self/fd/{file}")
        ]
        status = ("--status-fd", str(self._status.fileno()))
        clock = gpg.at_end_of(self._day)
        return gpg.command(self._home, *_FORM, *_ALONE, *clock, *status, *recipients, "--encrypt")

    def _pump(self) -> None:
        """Hand gpg's output on until it ends; on any failure see that nothing can follow."""
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(self._process.kill)
            while chunk := os.read(self._ciphertext.fileno(), READ_SIZE):
                if body := self._splitter.feed(chunk):
                    if self._hashing:
                        self._body_sha256.update(body)
                    self._body_size += len(body)
                    self._body_sink(body)
            self._splitter.finish()
            on_failure.pop_all()

    def _is_whole(self) -> bool:
        """Tell whether gpg says that it ended well, and sealed to as many keys as it was given."""
        return "END_ENCRYPTION" in self._status_keywords() and self._splitter.recipients == len(
            self._keys
        )

    def _fail(self) -> NoReturn:
        """End everything and raise for what it was that failed."""
        self._process.kill()
        cause = self._pumped.exception()
        self._process.wait()
        refused = "INV_RECP" in self._status_keywords()
        self._ending.close()
        if refused:
            raise NoUsableKey
        raise SealFailed("the envelope was not sealed") from cause

    def _status_keywords(self) -> list[str]:
        self._status.seek(0)
        return gpg.status_keywords(self._status.read(gpg.STATUS_LIMIT))

    def _close_plaintext(self) -> None:
        """Close gpg's input, now that gpg is dead: what is still in the buffer goes nowhere."""
        self._process.wait()
        with contextlib.suppress(BrokenPipeError):
            self._plaintext.close()


def _memory_file(text: str = "") -> IO[bytes]:
    """Return a file that no disk holds, with `text` in it, open to read from its beginning."""
    file = os.fdopen(os.memfd_create("vasistas"), "w+b", buffering=0)
    file.write(text.encode())
    file.seek(0)
    return file


def _widen(pipe: IO[bytes] | None) -> None:
    """Let the pipe hold more, where this user's share of the kernel's memory allows it."""
    if pipe is not None:
        with contextlib.suppress(PermissionError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
