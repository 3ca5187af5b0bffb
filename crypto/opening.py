"""Opening an envelope with the desk's private keys. Only the viewing station imports this.

gpg puts plaintext out before it has seen the end and checked it. So what the sink takes is
*nothing yet*: a caller may use it only after `open_envelope` has returned.

A message whose keys are hidden is tried with every private key of the home, so a key that does
not fit and a key that the passphrase does not unlock look the same to gpg, and to us: `NotForUs`.
The first opening starts a gpg-agent for the home, which keeps keys unlocked for some minutes:
call `stop_agent` when done. The home's path must be short: the agent's sockets lie in it, and a
socket's path has less than 104 bytes.
"""

import contextlib
import os
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, BinaryIO, cast

from crypto import gpg
from crypto.errors import BadKey, CryptoError, NotForUs, OpenFailed
from crypto.secret import Secret

READ_SIZE = 256 * 1024  # bytes
MAX_PASSPHRASE_SIZE = 255  # bytes: what gpg takes
STOP_TIMEOUT = 10  # seconds for an agent to end

OPTIONS = (  # of every gpg that uses a private key
    "--lock-never",
    "--no-random-seed-file",
    "--trust-model",
    "always",
    "--no-auto-check-trustdb",
    "--no-auto-key-locate",
    "--disable-dirmngr",
    "--no-symkey-cache",
    "--skip-verify",  # whose signature is inside says nothing here, and a missing key is no error
    "--pinentry-mode",
    "loopback",
)

# What gpg says, in this order and once each, of one message that one of our keys opened whole.
# A second message, a text that is not encrypted, or a bad end changes it.
_OPENED = [
    "DECRYPTION_KEY",
    "BEGIN_DECRYPTION",
    "PLAINTEXT",
    "DECRYPTION_OKAY",
    "GOODMDC",
    "END_DECRYPTION",
]

# gpg exits with 2 where it opened a message whole but tried a key that did not fit before the one
# that did: for hidden recipients it tries them all. Then what it said must be this and no more. It
# says NO_SECKEY of a second recipient too, after the first one's key has opened the message.
_TRIED = 2
_SAID_OF_A_TRIAL = frozenset(_OPENED) | {
    "ENC_TO",
    "NO_SECKEY",
    "CARDCTRL",
    "KEY_CONSIDERED",
    "DECRYPTION_INFO",
    "PLAINTEXT_LENGTH",
}


def open_envelope(
    ciphertext: BinaryIO | Path,
    sink: Callable[[bytes], None],
    gnupg_home: Path,
    passphrase: Secret,
) -> None:
    """Decrypt one OpenPGP message into `sink`, piece by piece; return when it proved whole.

    The message may be large: no more than a few pieces are in memory. It may be compressed if a
    source made it, so the sink must count what it takes. What the sink raises comes back as it
    is. Raises `NotForUs`, `OpenFailed` (whatever `ciphertext` raised is its `__cause__`), and
    `BadKey` on a passphrase that gpg could not be given.
    """
    with contextlib.ExitStack() as ending:
        if isinstance(ciphertext, Path):
            ciphertext = ending.enter_context(ciphertext.open("rb"))
        reading, writing = os.pipe()
        status_pipe = ending.enter_context(os.fdopen(reading, "rb"))
        with os.fdopen(writing, "wb") as status_end:
            process = ending.enter_context(_start(gnupg_home, passphrase, status_end.fileno()))
        threads = ending.enter_context(ThreadPoolExecutor(2, "opening"))
        ending.callback(process.kill)
        status = threads.submit(_read_status, status_pipe, process)
        fed = threads.submit(_feed, ciphertext, process)
        plaintext = cast("IO[bytes]", process.stdout)
        while piece := os.read(plaintext.fileno(), READ_SIZE):
            sink(piece)
        if cause := fed.exception():
            raise OpenFailed("the envelope could not be read") from cause
        _judge(process.wait(), gpg.status_keywords(status.result()))


def stop_agent(gnupg_home: Path) -> None:
    """End the agent of this home, if one runs; raise `CryptoError` if that cannot be done."""
    try:
        subprocess.run(
            ["gpgconf", "--homedir", os.fspath(gnupg_home), "--kill", "all"],
            check=True,
            timeout=STOP_TIMEOUT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=gpg.ENVIRONMENT,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise CryptoError("gpg's agent could not be stopped") from error


def _start(home: Path, passphrase: Secret, status: int) -> subprocess.Popen[bytes]:
    with os.fdopen(passphrase_pipe(passphrase), "rb") as given:
        files = ("--passphrase-fd", str(given.fileno()), "--status-fd", str(status))
        try:
            return subprocess.Popen(
                gpg.command(home, *OPTIONS, *files, "--decrypt"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=(given.fileno(), status),
                env=gpg.ENVIRONMENT,
            )
        except OSError as error:
            raise OpenFailed("gpg could not be started") from error


def passphrase_pipe(passphrase: Secret) -> int:
    """Return the end from which gpg reads the passphrase: neither a disk nor a list shows it."""
    line = passphrase.reveal()
    if len(line) > MAX_PASSPHRASE_SIZE or b"\n" in line or b"\0" in line:
        raise BadKey("gpg takes no such passphrase")
    reading, writing = os.pipe()
    os.write(writing, line)  # less than a pipe holds, so it does not wait
    os.close(writing)
    return reading


def _feed(ciphertext: BinaryIO, process: subprocess.Popen[bytes]) -> None:
    """Give gpg the whole ciphertext, and then its end. It never sees an end that is not one."""
    message = cast("IO[bytes]", process.stdin)
    with contextlib.ExitStack() as ending:
        ending.callback(_close, message)
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(process.wait)
            on_failure.callback(process.kill)
            with contextlib.suppress(BrokenPipeError):  # gpg has seen enough: its status says why
                while piece := ciphertext.read(READ_SIZE):
                    message.write(piece)
                message.flush()
            on_failure.pop_all()


def _close(pipe: IO[bytes]) -> None:
    with contextlib.suppress(BrokenPipeError):
        pipe.close()


def _read_status(pipe: IO[bytes], process: subprocess.Popen[bytes]) -> bytes:
    """Return what gpg says of the message; end it if a message makes it say too much."""
    status = pipe.read(gpg.STATUS_LIMIT)
    if len(status) == gpg.STATUS_LIMIT:
        process.kill()
    return status


def _judge(exit_code: int, said: Sequence[str]) -> None:
    """Return only if gpg exited well and said exactly what it says of one whole message."""
    if "NO_SECKEY" in said and "DECRYPTION_KEY" not in said:
        raise NotForUs
    if [word for word in said if word in _OPENED] != _OPENED:
        raise OpenFailed
    if exit_code and not (exit_code == _TRIED and _SAID_OF_A_TRIAL.issuperset(said)):
        raise OpenFailed
