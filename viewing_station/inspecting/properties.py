"""The properties of office files: OOXML's and OpenDocument's have other names for the same."""

from viewing_station.inspecting.examination import Examination, Item
from viewing_station.inspecting.finding import Weight
from viewing_station.inspecting.traces import tell_traces

NAMES, POINTS, HINTS = Weight.NAMES, Weight.POINTS, Weight.HINTS

AUTHOR = (NAMES, "It names its author: {value}")
CHANGED_BY = (NAMES, "It names who last changed it: {value}")
BODY = (NAMES, "It names an organisation or a person: {value}")
MADE = (POINTS, "It says when it was made: {value}")
CHANGED = (HINTS, "It says when it was last changed: {value}")
PRINTED = (POINTS, "It says when it was printed: {value}")
EDITED = (HINTS, "It says how long or how often it was worked on: {value}")
PROGRAM = (HINTS, "It was made with: {value}")
TEMPLATE = (HINTS, "It names the template it was made from: {value}")
CUSTOM = (HINTS, "A property of its own says: {value}")
TEXT = (HINTS, "A text that someone gave it says: {value}")

# By local name, lower case.
MEANINGS = {
    "initial-creator": AUTHOR,
    "creator": AUTHOR,
    "lastmodifiedby": CHANGED_BY,
    "printed-by": (NAMES, "It names who printed it: {value}"),
    "company": BODY,
    "manager": BODY,
    "created": MADE,
    "creation-date": MADE,
    "modified": CHANGED,
    "date": CHANGED,
    "lastprinted": PRINTED,
    "print-date": PRINTED,
    "revision": EDITED,
    "totaltime": EDITED,
    "editing-cycles": EDITED,
    "editing-duration": EDITED,
    "application": PROGRAM,
    "appversion": PROGRAM,
    "generator": PROGRAM,
    "template": TEMPLATE,
    "language": (HINTS, "It says what language the program was set to: {value}"),
    "identifier": (POINTS, "An identifier ties it to other copies of the same file: {value}"),
    "version": EDITED,
}
TEXTS = frozenset({"title", "subject", "description", "keywords", "keyword", "category"})
TEXTS |= {"hyperlinkbase", "contentstatus", "contenttype", "dlp", "presentationformat"}
NO_TIME = frozenset({"0", "P0D", "PT0S", "PT0M"})


def tell_property(examination: Examination, item: Item, where: str, name: str, value: str) -> None:
    """Tell what one property says; what only counts pages and words says nothing."""
    value, key = value.strip(), name.lower()
    if not value or value in NO_TIME:
        return
    meaning = TEXT if key in TEXTS else MEANINGS.get(key)
    if meaning:
        _tell(examination, item, f"{where} {name}", value, meaning)


def tell_custom(examination: Examination, item: Item, where: str, name: str, value: str) -> None:
    """Tell what a property says that someone or some program thought of."""
    if value.strip():
        _tell(examination, item, f"{where} {name}", f"{name}: {value.strip()}", CUSTOM)


def _tell(
    examination: Examination, item: Item, field: str, value: str, meaning: tuple[Weight, str]
) -> None:
    examination.tell(item, meaning[0], field, value, meaning[1])
    tell_traces(examination, item, field, value)
