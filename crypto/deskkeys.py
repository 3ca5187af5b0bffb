"""Reading a desk's public key: what may be sealed to, and what is refused with its reason.

gpg does the reading, in a home that is thrown away; no agent is started and nothing secret is
taken in. What is kept is not the file but the key as gpg understood it, exported again without
other people's signatures and pictures, and only after an envelope was sealed to it on trial.
"""

import base64
import binascii
import contextlib
import datetime as dt
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crypto import gpg
from crypto.envelope import EnvelopeSeal
from crypto.errors import BadDeskKey, BadPackets, CryptoError, SealFailed
from crypto.packets import packet_tags

MAX_FILE_SIZE = 1024 * 1024  # bytes: a key with many signatures on it has some 100 KiB
MAX_USER_ID_SIZE = 256  # characters kept of a user id
TIMEOUT = 30  # seconds for gpg to read one file

# BSI TR-02102-1 and ANSSI's guide (PG-083) ask 3072 bits of RSA, 250 of a curve. The station
# re-wraps these, and nothing else (FACTS.md): no DSA, no ElGamal, no other curve.
MIN_RSA_BITS = 3072
CURVES = frozenset({"ed25519", "cv25519", "nistp256", "nistp384", "nistp521"})
_RSA = "1"
_ON_CURVES = frozenset({"18", "19", "22"})  # ECDH, ECDSA, EdDSA

_SECRET_TAGS = frozenset({5, 7})  # RFC 4880, sections 5.5.1.3 and 5.5.1.4
_ARMOR = re.compile(rb"-----BEGIN PGP [^\n]*-----\s*?\n(.*?)-----END PGP ", re.DOTALL)
_BLANK_LINE = re.compile(rb"\n[ \t\r]*\n")
_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})")


@dataclass(frozen=True)
class DeskKey:
    """A public key that envelopes can be sealed to.

    `fingerprint` has 40 capital hexadecimal digits. `expires` is the first day (UTC) on which
    nothing can be sealed to it any more; None if it never expires. `user_id` is the owner's word.
    """

    fingerprint: str
    armored: str
    expires: dt.date | None
    user_id: str


class Record:
    """One line of gpg's listing (GnuPG's doc/DETAILS, "Format of the colon listings")."""

    def __init__(self, line: str) -> None:
        fields = [*line.split(":"), *[""] * 20]
        self.kind, self.validity, self.bits, self.algorithm = fields[:4]
        self.expiry = int(fields[6]) if fields[6].isdigit() else None  # seconds since the epoch
        self.text = fields[9]  # a fingerprint or a user id
        self.can_encrypt = "e" in fields[11]
        self.made = int(fields[5]) if fields[5].isdigit() else 0  # seconds since the epoch
        self.number = fields[3]  # of a `pkd` line: one of the key's public numbers, in hex
        self.curve = fields[16]

    @property
    def is_valid(self) -> bool:
        """Whether gpg knows nothing against it: not revoked, not expired, bound and whole."""
        return self.validity not in {"r", "e", "i", "d", "n"}

    @property
    def is_strong(self) -> bool:
        """Whether it is of an algorithm and a strength that are taken."""
        if self.algorithm == _RSA:
            return int(self.bits) >= MIN_RSA_BITS
        return self.algorithm in _ON_CURVES and self.curve in CURVES


def read_desk_key(file: bytes, today: dt.date, scratch: Path | None = None) -> DeskKey:
    """Return the one key of an exported file, armored or not; raise `BadDeskKey`.

    `scratch` is where gpg's home is made for the moment: the system's place for such if None.
    Raises a plain `CryptoError` when gpg itself cannot be run.
    """
    if len(file) > MAX_FILE_SIZE:
        raise BadDeskKey("unreadable")
    _refuse_secrets(file)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="vasistas-") as home:
        return _read(file, today, Path(home))


def _read(file: bytes, today: dt.date, home: Path) -> DeskKey:
    records = list_key(file, today, home)
    primary = _only_primary(records, file)
    usable = _usable(primary, records)
    fingerprint = next(record.text for record in records if record.kind == "fpr")
    armored = _canonical(file, fingerprint, today, home)
    _seal_on_trial(armored, today, home)
    return DeskKey(fingerprint, armored, _expires(primary, usable), _user_id(records))


def list_key(file: bytes, today: dt.date, home: Path, *options: str) -> list[Record]:
    """Return what gpg lists of a file of keys, in an empty home, with these further options."""
    listing = _gpg(home, today, file, "--show-keys", "--with-colons", *options)
    return [Record(line) for line in listing.decode("utf-8", "replace").splitlines()]


