"""Fingerprints of signing keys, for people to compare over a telephone."""

import hashlib

GROUP = 4  # hex digits


def fingerprint(public: bytes) -> str:
    """Return SHA-256 of a public key, in lower-case hex."""
    return hashlib.sha256(public).hexdigest()


def spaced(digits: str) -> str:
    """Return a fingerprint in groups that can be read out."""
    return " ".join(digits[at : at + GROUP] for at in range(0, len(digits), GROUP))


def unspaced(typed: str) -> str:
    """Return a fingerprint as someone typed it, without spaces and in lower case."""
    return "".join(typed.split()).lower()
