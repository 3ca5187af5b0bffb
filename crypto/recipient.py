"""Public keys as a new head needs them: their numbers, read and judged by gpg.

`read_key_of_the_day` has gpg check bindings, expiry, revocation and strength first, and seals on
trial. Then gpg lists the numbers of the subkey that it would take itself: the newest valid one.
"""

import datetime as dt
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crypto.deskkeys import read_key_of_the_day
from crypto.errors import BadDeskKey
from crypto.key_listing import Record, list_key

_DATA = "--with-key-data"


@dataclass(frozen=True)
class Recipient:
    """A key that heads can be sealed to.

    `fingerprint` is the whole key's, `subkey` that of the subkey that encrypts (40 capital hex
    digits each). `numbers` are its public numbers as RFC 4880 and RFC 6637 have them: n and e of
    RSA; curve, point and KDF parameters of ECDH. `armored` is the public key as gpg understood it.
    `calendar` are the fingerprints of all subkeys of a calendar; none for any other key.
    """

    fingerprint: str
    subkey: str
    algorithm: int
    numbers: tuple[bytes, ...]
    armored: str = field(default="", repr=False)
    expires: dt.date | None = None
    calendar: frozenset[str] = frozenset()

    @property
    def sealed_to(self) -> str:
        """The fingerprint by which a head's key is noted: of a calendar, the subkey of the day."""
        return self.subkey if self.calendar else self.fingerprint

    def is_named(self, fingerprints: Collection[str]) -> bool:
        """Whether one of these fingerprints is the key's, or that of any day of its calendar."""
        return self.fingerprint in fingerprints or not self.calendar.isdisjoint(fingerprints)


def read_recipient(file: bytes, today: dt.date, scratch: Path | None = None) -> Recipient:
    """Return the key in an exported file. Raises `BadDeskKey`, `CryptoError`."""
    key = read_key_of_the_day(file, today, scratch)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="vasistas-") as home:
        records = list_key(key.armored.encode("ascii"), today, Path(home), _DATA)
    over = dt.datetime.combine(today, dt.time.max, dt.UTC).timestamp()
    usable = [
        each
        for each in _keys(records)
        if each[0].can_encrypt and each[0].is_valid and each[0].made <= over
    ]
    if not usable:
        raise BadDeskKey("no-encryption")
    # As gpg chooses: a subkey before the primary key, and the newest of several.
    record, subkey, numbers = max(
        usable, key=lambda each: (each[0].kind == "sub", each[0].made, each[1])
    )
    return Recipient(
        key.fingerprint,
        subkey,
        int(record.algorithm),
        numbers,
        key.armored,
        key.expires,
        frozenset(window.subkey for window in key.windows),
    )


def _keys(records: list[Record]) -> Iterator[tuple[Record, str, tuple[bytes, ...]]]:
    """Yield each key of a listing with its fingerprint and its numbers."""
    for index, record in enumerate(records):
        if record.kind not in {"pub", "sub"}:
            continue
        fingerprint, numbers = "", []
        for about in records[index + 1 :]:
            if about.kind in {"pub", "sub"}:
                break
            if about.kind == "fpr":
                fingerprint = about.text
            elif about.kind == "pkd":
                numbers.append(bytes.fromhex(about.number))
        yield record, fingerprint, tuple(numbers)