def _refuse_secrets(file: bytes) -> None:
    """Raise `BadDeskKey` if the file has, or says that it has, a secret key in it."""
    if b"PRIVATE KEY BLOCK" in file:
        raise BadDeskKey("secret")
    for packets in _binary_parts(file):
        with contextlib.suppress(BadPackets):  # gpg has its say on what is no packet
            if not _SECRET_TAGS.isdisjoint(packet_tags(packets)):
                raise BadDeskKey("secret")


def _binary_parts(file: bytes) -> Iterator[bytes]:
    """Yield the packets of each armored part, or the file itself if it has none."""
    blocks = _ARMOR.findall(file)
    if not blocks:
        yield file
    for block in blocks:
        lines = _BLANK_LINE.split(b"\n" + block, maxsplit=1)[-1].split()
        encoded = b"".join(line for line in lines if not line.startswith(b"="))
        with contextlib.suppress(binascii.Error):
            yield base64.b64decode(encoded)


def _only_primary(records: list[Record], file: bytes) -> Record:
    primaries = [record for record in records if record.kind in {"pub", "sec"}]
    if any(record.kind in {"sec", "ssb"} for record in records):
        raise BadDeskKey("secret")
    if not primaries:
        raise BadDeskKey("unreadable" if b"BEGIN PGP PUBLIC KEY" in file else "none")
    if len(primaries) > 1:
        raise BadDeskKey("several")
    return primaries[0]


def _usable(primary: Record, records: list[Record]) -> list[Record]:
    """Return the keys of the file that gpg may seal to, of which there is one at least."""
    _refuse_if_over([primary])
    if not primary.is_valid:
        raise BadDeskKey("unreadable")
    encrypting = [r for r in records if r.kind in {"pub", "sub"} and r.can_encrypt]
    usable = [record for record in encrypting if record.is_valid]
    if not usable:
        _refuse_if_over(encrypting)
        raise BadDeskKey("no-encryption")
    if not all(record.is_strong for record in [primary, *usable]):
        raise BadDeskKey("weak")
    return usable


def _refuse_if_over(records: list[Record]) -> None:
    if any(record.validity == "r" for record in records):
        raise BadDeskKey("revoked")
    if any(record.validity == "e" for record in records):
        raise BadDeskKey("expired")


def _expires(primary: Record, usable: list[Record]) -> dt.date | None:
    """Return the day on which the primary key, or the last usable one, expires."""
    ends = [record.expiry for record in usable]
    last = None if None in ends else max(end for end in ends if end is not None)
    limits = [limit for limit in (primary.expiry, last) if limit is not None]
    return dt.datetime.fromtimestamp(min(limits), dt.UTC).date() if limits else None


def _user_id(records: list[Record]) -> str:
    """Return the first valid user id, with the listing's escapes undone."""
    escaped = next((r.text for r in records if r.kind == "uid" and r.is_valid), "")
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), escaped)[:MAX_USER_ID_SIZE]


def _canonical(file: bytes, fingerprint: str, today: dt.date, home: Path) -> str:
    """Return the key as gpg understood it, armored, with its owner's signatures only."""
    _gpg(home, today, file, "--import")
    options = ("--export-options", "export-minimal,no-export-attributes")
    armored = _gpg(home, today, b"", *options, "--armor", "--export", fingerprint)
    if not armored:
        raise BadDeskKey("unreadable")
    return armored.decode("ascii")


def _seal_on_trial(armored: str, today: dt.date, scratch: Path) -> None:
    home = scratch / "trial"
    home.mkdir(mode=0o700)
    try:
        with EnvelopeSeal([armored], lambda _: None, today, home) as seal:
            seal.write(b"trial")
            seal.finish()
    except SealFailed as error:
        raise BadDeskKey("no-encryption") from error


def _gpg(home: Path, today: dt.date, given: bytes, *arguments: str) -> bytes:
    """Run gpg without an agent and return what it prints; its exit code says too little."""
    clock = gpg.at_end_of(today)
    try:
        done = subprocess.run(
            gpg.command(home, "--no-autostart", *clock, *arguments),
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT,
            check=False,
            env=gpg.ENVIRONMENT,
        )
    except subprocess.TimeoutExpired as error:
        raise BadDeskKey("unreadable") from error
    except OSError as error:
        raise CryptoError("gpg could not be started") from error
    return done.stdout
