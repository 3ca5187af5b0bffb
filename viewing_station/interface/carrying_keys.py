"""The keys that have to do with the server: open a bundle, write a courier, discard."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

from textual.app import App

from viewing_station.bundle_open import Report
from viewing_station.courier_write import write_courier
from viewing_station.discarding import queue_deletions
from viewing_station.errors import FileThereError
from viewing_station.interface.complaints import complaining
from viewing_station.interface.desk import Desk
from viewing_station.interface.dialogs import AskLine, Choice, typed_path
from viewing_station.interface.opening import opening_screen
from viewing_station.interface.report import report_screen
from viewing_station.screen import counted
from viewing_station.threads import Thread

Said = Callable[[str], Awaitable[None]]
Complain = Callable[[Exception], None]


class CarryingKeys:
    """Asks where and whether, does it, and has the outcome shown by `said`."""

    def __init__(self, app: App[str], desk: Desk, said: Said, complain: Complain) -> None:
        self._app = app
        self._desk = desk
        self._said = said
        self._complain = complain

    def complain(self, error: Exception) -> None:
        """Say what went wrong."""
        self._complain(error)

    def open(self) -> None:
        """Open a bundle."""
        text = "The file that was carried here from the server. → completes a name."
        ask = AskLine("Open a bundle", text, _require_file, path=True)
        self._app.push_screen(ask, self._open)

    def _open(self, text: str | None) -> None:
        if text is not None:
            screen = opening_screen(self._desk.station, typed_path(text))
            self._app.push_screen(screen, self._opened)

    @complaining
    async def _opened(self, outcome: Report | str | None) -> None:
        if isinstance(outcome, Report):
            await self._said("")
            self._app.push_screen(report_screen(outcome, self._desk.station.settings))
        else:
            await self._said(f"! {outcome}")

    def courier(self) -> None:
        """Write the courier."""
        text = "Where to write it: a file on the stick. → completes a name."
        ask = AskLine("Write the courier", text, _require_name, path=True)
        self._app.push_screen(ask, self._write)

    @complaining
    async def _write(self, text: str | None, *, force: bool = False) -> None:
        if text is None:
            return
        file = typed_path(text)
        try:
            load = write_courier(self._desk.station, file, datetime.now(UTC).date(), force=force)
        except FileThereError:
            answers = (("n", "No, leave it as it is"), ("y", "Yes, replace it"))
            question = Choice("Replace it?", f"{file} exists already.", *answers)
            self._app.push_screen(question, partial(self._replace, text))
        else:
            replies = counted(len(load.replies), "reply", "replies")
            deletions = counted(len(load.deletions), "deletion")
            await self._said(f"✓ {replies} and {deletions} in {file}: carry it to the server.")

    async def _replace(self, text: str, answer: str | None) -> None:
        if answer == "y":
            await self._write(text, force=True)

    @complaining
    async def discard(self, thread: Thread) -> None:
        """Have a thread's deliveries deleted on the server, if that is what is wanted."""
        outbox = self._desk.station.outbox
        left = [each for each in thread.deliveries if outbox.deletion(each.name) is None]
        if not left:
            await self._said(f"The deletion of all that is in {thread.name} was queued before.")
            return
        count = counted(len(left), "delivery", "deliveries")
        text = f"The next courier asks for it. What was opened here of {thread.name} stays here."
        if waiting := sum(each.awaits_files for each in left):
            text += f"\n\nThe documents of {waiting} of them never came here, and would be lost."
        answers = (("n", "No, leave them there"), ("y", f"Yes, delete {count} there"))
        question = Choice(f"Have {count} deleted on the server?", text, *answers)
        self._app.push_screen(question, partial(self._discard, [each.name for each in left]))

    @complaining
    async def _discard(self, names: list[str], answer: str | None) -> None:
        if answer != "y":
            return
        queued = queue_deletions(self._desk.station, names)
        await self._said(f"✓ {counted(queued, 'deletion')} queued for the next courier.")


def _require_file(text: str) -> None:
    typed_path(text).stat()


def _require_name(text: str) -> None:
    if not text.strip() or typed_path(text).is_dir():
        raise IsADirectoryError(0, "Name a file, not a folder", text)
