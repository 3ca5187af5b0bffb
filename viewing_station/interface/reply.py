"""Writing a reply: the editor, and a last look before it is sealed.

There is no way out to another editor: it would write the text to a disk in the clear.
"""

from collections.abc import Callable, Iterator
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static, TextArea

from formats.reply import REPLY_LIMIT
from viewing_station.interface.desk import Desk
from viewing_station.interface.dialogs import CleanTextArea
from viewing_station.interface.key_bar import KeyBar
from viewing_station.interface.keys import REPLY_KEYS, Key, bindings
from viewing_station.interface.palette import BAD, FAINT, NAME
from viewing_station.interface.words import line, paragraphs
from viewing_station.replying import read_text
from viewing_station.screen import counted, human_day
from viewing_station.sentences import TOLD, sentence
from viewing_station.threads import Thread

FEW = 500  # characters: from here on the count is worth a look
LONG, LINES = 400, 5  # characters and lines: what is more scrolls in the last look
KEEPING = 5.0  # seconds between two sealings of a draft that is being written

LOOK_KEYS = (
    Key("Enter", "seal the reply", "enter", "seal", "Seal it"),
    Key("Esc", "go on writing", "escape", "app.pop_screen", "Go on writing"),
)
SEALING = (
    "This is what will be sealed. Only the source's codename opens it; it goes with the next "
    "courier, and nothing can be changed in it afterwards."
)


class ReplyScreen(Screen[str | None]):
    """Writes a reply to a thread; returns its text when it is to be sealed, None if put aside."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(REPLY_KEYS)

    def __init__(self, desk: Desk, thread: Thread, seal: Callable[[str], None]) -> None:
        super().__init__()
        self._desk = desk
        self._thread = thread
        self._seal = seal

    def compose(self) -> Iterator[Widget]:
        """Lay out the message that is answered, the editor, and the count."""
        station, newest = self._desk.station, self._thread.newest
        asked = station.deliveries.inner_message(newest.name)
        asked = station.deliveries.message(newest.name) if asked is None else asked
        title = line("Reply to ", (self._thread.name, NAME))
        yield Static(title, classes="title")
        with VerticalScroll(id="asked"):
            day = f"Their message of {human_day(newest.letter.day)}"
            yield Static(line((day, FAINT)), classes="remark")
            yield Static(paragraphs(asked or "No message."))
        yield CleanTextArea(self._desk.drafts.get(self._thread.id, ""), id="editor")
        yield Static("", id="count")
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin to write at the end of what was written."""
        editor = self.query_one(TextArea)
        editor.focus()
        editor.move_cursor(editor.document.end)
        self._show_count()
        self.set_interval(KEEPING, self._keep)

    @on(TextArea.Changed)
    def _changed(self) -> None:
        self._desk.write(self._thread.id, self.query_one(TextArea).text)
        self._show_count()

    def _show_count(self, trouble: str = "") -> None:
        left = REPLY_LIMIT - len(self.query_one(TextArea).text)
        told = f"{counted(left, 'character')} left"
        if left < 0:
            told = f"{counted(-left, 'character')} too many"
        shown = line((told, BAD if left < 0 else NAME if left < FEW else FAINT))
        if trouble:
            shown = line(shown, "   ", (trouble, BAD))
        self.query_one("#count", Static).update(shown)

    def action_look_over(self) -> None:
        """Show what would be sealed, if it can be."""
        try:
            text = read_text(self.query_one(TextArea).text.encode())
        except TOLD as error:
            self._show_count(sentence(error))
        else:
            self.app.push_screen(LookOver(self._thread, text), self._looked_over)

    def _looked_over(self, text: str | None) -> None:
        if text is None:
            return
        try:
            self._seal(text)
        except TOLD as error:
            self._show_count(sentence(error))
        else:
            self._desk.drop_draft(self._thread.id)
            self.dismiss(text)

    def _keep(self) -> bool:
        try:
            self._desk.keep_drafts()
        except TOLD as error:
            self._show_count(f"It is kept nowhere but here: {sentence(error)}")
            return False
        return True

    def action_aside(self) -> None:
        """Keep what is written, and go back."""
        if self._keep():
            self.dismiss(None)


class LookOver(ModalScreen[str | None]):
    """Shows a reply as it will be sealed; returns it if so it shall be."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(LOOK_KEYS)

    def __init__(self, thread: Thread, text: str) -> None:
        super().__init__()
        self._thread = thread
        self._text = text

    def compose(self) -> Iterator[Widget]:
        """Lay out the text, and what sealing means."""
        is_long = len(self._text) > LONG or self._text.count("\n") > LINES
        with Vertical(classes="dialog wide tall" if is_long else "dialog wide"):
            size = counted(len(self._text), "character")
            yield Static(
                line("To ", (self._thread.name, NAME), (f"   {size}", FAINT)), classes="title"
            )
            with VerticalScroll(id="preview"):
                yield Static(paragraphs(self._text))
            yield Static(SEALING, classes="said", markup=False)
            yield KeyBar()

    def action_seal(self) -> None:
        """Have it sealed."""
        self.dismiss(self._text)
