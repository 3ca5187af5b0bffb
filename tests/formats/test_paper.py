"""What was printed comes back, however it was typed, and a slip is found in its line."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.errors import FormatError, Malformed, TooLarge
from formats.paper import (
    PAPER_LIMIT,
    LineWrong,
    from_lines,
    from_parts,
    has_lines,
    read_part,
    to_lines,
    to_parts,
)

data = st.binary(min_size=1, max_size=900)
KEY = bytes(range(256)) * 4


@given(data)
def test_lines_come_back(content: bytes) -> None:
    text = "\n".join(["A heading.", *to_lines(content), "A foot."])
    assert has_lines(text)
    assert from_lines(text) == content


@given(data)
def test_parts_come_back_in_any_order(content: bytes) -> None:
    parts = [read_part(text) for text in to_parts(content)]
    assert from_parts(part for part in parts[::-1] * 2 if part) == content
    allowed = set(string.digits + string.ascii_uppercase + " $%*+-./:")  # QR's alphanumeric mode
    assert set("".join(to_parts(content))) <= allowed


def test_how_it_is_typed_makes_no_difference() -> None:
    lines = to_lines(KEY)
    typed = [re.sub(r" (?=\S)", "", line.strip(), count=0) for line in lines[1:]]
    assert from_lines("\n".join([lines[0], *typed])) == KEY
    assert from_lines("\r\n".join(lines).lower()) == KEY
    alike = [line[:5] + line[5:].replace("0", "O").replace("1", "l") for line in lines[1:]]
    assert from_lines("\n".join([lines[0], *reversed(alike)])) == KEY
    assert (
        from_lines(
            "\n".join(
                line.replace(" ", "-") if i else line
                for i, line in enumerate(lines)
                if not line.startswith(" ")
            )
            + "\n"
            + "\n".join(line for line in lines if line.startswith(" "))
        )
        == KEY
    )


@given(st.data())
def test_a_slip_is_found_in_its_line(draw: st.DataObject) -> None:
    lines = to_lines(KEY)
    number = draw.draw(st.integers(1, len(lines) - 2))
    line = lines[number]
    at = draw.draw(st.sampled_from([i for i, c in enumerate(line) if i > 4 and c != " "]))
    other = draw.draw(
        st.sampled_from([c for c in "23456789ABCDEFGHJKMNPQRSTVWXYZ" if c != line[at]])
    )
    lines[number] = line[:at] + other + line[at + 1 :]
    with pytest.raises(LineWrong) as wrong:
        from_lines("\n".join(lines))
    assert wrong.value.number == number


def test_lines_exchanged_or_of_another_sheet_are_found() -> None:
    lines = to_lines(KEY)
    third, fourth = lines[3], lines[4]
    with pytest.raises(LineWrong):
        from_lines("\n".join([*lines[:3], third[:5] + fourth[5:], *lines[4:]]))
    with pytest.raises(LineWrong):
        from_lines("\n".join([*lines, lines[1][:5] + lines[2][5:]]))
    other = to_lines(bytes(reversed(KEY)))
    with pytest.raises(Malformed):
        from_lines("\n".join([*lines[:3], other[3], *lines[4:]]))


@pytest.mark.parametrize("gone", [1, 2, -2, -1])
def test_a_line_that_is_missing_is_named(gone: int) -> None:
    lines = to_lines(KEY)
    del lines[gone]
    with pytest.raises(Malformed, match="missing"):
        from_lines("\n".join(lines))


def test_a_part_that_is_missing_is_named() -> None:
    parts = [part for text in to_parts(KEY) if (part := read_part(text))]
    with pytest.raises(Malformed, match=r"code 2 of 4"):
        from_parts([parts[0], *parts[2:]])
    with pytest.raises(Malformed):
        from_parts([])


@given(st.text(max_size=200))
def test_any_text_is_a_typed_error_or_no_part(text: str) -> None:
    assert read_part(text) is None
    with pytest.raises(FormatError):
        from_lines(text)


@given(st.text("0123456789.: -ABCXYZ\n", max_size=200))
def test_nearly_lines_are_a_typed_error(text: str) -> None:
    with pytest.raises(FormatError):
        from_lines(text)


def test_what_is_no_matter_for_paper_is_too_large() -> None:
    for write in (to_lines, to_parts):
        with pytest.raises(TooLarge):
            write(bytes(PAPER_LIMIT + 1))
    with pytest.raises(TooLarge):
        from_lines("x" * (1 << 21))
