"""Every key of the interface: what the key bar shows, the help lists, and the guide repeats."""

from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True)
class Key:
    """A key. `keys` are textual's names for it; the key bar shows it if it has a `label`."""

    shown: str
    does: str
    keys: str = ""
    action: str = ""
    label: str = ""

    @property
    def binding(self) -> Binding:
        """Return what textual binds."""
        return Binding(self.keys, self.action, self.label, bool(self.label), self.shown)


# In the order of their worth: where the bar is too narrow for all, the first ones stay. Help and
# leaving always stay.
DESK_KEYS = (
    Key("r", "write a reply to this thread", "r", "reply", "Reply"),
    Key("/", "search everything that was opened", "slash", "search", "Search"),
    Key("o", "open a bundle", "o", "open_bundle", "Open"),
    Key("c", "write the courier to carry back", "c", "courier", "Courier"),
    Key("Esc", "back to the list", "escape", "back", "Back"),
    Key("s", "put a star on the thread, or take it off", "s", "star", "Star"),
    Key("l", "change its labels", "l", "label", "Label"),
    Key("n", "write a note about it", "n", "note", "Note"),
    Key("a", "say whose it is", "a", "assign", "Assign"),
    Key(
        "m",
        "mute it: it is folded away below the list; again to bring it back",
        "m",
        "mute",
        "Mute",
    ),
    Key("d", "have its deliveries deleted on the server", "d", "discard", "Discard"),
    Key("t", "light or dark", "t", "app.light_or_dark", "Light/dark"),
    Key("b", "show earlier messages of a long thread", "b", "earlier"),
    Key("?", "this list", "question_mark,f1", "app.help", "Help"),
    Key("q", "leave; Ctrl-C does so from everywhere", "q", "app.quit", "Quit"),
)
MOVING_KEYS = (
    Key("↑ ↓", "move in the list; scroll a conversation (`j` and `k` do the same)"),
    Key("PgUp PgDn", "a page up or down; `Home` and `End` go all the way"),
    Key("Enter", "open the thread and mark it read"),
    Key("Tab", "from the list to the conversation, to each delivery's documents, and back"),
)
DOCUMENT_KEYS = (
    Key("v", "write harmless pages of it to a file; film and sound are made anew", "v", "", "View"),
    Key("i", "say what it tells of its author", "i", "", "Inspect"),
    Key("y", "make a clean copy of it, which stays in the station", "y", "", "Clean copy"),
)
REPLY_KEYS = (
    Key("Ctrl-S", "look the reply over, then seal it", "ctrl+s", "look_over", "Look over and seal"),
    Key("Esc", "put the reply aside; it is kept", "escape", "aside", "Put aside"),
)
SEARCH_KEYS = (
    Key("Enter", "go to what was found", "enter", "take", "Go there"),
    Key("↓ ↑", "move in what was found", "down", "next", "Next"),
    Key("↑", "", "up", "previous"),
    Key("Esc", "back to the list", "escape", "close", "Back"),
)
LAST = ("app.help", "app.quit")  # these stand at the bar's right end, however narrow


def bindings(keys: tuple[Key, ...]) -> list[BindingType]:
    """Return the bindings of those keys that textual does not have by itself."""
    return [key.binding for key in keys if key.keys]
