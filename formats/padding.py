"""Size classes: how large a thing looks, whatever it holds.

Three kinds of thing are padded, each to its own classes:
letters to the next of 16 KiB · 2ⁿ, files by Padmé, replies to the next of 4 KiB · 2ⁿ.
"""

from nacl.bindings import sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError

from formats.errors import Malformed, TooLarge

KIB = 1024

LETTER_CLASS = 16 * KIB  # bytes; a letter of 2,000 words with a dozen files still fits the first
FILES_CLASS = 64 * KIB  # bytes; below it Padmé's classes tell small files apart too finely
REPLY_CLASS = 4 * KIB  # bytes; most replies fit the first class
LARGEST_REPLY = 32 * KIB  # bytes; the class that holds 8,000 characters of four bytes each


def letter_class(size: int) -> int:
    """Return the size in bytes that a letter's archive of `size` bytes is padded to."""
    return _doubling(LETTER_CLASS, size)


def files_class(size: int) -> int:
    """Return the size in bytes that a files archive of `size` bytes is padded to."""
    return max(FILES_CLASS, padme(size))


def padme(size: int) -> int:
    """Round `size` up as Padmé does: at most 12 % larger, and O(log log) bits of it told.

    Nikitin, Barman, Lueks, Underwood, Hubaux and Ford, "Reducing Metadata Leakage from
    Encrypted Files and Communication with PURBs", PoPETs 2019(4), algorithm 1.
    """
    if size < 0:
        raise ValueError("a size is not negative")
    if size <= 1:  # the logarithm of the exponent does not exist; nothing to round
        return size
    exponent = size.bit_length() - 1
    kept_bits = exponent.bit_length()
    step = 1 << (exponent - kept_bits)
    return -(-size // step) * step


def reply_class(size: int) -> int:
    """Return the size in bytes that a reply of `size` bytes is padded to.

    One byte at least is added: ISO/IEC 7816-4 always marks where the padding begins.
    """
    return _doubling(REPLY_CLASS, size + 1)


def pad_reply(content: bytes) -> bytes:
    """Pad `content` to its class (ISO/IEC 7816-4). Raises TooLarge past LARGEST_REPLY."""
    size = reply_class(len(content))
    if size > LARGEST_REPLY:
        raise TooLarge("reply")
    return sodium_pad(content, size)


def unpad_reply(padded: bytes) -> bytes:
    """Return what `pad_reply` was given.

    Raises Malformed for any bytes that `pad_reply` does not give.
    """
    if not REPLY_CLASS <= len(padded) <= LARGEST_REPLY:
        raise Malformed("reply's size")
    try:
        content = sodium_unpad(padded, len(padded))
    except CryptoError:
        raise Malformed("reply's padding") from None
    if reply_class(len(content)) != len(padded):
        raise Malformed("reply's size")
    return content


def _doubling(smallest: int, size: int) -> int:
    if size < 0:
        raise ValueError("a size is not negative")
    steps = max(0, -(-size // smallest) - 1).bit_length()
    return smallest << steps
