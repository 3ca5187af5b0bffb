"""What an office file hides: sheets, rows, columns, slides, notes, text."""

from xml.etree.ElementTree import Element

from viewing_station.inspecting.examination import Examination, Item
from viewing_station.inspecting.finding import Weight
from viewing_station.inspecting.parts import attribute, local

POINTS, HINTS = Weight.POINTS, Weight.HINTS
TRUE = frozenset({"1", "true", "on"})
NOTE_FIELDS = frozenset({"fld"})  # of a notes page: the slide's number, the date


def tell_hidden(examination: Examination, item: Item, name: str, root: Element) -> None:
    """Tell what a part of an office file hides."""
    part = local(root.tag)
    if part == "workbook":
        _tell_sheets(examination, item, name, root)
    elif part == "worksheet":
        _tell_rows(examination, item, name, root)
    elif part == "sld" and attribute(root, "show") in {"0", "false"}:
        examination.tell(item, POINTS, name, name, "A hidden slide: {value}")
    elif part == "notes":
        _tell_notes(examination, item, name, root)
    elif part in {"document", "hdr", "ftr", "footnotes", "endnotes"}:
        _tell_vanished(examination, item, name, root)


def _tell_sheets(examination: Examination, item: Item, name: str, root: Element) -> None:
    for element in root.iter():
        tag = local(element.tag)
        if tag == "sheet" and attribute(element, "state") in {"hidden", "veryHidden"}:
            sheet = attribute(element, "name")
            examination.tell(item, POINTS, name, sheet, "A hidden sheet: {value}")
        elif tag == "definedName" and attribute(element, "hidden") in TRUE:
            hidden = attribute(element, "name")
            examination.tell(item, HINTS, name, hidden, "A hidden name in its formulas: {value}")
        elif tag == "fileSharing" and (user := attribute(element, "userName")):
            examination.tell(
                item, Weight.NAMES, name, user, "It names who reserved it for writing: {value}"
            )


def _tell_rows(examination: Examination, item: Item, name: str, root: Element) -> None:
    rows = columns = 0
    for element in root.iter():
        if attribute(element, "hidden") in TRUE:
            rows += local(element.tag) == "row"
            columns += local(element.tag) == "col"
    for count, what in ((rows, "row{}"), (columns, "group{} of columns")):
        if count:
            value = f"{count:,} {what.format('' if count == 1 else 's')} in {name}"
            examination.tell(item, POINTS, name, value, "It hides {value}")


def _tell_notes(examination: Examination, item: Item, name: str, root: Element) -> None:
    text = " ".join(
        element.text or "" for element in root.iter() if local(element.tag) == "t"
    ).strip()
    if text:
        examination.tell(item, POINTS, name, text, "A slide has notes for its speaker: {value}")


def _tell_vanished(examination: Examination, item: Item, name: str, root: Element) -> None:
    for run in root.iter():
        if local(run.tag) != "r" or not _vanishes(run):
            continue
        text = "".join(e.text or "" for e in run.iter() if local(e.tag) == "t").strip()
        if text:
            examination.tell(item, POINTS, name, text, "It holds hidden text: {value}")


def _vanishes(run: Element) -> bool:
    return any(
        local(mark.tag) in {"vanish", "webHidden"}
        and attribute(mark, "val") not in {"0", "false", "off"}
        for properties in run
        if local(properties.tag) == "rPr"
        for mark in properties
    )
