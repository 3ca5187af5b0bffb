"""There is one way to write a value, and fields are of the type that is asked for."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.errors import FormatError, Malformed, TooLarge
from formats.strict_json import Fields, as_text, check_canonical, encode_json, parse_json

LIMIT = 4096
keys = ("text", "number", "flag", "raw", "day", "many")
sample: dict[str, object] = {
    "text": "é",
    "number": 7,
    "flag": True,
    "raw": "00ff",
    "day": "2026-03-14",
    "many": ["a", "b"],
}


def test_json_is_written_for_people_and_in_one_way() -> None:
    encoded = encode_json({"b": [1, "é — 🙂"], "a": True})
    assert encoded == '{\n "a": true,\n "b": [\n  1,\n  "é — 🙂"\n ]\n}\n'.encode()


json_values = st.recursive(
    st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc"), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text("xyz"), json_values, max_size=4))
def test_what_is_written_is_read(value: dict[str, bool | int | str]) -> None:
    assert parse_json(encode_json(value), limit=1 << 20) == value


@given(st.binary(max_size=64) | st.text('{}[]",:0e1nulltruefals\\ud8', max_size=64).map(str.encode))
def test_any_bytes_parse_to_a_value_or_a_typed_error(data: bytes) -> None:
    with suppress(FormatError):
        parse_json(data, LIMIT)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"\xef\xbb\xbf{}",
        '{"a": 1}'.encode("utf-16"),
        b'{"a": 1',
        b'{"a": 1} x',
        b"{'a': 1}",
        b"[" * 4000,
        b'{"a":' * 800,
    ],
    ids=["empty", "no UTF-8", "BOM", "UTF-16", "cut", "more", "quotes", "nested", "nested too"],
)
def test_what_is_no_json(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_json(data, LIMIT)


def test_a_number_of_ten_thousand_digits_is_refused() -> None:
    with pytest.raises(Malformed):
        parse_json(b"1" * 10_000, limit=10_000)


def test_more_bytes_than_the_limit_are_not_parsed() -> None:
    assert parse_json(b'"' + b"a" * 10 + b'"', limit=12) == "a" * 10
    with pytest.raises(TooLarge):
        parse_json(b'"' + b"a" * 11 + b'"', limit=12)


def test_fields_give_what_they_hold() -> None:
    fields = Fields(sample, *keys)
    assert fields.text("text") == "é"
    assert fields.number("number") == 7
    assert fields.flag("flag") is True
    assert fields.raw("raw") == b"\x00\xff"
    assert fields.day("day") == date(2026, 3, 14)
    assert fields.many("many", as_text, 2) == ("a", "b")


@pytest.mark.parametrize(
    "value",
    [None, [], "text", {}, sample | {"more": 1}, {"text": "é"}],
    ids=["null", "list", "text", "empty", "unknown", "missing"],
)
def test_fields_are_exactly_those_expected(value: object) -> None:
    with pytest.raises(Malformed):
        Fields(value, *keys)


def texts(fields: Fields, key: str) -> tuple[str, ...]:
    return fields.many(key, as_text, 4)


WRONG: dict[Callable[[Fields, str], object], tuple[object, ...]] = {
    Fields.text: (None, 1, True, [], {}),
    Fields.number: (None, 1.0, True, "1", [1]),
    Fields.flag: (None, 0, 1, "true", [True]),
    Fields.raw: (None, 0, "0", "AB", "0x", "g0", " 00", "00\n", "\u0660\u0660"),
    Fields.day: (None, 20260314, "", "14/03/2026", "2026-02-29"),
    texts: (None, "ab", {}, [1], [None], ["a", ["b"]]),
}


@pytest.mark.parametrize(
    ("getter", "wrong"),
    [(getter, wrong) for getter, values in WRONG.items() for wrong in values],
)
def test_a_getter_gives_its_type_or_a_typed_error(
    getter: Callable[[Fields, str], object], wrong: object
) -> None:
    with pytest.raises(Malformed):
        getter(Fields({"key": wrong}, "key"), "key")


def test_a_list_longer_than_its_limit_is_too_large() -> None:
    with pytest.raises(TooLarge):
        Fields(sample, *keys).many("many", as_text, 1)


def test_the_other_spellings_of_a_value_are_refused() -> None:
    canonical = encode_json({"a": 1})
    check_canonical(canonical, canonical)
    for other in (b'{"a": 1}', b'{\n "a": 1\n}', b'{\n "a": 1.0\n}\n', b'{\n "\\u0061": 1\n}\n'):
        with pytest.raises(Malformed):
            check_canonical(canonical, other)
