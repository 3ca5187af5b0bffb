"""All keys on one page."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from viewing_station.interface.key_bar import KeyBar
from viewing_station.interface.keys import (
    DESK_KEYS,
    DOCUMENT_KEYS,
    MOVING_KEYS,
    REPLY_KEYS,
    Key,
    bindings,
)
from viewing_station.interface.palette import FAINT, NAME, STRONG
from viewing_station.interface.words import joined, line

CLOSE_KEYS = (Key("Esc", "close", "escape,question_mark,f1,q,enter", "app.pop_screen", "Close"),)
WIDTH = 12  # cells of the keys' column
LOCK = (
    "The station is open for whoever sits here, and other commands are refused meanwhile. It "
    "closes itself after {minutes} minutes without a key; a reply that was begun is kept, sealed."
)


class HelpScreen(ModalScreen[None]):
    """Shows what each key does."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(CLOSE_KEYS)

    def __init__(self, minutes: float) -> None:
        super().__init__()
        self._minutes = minutes

    def compose(self) -> Iterator[Widget]:
        """Lay out the table."""
        with Vertical(classes="dialog wide tall"):
            yield Static(Content("Keys"), classes="title")
            with VerticalScroll(id="keys"):
                yield Static(joined("\n", list(self._lines())))
            yield KeyBar()

    def _lines(self) -> Iterator[Content]:
        yield from _rows("Moving", MOVING_KEYS)
        yield from _rows("On a thread, and elsewhere", DESK_KEYS)
        yield from _rows("On a document", DOCUMENT_KEYS)
        yield from _rows("Writing a reply", REPLY_KEYS)
        yield line((LOCK.format(minutes=f"{self._minutes:g}"), FAINT))


def _rows(title: str, keys: Iterable[Key]) -> Iterator[Content]:
    yield line((title, NAME))
    for key in keys:
        filled = key.shown + " " * (WIDTH - cell_len(key.shown))
        yield line((filled, STRONG), key.does.replace("`", ""))
    yield Content("")
