"""Sizes, days and fingerprints as people read them."""

from datetime import date, datetime

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

_STEP = 1024
_UNITS = {"fr": ("octets", "Kio", "Mio", "Gio"), "en": ("bytes", "KiB", "MiB", "GiB")}
_GROUP = 4


def show_size(size: int, language: str) -> str:
    """Write a size in bytes with its unit, to one decimal: `37,4 Kio`, `37.4 KiB`."""
    units = _UNITS[language]
    value, index = float(size), 0
    while value >= _STEP and index < len(units) - 1:
        value, index = value / _STEP, index + 1
    pattern = "0" if index == 0 or value == int(value) else "0.0"
    return f"{format_decimal(value, pattern, locale=language)}\u00a0{units[index]}"


def show_number(number: int, language: str) -> str:
    """Write a number in groups of three: `100 000`, `100,000`."""
    return format_decimal(number, locale=language)


def show_day(day: date, language: str) -> str:
    """Write a day in full: `14 mars 2026`, `March 14, 2026`."""
    return format_date(day, "long", locale=language)


def show_moment(moment: datetime, language: str) -> str:
    """Write a day and a time (UTC), without the year: `14 mars, 12:15`, `14 March, 12:15`."""
    return format_datetime(moment, "d\u00a0MMMM, HH:mm", locale=language)


def show_languages(codes: tuple[str, ...], language: str) -> str:
    """Name languages: `français, anglais`, `French, English`."""
    names = (Locale.parse(code).get_language_name(language) for code in codes)
    return ", ".join(name or code for name, code in zip(names, codes, strict=True))


def show_fingerprint(fingerprint: str) -> str:
    """Write a key's fingerprint in groups of four, to be compared by eye."""
    starts = range(0, len(fingerprint), _GROUP)
    return " ".join(fingerprint[start : start + _GROUP] for start in starts)
