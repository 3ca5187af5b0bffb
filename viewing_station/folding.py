"""Texts made comparable: without accents, without case, each kind of white space a space.

A hundred megabytes of letters are folded for a search. What Python's own tables do in twenty
microseconds a letter, a table of 256 bytes does in three, for all that Windows-1252 can write:
French and its neighbours. Everything else goes the general way, and both give the same.
"""

import re
import unicodedata

# Accents (Unicode's combining diacritical marks), and what is there to be unseen: a soft hyphen
# that a PDF left in a word, zero-width spaces, marks of direction, a byte order mark.
_DROPPED = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]+")
_SPACES = re.compile(r"\s")
# Letters that have no decomposition, as they are typed without; and the typewriter's apostrophe.
_SPELLED = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "’": "'"}

_CODEC = "cp1252"
# Those of its characters that become several letters and are common enough for the fast way.
_SEVERAL = ("œ", "Œ", "æ", "Æ", "ß", "…")


def fold(text: str) -> str:
    """Return `text` folded. It is as long as the folded characters together, one by one."""
    try:
        raw = text.encode(_CODEC)
    except UnicodeEncodeError:
        return fold_any(text)
    if raw.translate(None, _FAST):
        return fold_any(text)
    raw = raw.translate(_TABLE, _GONE)
    for byte, spelled in _SPELLINGS:
        if byte in raw:
            raw = raw.replace(byte, spelled)
    return raw.decode(_CODEC)


def fold_any(text: str) -> str:
    """Return `text` folded, by Unicode's tables (UAX #15, compatibility decomposition)."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    for letter, spelled in _SPELLED.items():
        folded = folded.replace(letter, spelled)
    return _SPACES.sub(" ", _DROPPED.sub("", folded))


def _bytes() -> dict[int, str]:
    """Return each byte that the codec reads, with what its character becomes."""
    known = {}
    for byte in range(256):
        try:
            known[byte] = fold_any(bytes([byte]).decode(_CODEC))
        except UnicodeDecodeError:
            continue
    return known


def _one_byte(folded: str) -> bytes:
    """Return what becomes one byte of the codec; empty where it is none, or several."""
    try:
        raw = folded.encode(_CODEC)
    except UnicodeEncodeError:
        return b""
    return raw if len(raw) == 1 else b""


_KNOWN = _bytes()
_SINGLE = {byte: raw for byte, folded in _KNOWN.items() if (raw := _one_byte(folded))}
_GONE = bytes(byte for byte, folded in _KNOWN.items() if not folded)
_TABLE = bytes(_SINGLE.get(byte, bytes([byte]))[0] for byte in range(256))
_SPELLINGS = [(each.encode(_CODEC), fold_any(each).encode(_CODEC)) for each in _SEVERAL]
_FAST = bytes({*_SINGLE, *_GONE, *(byte[0] for byte, _ in _SPELLINGS)})
