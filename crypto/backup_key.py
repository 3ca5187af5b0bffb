"""The key of a backup: drawn for it alone, and wrapped by a passphrase of the backup's own."""

import secrets
from typing import Self

from crypto import aead
from crypto.errors import BadBox
from crypto.kinds import KEY_SIZE, SALT_SIZE
from crypto.sealed_file import FileKey
from crypto.secret import Secret
from crypto.store_key import wrapping_key

CONTEXT = b"vs1-backup"
WRAPPED_SIZE = SALT_SIZE + KEY_SIZE + aead.OVERHEAD  # bytes


class BackupKey(FileKey):
    """Seals one backup."""

    __slots__ = ()

    @classmethod
    def new(cls) -> Self:
        """Draw one."""
        return cls(secrets.token_bytes(cls.SIZE))


def new_backup_key(passphrase: Secret) -> tuple[BackupKey, bytes]:
    """Draw a key; return it, and the bytes to keep that the passphrase unwraps."""
    key, salt = BackupKey.new(), secrets.token_bytes(SALT_SIZE)
    return key, salt + aead.seal(wrapping_key(passphrase, salt), CONTEXT, key.reveal())


def unwrap_backup_key(passphrase: Secret, wrapped: bytes) -> BackupKey:
    """Return the key; raise `BadBox` if the passphrase or the bytes are not right."""
    if len(wrapped) != WRAPPED_SIZE:
        raise BadBox
    salt, box = wrapped[:SALT_SIZE], wrapped[SALT_SIZE:]
    return BackupKey(aead.open_box(wrapping_key(passphrase, salt), CONTEXT, box))
