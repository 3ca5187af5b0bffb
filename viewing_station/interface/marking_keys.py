"""The keys that mark a thread: labels, a note, whose it is, a star, silence."""

from collections.abc import Awaitable, Callable
from functools import partial

from textual.app import App

from viewing_station import marking
from viewing_station.interface.complaints import complaining
from viewing_station.interface.desk import Desk
from viewing_station.interface.dialogs import AskLine, AskText
from viewing_station.threads import Thread

Changed = Callable[[Thread, str], Awaitable[None]]
Complain = Callable[[Exception], None]


class MarkingKeys:
    """Asks what is to be asked, marks, and has the change shown and said by `changed`."""

    def __init__(self, app: App[str], desk: Desk, changed: Changed, complain: Complain) -> None:
        self._app = app
        self._desk = desk
        self._station = desk.station
        self._changed = changed
        self._complain = complain

    def complain(self, error: Exception) -> None:
        """Say what went wrong."""
        self._complain(error)

    @complaining
    async def star(self, thread: Thread) -> None:
        """Put a star on it, or take it off."""
        on = not self._desk.marks_of(thread.id).starred
        marking.star(self._station, thread.id, on=on)
        await self._done(thread, f"★ {thread.name} has a star." if on else "The star is gone.", "")

    @complaining
    async def mute(self, thread: Thread) -> None:
        """Fold it away, or bring it back."""
        on = not self._desk.marks_of(thread.id).muted
        marking.mute(self._station, thread.id, on=on)
        away = f"{thread.name} is folded away below the list; m there brings it back."
        await self._done(thread, away if on else f"{thread.name} is back in the list.", "")

    def label(self, thread: Thread) -> None:
        """Change its labels."""
        before = self._desk.marks_of(thread.id).labels

        def take(text: str) -> None:
            wanted = {each.strip() for each in text.split(",") if each.strip()}
            gone = [each for each in before if each not in wanted]
            marking.change_labels(self._station, thread.id, wanted, gone)

        self._ask(thread, "Labels of", "Separated by commas.", take, ", ".join(before))

    def assign(self, thread: Thread) -> None:
        """Say whose it is."""
        text = "The name of a person at this desk; nothing, and it is nobody's."
        take = partial(marking.assign, self._station, thread.id)
        self._ask(thread, "Who takes care of", text, take, self._desk.marks_of(thread.id).assignee)

    def note(self, thread: Thread) -> None:
        """Write a note about it."""
        text = "For the reviewers at this station only; it never leaves it."
        take = partial(marking.set_note, self._station, thread.id)
        note = self._desk.marks_of(thread.id).note
        ask = AskText(f"Note about {thread.name}", text, take, note)
        self._app.push_screen(ask, partial(self._done, thread, "✓ Noted."))

    def _ask(
        self, thread: Thread, title: str, text: str, take: Callable[[str], object], value: str
    ) -> None:
        ask = AskLine(f"{title} {thread.name}", text, take, value)
        self._app.push_screen(ask, partial(self._done, thread, "✓ Kept."))

    async def _done(self, thread: Thread, said: str, answer: str | None) -> None:
        if answer is not None:
            self._desk.mark_again(thread.id)
            await self._changed(thread, said)
