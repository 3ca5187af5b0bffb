"""The keys at the foot of the screen: as many as fit, help and leaving always."""

from rich.cells import cell_len
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from viewing_station.interface.keys import LAST
from viewing_station.interface.palette import FAINT, STRONG
from viewing_station.interface.words import joined, line

BETWEEN = "   "


class KeyBar(Static):
    """Shows the keys that do something now, in the order of their table."""

    def on_mount(self) -> None:
        """Follow the keys: they change with what is in focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def on_resize(self) -> None:
        """Fit the keys anew."""
        self._show()

    def _changed(self, _screen: Screen[object]) -> None:
        self._show()

    def _show(self) -> None:
        active = [each for each in self.screen.active_bindings.values() if each.enabled]
        listed = [each.binding for each in active if each.binding.show]
        once = list({each.action: each for each in listed}.values())
        self.update(fitted(once, self.content_size.width))


def fitted(bindings: list[Binding], width: int) -> Content:
    """Return the keys that fit in `width` cells; those that always stand there come last."""
    last = [each for each in bindings if each.action in LAST]
    room = width - sum(_width(each) for each in last)
    shown = []
    for each in bindings:
        room -= _width(each) if each not in last else 0
        if each not in last and room >= 0:
            shown.append(each)
    return joined(BETWEEN, [_said(each) for each in [*shown, *last]])


def _said(binding: Binding) -> Content:
    return line((binding.key_display or binding.key, STRONG), (f" {binding.description}", FAINT))


def _width(binding: Binding) -> int:
    return cell_len(_said(binding).plain) + len(BETWEEN)
