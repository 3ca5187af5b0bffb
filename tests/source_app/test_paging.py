from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from source_app.paging import BUDGET_BYTES, fit_pages


def cost(item: tuple[int, int]) -> int:
    return item[1]


items = st.lists(st.tuples(st.integers(), st.integers(1, 2 * BUDGET_BYTES)), max_size=60)


@given(items)
def test_nothing_is_lost_added_or_put_in_another_order(given_items: list[tuple[int, int]]) -> None:
    pages = fit_pages(given_items, cost)
    assert [item for page in pages for item in page] == given_items


@given(items)
def test_every_page_fits_but_for_one_item_that_never_does(
    given_items: list[tuple[int, int]],
) -> None:
    for page in fit_pages(given_items, cost):
        assert len(page) <= 1 or sum(map(cost, page)) <= BUDGET_BYTES


@given(items)
def test_no_page_is_empty_unless_all_is(given_items: list[tuple[int, int]]) -> None:
    pages = fit_pages(given_items, cost)
    assert pages == [[]] if not given_items else all(pages)


@given(items)
def test_no_item_stands_on_a_later_page_than_it_must(
    given_items: list[tuple[int, int]],
) -> None:
    pages = fit_pages(given_items, cost)
    for page, following in pairwise(pages):
        assert sum(map(cost, page)) + cost(following[0]) > BUDGET_BYTES
