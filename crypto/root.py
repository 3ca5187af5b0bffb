"""The root: what a codename becomes before anything else is made of it."""

from nacl.pwhash import argon2id

from crypto.codename import Codename
from crypto.errors import BadKey
from crypto.kinds import KEY_SIZE, SALT_SIZE
from crypto.secret import Key


class Root(Key):
    """What all keys of one codename on one instance are derived from. Never cached, never kept."""

    __slots__ = ()


def derive_root(codename: Codename, salt: bytes) -> Root:
    """Return Argon2id of the codename's text under the instance's 16 random bytes.

    What it costs is its version's: a tenth of a second of one core, without the GIL, and 64 MiB
    in version 1; a quarter of a second and 128 MiB in version 2. The caller limits how many run
    at once. Raises `BadKey` when the salt has another size.
    """
    if len(salt) != SALT_SIZE:
        raise BadKey(f"the instance's salt has {SALT_SIZE} bytes")
    version = codename.version
    return Root(
        argon2id.kdf(
            KEY_SIZE,
            codename.reveal(),
            salt,
            opslimit=version.passes,
            memlimit=version.memory,
        )
    )
