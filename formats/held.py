"""What a bundle says of the server's stock: what still needs subkeys whose windows are over.

The station destroys a subkey only once a bundle says that nothing unread needs it. A bundle of a
desk without a calendar says nothing of this at all: it is the same to the byte as before.
"""

from dataclasses import dataclass

from formats.errors import check
from formats.handles import is_fingerprint, is_handle, is_item_id
from formats.manifest import is_ordered
from formats.strict_json import Fields, Json, as_text

SUBKEYS_LIMIT = 10_000  # of one desk: a day each for 27 years
NAMES_LIMIT = 1_000  # of one subkey
NUMBER_LIMIT = 1 << 40  # no server has as many, and sums stay far from 2^63
QUICK = "quick"
KINDS = frozenset({"letter", "files", QUICK})


@dataclass(frozen=True)
class HeldEntry:
    """How many things stored need one subkey (its fingerprint), and the names of some of them.

    A name is `DELIVERY.letter`, `DELIVERY.files`, or `ID.quick`. Raises Malformed.
    """

    subkey: str
    number: int
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        check(
            subkey=is_fingerprint(self.subkey),
            names=is_ordered(self.names, NAMES_LIMIT) and all(map(_is_name, self.names)),
            number=max(1, len(self.names)) <= self.number <= NUMBER_LIMIT,
        )

    def encoded(self) -> Json:
        """Return what stands for it in a manifest."""
        return {"subkey": self.subkey, "number": self.number, "names": list(self.names)}


def held_entry(value: object) -> HeldEntry:
    """Read an entry. Raises Malformed, TooLarge."""
    fields = Fields(value, "subkey", "number", "names")
    return HeldEntry(
        fields.text("subkey"), fields.number("number"), fields.many("names", as_text, NAMES_LIMIT)
    )


def parted(name: str) -> tuple[str, str]:
    """Return a name's handle, or id, and its kind."""
    handle, _, kind = name.partition(".")
    return handle, kind


def _is_name(name: str) -> bool:
    handle, kind = parted(name)
    return kind in KINDS and (is_item_id(handle) if kind == QUICK else is_handle(handle))
