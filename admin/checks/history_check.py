"""Whether the history is whole: every line holds the one before it, and its end is sealed."""

from collections.abc import Iterator

from admin.checks.problem import Problem
from storage import history
from web.history import is_sealed
from web.services import Services

NAME = "history"


def check_history(services: Services) -> Iterator[Problem]:
    """Walk the whole chain."""
    with services.db.read() as transaction:
        head = history.head(transaction)
        held = history.count(transaction)
        chained = history.unbroken(transaction, head.hash) if head else None
    if head is None:
        said = "The history is gone" if held else "There is no history"
        yield Problem(NAME, f"{said}: this instance began one, and it was removed.")
        return
    if not is_sealed(services, head):
        said = "The end of the history is not the one that this instance sealed: lines were removed"
        yield Problem(NAME, f"{said}, altered or added.")
    if chained is None:
        yield Problem(NAME, "The history is broken: a line was removed or altered.")
    elif chained != held:
        yield Problem(NAME, f"{held - chained} lines of the history stand outside its chain.")


def end_of_history(services: Services) -> str | None:
    """Give the end of the chain in hexadecimal, to be written down; None without a history."""
    with services.db.read() as transaction:
        head = history.head(transaction)
    return None if head is None else head.hash.hex()


def holds(services: Services, noted: str) -> bool:
    """Tell whether an end that was written down, or its first digits, is still in the chain."""
    with services.db.read() as transaction:
        head = history.head(transaction)
        return head is not None and history.in_chain(transaction, head.hash, noted)
