"""Writing an envelope's head: its session key, sealed to each recipient (PKESK version 3).

RFC 4880, sections 5.1 and 13.1, and RFC 6637, sections 7 to 10. The primitives are a library's;
here is how OpenPGP lays them out. Every recipient is hidden (a key id of zeros).
"""

from collections.abc import Iterable, Sequence

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crypto.errors import BadDeskKey
from crypto.recipient import Recipient
from crypto.session_key import SessionKey

_VERSION = 3
_HIDDEN = bytes(8)
_RSA, _ECDH = 1, 18
_WRAP_UNIT = 8  # bytes: RFC 3394, and RFC 6637, section 8, which fills up to it as PKCS #5 does

# The curves' object identifiers, as a key's numbers give them: a length octet, then the bytes.
_CV25519 = bytes.fromhex("0a2b060104019755010501")
_NIST: dict[bytes, ec.EllipticCurve] = {
    bytes.fromhex("082a8648ce3d030107"): ec.SECP256R1(),
    bytes.fromhex("052b81040022"): ec.SECP384R1(),
    bytes.fromhex("052b81040023"): ec.SECP521R1(),
}
_NATIVE_POINT = b"\x40"  # draft-ietf-openpgp-rfc4880bis-10, section 13.3: a curve's own encoding
_HASHES: dict[int, hashes.HashAlgorithm] = {  # RFC 4880, section 9.4
    8: hashes.SHA256(),
    9: hashes.SHA384(),
    10: hashes.SHA512(),
}
_KEK_SIZES = {7: 16, 8: 24, 9: 32}  # bytes; AES (RFC 4880, section 9.2)
_SENDER = b"Anonymous Sender    "  # RFC 6637, section 8


def write_head(key: SessionKey, recipients: Sequence[Recipient]) -> bytes:
    """Return a head that each of these opens: a packet for each, in their order.

    Raises `BadDeskKey` for a recipient whose numbers are none.
    """
    return b"".join(_packet(recipient, key) for recipient in recipients)


def _packet(recipient: Recipient, key: SessionKey) -> bytes:
    try:
        fields = _sealed(recipient, _with_checksum(key))
    except (ValueError, KeyError, IndexError) as error:
        raise BadDeskKey("unreadable") from error
    body = bytes([_VERSION]) + _HIDDEN + bytes([recipient.algorithm]) + fields
    return b"\x85" + len(body).to_bytes(2, "big") + body  # section 4.2.1: tag 1, two octets


def _sealed(recipient: Recipient, message: bytes) -> bytes:
    if recipient.algorithm == _RSA:
        modulus, exponent = (int.from_bytes(n, "big") for n in recipient.numbers[:2])
        public = RSAPublicNumbers(exponent, modulus).public_key()
        return _integer(public.encrypt(message, PKCS1v15()))
    if recipient.algorithm == _ECDH:
        return _ecdh(recipient, message)
    raise BadDeskKey("weak")


def _with_checksum(key: SessionKey) -> bytes:
    """Return cipher, key, and the sum of the key's octets (RFC 4880, section 5.1)."""
    raw = key.reveal()
    return bytes([SessionKey.ALGORITHM]) + raw + (sum(raw) % 65536).to_bytes(2, "big")


def _ecdh(recipient: Recipient, message: bytes) -> bytes:
    curve, point, kdf = recipient.numbers[:3]
    ephemeral, shared = _agree(curve, point)
    kek = _kek(shared, curve, kdf, bytes.fromhex(recipient.subkey))
    missing = _WRAP_UNIT - len(message) % _WRAP_UNIT
    wrapped = aes_key_wrap(kek, message + bytes([missing]) * missing)
    return _integer(ephemeral) + bytes([len(wrapped)]) + wrapped


def _agree(curve: bytes, point: bytes) -> tuple[bytes, bytes]:
    """Draw a key for this once; return its public point, and the secret shared with `point`."""
    if curve == _CV25519:
        theirs = x25519.X25519PublicKey.from_public_bytes(point.removeprefix(_NATIVE_POINT))
        mine = x25519.X25519PrivateKey.generate()
        public = mine.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return _NATIVE_POINT + public, mine.exchange(theirs)
    on = _NIST[curve]
    drawn = ec.generate_private_key(on)
    shared = drawn.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(on, point))
    public = drawn.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return public, shared


def _kek(shared: bytes, curve: bytes, kdf: bytes, subkey: bytes) -> bytes:
    """Derive the key that wraps (RFC 6637, section 7): one round of the key's own hash."""
    digest = hashes.Hash(_HASHES[kdf[2]])
    parts: Iterable[bytes] = (b"\0\0\0\1", shared, curve, bytes([_ECDH]), kdf, _SENDER, subkey)
    for part in parts:
        digest.update(part)
    return digest.finalize()[: _KEK_SIZES[kdf[3]]]


def _integer(raw: bytes) -> bytes:
    """Return a number as OpenPGP writes it (RFC 4880, section 3.2): its bits, then its bytes."""
    number = int.from_bytes(raw, "big")
    bits = number.bit_length()
    return bits.to_bytes(2, "big") + number.to_bytes((bits + 7) // 8, "big")
