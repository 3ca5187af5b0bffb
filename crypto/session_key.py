"""The session key of an envelope, from its head alone. Only the viewing station imports this.

gpg is given the head and a body of zeros: it opens the head, says the session key on its status
pipe, and then complains of the body, which says nothing. What it said must be proved against the
true body's encrypted prefix before anything is done with it.
"""

import os
import re
import subprocess
from pathlib import Path
from typing import Self

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256

from crypto import gpg
from crypto.errors import NotForUs, OpenFailed
from crypto.opening import OPTIONS, passphrase_pipe
from crypto.packets import PREFIX_SIZE, count_recipients
from crypto.secret import Key, Secret

TIMEOUT = 60  # seconds for one head; it takes hundredths, unless the machine is starved

# A SEIPD packet of version 1: 45 bytes, the least that gpg takes for one.
_ZERO_BODY = bytes((0xD2, 46, 1)) + bytes(45)
_AES256 = 9  # RFC 4880, section 9.2
_BLOCK = 16  # bytes
_SAID = re.compile(rb"^\[GNUPG:\] SESSION_KEY (\d+):([0-9A-F]+)$", re.MULTILINE)
_OPENED_BY = re.compile(rb"^\[GNUPG:\] DECRYPTION_KEY [0-9A-F]{40} ([0-9A-F]{40}) ", re.MULTILINE)


class SessionKey(Key):
    """What one envelope's body is encrypted with: AES-256."""

    __slots__ = ()

    ALGORITHM = _AES256

    @classmethod
    def from_status(cls, algorithm: bytes, digits: bytes) -> Self:
        """Take what gpg says. Raises `OpenFailed` for another cipher than an envelope has."""
        raw = bytes.fromhex(digits.decode("ascii"))
        if int(algorithm) != _AES256 or len(raw) != cls.SIZE:
            raise OpenFailed("the session key is of another kind")
        return cls(raw)

    def fits(self, prefix: bytes) -> bool:
        """Tell whether a body with this encrypted prefix (18 bytes) is encrypted with this key.

        RFC 4880, section 5.13: AES in CFB mode from a block of zeros; the last two octets repeat
        those before them. A wrong key passes once in 65,536 times; but a head has checks of its
        own, and what is asked here is only whether head and body belong together.
        """
        decryptor = Cipher(AES256(self.reveal()), CFB(bytes(_BLOCK))).decryptor()
        plain = decryptor.update(prefix) + decryptor.finalize()
        return len(plain) == PREFIX_SIZE and plain[_BLOCK - 2 : _BLOCK] == plain[_BLOCK:]


def open_head(
    head: bytes, gnupg_home: Path, secret: Secret, try_first: str | None = None
) -> tuple[SessionKey, str]:
    """Return a head's session key, and the fingerprint of the key (the primary one) it opened by.

    The key is not yet proved to be that of any body. `try_first` is the fingerprint of a key to
    try before the others; `secret` the passphrase of the keys in `gnupg_home`. Raises
    `BadPackets` where it is no head, `NotForUs`, and `OpenFailed`.
    """
    count_recipients(head)
    said = _status(head, gnupg_home, secret, try_first)
    key, opened_by = _SAID.search(said), _OPENED_BY.search(said)
    if key is None or opened_by is None:
        raise NotForUs if "NO_SECKEY" in gpg.status_keywords(said) else OpenFailed
    return SessionKey.from_status(*key.groups()), opened_by[1].decode("ascii")


def _status(head: bytes, home: Path, secret: Secret, try_first: str | None) -> bytes:
    first = ("--try-secret-key", try_first) if try_first else ()
    with os.fdopen(passphrase_pipe(secret), "rb") as given:
        pipes = ("--passphrase-fd", str(given.fileno()), "--status-fd", "1")
        asked = ("--show-session-key", "--output", os.devnull, "--yes", "--decrypt")
        try:
            return subprocess.run(
                gpg.command(home, *OPTIONS, *first, *pipes, *asked),
                input=head + _ZERO_BODY,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # where gpg says the session key once more
                pass_fds=(given.fileno(),),
                timeout=TIMEOUT,
                check=False,
                env=gpg.ENVIRONMENT,
            ).stdout
        except subprocess.TimeoutExpired as error:
            raise OpenFailed("gpg did not end") from error
        except OSError as error:
            raise OpenFailed("gpg could not be started") from error
