"""Which part of the list a page shows: desk, state, star, day, and where the page before ended."""

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from formats.handles import is_handle
from storage.listing import Cursor, Filters, State

PAGE_ROWS = 50
QUERY_MAX_CHARACTERS = 500  # the longest view of ours is a third of it
_SEPARATOR = "."


@dataclass(frozen=True)
class View:
    """A part of the list. `desk` is one of the reviewer's, or None for all of them."""

    desk: str | None = None
    state: State | None = None
    starred: bool = False
    day: date | None = None
    after: Cursor | None = None

    @classmethod
    def asked(cls, untrusted: MultiDict[str, str], desks: dict[str, str]) -> "View":
        """Read a page's query. What is not understood narrows nothing."""
        desk, state = untrusted.get("desk"), untrusted.get("state")
        return cls(
            desk if desk in desks else None,
            State(state) if state in tuple(State) else None,
            untrusted.get("starred") == "1",
            read_day(untrusted.get("day", "")),
            _read_cursor(untrusted.get("after", "")),
        )

    @classmethod
    def returning(cls, untrusted_query: str, desks: dict[str, str]) -> "View":
        """Read the view that a form was sent from, as its hidden field names it."""
        query = parse_qsl(untrusted_query[:QUERY_MAX_CHARACTERS])
        return cls.asked(MultiDict(query), desks)

    @property
    def filters(self) -> Filters:
        """What the list is narrowed to, apart from the desk."""
        return Filters(self.state, self.starred, self.day)

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return self.desk is not None or self.filters != Filters()

    @property
    def query(self) -> str:
        """The query that `asked` and `returning` read."""
        place = _SEPARATOR.join((self.after.day.isoformat(), self.after.id)) if self.after else None
        fields = {
            "desk": self.desk,
            "state": self.state,
            "starred": "1" if self.starred else None,
            "day": self.day.isoformat() if self.day else None,
            "after": place,
        }
        return urlencode({name: value for name, value in fields.items() if value})

    @property
    def address(self) -> str:
        """The address of this page of the view."""
        return f"/?{self.query}" if self.query else "/"

    def at(self, after: Cursor | None) -> str:
        """Give the address of the page of this view that begins behind `after`."""
        return replace(self, after=after).address

    def with_desk(self, desk: str | None) -> str:
        """Give the address of the same view of another desk, from its beginning."""
        return replace(self, desk=desk, after=None).address

    def with_state(self, state: State | None) -> str:
        """Give the address of the same view in another state, from its beginning."""
        return replace(self, state=state, after=None).address

    def with_star(self, starred: bool) -> str:  # noqa: FBT001  a template names no arguments
        """Give the address of the same view of starred ones, or of all, from its beginning."""
        return replace(self, starred=starred, after=None).address

    def with_day(self, day: date | None) -> str:
        """Give the address of the same view of one day, or of all, from its beginning."""
        return replace(self, day=day, after=None).address


def read_day(untrusted_text: str) -> date | None:
    """Read a day as forms write it, `2026-11-20`; None for anything else."""
    try:
        return date.fromisoformat(untrusted_text)
    except ValueError:
        return None


def _read_cursor(untrusted_text: str) -> Cursor | None:
    day, _, delivery = untrusted_text.partition(_SEPARATOR)
    read = read_day(day)
    return Cursor(read, delivery) if read and is_handle(delivery) else None
