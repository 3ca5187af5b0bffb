"""Which part of the list a page shows: desk, state, and where the page before it ended."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from formats.handles import is_handle
from storage.listing import Cursor, State

PAGE_ROWS = 50
STATES = (State.NEW, State.COLLECTED)
_SEPARATOR = "."


@dataclass(frozen=True)
class View:
    """A part of the list. `desk` is one of the reviewer's, or None for all of them."""

    desk: str | None = None
    state: State | None = None
    after: Cursor | None = None

    @classmethod
    def asked(cls, untrusted: MultiDict[str, str], desks: dict[str, str]) -> "View":
        """Read a page's query. What is not understood narrows nothing."""
        desk, state = untrusted.get("desk"), untrusted.get("state")
        return cls(
            desk if desk in desks else None,
            State(state) if state in STATES else None,
            _read_cursor(untrusted.get("after", "")),
        )

    def at(self, after: Cursor | None) -> str:
        """Give the address of the page of this view that begins behind `after`."""
        place = _SEPARATOR.join((after.day.isoformat(), after.id)) if after else None
        query = {"desk": self.desk, "state": self.state, "after": place}
        words = urlencode({name: value for name, value in query.items() if value})
        return f"/?{words}" if words else "/"

    def with_desk(self, desk: str | None) -> str:
        """Give the address of the same view of another desk, from its beginning."""
        return View(desk, self.state).at(None)

    def with_state(self, state: State | None) -> str:
        """Give the address of the same view in another state, from its beginning."""
        return View(self.desk, state).at(None)


def _read_cursor(untrusted_text: str) -> Cursor | None:
    day, _, delivery = untrusted_text.partition(_SEPARATOR)
    if not is_handle(delivery):
        return None
    try:
        return Cursor(date.fromisoformat(day), delivery)
    except ValueError:
        return None
