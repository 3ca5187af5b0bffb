"""What became of a bundle, for the screen: as `viewing-station open` tells it."""

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from viewing_station.bundle_open import Report
from viewing_station.commands.open import STATES, remarks
from viewing_station.delivery_open import Outcome
from viewing_station.interface.key_bar import KeyBar
from viewing_station.interface.keys import Key, bindings
from viewing_station.interface.palette import BAD, FAINT, NAME
from viewing_station.interface.words import joined, line, outside
from viewing_station.screen import counted, human_day, human_size
from viewing_station.settings import Settings
from viewing_station.threads import friendly_name

REPORT_KEYS = (Key("Enter", "go on", "enter,escape", "app.pop_screen", "Go on"),)


class ReportScreen(ModalScreen[None]):
    """Shows what a bundle brought."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(REPORT_KEYS)

    def __init__(self, report: Report, settings: Settings) -> None:
        super().__init__()
        self._report = report
        self._settings = settings

    def compose(self) -> Iterator[Widget]:
        """Lay out what was in it."""
        manifest = self._report.manifest
        count = counted(len(self._report.outcomes), "delivery", "deliveries")
        with Vertical(classes="dialog wide tall"):
            title = f"The bundle of {human_day(manifest.day)}: {count}"
            yield Static(Content(title), classes="title")
            with VerticalScroll(id="report"):
                yield Static(joined("\n", list(self._lines())))
            yield KeyBar()

    def _lines(self) -> Iterator[Content]:
        for outcome in self._report.outcomes:
            yield _row(outcome, self._settings)
            if outcome.trouble:
                yield line((f"    {outside(outcome.trouble)}", BAD))
        yield from (Content(outside(text)) for text, _ in remarks(self._report))


def _row(outcome: Outcome, settings: Settings) -> Content:
    state, _ = STATES[outcome.state]
    delivery = outcome.delivery
    if delivery is None:
        return line((outside(outcome.name), NAME), f"  {state}")
    name = friendly_name(settings.names_key, delivery.thread)
    files = "no files"
    if delivery.files:
        files = f"{counted(len(delivery.files), 'file')}, {human_size(delivery.size)}"
    return line((name, NAME), (f"  {outside(outcome.name)}  {files}  ", FAINT), state)
