"""A few hundred bytes on paper: lines to type in again, and parts for QR codes.

A line carries its number, up to 25 bytes in base 32, and a checksum of number and bytes, so that a
slip is found in its line. A part carries its place and the whole's checksum, so that parts of two
sheets do not mix. Letters that look alike are read as the same; spaces and hyphens say nothing.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from formats.errors import FormatError, Malformed, TooLarge

PAPER_LIMIT = 64 << 10  # bytes (64 KiB): a key and its like; more is no matter for paper
LINE_SIZE = 25  # bytes: 40 symbols, eight groups of five
PART_SIZE = 300  # bytes: a QR code that a cheap printer and a cheap camera manage
TYPED_LIMIT = 1 << 20  # characters of a text that may hold lines
FIRST_LINE = "VASISTAS PAPER 1"

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Douglas Crockford's base 32
_ALIKE = str.maketrans("OIL", "011")
_GROUP = 5
_CHECK_SYMBOLS = 4  # 20 bits: a slip passes once in a million
_WHOLE_SYMBOLS = 16  # 80 bits
_LINE = re.compile(r"\s*(\d{1,4})[.:]((?:[ -]*[0-9A-Z])+)\s*", re.ASCII)
_PART = re.compile(r"VSP1:([0-9A-Z]{16}):(\d{1,3})/(\d{1,3}):([0-9A-Z]+)", re.ASCII)


class LineWrong(FormatError):
    """A line was typed wrongly: see its number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"line {number} is not as it was printed")
        self.number = number


@dataclass(frozen=True)
class Part:
    """One QR code's worth: which of how many, of the whole with this checksum."""

    whole: str
    number: int
    of: int
    data: bytes


def to_lines(data: bytes) -> list[str]:
    """Return the lines to print: numbered from 1, and at the end one that checks them all."""
    if len(data) > PAPER_LIMIT:
        raise TooLarge("paper")
    pieces = [data[at : at + LINE_SIZE] for at in range(0, len(data), LINE_SIZE)]
    lines = [FIRST_LINE]
    for number, piece in enumerate(pieces, 1):
        symbols = _encode(piece) + _line_check(number, piece)
        lines.append(f"{number:3}. {_grouped(symbols)}")
    lines.append(f"  0. {_grouped(_whole_check(data))}")
    return lines


def from_lines(text: str) -> bytes:
    """Return what was printed. Other lines may stand between, and the order does not matter.

    Raises LineWrong for the first line that does not check, Malformed where lines are missing.
    """
    if len(text) > TYPED_LIMIT:
        raise TooLarge("paper")
    typed: dict[int, str] = {}
    for line in text.upper().splitlines():
        if found := _LINE.fullmatch(line):
            number, symbols = int(found[1]), re.sub(r"[ -]", "", found[2]).translate(_ALIKE)
            if typed.setdefault(number, symbols) != symbols:
                raise LineWrong(number)
    check = typed.pop(0, None)
    pieces = [_checked(number, typed[number]) for number in sorted(typed)]
    missing = set(range(1, max(typed, default=1) + 1)) - set(typed)
    if missing:
        raise Malformed(f"line {min(missing)} is missing")
    data = b"".join(pieces)
    if check != _whole_check(data):
        raise Malformed("the last lines are missing, or line 0 is not as it was printed")
    return data


def has_lines(text: str) -> bool:
    """Tell whether a text begins as a printed sheet does."""
    return FIRST_LINE in text[:TYPED_LIMIT].upper()


def to_parts(data: bytes) -> list[str]:
    """Return the texts of the QR codes to print, in capitals and digits only."""
    if len(data) > PAPER_LIMIT:
        raise TooLarge("paper")
    pieces = [data[at : at + PART_SIZE] for at in range(0, len(data), PART_SIZE)]
    whole = _whole_check(data)
    return [
        f"VSP1:{whole}:{number}/{len(pieces)}:{_encode(piece)}"
        for number, piece in enumerate(pieces, 1)
    ]


def read_part(untrusted_text: str) -> Part | None:
    """Return what a QR code says, or None if it is not one of ours."""
    found = _PART.fullmatch(untrusted_text)
    if found is None:
        return None
    try:
        return Part(found[1], int(found[2]), int(found[3]), _decode(found[4]))
    except Malformed:
        return None


def from_parts(parts: Iterable[Part]) -> bytes:
    """Return what was printed. Raises Malformed where parts are missing or of several sheets."""
    found = _by_sheet(parts)
    if not found:
        raise Malformed("there is no code of ours on it")
    if len(found) > 1:
        raise Malformed("these are codes of several sheets")
    [((whole, of), pieces)] = found.items()
    missing = [number for number in range(1, of + 1) if number not in pieces]
    if missing:
        raise Malformed(f"code {missing[0]} of {of} is missing")
    data = b"".join(pieces[number] for number in range(1, of + 1))
    if _whole_check(data) != whole:
        raise Malformed("the codes do not fit together")
    return data


def _by_sheet(parts: Iterable[Part]) -> dict[tuple[str, int], dict[int, bytes]]:
    found: dict[tuple[str, int], dict[int, bytes]] = {}
    for part in parts:
        found.setdefault((part.whole, part.of), {})[part.number] = part.data
    return found


def _checked(number: int, symbols: str) -> bytes:
    try:
        data = _decode(symbols[:-_CHECK_SYMBOLS])
    except Malformed:
        raise LineWrong(number) from None
    if not data or symbols[-_CHECK_SYMBOLS:] != _line_check(number, data):
        raise LineWrong(number)
    return data


def _line_check(number: int, data: bytes) -> str:
    return _encode(_digest(number.to_bytes(2, "big") + data))[:_CHECK_SYMBOLS]


def _whole_check(data: bytes) -> str:
    return _encode(_digest(data))[:_WHOLE_SYMBOLS]


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=20, person=b"vs1-paper").digest()


def _grouped(symbols: str) -> str:
    return " ".join(symbols[at : at + _GROUP] for at in range(0, len(symbols), _GROUP))


def _encode(data: bytes) -> str:
    """Return five bits a symbol, the last of them filled up with zeros."""
    size = -(-len(data) * 8 // 5)
    number = int.from_bytes(data, "big") << (size * 5 - len(data) * 8)
    return "".join(_symbols(number, size))


def _symbols(number: int, size: int) -> Iterator[str]:
    for at in range(size - 1, -1, -1):
        yield _ALPHABET[number >> (5 * at) & 31]


def _decode(symbols: str) -> bytes:
    """Return the bytes of some symbols. Raises Malformed for what `_encode` never gives."""
    number = 0
    for symbol in symbols:
        value = _ALPHABET.find(symbol)
        if value < 0:
            raise Malformed("no symbol of ours")
        number = number << 5 | value
    size = len(symbols) * 5 // 8
    data = (number >> (len(symbols) * 5 - size * 8)).to_bytes(size, "big")
    if _encode(data) != symbols:
        raise Malformed("symbols left over")
    return data
