"""Reply boxes: a reply is sealed to one delivery's key, and only its codename opens it."""

from nacl.exceptions import CryptoError as LibsodiumError
from nacl.public import PrivateKey, PublicKey, SealedBox

from crypto.errors import BadBox, BadKey
from crypto.kinds import KEY_SIZE, ReplyKey
from crypto.schedule import ReplySecret


def seal_reply(key: ReplyKey, padded: bytes) -> bytes:
    """Return a libsodium sealed box, 48 bytes longer than `padded`; raise `BadKey`.

    The box shows its size: the caller pads first.
    """
    if len(key) != KEY_SIZE:
        raise BadKey(f"a reply key has {KEY_SIZE} bytes")
    try:
        return SealedBox(PublicKey(key)).encrypt(padded)
    except LibsodiumError as error:  # a point of low order, that would seal to everyone
        raise BadKey("this is not a reply key") from error


def open_reply(secret: ReplySecret, box: bytes) -> bytes:
    """Return the padded reply; raise `BadBox`."""
    try:
        return SealedBox(PrivateKey(secret.reveal())).decrypt(box)
    except (LibsodiumError, ValueError) as error:
        raise BadBox from error
