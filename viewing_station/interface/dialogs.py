"""Short questions over the screen: a choice, a line, a few lines."""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key, Paste
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from viewing_station.interface.key_bar import KeyBar
from viewing_station.interface.palette import BAD, STRONG
from viewing_station.interface.words import line, outside, paragraphs
from viewing_station.sentences import TOLD, sentence

LINE_LIMIT = 4096  # characters: the longest path that Linux takes
LISTED = 10_000  # entries of a folder that are looked at to complete a path


class Choice(ModalScreen[str]):
    """Asks for one of some answers; returns its key. The first is the careful one: Esc takes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "careful", show=False)]

    def __init__(self, title: str, text: str, *answers: tuple[str, str]) -> None:
        super().__init__()
        self._title, self._text, self._answers = title, text, answers

    def compose(self) -> Iterator[Widget]:
        """Lay out the question and its answers."""
        with Vertical(classes="dialog"):
            yield Static(Content(self._title), classes="title")
            yield Static(paragraphs(self._text), classes="said")
            yield OptionList(
                *(Option(line((key, STRONG), f"  {label}")) for key, label in self._answers),
                markup=False,
            )

    def on_key(self, event: Key) -> None:
        """Take an answer by its key."""
        if event.character in [key for key, _ in self._answers]:
            event.stop()
            self.dismiss(event.character)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._answers[event.option_index][0])

    def action_careful(self) -> None:
        """Take the careful answer."""
        self.dismiss(self._answers[0][0])


class CleanInput(Input):
    """A line that takes no control characters from the clipboard."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Done", key_display="Enter")
    ]

    def _on_paste(self, event: Paste) -> None:
        event.text = outside(event.text.partition("\n")[0].rstrip("\r"))  # textual's comes next


class CleanTextArea(TextArea):
    """An editor that takes no control characters from the clipboard."""

    async def _on_paste(self, event: Paste) -> None:
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        event.text = paragraphs(text).plain  # textual's own handler comes next


class Asking(ModalScreen[str | None]):
    """Asks for a text; returns it once `take` took it, or None. What `take` raises is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", key_display="Esc")
    ]

    def __init__(self, title: str, text: str, take: Callable[[str], object]) -> None:
        super().__init__()
        self._title, self._text, self._take = title, text, take

    def compose(self) -> Iterator[Widget]:
        """Lay out the question, the field, and room for what is wrong with the answer."""
        with Vertical(classes="dialog wide"):
            yield Static(Content(self._title), classes="title")
            yield Static(Content(self._text), classes="said")
            yield self.field()
            yield Static("", id="wrong")
            yield KeyBar()

    def field(self) -> Widget:
        """Return what the answer is typed into."""
        raise NotImplementedError

    def answer(self, text: str) -> None:
        """Try an answer."""
        try:
            self._take(text)
        except TOLD as error:
            self.query_one("#wrong", Static).update(line((sentence(error), BAD)))
        else:
            self.dismiss(text)

    def action_cancel(self) -> None:
        """Leave everything as it was."""
        self.dismiss(None)


class AskLine(Asking):
    """Asks for one line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Done", key_display="Enter")
    ]

    def __init__(
        self,
        title: str,
        text: str,
        take: Callable[[str], object],
        value: str = "",
        *,
        path: bool = False,
    ) -> None:
        super().__init__(title, text, take)
        self._value = value
        self._suggester = PathSuggester() if path else None

    def field(self) -> Widget:
        """Return a field of one line; for a path, the rest of a name is offered behind it."""
        return CleanInput(
            self._value, max_length=LINE_LIMIT, suggester=self._suggester, select_on_focus=False
        )

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.answer(event.value)


class AskText(Asking):
    """Asks for some lines."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "done", "Keep", key_display="Ctrl-S")
    ]

    def __init__(self, title: str, text: str, take: Callable[[str], object], value: str) -> None:
        super().__init__(title, text, take)
        self._value = value

    def field(self) -> Widget:
        """Return an editor."""
        return CleanTextArea(self._value)

    def action_done(self) -> None:
        """Try what is written."""
        self.answer(self.query_one(TextArea).text)


class PathSuggester(Suggester):
    """Completes a path from what lies in its folder; → takes what is offered."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the path that begins so, if there is one."""
        folder, slash, begun = value.rpartition("/")
        try:
            listed = list(islice(typed_path(folder + slash or ".").iterdir(), LISTED))
        except OSError:
            return None
        names = sorted(path.name for path in listed if path.name.startswith(begun))
        for name in names:
            if begun and name.isprintable() and name != begun:
                return f"{folder}{slash}{name}"
        return None


def typed_path(text: str) -> Path:
    """Return the path that was typed; `~` is the reviewer's home."""
    path = Path(text.strip())
    try:
        return path.expanduser()
    except RuntimeError:  # `~someone` who is not on this machine
        return path
