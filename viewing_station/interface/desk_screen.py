"""The first screen: threads on the left, the conversation on the right."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import OptionList, Static

from viewing_station.interface.carrying_keys import CarryingKeys
from viewing_station.interface.complaints import complaining
from viewing_station.interface.desk import Desk
from viewing_station.interface.document_list import DocumentAction
from viewing_station.interface.key_bar import KeyBar
from viewing_station.interface.keys import DESK_KEYS, bindings
from viewing_station.interface.marking_keys import MarkingKeys
from viewing_station.interface.palette import BAD, FAINT, GOOD, MARK, NAME
from viewing_station.interface.reply import ReplyScreen
from viewing_station.interface.search_screen import SearchScreen
from viewing_station.interface.searching import Searching
from viewing_station.interface.talk import Talk
from viewing_station.interface.thread_list import FOLD, OLDER, ThreadList
from viewing_station.interface.words import joined, line, outside
from viewing_station.replying import queue_reply
from viewing_station.screen import counted
from viewing_station.search import Hit
from viewing_station.sentences import sentence
from viewing_station.threads import Thread

PAUSE = 0.08  # seconds on a row before its thread is shown: a held key runs through the list
NEEDS_THREAD = {"reply", "label", "note", "assign", "star", "mute", "discard"}


class DeskScreen(Screen[None]):
    """Reads, and starts everything else."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(DESK_KEYS)

    def __init__(self, desk: Desk, actions: Sequence[DocumentAction]) -> None:
        super().__init__()
        self._desk = desk
        self._actions = actions
        self._soon: Timer | None = None
        self._searching = Searching(desk.station)
        self._marking = MarkingKeys(self.app, desk, self._changed, self.complain)
        self._carrying = CarryingKeys(self.app, desk, self._carried, self.complain)

    def compose(self) -> Iterator[Widget]:
        """Lay out the head, both sides, and the foot."""
        yield Static(id="head")
        with Horizontal(id="sides"):
            yield ThreadList(self._desk)
            yield Talk(self._desk.station, self._actions)
        yield Static(id="said")
        yield KeyBar()

    async def on_mount(self) -> None:
        """Show the list."""
        self.threads.focus()
        await self._fill()

    def on_unmount(self) -> None:
        """End the search's thread."""
        self._searching.close()

    @property
    def threads(self) -> ThreadList:
        """The list."""
        return self.query_one(ThreadList)

    @property
    def talk(self) -> Talk:
        """The conversation."""
        return self.query_one(Talk)

    @property
    def _is_narrow(self) -> bool:
        return self.has_class("-narrow")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer nothing that would do nothing."""
        if not self.is_mounted:
            return True
        if action in NEEDS_THREAD:
            return self._thread is not None
        if action == "back":
            return self.has_class("reading")
        return super().check_action(action, parameters)

    def tell(self, said: str) -> None:
        """Say what was done or what went wrong, above the keys, until there is more to say."""
        style = {"!": BAD, "✓": GOOD}.get(said[:1], NAME)
        self.query_one("#said", Static).update(line((outside(said), style)))

    def complain(self, error: Exception) -> None:
        """Say what went wrong."""
        self.tell(f"! {sentence(error)}")

    # --- the list and the conversation

    @property
    def _thread(self) -> Thread | None:
        return self.threads.chosen

    async def _fill(self) -> None:
        self._desk.refresh()
        self.threads.fill()
        self._show_head()
        if not self._desk.threads:
            await self.talk.show_nothing()

    def _show_head(self) -> None:
        settings = self._desk.station.settings
        new = sum(bool(thread.unread) for thread in self._desk.threads.values())
        facts = [counted(len(self._desk.threads), "thread")]
        facts += [f"{new:,} new"] if new else []
        facts += [f"{waiting:,} to carry"] if (waiting := self._desk.to_carry()) else []
        self.query_one("#head", Static).update(
            line(
                ("▐", MARK),
                ("█ ", MARK),
                (outside(settings.instance.name), NAME),
                (f"  desk {settings.desk}", FAINT),
                ("   ", ""),
                joined(" · ", [line((fact, FAINT)) for fact in facts]),
            )
        )

    @on(OptionList.OptionHighlighted, "#threads")
    def _moved(self) -> None:
        self.refresh_bindings()
        if self._soon:
            self._soon.stop()
        if not self._is_narrow or self.has_class("reading"):
            self._soon = self.set_timer(PAUSE, self._show_chosen)

    @complaining
    async def _show_chosen(self) -> None:
        thread, shown = self._thread, self.talk.thread
        if thread and not (shown and shown.id == thread.id):
            await self.talk.show(thread, self._desk.marks_of(thread.id))

    @on(OptionList.OptionSelected, "#threads")
    async def _chosen(self, event: OptionList.OptionSelected) -> None:
        if event.option_id == FOLD:
            self.threads.fold()
        elif event.option_id == OLDER:
            self.threads.show_older()
        elif self._thread:
            await self.read(self._thread)

    @complaining
    async def read(self, thread: Thread, at: str = "") -> None:
        """Show a thread, enter it, and mark it read."""
        if self._soon:
            self._soon.stop()
        await self.talk.show(thread, self._desk.marks_of(thread.id), at)
        self.add_class("reading")
        self.talk.focus()
        self._mark_read()
        self.refresh_bindings()

    def _mark_read(self) -> None:
        """Mark read what is laid out; what is still folded away above it was not seen."""
        if shown := self.talk.thread:
            self._desk.mark_read(self._desk.threads[shown.id], self.talk.shown())
            self.threads.redraw(shown.id)
            self._show_head()

    def on_descendant_focus(self) -> None:
        """Know which side is in use: where there is room for one only, it is the one shown."""
        self.set_class(not self.threads.has_focus, "reading")
        self.refresh_bindings()

    def action_back(self) -> None:
        """Go to the list."""
        self.remove_class("reading")
        self.threads.focus()

    @complaining
    async def action_earlier(self) -> None:
        """Show more of a long thread."""
        if self.talk.thread:
            await self.talk.show_earlier(self._desk.marks_of(self.talk.thread.id))
            self._mark_read()

    # --- what the other keys do

    def action_reply(self) -> None:
        """Write a reply."""
        if thread := self._thread:
            screen = ReplyScreen(self._desk, thread, partial(self._seal, thread))
            self.app.push_screen(screen, partial(self._replied, thread))

    def _seal(self, thread: Thread, text: str) -> None:
        queue_reply(self._desk.station, thread, text, datetime.now(UTC).date())

    @complaining
    async def _replied(self, thread: Thread, text: str | None) -> None:
        said = ""
        if text is not None:
            said = f"✓ Sealed for {thread.name}; it goes with the next courier."
        elif self._desk.drafts.get(thread.id, "").strip():
            said = f"The reply to {thread.name} is put aside: r takes it up again."
        await self._changed(thread, said)

    def action_search(self) -> None:
        """Search everything."""
        self.app.push_screen(SearchScreen(self._desk, self._searching), self._found)

    @complaining
    async def _found(self, hit: Hit | None) -> None:
        if hit and (thread := self._desk.threads.get(hit.thread)):
            self.threads.choose(thread.id)
            await self.read(thread, hit.delivery)

    def action_open_bundle(self) -> None:
        """Open a bundle."""
        self._carrying.open()

    def action_courier(self) -> None:
        """Write the courier."""
        self._carrying.courier()

    async def action_discard(self) -> None:
        """Have a thread's deliveries deleted on the server."""
        if self._thread:
            await self._carrying.discard(self._thread)

    async def action_star(self) -> None:
        """Put a star on the thread, or take it off."""
        if self._thread:
            await self._marking.star(self._thread)

    async def action_mute(self) -> None:
        """Fold the thread away, or bring it back."""
        if self._thread:
            await self._marking.mute(self._thread)

    def action_label(self) -> None:
        """Change the thread's labels."""
        if self._thread:
            self._marking.label(self._thread)

    def action_note(self) -> None:
        """Write a note about the thread."""
        if self._thread:
            self._marking.note(self._thread)

    def action_assign(self) -> None:
        """Say whose the thread is."""
        if self._thread:
            self._marking.assign(self._thread)

    async def _changed(self, thread: Thread, said: str) -> None:
        """Show what changed about a thread, and say so."""
        self.tell(said)
        was_muted = self.threads.is_muted_in_list(thread.id)
        if was_muted == self._desk.marks_of(thread.id).muted:
            self.threads.redraw(thread.id)
        else:
            self.threads.fill()
        await self._show_anew()

    async def _carried(self, said: str) -> None:
        """Show what came or what is queued, and say so."""
        self._desk.refresh()
        self.threads.fill()
        self.tell(said)
        await self._show_anew()

    async def _show_anew(self) -> None:
        self._show_head()
        shown, was_inside = self.talk.thread, self.talk.has_focus_within
        if shown and shown.id in self._desk.threads:
            await self.talk.show(self._desk.threads[shown.id], self._desk.marks_of(shown.id))
        elif not self._desk.threads:
            await self.talk.show_nothing()
        if was_inside:
            self.talk.focus()
