"""Reviewers' passphrases: drawn here, hashed with Argon2id, told apart from nothing else."""

import secrets
from typing import Self

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY

from crypto.codename import normalise
from crypto.secret import Secret
from crypto.wordlists import Language, words

WORDS = 7  # 7 * log2(7772) = 90.47 bits, as a codename's

# RFC 9106, section 4, second recommended option, as it stands: t=3, 64 MiB, four lanes.
_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)

# Of 32 random bytes that were thrown away: checked where no reviewer has the name typed, so that
# a log-in takes as long whether or not the name exists.
DUMMY_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$mM88siCoyWR1xnn1g4DHqg"
    "$dGN8rEip1e0i5htF6Pnwh5vcOyoSg9gYFZfzGDpVXQ8"
)


class Passphrase(Secret):
    """What a reviewer types to log in."""

    __slots__ = ()

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Take what was typed: case, accents, hyphens and white space make no difference."""
        return cls(normalise(text).encode())

    @property
    def text(self) -> str:
        """The words, to be shown once."""
        return self.reveal().decode()


def new_passphrase(language: Language) -> Passphrase:
    """Draw a passphrase of seven words."""
    return Passphrase.from_text(" ".join(secrets.choice(words(language)) for _ in range(WORDS)))


def hash_passphrase(passphrase: Passphrase) -> str:
    """Return the Argon2id hash to store, in PHC string format, with its own salt."""
    return _HASHER.hash(passphrase.reveal())


def verify_passphrase(stored: str, passphrase: Passphrase) -> bool:
    """Tell whether it is the right one. It takes 64 MiB, and as long when it is wrong."""
    try:
        return _HASHER.verify(stored, passphrase.reveal())
    except VerifyMismatchError:
        return False
