"""The second layer: what a source sealed to the desk's key beforehand, with a program of their own.

It is known by its content, never by its name: ASCII armor, or a first OpenPGP packet that holds a
session key (PKESK version 3, RFC 4880, section 5.1).
"""

import io
import re

from crypto.errors import BadPackets, OpenFailed
from crypto.packets import MAX_PKESK_SIZE, read_header
from viewing_station.opener import Opener
from viewing_station.trouble import OverflowingError

ARMOR = b"-----BEGIN PGP MESSAGE-----"
ARMORED_BLOCK = re.compile(
    r"^-----BEGIN PGP MESSAGE-----[ \t]*\r?$.*?^-----END PGP MESSAGE-----", re.DOTALL | re.MULTILINE
)
LOOKED_AT = 512  # bytes of a file's beginning: blank lines before the armor, or a packet's header
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
PKESK_TAG = 1
PKESK_VERSION = b"\x03"
ALGORITHM_AT = 9  # bytes into the packet: a version and a key id come first
# RFC 4880, section 9.1, and RFC 6637: RSA, RSA, ElGamal, ECDH
PKESK_ALGORITHMS = (b"\x01", b"\x02", b"\x10", b"\x12")

SUFFIXES = (".gpg", ".pgp", ".asc")

# Sources' programs compress, so what comes out may be larger than what went in: as large as what
# could have been typed into the page, or sent in one delivery as it is.
BLOCKS_LIMIT = 8  # in one message: nobody seals more one by one, and each starts a gpg
MESSAGE_LIMIT = 400_000  # bytes: 100,000 characters
OPENED_LIMIT = 2 << 30  # bytes (2 GiB): all files of a delivery together


def looks_sealed(beginning: bytes) -> bool:
    """Tell by its first LOOKED_AT bytes whether a file is an encrypted OpenPGP message."""
    if beginning.removeprefix(BYTE_ORDER_MARK).lstrip().startswith(ARMOR):
        return True
    try:
        header = read_header(beginning)
    except BadPackets:
        return False
    if header is None or header.tag != PKESK_TAG or not (header.length or 0) <= MAX_PKESK_SIZE:
        return False
    body = beginning[header.size :]
    version, algorithm = body[:1], body[ALGORITHM_AT : ALGORITHM_AT + 1]
    return version == PKESK_VERSION and algorithm in PKESK_ALGORITHMS


def opened_name(name: str) -> str:
    """Return what to call the plaintext of a file: its name without what sealing added to it."""
    stem, dot, extension = name.rpartition(".")
    if stem and "." + extension.lower() in SUFFIXES:
        return stem
    return f"{stem} (opened).{extension}" if stem and dot else f"{name} (opened)"


def opened_message(opener: Opener, message: str) -> str | None:
    """Return a message with what is sealed in it opened in its place.

    None if there is nothing sealed in it, or nothing that opens here.
    """
    opened = 0

    def replace(block: re.Match[str]) -> str:
        nonlocal opened
        plain = _opened_block(opener, block[0])
        opened += plain is not None
        return block[0] if plain is None else plain

    replaced = ARMORED_BLOCK.sub(replace, message, count=BLOCKS_LIMIT)
    return replaced if opened else None


def _opened_block(opener: Opener, block: str) -> str | None:
    plain = bytearray()
    try:
        opener.open(io.BytesIO(block.encode()), plain.extend, limit=MESSAGE_LIMIT)
        return plain.decode("utf-8")
    except (OpenFailed, OverflowingError, UnicodeDecodeError):
        return None
