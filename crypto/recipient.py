"""Public keys as a new head needs them: their numbers, read and judged by gpg.

`read_desk_key` has gpg check bindings, expiry, revocation and strength first, and seals on trial.
Then gpg lists the numbers of the subkey that it would take itself: the newest valid one.
"""

import datetime as dt
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crypto.deskkeys import Record, list_key, read_desk_key
from crypto.errors import BadDeskKey

_DATA = "--with-key-data"


@dataclass(frozen=True)
class Recipient:
    """A key that heads can be sealed to.

    `fingerprint` is the whole key's, `subkey` that of the subkey that encrypts (40 capital hex
    digits each). `numbers` are its public numbers as RFC 4880 and RFC 6637 have them: n and e of
    RSA; curve, point and KDF parameters of ECDH. `armored` is the public key as gpg understood it.
    """

    fingerprint: str
    subkey: str
    algorithm: int
    numbers: tuple[bytes, ...]
    armored: str = field(default="", repr=False)
    expires: dt.date | None = None


def read_recipient(file: bytes, today: dt.date, scratch: Path | None = None) -> Recipient:
    """Return the key in an exported file. Raises `BadDeskKey`, `CryptoError`."""
    key = read_desk_key(file, today, scratch)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="vasistas-") as home:
        records = list_key(key.armored.encode("ascii"), today, Path(home), _DATA)
    keys = list(_keys(records))
    usable = [each for each in keys if each[0].can_encrypt and each[0].is_valid]
    if not usable:
        raise BadDeskKey("no-encryption")
    # As gpg chooses: a subkey before the primary key, and the newest of several.
    record, subkey, numbers = max(usable, key=lambda each: (each[0].kind == "sub", each[0].made))
    return Recipient(
        key.fingerprint, subkey, int(record.algorithm), numbers, key.armored, key.expires
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
