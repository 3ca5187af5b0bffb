"""The list of threads, with the muted ones folded away at its end."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from viewing_station.interface.desk import Desk
from viewing_station.interface.rows import fold_row, older_row, thread_row
from viewing_station.interface.words import line
from viewing_station.threads import Thread

ROWS = 2000  # rows at once: measuring more takes seconds, and search finds what is older
OLDER = "older"  # the id of the row that shows more
AROUND = 6  # lines of the screen that are not the list
ROOMY = 24  # lines: from here on rows stand apart
FOLD = "fold"  # the id of the row that folds; threads' ids are hex


class ThreadList(OptionList):
    """One row a thread. Only the rows on the screen are drawn, so ten thousand cost little."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="threads", markup=False)
        self._desk = desk
        self.unfolded = False
        self._is_roomy = False
        self._limit = ROWS

    @property
    def chosen(self) -> Thread | None:
        """The thread on whose row the cursor stands."""
        if self.highlighted is None:
            return None
        return self._desk.threads.get(self.get_option_at_index(self.highlighted).id or "")

    def on_mount(self) -> None:
        """Know the room before the first row is made."""
        self._is_roomy = self.app.size.height - AROUND >= ROOMY

    def on_resize(self) -> None:
        """Set the rows apart where there is room for that."""
        roomy = self.size.height >= ROOMY
        if roomy != self._is_roomy:
            self._is_roomy = roomy
            self.fill()

    def fill(self) -> None:
        """Show the desk's threads, with the cursor where it was, or else on the first."""
        place = self.highlighted
        chosen = None if place is None else self.get_option_at_index(place).id
        self.set_options(self._rows())
        self._put_cursor(chosen or "", instead=place or 0)

    def choose(self, thread: str) -> None:
        """Put the cursor on a thread, unfolding the muted ones for it."""
        if self._desk.marks_of(thread).muted and not self.unfolded:
            self.fold()
        listed = [each.id for each in self._desk.shown()]
        if thread in listed and listed.index(thread) >= self._limit:
            self._limit = listed.index(thread) + ROWS
            self.fill()
        self._put_cursor(thread, instead=0)

    def show_older(self) -> None:
        """Show more rows."""
        self._limit += ROWS
        self.fill()

    def _put_cursor(self, row: str, instead: int) -> None:
        ids = [option.id for option in self.options]
        if row in ids:
            self.highlighted = ids.index(row)
        elif ids:
            self.highlighted = min(instead, len(ids) - 1)

    def is_muted_in_list(self, thread: str) -> bool:
        """Tell whether the list, as it was filled, has a thread among the muted ones."""
        ids = [option.id for option in self.options]
        return thread not in ids or (FOLD in ids and ids.index(thread) > ids.index(FOLD))

    def fold(self) -> None:
        """Fold or unfold the muted threads."""
        self.unfolded = not self.unfolded
        self.fill()

    def redraw(self, thread: str) -> None:
        """Show a thread's row as it now is."""
        if thread in {option.id for option in self.options}:
            self.replace_option_prompt(thread, self._row(self._desk.threads[thread]).prompt)

    def _rows(self) -> list[Option]:
        listed = self._desk.shown()
        rows = [self._row(thread) for thread in listed[: self._limit]]
        if older := len(listed) - len(rows):
            rows.append(Option(older_row(older), id=OLDER))
        if muted := self._desk.muted():
            rows.append(Option(fold_row(muted, unfolded=self.unfolded), id=FOLD))
            rows += [self._row(thread) for thread in muted] if self.unfolded else []
        return rows

    def _row(self, thread: Thread) -> Option:
        begun = bool(self._desk.drafts.get(thread.id, "").strip())
        row = thread_row(thread, self._desk.marks_of(thread.id), begun=begun)
        return Option(line(row, "\n") if self._is_roomy else row, id=thread.id)
