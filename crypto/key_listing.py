"""What gpg lists of a key: its lines, and which of its subkeys make a calendar."""

import datetime as dt
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from crypto import gpg
from crypto.errors import BadDeskKey, CryptoError

TIMEOUT = 30  # seconds for gpg to read one file

# BSI TR-02102-1 and ANSSI's guide (PG-083) ask 3072 bits of RSA, 250 of a curve. The station
# re-wraps these, and nothing else (FACTS.md): no DSA, no ElGamal, no other curve.
MIN_RSA_BITS = 3072
CURVES = frozenset({"ed25519", "cv25519", "nistp256", "nistp384", "nistp521"})
_RSA = "1"
_ON_CURVES = frozenset({"18", "19", "22"})  # ECDH, ECDSA, EdDSA


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
    def is_bound(self) -> bool:
        """Whether its owner bound it to the key, and did not revoke it; it may be over."""
        return self.validity not in {"r", "i", "d", "n"}

    @property
    def is_valid(self) -> bool:
        """Whether gpg knows nothing against it: not revoked, not expired, bound and whole."""
        return self.is_bound and self.validity != "e"

    @property
    def is_strong(self) -> bool:
        """Whether it is of an algorithm and a strength that are taken."""
        if self.algorithm == _RSA:
            return int(self.bits) >= MIN_RSA_BITS
        return self.algorithm in _ON_CURVES and self.curve in CURVES


def list_key(file: bytes, today: dt.date, home: Path, *options: str) -> list[Record]:
    """Return what gpg lists of a file of keys, in an empty home, with these further options."""
    listing = run_gpg(home, today, file, "--show-keys", "--with-colons", *options)
    return [Record(line) for line in listing.decode("utf-8", "replace").splitlines()]


def parted(records: Sequence[Record]) -> Iterator[tuple[Record, str]]:
    """Yield each key and subkey of a listing with its fingerprint."""
    keys = [record for record in records if record.kind in {"pub", "sub"}]
    fingerprints = [record.text for record in records if record.kind == "fpr"]
    yield from zip(keys, fingerprints, strict=False)


def calendar_subkeys(*listings: Sequence[Record]) -> dict[str, Record]:
    """Return the subkeys of a calendar by their fingerprints; none if it is another key.

    Of several listings of one key, each may know some. What one calls revoked is none. Where the
    primary key encrypts, too, there is no window in which it would not.
    """
    found: dict[str, Record] = {}
    revoked = set()
    for listing in listings:
        for record, fingerprint in parted(listing):
            if record.can_encrypt and record.kind == "pub":
                return {}
            if record.validity == "r":
                revoked.add(fingerprint)
            elif record.can_encrypt and record.is_bound:
                found.setdefault(fingerprint, record)
    subkeys = {mark: record for mark, record in found.items() if mark not in revoked}
    return subkeys if len(subkeys) > 1 else {}


def day_of(moment: int) -> dt.date:
    """Return the day (UTC) of a moment, in seconds since the epoch."""
    return dt.datetime.fromtimestamp(moment, dt.UTC).date()


def run_gpg(home: Path, today: dt.date, given: bytes, *arguments: str) -> bytes:
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
