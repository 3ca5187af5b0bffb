"""A field is taken as it will stand, or the sentence says why not."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.names import visible
from viewing_station.errors import BadFieldError
from viewing_station.publication_fields import FORMULA_SIGNS, SUMMARY_LIMIT, checked_fields
from viewing_station.publications import Link, Point


def refusal(**fields: object) -> str:
    with pytest.raises(BadFieldError) as caught:
        checked_fields(fields)
    return str(caught.value)


def test_fields_are_read_as_they_are_meant() -> None:
    assert checked_fields(
        {
            "title": {"fr": " Un titre ", "en": "A title", "de": ""},
            "summary": "Un\r\ndeux",
            "city": "Lyon",
            "technology": ["caméras", "drones", "caméras", ""],
            "supplier": "X",
            "date": date(2026, 3, 14),
            "source": {"label": "Article", "url": "https://example.org/a?b=c#d"},
            "location": "-20.9, 55.5",
        }
    ) == {
        "title": {"en": "A title", "fr": "Un titre"},
        "summary": {"fr": "Un\ndeux"},
        "city": "Lyon",
        "technology": ("caméras", "drones"),
        "supplier": ("X",),
        "day": date(2026, 3, 14),
        "source": Link("Article", "https://example.org/a?b=c#d"),
        "location": Point("-20.9", "55.5"),
    }


def test_an_empty_field_is_emptied() -> None:
    emptied = {"summary": "", "date": "", "source": "", "location": "", "city": "", "supplier": []}
    assert checked_fields(emptied) == {
        "summary": None,
        "day": None,
        "source": None,
        "location": None,
        "city": "",
        "supplier": (),
    }


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"mood": "good"}, "no field of a publication"),
        ({"title": ""}, "a publication needs a French title"),
        ({"title": {"en": "A"}}, "a publication needs a French title"),
        ({"title": {"french": "A"}}, "no language in two letters"),
        ({"title": 3}, "a text, or texts by language"),
        ({"title": {"fr": 3}}, "a text between quotation marks"),
        ({"title": "a" * 301}, "longer than 300 characters"),
        ({"title": "a\nb"}, "a line end or something unseen"),
        ({"title": "a\u202eb"}, "something unseen"),
        ({"title": "a\x1b[2Jb"}, "something unseen"),
        ({"title": '=HYPERLINK("x")'}, "a spreadsheet would take for a formula"),
        ({"city": "+33"}, "a spreadsheet would take for a formula"),
        ({"summary": " -1"}, "a spreadsheet would take for a formula"),
        ({"supplier": ["x", "@x"]}, "a spreadsheet would take for a formula"),
        ({"supplier": ["\uff1d1"]}, "a spreadsheet would take for a formula"),
        ({"summary": "a\x00b"}, "something unseen"),
        ({"summary": "a" * (SUMMARY_LIMIT + 1)}, "longer than 5,000 characters"),
        ({"city": "a|b"}, "| and :: separate values"),
        ({"technology": ["a::b"]}, "| and :: separate values"),
        ({"technology": {"a": 1}}, "a list of texts"),
        ({"technology": [1]}, "a text between quotation marks"),
        ({"supplier": ["x"] * 21}, "more than 20 values"),
        ({"date": "14/03/2026"}, "a day such as 2026-03-14"),
        ({"date": "2026-02-31"}, "a day such as 2026-03-14"),
        ({"date": "20260314"}, "a day such as 2026-03-14"),
        ({"date": datetime(2026, 3, 14)}, "a day such as 2026-03-14"),  # noqa: DTZ001
        ({"date": 2026}, "a day such as 2026-03-14"),
        ({"source": "javascript:alert(1)"}, "a web address"),
        ({"source": "x|https://a b.example/"}, "a web address"),
        ({"source": "x|https://user@example.org/"}, "a web address"),
        ({"source": "x|https://example.org/<b>"}, "a web address"),
        ({"source": "x|https://exämple.org/"}, "a web address"),
        ({"source": "a|b|https://example.org/"}, "| and :: separate values"),
        ({"source": {"url": 3}}, "a text between quotation marks"),
        ({"source": {"address": "x"}}, "label|address"),
        ({"source": 3}, "label|address"),
        ({"location": "91,0"}, "latitude,longitude"),
        ({"location": "45.76"}, "latitude,longitude"),
        ({"location": [1, 2]}, "latitude,longitude"),
    ],
)
def test_what_cannot_stand_is_told(fields: dict[str, object], why: str) -> None:
    [name] = fields
    told = refusal(**fields)
    assert told.startswith(f"The {name} cannot stand like that: ")
    assert why in told


def test_an_address_alone_is_its_own_label() -> None:
    link = checked_fields({"source": "https://example.org/"})["source"]
    assert link == Link("https://example.org/", "https://example.org/")


@given(st.text())
def test_any_text_is_refused_or_safe_in_a_cell(text: str) -> None:
    try:
        fields = checked_fields({"title": text, "city": text, "summary": text})
    except BadFieldError:
        return
    title, city = fields["title"]["fr"], fields["city"]
    for taken in (title, city):
        assert visible(taken) == taken
        assert taken[:1] not in FORMULA_SIGNS
    assert "|" not in city
    assert "::" not in city


@given(st.text("htps:/.example|#?%<>\"' \\éx1@", max_size=60))
def test_any_address_is_refused_or_plain_ascii(text: str) -> None:
    try:
        link = checked_fields({"source": "https://" + text})["source"]
    except BadFieldError:
        return
    assert link.url.isascii()
    assert not set(link.url) & set("<>\"' |\\\n") - set("'")
