"""Opening a bundle while the screen stays alive: in a thread of its own, to be stopped safely."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import get_current_worker

from viewing_station.bundle_open import Report, open_bundle
from viewing_station.commands.options import today
from viewing_station.interface.gauge import Gauge, StoppedError
from viewing_station.interface.key_bar import KeyBar
from viewing_station.interface.keys import Key, bindings
from viewing_station.interface.palette import FAINT
from viewing_station.interface.words import line, outside
from viewing_station.sentences import TOLD, sentence
from viewing_station.station import Station, beside

LOOKING = 0.2  # seconds between two looks at how far it is
STOP_KEYS = (Key("Esc", "stop; what is opened stays", "escape", "stop", "Stop"),)
STOPPED = "Stopped. What was opened so far is kept; open the bundle again to go on from there."


class OpeningScreen(ModalScreen[Report | str]):
    """Opens a bundle; returns the report, or the sentence that says why there is none."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(STOP_KEYS)

    def __init__(self, station: Station, file: Path) -> None:
        super().__init__()
        self._station = station
        self._file = file
        self._gauge = Gauge()

    def compose(self) -> Iterator[Widget]:
        """Lay out the bar."""
        with Vertical(classes="dialog"):
            yield Static(line("Opening ", outside(self._file.name)), classes="title")
            yield Static(id="gauge")
            yield KeyBar()

    def on_mount(self) -> None:
        """Begin."""
        self._look()
        self.set_interval(LOOKING, self._look)
        self._open()

    def _look(self) -> None:
        shown: Content = self._gauge.shown()
        if self._gauge.is_stopped:
            shown = line("Stopping: waiting for the last step to end.", ("", FAINT))
        self.query_one("#gauge", Static).update(shown)

    @work(thread=True, exit_on_error=False)
    def _open(self) -> None:
        worker = get_current_worker()
        outcome = self._outcome()
        if not worker.is_cancelled:
            self.app.call_from_thread(self.dismiss, outcome)

    def _outcome(self) -> Report | str:
        try:
            with beside(self._station) as station:
                return open_bundle(station, self._file, today(), self._gauge.measuring)
        except StoppedError:
            return STOPPED
        except TOLD as error:
            return sentence(error)

    def action_stop(self) -> None:
        """Stop at the next step."""
        self._gauge.stop()
        self._look()
