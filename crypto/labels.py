"""Every label that separates one derived key from another, and the one derivation they share."""

import enum
import hashlib

from crypto.kinds import KEY_SIZE
from crypto.secret import Secret


class Label(enum.Enum):
    """BLAKE2b's personalisation, 16 bytes at most (RFC 7693, section 2.8 and its reference code).

    The number in each is the version of the whole scheme. No label is ever used for two things.
    """

    CODENAME_CHECK = b"vasistas-cn-v1"  # not a key: the eighth word
    CODENAME_CHECK_2 = b"vasistas-cn-v2"  # the same, of codenames of version 2
    THREAD = b"vs1-thread"
    TAG = b"vs1-tag"
    REPLY = b"vs1-reply"
    SOURCE_SESSION_ID = b"vs1-sid"
    SOURCE_SESSION_KEY = b"vs1-skey"
    REVIEWER_SESSION_ID = b"vs1-rsid"
    REVIEWER_SESSION_KEY = b"vs1-rskey"
    REVIEWER_SESSION_NAME = b"vs1-rsname"
    RECOVERY_CODE = b"vs1-recovery"  # not a key: the hash of a code
    STORE_RECORD = b"vs1-record"
    STORE_FILE = b"vs1-file"


def derive(key: Secret, label: Label, data: bytes = b"") -> bytes:
    """Return BLAKE2b-256 of `data` under `key` (64 bytes at most) and `label`: 32 bytes."""
    return hashlib.blake2b(
        data, key=key.reveal(), person=label.value, digest_size=KEY_SIZE
    ).digest()
