"""Checks what a reviewer wrote of a publication, before any of it is kept.

What passes here can stand in a cell of a table, on a page and in a note: bounded, without
anything unseen, and never the beginning of what a spreadsheet would run as a formula.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from formats.names import visible
from viewing_station.errors import BadFieldError
from viewing_station.publications import Link, Point, Words

TITLE_LIMIT = 300  # characters: a title that is longer is a summary
SUMMARY_LIMIT = 5_000  # characters: two pages
VALUE_LIMIT = 120  # characters: the name of a city, a technology or a supplier
VALUES_LIMIT = 20  # values of a field, and attachments: what a reader can still take in
URL_LIMIT = 2_000  # characters: what every browser opens
LANGUAGES_LIMIT = 8

# What a spreadsheet takes for a formula when a cell begins with it, full-width forms included.
FORMULA_SIGNS = frozenset("=+-@＝＋－＠")  # noqa: RUF001  # the confusable ones are meant
# What separates values, and groups from their members, in the table that Uwazi imports.
SEPARATORS = ("|", "::")

_LANGUAGE = re.compile(r"[a-z]{2}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_URL = re.compile(
    r"https?://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?([/?#][\w!#$%&'()*+,./:;=?@~\[\]-]*)?",
    re.ASCII | re.IGNORECASE,
)
_POINT = re.compile(r"(-?\d{1,2}(?:\.\d{1,6})?)\s*,\s*(-?\d{1,3}(?:\.\d{1,6})?)", re.ASCII)
_LARGEST = (90, 180)  # degrees of latitude and of longitude


def checked_fields(untrusted: Mapping[str, object]) -> dict[str, Any]:
    """Return the facts given, as a Publication holds them. Raises BadFieldError."""
    for name in untrusted:
        if name not in _CHECKS:
            raise BadFieldError(field=name, why="no field of a publication is called so")
    return {_PLACES.get(name, name): _CHECKS[name](name, told) for name, told in untrusted.items()}


def _line(field: str, untrusted: object, limit: int = VALUE_LIMIT) -> str:
    text = _string(field, untrusted, limit)
    if visible(text) != text:
        raise BadFieldError(field=field, why="it holds a line end or something unseen")
    return text


def _string(field: str, untrusted: object, limit: int) -> str:
    if not isinstance(untrusted, str):
        raise BadFieldError(field=field, why="it should be a text between quotation marks")
    text = unicodedata.normalize("NFC", untrusted.replace("\r\n", "\n")).strip()
    if len(text) > limit:
        raise BadFieldError(field=field, why=f"it is longer than {limit:,} characters")
    if text[:1] in FORMULA_SIGNS:
        why = f"it begins with {text[0]}, which a spreadsheet would take for a formula"
        raise BadFieldError(field=field, why=why)
    return text


def _prose(field: str, untrusted: object) -> str:
    text = _string(field, untrusted, SUMMARY_LIMIT)
    if visible(text, multiline=True) != text:
        raise BadFieldError(field=field, why="it holds something unseen")
    return text


def _value(field: str, untrusted: object) -> str:
    text = _line(field, untrusted)
    if any(separator in text for separator in SEPARATORS):
        raise BadFieldError(field=field, why="| and :: separate values and cannot stand in one")
    return text


def _values(field: str, untrusted: object) -> tuple[str, ...]:
    given = [untrusted] if isinstance(untrusted, str) else untrusted
    if not isinstance(given, list | tuple):
        raise BadFieldError(field=field, why="it should be a list of texts")
    if len(given) > VALUES_LIMIT:
        raise BadFieldError(field=field, why=f"it has more than {VALUES_LIMIT} values")
    values = [_value(field, one) for one in given]
    return tuple(dict.fromkeys(value for value in values if value))  # each once, in their order


def _words(field: str, untrusted: object, check: Callable[[str, object], str]) -> Words:
    given = {"fr": untrusted} if isinstance(untrusted, str) else untrusted
    if not isinstance(given, Mapping) or len(given) > LANGUAGES_LIMIT:
        raise BadFieldError(field=field, why="it should be a text, or texts by language")
    for language in given:
        if not _LANGUAGE.fullmatch(language):
            why = f"{language} is no language in two letters, such as fr"
            raise BadFieldError(field=field, why=why)
    words = {language: check(field, text) for language, text in given.items()}
    return {language: words[language] for language in sorted(words) if words[language]}


def _title(field: str, untrusted: object) -> Words:
    words = _words(field, untrusted, lambda name, text: _line(name, text, TITLE_LIMIT))
    if "fr" not in words:
        raise BadFieldError(field=field, why="a publication needs a French title")
    return words


def _summary(field: str, untrusted: object) -> Words | None:
    return _words(field, untrusted, _prose) or None


def _day(field: str, untrusted: object) -> date | None:
    if untrusted == "":
        return None
    if isinstance(untrusted, date) and not isinstance(untrusted, datetime):
        return untrusted
    try:
        if isinstance(untrusted, str) and _DAY.fullmatch(untrusted):
            return date.fromisoformat(untrusted)
    except ValueError:
        pass  # the 31st of February: told as anything else that is no day
    raise BadFieldError(field=field, why="it should be a day such as 2026-03-14")


def _link(field: str, untrusted: object) -> Link | None:
    if untrusted == "":
        return None
    if isinstance(untrusted, str):
        label, _, url = untrusted.rpartition("|")
    elif isinstance(untrusted, Mapping) and set(untrusted) <= {"label", "url"}:
        label, url = untrusted.get("label", ""), untrusted.get("url", "")
    else:
        raise BadFieldError(field=field, why="it should be label|address")
    address = _line(field, url, URL_LIMIT)
    if not _URL.fullmatch(address):
        why = "it should end in a web address in ASCII, as a browser's address bar copies it"
        raise BadFieldError(field=field, why=why)
    return Link(_value(field, label) or address, address)


def _location(field: str, untrusted: object) -> Point | None:
    if untrusted == "":
        return None
    found = _POINT.fullmatch(untrusted.strip()) if isinstance(untrusted, str) else None
    if found is None or any(
        abs(float(degrees)) > largest
        for degrees, largest in zip(found.groups(), _LARGEST, strict=True)
    ):
        raise BadFieldError(field=field, why="it should be latitude,longitude such as 45.76,4.83")
    return Point(*found.groups())


_PLACES = {"date": "day"}  # fields that a Publication calls otherwise
_CHECKS: dict[str, Callable[[str, object], Any]] = {
    "title": _title,
    "summary": _summary,
    "city": _value,
    "technology": _values,
    "supplier": _values,
    "date": _day,
    "source": _link,
    "location": _location,
    "primary": _value,
    "attachments": _values,
}
