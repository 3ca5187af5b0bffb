"""The page of what was done: who, what, which day."""

from flask import Response, request

from journalist_app.session import CurrentReviewer, current_reviewer
from storage import history
from storage.history import Placed
from web.history import is_sealed
from web.pages import page
from web.services import Services

PAGE_LINES = 100
WALKED_AT_MOST = 2_000  # lines looked at for a page: a desk's own may stand far apart
_HASH_BYTES = 32
_SHOWN_DIGITS = 16  # 64 bits of a hash: enough to compare by eye, and nobody finds a second one


class HistoryViews:
    """GET /history."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def show(self) -> Response:
        """Show a page of the lines of the reviewer's desks, or of all for an admin."""
        reviewer = current_reviewer()
        untrusted_after = _read_hash(request.args.get("after", ""))
        with self._services.db.read() as transaction:
            head = history.head(transaction)
            start = untrusted_after or (head.hash if head else history.START)
            walked = history.back(transaction, start, WALKED_AT_MOST)
        shown = history.of_desks(walked, _desks(reviewer))[:PAGE_LINES]
        return page(
            "history.html",
            reviewer=reviewer,
            lines=[placed.line for placed in shown],
            earlier=_earlier(walked, shown),
            end=_spaced(head.hash) if head else None,
            sealed=head is None or is_sealed(self._services, head),
        )


def _desks(reviewer: CurrentReviewer) -> list[str] | None:
    return None if reviewer.admin else list(reviewer.desks)


def _earlier(walked: list[Placed], shown: list[Placed]) -> str | None:
    """Give the hash that the next page begins with, None at the start of the chain."""
    if not walked:
        return None
    last = shown[-1] if len(shown) == PAGE_LINES else walked[-1]
    return None if last.previous == history.START else last.previous.hex()


def _read_hash(untrusted_text: str) -> bytes | None:
    try:
        read = bytes.fromhex(untrusted_text)
    except ValueError:
        return None
    return read if len(read) == _HASH_BYTES else None


def _spaced(digest: bytes) -> str:
    digits = digest.hex()[:_SHOWN_DIGITS]
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
