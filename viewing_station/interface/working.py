"""Long work while the screen stays alive: in a thread of its own, to be stopped safely."""

from collections.abc import Callable, Iterator
from typing import ClassVar, Generic, TypeVar

from textual import work
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import get_current_worker

from viewing_station.interface.gauge import Gauge, StoppedError
from viewing_station.interface.key_bar import KeyBar
from viewing_station.interface.keys import Key, bindings
from viewing_station.interface.palette import FAINT
from viewing_station.interface.words import line
from viewing_station.sentences import TOLD, sentence
from viewing_station.station import Station, beside

Made = TypeVar("Made")
Job = Callable[[Station, Gauge], Made]

LOOKING = 0.2  # seconds between two looks at how far it is
STOP_KEYS = (Key("Esc", "stop", "escape", "stop", "Stop"),)


class WorkingScreen(ModalScreen[Made | str], Generic[Made]):
    """Has a job done; returns what was made, or the sentence that says why nothing was."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(STOP_KEYS)

    def __init__(self, station: Station, title: Content, job: Job[Made], stopped: str) -> None:
        super().__init__()
        self._station = station
        self._title = title
        self._job = job
        self._stopped = stopped
        self._gauge = Gauge()

    def compose(self) -> Iterator[Widget]:
        """Lay out the bar."""
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="title")
            yield Static(id="gauge")
            yield KeyBar()

    def on_mount(self) -> None:
        """Begin."""
        self._look()
        self.set_interval(LOOKING, self._look)
        self._work()

    def _look(self) -> None:
        shown: Content = self._gauge.shown()
        if self._gauge.is_stopped:
            shown = line("Stopping: waiting for the last step to end.", ("", FAINT))
        self.query_one("#gauge", Static).update(shown)

    @work(thread=True, exit_on_error=False)
    def _work(self) -> None:
        worker = get_current_worker()
        outcome = self._outcome()
        if not worker.is_cancelled:
            self.app.call_from_thread(self.dismiss, outcome)

    def _outcome(self) -> Made | str:
        try:
            with beside(self._station) as station:
                return self._job(station, self._gauge)
        except StoppedError:
            return self._stopped
        except TOLD as error:
            return sentence(error)

    def action_stop(self) -> None:
        """Stop at the next step."""
        self._gauge.stop()
        self._look()
