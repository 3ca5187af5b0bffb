"""OpenPGP packets made by hand from RFC 4880, for reference_vectors.py."""

from reference_primitives import Case, octets

OPEN_ENDED = 3  # section 4.2.1: an old header without a length


def pkesk(version: int = 3, key_id: bytes = bytes(8), algorithm: int = 18) -> bytes:
    """Return the body of a PKESK packet."""
    point, wrapped = b"\x01\x07\x40" + octets("point", 32), b"\x30" + octets("wrapped", 48)
    return bytes([version]) + key_id + bytes([algorithm]) + point + wrapped


def old(tag: int, body: bytes, length_type: int = 0) -> bytes:
    """Return a packet with an old header (RFC 4880, section 4.2.1)."""
    open_ended = length_type == OPEN_ENDED
    length = b"" if open_ended else len(body).to_bytes(1 << length_type, "big")
    return bytes([0x80 | tag << 2 | length_type]) + length + body


def new(tag: int, body: bytes, form: int = 1) -> bytes:
    """Return a packet with a new header (section 4.2.2) of 1, 2 or 5 octets of length."""
    shorter = len(body) - 192
    length = {
        1: lambda: bytes([len(body)]),
        2: lambda: bytes([192 + (shorter >> 8), shorter & 255]),
        5: lambda: b"\xff" + len(body).to_bytes(4, "big"),
    }[form]()
    return bytes([0xC0 | tag]) + length + body


def packet_vectors() -> Case:
    """Return envelopes parted into head and body, and what is no envelope."""
    one, rsa = old(1, pkesk()), old(1, pkesk(algorithm=1)[:10] + octets("rsa", 514), 1)
    small = new(18, b"\x01" + octets("body", 60))
    long = b"\x01" + octets("long body", 400)
    parts = b"\xd2\xe9" + long[:401].ljust(512, b"\0") + b"\x05" + bytes(5)
    valid = {
        "one key": (one, small),
        "RSA, two octets of length": (rsa, small),
        "two keys": (one + rsa, small),
        "four octets of length": (old(1, pkesk(), 2), small),
        "new headers": (new(1, pkesk()) + new(1, pkesk(), 5), new(18, long, 5)),
        "new header, two octets": (new(1, rsa[3:], 2), new(18, long, 2)),
        "body in parts": (one, parts),
        "as many keys as may be": (one * 64, small),
    }
    malformed = {
        "nothing": b"",
        "text": b"-----BEGIN PGP MESSAGE-----\n",
        "no head": small,
        "no body": one,
        "head cut": one[:-1],
        "body without a version": one + small[:2],
        "recipient named": old(1, pkesk(key_id=octets("id", 8))) + small,
        "PKESK version 2": old(1, pkesk(version=2)) + small,
        "PKESK version 6": old(1, pkesk(version=6)) + small,
        "ElGamal": old(1, pkesk(algorithm=16)) + small,
        "PKESK empty": old(1, b"") + small,
        "PKESK without algorithm": old(1, pkesk()[:9]) + small,
        "PKESK open-ended": old(1, pkesk(), OPEN_ENDED),
        "PKESK in parts": b"\xc1\xe6" + pkesk()[:64] + b"\x2b" + pkesk()[64:] + small,
        "PKESK too long": old(1, pkesk() + bytes(2080), 1) + small,
        "PKESK of 4 GiB": b"\xc1\xff\xff\xff\xff\xff" + pkesk(),
        "too many keys": one * 65 + small,
        "a passphrase's packet": new(3, bytes(13)) + small,
        "a passphrase's packet second": one + new(3, bytes(13)) + small,
        "a literal in the clear": new(11, b"b\0\0\0\0\0text"),
        "a marker first": new(10, b"PGP") + one + small,
        "without integrity": one + new(9, bytes(60)),
        "AEAD": one + new(20, b"\x01" + bytes(60)),
        "SEIPD version 2": one + new(18, b"\x02" + bytes(60)),
    }
    return {
        "valid": {n: {"head": h.hex(), "body": b.hex()} for n, (h, b) in valid.items()},
        "malformed": {name: message.hex() for name, message in malformed.items()},
    }
