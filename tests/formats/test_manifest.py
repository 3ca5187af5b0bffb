"""What manifests share: a line that says what they are, and an order that says nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.manifest import format_line, is_ordered


def test_the_format_line_names_kind_and_version() -> None:
    assert format_line("bundle") == "vasistas/bundle/1"


@given(st.lists(st.text("abc", max_size=3)))
def test_ordered_means_sorted_and_distinct(names: list[str]) -> None:
    assert is_ordered(names, 1000) == (names == sorted(set(names)))


@pytest.mark.parametrize(("limit", "ordered"), [(2, False), (3, True)])
def test_ordered_lists_have_a_limit(limit: int, ordered: bool) -> None:  # noqa: FBT001, parametrize gives it by name
    assert is_ordered(["a", "b", "c"], limit) is ordered
