"""The key of the viewing station's store, and the records sealed with it.

A passphrase unwraps one random master key; from it come the key of records and the key of each
file. A new passphrase wraps the same master key again.
"""

import secrets
from typing import Self

from nacl.pwhash import argon2id

from crypto import aead
from crypto.errors import BadBox
from crypto.kinds import KEY_SIZE, SALT_SIZE
from crypto.labels import Label, derive
from crypto.sealed_file import FileKey
from crypto.secret import Key, Secret

# RFC 9106, section 4: between its two recommended options, since one person opens the store once
# a day: its three passes, and four times the memory of the second. About half a second.
PASSES = 3
MEMORY = 256 * 1024 * 1024  # bytes

MASTER_CONTEXT = b"vs1-master"
STAMP_SIZE = 24  # bytes: XChaCha20's nonce


class MasterKey(Key):
    """What the store's other keys are derived from."""

    __slots__ = ()

    @classmethod
    def new(cls) -> Self:
        """Draw a master key."""
        return cls(secrets.token_bytes(cls.SIZE))


class WrappingKey(Key):
    """What a passphrase gives; it seals nothing but a master key, or the key of a backup."""

    __slots__ = ()


class _RecordKey(Key):
    """Seals records."""

    __slots__ = ()


def new_master(passphrase: Secret) -> tuple[MasterKey, bytes]:
    """Draw a master key; return it, and the bytes to keep that the passphrase unwraps."""
    master = MasterKey.new()
    return master, wrap_master(passphrase, master)


def wrap_master(passphrase: Secret, master: MasterKey) -> bytes:
    """Return the master key sealed by a passphrase: salt, nonce and box, 88 bytes."""
    salt = secrets.token_bytes(SALT_SIZE)
    return salt + aead.seal(wrapping_key(passphrase, salt), MASTER_CONTEXT, master.reveal())


def unwrap_master(passphrase: Secret, wrapped: bytes) -> MasterKey:
    """Return the master key; raise `BadBox` if the passphrase or the bytes are not right."""
    if len(wrapped) != SALT_SIZE + KEY_SIZE + aead.OVERHEAD:
        raise BadBox
    salt, box = wrapped[:SALT_SIZE], wrapped[SALT_SIZE:]
    return MasterKey(aead.open_box(wrapping_key(passphrase, salt), MASTER_CONTEXT, box))


class RecordSeal:
    """Seals records, and opens them: its key is derived once, and serves a hundred thousand."""

    def __init__(self, master: MasterKey) -> None:
        self._key = _RecordKey(derive(master, Label.STORE_RECORD))

    def seal(self, context: str, data: bytes) -> bytes:
        """Return `data` sealed, 40 bytes longer; it opens under the same `context` only.

        The first STAMP_SIZE bytes are drawn anew each time: they tell one writing from another.
        """
        return aead.seal(self._key, context.encode(), data)

    def open(self, context: str, box: bytes) -> bytes:
        """Return what was sealed under this context; raise `BadBox`."""
        return aead.open_box(self._key, context.encode(), box)


def derive_file_key(master: MasterKey, name: str) -> FileKey:
    """Return the key of the store's file of that name."""
    return FileKey(derive(master, Label.STORE_FILE, name.encode()))


def wrapping_key(passphrase: Secret, salt: bytes) -> WrappingKey:
    """Return what a passphrase gives with a salt, at the cost above."""
    return WrappingKey(
        argon2id.kdf(KEY_SIZE, passphrase.reveal(), salt, opslimit=PASSES, memlimit=MEMORY)
    )
