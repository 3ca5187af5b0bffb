"""The part of a download that a browser asks for when it takes one up again."""

import re

UNIT = "bytes"

# One range of RFC 9110, section 14.1.2; nineteen digits hold any size there is.
_ONE_RANGE = re.compile(r"bytes=([0-9]{0,19})-([0-9]{0,19})", re.IGNORECASE)


class Unsatisfiable(Exception):
    """No part of the file can be given for this range."""


def asked_part(header: str | None, size: int) -> tuple[int, int] | None:
    """Read a Range header for a file of `size` bytes: first byte, and the one after the last.

    None stands for the whole file: no header, or one in a unit that is not bytes (RFC 9110,
    section 14.2). Raises Unsatisfiable for what lies outside, is malformed, or is several parts.
    """
    if header is None or header.partition("=")[0].strip().lower() != UNIT:
        return None
    match = _ONE_RANGE.fullmatch(header.strip())
    if match is None:
        raise Unsatisfiable
    start, end = _bounds(match[1], match[2], size)
    if start >= end:
        raise Unsatisfiable
    return start, end


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last or 0)), size
    return int(first), min(int(last) + 1, size) if last else size
