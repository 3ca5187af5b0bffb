"""JSON with one way to write a value, and typed fields to read it back.

Indented, so that a person who has only the file can read it; keys sorted; UTF-8; a newline
at the end. A decoder builds its value from `Fields` and then calls `check_canonical`: keys
given twice, odd numbers, escapes and white space all end there.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeAlias, TypeVar

from formats.errors import Malformed, TooLarge

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json]"
T = TypeVar("T")

_HEX = re.compile(r"([0-9a-f]{2})*")


def encode_json(value: Mapping[str, Json]) -> bytes:
    """Return the one way to write `value`."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def parse_json(data: bytes, limit: int) -> object:
    """Parse `data`, of at most `limit` bytes. Raises TooLarge and Malformed."""
    if len(data) > limit:
        raise TooLarge("JSON")
    try:
        # Decoded here: json would guess at UTF-16 and UTF-32 as well.
        return json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None


def check_canonical(encoded: bytes, data: bytes) -> None:
    """Raise Malformed if `data` says the same as `encoded` in another way."""
    if encoded != data:
        raise Malformed("not written in the one way")


class Fields:
    """The fields of a JSON object that has exactly the given keys; each getter checks a type.

    All raise Malformed, and name the field and never its value.
    """

    def __init__(self, value: object, *keys: str) -> None:
        if not isinstance(value, dict) or set(value) != set(keys):
            raise Malformed("fields missing or unknown")
        self._values: dict[str, object] = value

    def text(self, key: str) -> str:
        """Return a string."""
        return self._typed(key, str)

    def number(self, key: str) -> int:
        """Return a whole number; a truth value is none."""
        return self._typed(key, int)

    def flag(self, key: str) -> bool:
        """Return a truth value."""
        return self._typed(key, bool)

    def raw(self, key: str) -> bytes:
        """Return bytes that stand as lower-case hex."""
        text = self.text(key)
        if not _HEX.fullmatch(text):
            raise Malformed(f"{key} is not hex")
        return bytes.fromhex(text)

    def day(self, key: str) -> date:
        """Return a day that stands as YYYY-MM-DD."""
        try:
            return date.fromisoformat(self.text(key))
        except ValueError:
            raise Malformed(f"{key} is not a day") from None

    def many(self, key: str, build: Callable[[object], T], limit: int) -> tuple[T, ...]:
        """Return a list of at most `limit` values, each made by `build`. Raises TooLarge."""
        values = self._typed(key, list)
        if len(values) > limit:
            raise TooLarge(key)
        return tuple(build(value) for value in values)

    def _typed(self, key: str, kind: type[T]) -> T:
        value = self._values[key]
        if type(value) is not kind:  # exactly: a truth value would pass for a number
            raise Malformed(f"{key} is of another kind")
        return value


def as_text(value: object) -> str:
    """Return `value` if it is a string, for lists of strings. Raises Malformed."""
    if not isinstance(value, str):
        raise Malformed("not a text")
    return value
