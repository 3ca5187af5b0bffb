"""Days and sizes are written as each language writes them."""

from datetime import date

import pytest

from viewing_station.publications import Publication
from viewing_station.publishing.wording import ENGLISH, FRENCH


@pytest.mark.parametrize(
    ("size", "french", "english"),
    [
        (0, "0\u00a0o", "0\u00a0B"),
        (1023, "1023\u00a0o", "1023\u00a0B"),
        (1536, "1,5\u00a0Kio", "1.5\u00a0KiB"),
        (3 << 40, "3,0\u00a0Tio", "3.0\u00a0TiB"),
        (3 << 60, "3145728,0\u00a0Tio", "3145728.0\u00a0TiB"),
    ],
)
def test_a_size(size: int, french: str, english: str) -> None:
    assert (FRENCH.measure(size), ENGLISH.measure(size)) == (french, english)


def test_a_day() -> None:
    assert FRENCH.day(date(2026, 8, 1)) == "1er août 2026"
    assert FRENCH.day(date(2026, 2, 11)) == "11 février 2026"
    assert ENGLISH.day(date(2026, 8, 1)) == "1 August 2026"
    assert ENGLISH.day(None) == ""


def test_french_stands_in_for_what_has_no_english() -> None:
    work = Publication(id="x", primary="y", title={"fr": "Un titre"}, summary={"en": "Short"})
    assert ENGLISH.title(work) == ("Un titre", "fr")
    assert ENGLISH.summary(work) == ("Short", "en")
    assert FRENCH.summary(work) == ("", "fr")
