"""The desk's OpenPGP key, made by GnuPG: ed25519 to certify, and a cv25519 subkey to open with."""

import os
import re
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

from crypto.secret import Secret
from viewing_station.errors import KeyringError

LIFETIME = (
    "2y"  # after which sources are told that the hatch is closed until the desk has a new key
)

# The day alone, and its first second: the key's age shows no hour, and a server somewhere else in
# the world does not take it for one from the future.
PARAMETERS = """\
Key-Type: EDDSA
Key-Curve: ed25519
Key-Usage: cert
Subkey-Type: ECDH
Subkey-Curve: cv25519
Subkey-Usage: encrypt
Name-Real: Vasistas desk {slug}
Creation-Date: {day:%Y%m%d}T000000
Expire-Date: {lifetime}
%commit
"""


# The primary key of a calendar only certifies, and has no end of its own: the calendar has one.
CALENDAR_PARAMETERS = """\
Key-Type: EDDSA
Key-Curve: ed25519
Key-Usage: cert
Name-Real: Vasistas desk {slug}
Creation-Date: {day:%Y%m%d}T000000
Expire-Date: 0
%commit
"""


class KeyringPassphrase(Secret):
    """What GnuPG protects the secret key with: 32 random bytes, as hex."""

    __slots__ = ()

    @classmethod
    def new(cls) -> Self:
        """Draw one."""
        return cls(secrets.token_hex(32).encode("ascii"))


@dataclass(frozen=True)
class MadeKey:
    """A new key: its fingerprint (40 hex digits) and its public part, armored."""

    fingerprint: str
    armored: bytes


def make_desk_key(gnupg: Path, slug: str, passphrase: KeyringPassphrase, day: date) -> MadeKey:
    """Make a key in the GnuPG home `gnupg`, whose agent runs. Raises KeyringError."""
    parameters = PARAMETERS.format(slug=slug, day=day, lifetime=LIFETIME)
    fingerprint = _generate(gnupg, parameters, passphrase)
    return MadeKey(fingerprint, public_part(gnupg, fingerprint))


def make_calendar_key(gnupg: Path, slug: str, passphrase: KeyringPassphrase, day: date) -> str:
    """Make a key that has no subkey yet, and return its fingerprint. Raises KeyringError."""
    return _generate(gnupg, CALENDAR_PARAMETERS.format(slug=slug, day=day), passphrase)


def add_subkey(
    gnupg: Path, fingerprint: str, passphrase: KeyringPassphrase, begins: date, ends: date
) -> None:
    """Add a subkey that can be sealed to from `begins` to the day before `ends`.

    gpg takes the moment it believes in for that of a subkey's making: it is told the window's
    first second. Raises KeyringError.
    """
    with readable(passphrase) as given:
        clock = ("--faked-system-time", f"{begins:%Y%m%d}T000000!")
        options = (*clock, "--passphrase-fd", str(given), "--no-auto-check-trustdb")
        wanted = (fingerprint, "cv25519", "encr", f"{ends:%Y%m%d}T000000")
        command = gpg_command(gnupg, *options, "--quick-add-key", *wanted)
        told(command, "add a subkey", stdin=subprocess.DEVNULL, pass_fds=(given,))


def _generate(gnupg: Path, parameters: str, passphrase: KeyringPassphrase) -> str:
    with readable(passphrase) as given:
        options = ("--passphrase-fd", str(given), "--status-fd", "1")
        command = gpg_command(gnupg, *options, "--full-generate-key")
        status = told(command, "make a key", input=parameters.encode(), pass_fds=(given,))
    made = re.search(rb"^\[GNUPG:\] KEY_CREATED [BP] ([0-9A-F]{40})", status, re.MULTILINE)
    if not made:
        raise KeyringError(what="make a key", why="it told of none")
    return made[1].decode()


def public_part(gnupg: Path, fingerprint: str) -> bytes:
    """Return the public part of a key in `gnupg`, armored; needs no agent. Raises KeyringError."""
    export = ("--no-autostart", "--armor", "--no-emit-version", "--export", fingerprint)
    return told(gpg_command(gnupg, *export), "export a key", stdin=subprocess.DEVNULL)


@contextmanager
def readable(passphrase: Secret) -> Iterator[int]:
    """Yield a pipe's end from which to read it: it stands in no file and no command line."""
    reading, writing = os.pipe()
    try:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(passphrase.reveal())
        yield reading
    finally:
        os.close(reading)


def gpg_command(gnupg: Path, *arguments: str) -> list[str]:
    """Return a command line of gpg that asks nobody anything."""
    common = ["gpg", "--homedir", str(gnupg), "--no-options", "--batch", "--no-tty"]
    # The command holds the station. A lock that a killed gpg left names a process, and after a
    # power cut that number may be another's, for whom gpg would wait for ever.
    return [*common, "--lock-never", "--pinentry-mode", "loopback", *arguments]


def told(command: list[str], what: str, **given: Any) -> bytes:
    """Return what gpg prints. Raises KeyringError, saying `what` it could not do."""
    done = subprocess.run(command, capture_output=True, check=False, **given)
    if done.returncode != 0:
        raise KeyringError(what=what, why=_last_line(done.stderr))
    return bytes(done.stdout)


def _last_line(complaint: bytes) -> str:
    """Return what gpg said last. It never repeats what it was given."""
    lines = complaint.decode("utf-8", "replace").split("\n")
    return next((line for line in reversed(lines) if line), "it did not say why")
