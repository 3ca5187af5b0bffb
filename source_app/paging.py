"""A long mailbox is cut into pages that all fit the one page size."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

BUDGET_BYTES = 44_000  # of a page's 65,536; the rest is the style sheet and the frame


def fit_pages(items: Sequence[T], cost: Callable[[T], int]) -> list[list[T]]:
    """Cut `items` in order into pages of at most BUDGET_BYTES each; always at least one page.

    `cost` is an item's size in the page, in bytes. One dearer than a page stands alone.
    """
    pages: list[list[T]] = [[]]
    left = BUDGET_BYTES
    for item in items:
        price = cost(item)
        if price > left and pages[-1]:
            pages.append([])
            left = BUDGET_BYTES
        pages[-1].append(item)
        left -= price
    return pages
