"""Search over everything that was opened here."""

from collections.abc import Iterator
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import get_current_worker

from viewing_station.errors import EmptySearchError
from viewing_station.interface.desk import Desk
from viewing_station.interface.dialogs import CleanInput
from viewing_station.interface.key_bar import KeyBar
from viewing_station.interface.keys import SEARCH_KEYS, bindings
from viewing_station.interface.palette import BAD, FAINT, NAME
from viewing_station.interface.searching import Searching
from viewing_station.interface.words import line, outside
from viewing_station.screen import counted, human_day
from viewing_station.search import HITS_LIMIT, Hit
from viewing_station.search_shelves import HitKind
from viewing_station.search_terms import QUERY_LIMIT
from viewing_station.sentences import TOLD, sentence

HINT = 'All words must be there, in any case, with accents or without; "words in quotes" together.'


class Question(CleanInput):
    """What is searched for; Enter goes to the place under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Go there", key_display="Enter")
    ]


class SearchScreen(Screen[Hit | None]):
    """Searches while one types; returns the hit that was chosen."""

    BINDINGS = bindings(SEARCH_KEYS)

    def __init__(self, desk: Desk, searching: Searching) -> None:
        super().__init__()
        self._desk = desk
        self._searching = searching
        self._hits: list[Hit] = []

    def compose(self) -> Iterator[Widget]:
        """Lay out the question and what was found."""
        yield Static("Search everything that was opened here", classes="title")
        yield Question(self._desk.question, max_length=QUERY_LIMIT)
        yield Static(line((HINT, FAINT)), id="found")
        yield OptionList(id="hits", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Take up the last question."""
        self.query_one(Input).focus()
        if self._desk.question:
            self._search(self._desk.question)

    @on(Input.Changed)
    def _asked(self, event: Input.Changed) -> None:
        self._desk.question = event.value
        self._search(event.value)

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _search(self, question: str) -> None:
        worker = get_current_worker()
        hits: list[Hit] | None = None
        said = ""
        try:
            hits = self._searching.search(question)
        except EmptySearchError:
            pass
        except TOLD as error:
            said = sentence(error)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._show, hits, said)

    def _show(self, hits: list[Hit] | None, said: str) -> None:
        self._hits = hits or []
        found = line((said, BAD)) if said else _told(hits)
        self.query_one("#found", Static).update(found)
        rows = self.query_one("#hits", OptionList)
        rows.set_options(Option(self._row(hit)) for hit in self._hits)
        rows.highlighted = 0 if self._hits else None

    def _row(self, hit: Hit) -> Content:
        thread = self._desk.threads.get(hit.thread)
        name = thread.name if thread else hit.thread[:8]
        where = f"  {human_day(hit.day)}, {WHERE[hit.kind].format(place=outside(hit.place))}\n"
        return line((name, NAME), (where, FAINT), "  ", outside(hit.excerpt))

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_take()

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.action_take()

    def action_take(self) -> None:
        """Go to the hit under the cursor."""
        at = self.query_one("#hits", OptionList).highlighted
        if at is not None:
            self.dismiss(self._hits[at])

    def action_next(self) -> None:
        """Move down from where one types."""
        self.query_one("#hits", OptionList).action_cursor_down()

    def action_previous(self) -> None:
        """Move up from where one types."""
        self.query_one("#hits", OptionList).action_cursor_up()

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)


WHERE = {
    HitKind.MESSAGE: "in the message",
    HitKind.OPENED: "in the message sealed beforehand",
    HitKind.FILE: "the name of document {place}",
    HitKind.TEXT: "in document {place}",
    HitKind.REPLY: "in our reply",
    HitKind.NOTE: "in the note",
    HitKind.LABEL: "a label",
    HitKind.ASSIGNEE: "whose it is",
    HitKind.NAME: "its name",
}


def _told(hits: list[Hit] | None) -> Content:
    if hits is None:
        return line((HINT, FAINT))
    if not hits:
        return line("Nothing that was opened here holds all these words.")
    more = " or more; the newest are shown, another word finds fewer"
    return line((counted(len(hits), "place") + (more if len(hits) >= HITS_LIMIT else ""), FAINT))
