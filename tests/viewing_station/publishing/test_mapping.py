"""A mapping is taken as a whole, or the sentence says what is wrong with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewing_station.errors import BadMappingError
from viewing_station.publishing.mapping import FIELDS, decode_mapping, default_text


def refusal(text: str | bytes) -> str:
    content = text.encode() if isinstance(text, str) else text
    with pytest.raises(BadMappingError) as caught:
        decode_mapping(content, "m.toml")
    return str(caught.value)


def test_the_default_fills_every_field() -> None:
    mapping = decode_mapping(default_text().encode(), "it")
    assert {one.field for one in mapping} == set(FIELDS)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "[properties]"),
        ("properties = 3", "[properties]"),
        ("[properties]\n[other]", "[properties]"),
        ("[properties", "it is not TOML"),
        (b"\xff", "it is not TOML"),
        ("x = " + "[" * 5000, "it is not TOML"),
        ("#" * 70_000, "it is larger than"),
        ('[properties]\nmood = { name = "a", kind = "text" }', "mood is no field"),
        ('[properties]\ncity = "ville"', "city should have a name and a kind"),
        ('[properties]\ncity = { name = "ville" }', "city should have a name and a kind"),
        ('[properties]\ncity = { name = "ville", kind = "numeric" }', "not numeric"),
        ('[properties]\ncity = { name = "ville", kind = "date" }', "not date"),
        ('[properties]\ncity = { name = "ville", kind = [] }', "not []"),
        ('[properties]\ncity = { name = "Ville", kind = "text" }', "a-z, 0-9 and _"),
        ('[properties]\ncity = { name = "étage", kind = "text" }', "a-z, 0-9 and _"),
        ('[properties]\ncity = { name = "ville\\n", kind = "text" }', "a-z, 0-9 and _"),
        ('[properties]\ncity = { name = "", kind = "text" }', "a-z, 0-9 and _"),
        ('[properties]\ncity = { name = "ville__fr", kind = "text" }', "something else"),
        ('[properties]\ncity = { name = "title", kind = "text" }', "something else"),
        ('[properties]\ncity = { name = "id", kind = "text" }', "something else"),
        (
            (
                '[properties]\ncity = { name = "a", kind = "text" }\n'
                'supplier = { name = "a", kind = "text" }'
            ),
            "two fields go to a",
        ),
        (
            (
                '[properties]\ncity = { name = "a_geolocation", kind = "text" }\n'
                'location = { name = "a", kind = "geolocation" }'
            ),
            "two fields go to a_geolocation",
        ),
    ],
)
def test_what_cannot_be_used_is_told(text: str | bytes, why: str) -> None:
    told = refusal(text)
    assert told.startswith("The mapping in m.toml cannot be used: ")
    assert why in told


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_mapping_or_a_refusal(content: bytes) -> None:
    try:
        mapping = decode_mapping(b"[properties]\n" + content, "m")
    except BadMappingError:
        return
    assert all(one.column.isascii() for one in mapping)
