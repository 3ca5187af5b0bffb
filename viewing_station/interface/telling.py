"""What came of some work, on a page of its own, until the reviewer goes on."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from viewing_station.interface.key_bar import KeyBar
from viewing_station.interface.keys import Key, bindings
from viewing_station.interface.words import joined

GO_ON_KEYS = (Key("Enter", "go on", "enter,escape", "app.pop_screen", "Go on"),)


class TellingScreen(ModalScreen[None]):
    """Shows a title and lines below it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(GO_ON_KEYS)

    def __init__(self, title: Content, lines: Sequence[Content]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines

    def compose(self) -> Iterator[Widget]:
        """Lay them out."""
        with Vertical(classes="dialog wide tall"):
            yield Static(self._title, classes="title")
            with VerticalScroll(id="told"):
                yield Static(joined("\n", list(self._lines)))
            yield KeyBar()
