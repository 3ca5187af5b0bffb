"""The interface as a whole: which colours, when it closes, and what it leaves behind."""

import time
from collections.abc import Sequence
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Event, Key, MouseDown, MouseScrollDown, MouseScrollUp, Paste
from textual.filter import NoColor

from viewing_station.interface.desk import Desk
from viewing_station.interface.desk_screen import DeskScreen
from viewing_station.interface.dialogs import Choice
from viewing_station.interface.document_keys import DOCUMENT_ACTIONS
from viewing_station.interface.document_list import DocumentAction
from viewing_station.interface.help import HelpScreen
from viewing_station.interface.palette import DARK, LIGHT, PLAIN, THEMES
from viewing_station.interface.working import WorkingScreen
from viewing_station.sentences import TOLD, sentence
from viewing_station.station import Station

SIGNS_OF_LIFE = (Key, Paste, MouseDown, MouseScrollDown, MouseScrollUp)
TICK = 1.0  # seconds between two looks at the clock


class StationApp(App[str]):
    """Runs until its reviewer leaves, or has left: then it returns what there is to say."""

    CSS_PATH = "look.css"
    ENABLE_COMMAND_PALETTE = False  # it offers to write pictures of the screen to the disk
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,ctrl+q", "quit", show=False, priority=True)
    ]
    ALLOW_SELECT = False
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - textual has it as an instance's
        (0, "-narrow"),
        (76, "-wide"),
        (110, "-broad"),
        (150, "-vast"),
    ]

    def __init__(
        self,
        station: Station,
        minutes: float,
        actions: Sequence[DocumentAction] = DOCUMENT_ACTIONS,
    ) -> None:
        super().__init__(driver_class=LinuxDriver)
        for theme in THEMES:
            self.register_theme(theme)
        few = self.no_color or self.console.color_system in (None, "standard")
        self.theme = PLAIN if few else DARK
        if self.no_color:
            self._filters = [NoColor()]  # textual's own makes greys, and those are colours too
        self.animation_level = "none"
        self.desk = Desk(station)
        self.is_asked_to_end = False  # by a signal
        self._minutes = minutes
        self._actions = actions
        self._last_touch = _clock()

    async def on_mount(self) -> None:
        """Show the first screen, and look at the clock from now on."""
        await self.push_screen(DeskScreen(self.desk, self._actions))
        self.set_interval(TICK, self._tick)

    async def on_event(self, event: Event) -> None:
        """Note that someone is there."""
        if isinstance(event, SIGNS_OF_LIFE):
            self._last_touch = _clock()
        await super().on_event(event)

    def _tick(self) -> None:
        if any(isinstance(screen, WorkingScreen) for screen in self.screen_stack):
            return
        idle = _clock() - self._last_touch > self._minutes * 60
        if idle or self.is_asked_to_end:
            lost = self._keep_drafts()
            self.exit(lost or (self._farewell() if idle else ""))

    def _keep_drafts(self) -> str:
        """Keep the drafts; return what kept them from it, or nothing."""
        try:
            self.desk.keep_drafts()
        except TOLD as error:
            return f"A reply that was begun could not be kept. {sentence(error)}"
        return ""

    def _farewell(self) -> str:
        said = f"Closed after {self._minutes:g} minutes without a key."
        if begun := self.desk.begun():
            said += f" Your reply to {', '.join(begun)} is kept, and was not sealed."
        return said

    async def action_quit(self) -> None:
        """Leave; ask first where a reply was begun, and let long work come to its end."""
        lost = self._keep_drafts()
        if isinstance(self.screen, WorkingScreen):
            self.screen.action_stop()
        elif isinstance(self.screen, Leaving) or not (begun := self.desk.begun()):
            self.exit(lost)
        else:
            self.push_screen(Leaving(begun, lost), self._left)

    def _left(self, answer: str | None) -> None:
        if answer == "x":
            self.desk.throw_away()
        if answer in ("k", "x"):
            self.exit(self._keep_drafts())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no change of colours where they are the terminal's own."""
        if action == "light_or_dark":
            return self.theme != PLAIN
        return super().check_action(action, parameters)

    def action_help(self) -> None:
        """Show all keys."""
        self.push_screen(HelpScreen(self._minutes))

    def action_light_or_dark(self) -> None:
        """Change the colours."""
        self.theme = LIGHT if self.theme == DARK else DARK

    def copy_to_clipboard(self, text: str) -> None:
        """Keep what was copied here: the terminal's clipboard belongs to every program."""
        self._clipboard = text

    def _fatal_error(self) -> None:
        """End without textual's report: it prints the values of variables, messages among them."""
        self._close_messages_no_wait()


class Leaving(Choice):
    """Asks what to do with replies that are not sealed."""

    def __init__(self, begun: list[str], lost: str) -> None:
        text = (
            f"You began to write to {', '.join(begun)}. Kept at the station, sealed, it is there "
            "again the next time; it is not sent."
        )
        super().__init__(
            "A reply is not sealed yet",
            lost or text,
            ("b", "Go back, and leave nothing"),
            ("k", "Try again to keep it, and leave" if lost else "Keep it, and leave"),
            ("x", "Throw it away, and leave"),
        )


def _clock() -> float:
    """Return seconds, those that the machine slept included: a closed lid is nobody there."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
