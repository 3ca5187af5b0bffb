"""The right side: a thread's deliveries, documents and replies, in the order of their days."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from viewing_station.conversation import Entry, Kind, conversation
from viewing_station.interface.document_list import DocumentAction, DocumentList
from viewing_station.interface.entries import files_heading, heading, remark
from viewing_station.interface.palette import FAINT, NAME
from viewing_station.interface.words import joined, line, outside, paragraphs
from viewing_station.marks import Marks
from viewing_station.screen import counted
from viewing_station.station import Station
from viewing_station.threads import Thread

AT_ONCE = 40  # entries: more would take long to lay out; the earlier ones come on demand
EMPTY = (
    "No threads yet.",
    "Press o to open a bundle that was carried here from the server.",
    "Press ? for all keys.",
)


class Talk(VerticalScroll):
    """Shows a conversation, its end first: what is new stands there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
        Binding("space", "page_down", show=False),
    ]

    def __init__(self, station: Station, actions: Sequence[DocumentAction]) -> None:
        super().__init__(id="talk")
        self._station = station
        self._actions = actions
        self._entries: list[Entry] = []
        self._count = AT_ONCE
        self.thread: Thread | None = None

    async def show_nothing(self) -> None:
        """Say what to do at a station without threads."""
        self.thread = None
        await self._replace([Static(joined("\n\n", list(map(Content, EMPTY))), id="nothing")])

    async def show(self, thread: Thread, marks: Marks, at: str = "") -> None:
        """Show a thread: the delivery or reply `at`, or else the first one not read yet."""
        same = self.thread is not None and self.thread.id == thread.id
        self._count = self._count if same and not at else AT_ONCE
        self.thread = thread
        self._entries = conversation(self._station, thread)
        names = [entry.name for entry in self._entries]
        if at in names:
            self._count = max(self._count, len(names) - names.index(at))
        await self._replace([*self._above(thread, marks), *map(self._block, self._last())])
        if not same or at:
            self._go_to(at or self._first_new(thread))

    async def show_earlier(self, marks: Marks) -> None:
        """Show more of the entries before those on the screen."""
        if self.thread and self._count < len(self._entries):
            self._count += AT_ONCE
            await self.show(self.thread, marks)

    def shown(self) -> set[str]:
        """Return the deliveries that are laid out."""
        return {entry.delivery for entry in self._last() if entry.kind is Kind.DELIVERY}

    def _last(self) -> list[Entry]:
        return self._entries[-self._count :]

    def _first_new(self, thread: Thread) -> str:
        new = {delivery.name for delivery in thread.deliveries if not delivery.read}
        listed = [entry.name for entry in self._last()]
        return next((name for name in listed if name in new), listed[-1])

    async def _replace(self, blocks: list[Widget]) -> None:
        async with self.batch():
            await self.remove_children()
            await self.mount_all(blocks)

    def _go_to(self, name: str) -> None:
        for block in self.query(Block):
            if block.entry.name == name:
                self.call_after_refresh(
                    self.scroll_to_widget, block, animate=False, top=True, force=True
                )

    def _above(self, thread: Thread, marks: Marks) -> Iterator[Widget]:
        title = line((thread.name, NAME), ("   ★ starred" if marks.starred else "", ""))
        yield Static(title, classes="title")
        facts = [Content(counted(len(thread.deliveries), "delivery", "deliveries"))]
        facts += [line(f"# {outside(label)}") for label in marks.labels]
        facts += [line(f"for {outside(marks.assignee)}")] if marks.assignee else []
        facts += [Content("muted")] if marks.muted else []
        yield Static(joined(" · ", facts), classes="facts")
        if marks.note:
            yield Static(line("Note: ", paragraphs(marks.note)), classes="note")
        if before := len(self._entries) - len(self._last()):
            told = f"{counted(before, 'earlier message')}: b shows more of them"
            yield Static(line((told, FAINT)), classes="earlier")

    def _block(self, entry: Entry) -> "Block":
        delivery = self._station.deliveries.get(entry.delivery)
        documents = None
        if delivery and entry.files:
            documents = DocumentList(self._station, delivery, self._actions)
        return Block(entry, documents)


class Block(Vertical):
    """One delivery or reply."""

    def __init__(self, entry: Entry, documents: DocumentList | None) -> None:
        super().__init__(classes="reply" if entry.kind is Kind.REPLY else "delivery")
        self.entry = entry
        self._documents = documents

    def compose(self) -> Iterator[Widget]:
        """Lay out heading, text and documents."""
        yield Static(heading(self.entry), classes="heading")
        if said := remark(self.entry):
            yield Static(said, classes="remark")
        if self.entry.text:
            yield Static(paragraphs(self.entry.text), classes="text")
        if self._documents:
            yield Static(files_heading(self.entry), classes="files")
            yield self._documents
