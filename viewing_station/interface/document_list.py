"""A delivery's documents, and what can be done with the one under the cursor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.app import App
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from viewing_station.deliveries import Delivery
from viewing_station.documents import Document, documents_of
from viewing_station.interface.entries import file_row
from viewing_station.station import Station


@dataclass(frozen=True)
class DocumentAction:
    """Something to do with a document: a key, its word in the key bar, and the doing."""

    key: str
    label: str
    run: Callable[[App[str], Station, Document], None]


class DocumentList(OptionList):
    """The documents of one delivery, numbered as every command numbers them.

    Where there is nothing to do with them, the list is not to be entered.
    """

    def __init__(
        self, station: Station, delivery: Delivery, actions: Sequence[DocumentAction]
    ) -> None:
        self._station = station
        self._documents = documents_of(delivery)
        self._actions = {action.key: action for action in actions}
        super().__init__(
            *(Option(file_row(each.number, each.entry)) for each in self._documents), markup=False
        )
        self.can_focus = bool(actions) and not delivery.awaits_files
        for action in actions:
            self._bindings.bind(action.key, f"act({action.key!r})", action.label)

    @property
    def chosen(self) -> Document | None:
        """The document under the cursor."""
        return None if self.highlighted is None else self._documents[self.highlighted]

    def action_act(self, key: str) -> None:
        """Do what belongs to a key with the document under the cursor."""
        if self.chosen:
            self._actions[key].run(self.app, self._station, self.chosen)
