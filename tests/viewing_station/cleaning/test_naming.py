"""What copies are called says nothing of their source."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewing_station.cleaning.errors import BadCopyNameError
from viewing_station.cleaning.naming import checked_name


@given(st.text(max_size=90))
def test_a_name_is_plain_ascii_or_refused(wanted: str) -> None:
    try:
        name = checked_name(wanted, ".pdf")
    except BadCopyNameError:
        return
    assert name.isascii()
    assert name.endswith(".pdf") or name.lower().endswith(".pdf")
    assert not set(name) & set("/\\|,\0\n \"'")
    assert not name.startswith((".", "-"))


@pytest.mark.parametrize(
    ("wanted", "name"), [("a", "a.pdf"), ("a.pdf", "a.pdf"), ("a.b", "a.b.pdf")]
)
def test_the_suffix_is_that_of_what_it_is(wanted: str, name: str) -> None:
    assert checked_name(wanted, ".pdf") == name
