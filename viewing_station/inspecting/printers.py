"""Printer settings that an office file carries: a block of the system's, with names in it."""

import re

from viewing_station.inspecting.examination import Examination, Item
from viewing_station.inspecting.finding import Weight

LOOKED_AT = 1 << 20  # bytes: such a block has some thousands
# Four characters at least in a row, of those that names of printers are written with.
WIDE = re.compile(rb"(?:[\x20-\x7e\xa0-\xff]\0){4,64}")
NARROW = re.compile(rb"[\x20-\x7e]{6,64}")
STRINGS_TOLD = 5


def tell_printer(examination: Examination, item: Item, where: str, settings: bytes) -> None:
    """Tell what a block of printer settings names: the printer, and often its server."""
    block = settings[:LOOKED_AT]
    texts = [found.decode("utf-16-le").strip() for found in WIDE.findall(block)]
    if not texts:
        texts = [found.decode("ascii").strip() for found in NARROW.findall(block)]
    value = ", ".join(dict.fromkeys(text for text in texts if text)) or "no name in it"
    shown = ", ".join(value.split(", ")[:STRINGS_TOLD])
    examination.tell(
        item, Weight.NAMES, where, shown, "It names a printer it was set up for: {value}"
    )
