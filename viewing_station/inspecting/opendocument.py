"""OpenDocument: odt, ods, odp. Properties, changes, versions, what is hidden, the printer."""

import base64
import binascii
import re
import zipfile
from collections import Counter
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from viewing_station.inspecting.examination import Examination, Item
from viewing_station.inspecting.finding import Weight
from viewing_station.inspecting.parts import PART_LIMIT, Parts, attribute, local
from viewing_station.inspecting.printers import tell_printer
from viewing_station.inspecting.properties import tell_custom, tell_property
from viewing_station.inspecting.traces import tell_paths

NAMES, POINTS, HINTS = Weight.NAMES, Weight.POINTS, Weight.HINTS

WITHIN = re.compile(r"(?i)(Pictures|Media|Versions)/.+|Object [^/]*|.*\.(jpe?g|png|svm|pdf)")
RSID = "A mark of the sitting in which it was written ties it to other versions: {value}"
HIDDEN_DISPLAY = frozenset({"none", "false"})
WRITERS = {"sender-firstname", "sender-lastname", "sender-initials", "author-name"}
WRITERS |= {"author-initials", "sender-email", "sender-company", "initial-creator"}


def examine_odf(examination: Examination, item: Item) -> None:
    """Tell what an OpenDocument file says."""
    with zipfile.ZipFile(item.path) as archive:
        parts = Parts(archive)
        for name, content, root in parts.xml():
            _examine_part(examination, item, name, root)
            tell_paths(examination, item, name, content.decode("utf-8", "replace"))
        for info in parts.infos():
            if info.filename.startswith("Thumbnails/") and info.file_size:
                sentence = "It keeps an older picture of its first page: {value}"
                examination.tell(item, HINTS, info.filename, info.filename, sentence)
            elif WITHIN.fullmatch(info.filename) and not info.is_dir():
                examination.add(item, info.filename, parts.pieces(info))
        if times := parts.times():
            value = f"{max(times):%Y-%m-%d %H:%M:%S}"
            examination.tell(item, HINTS, "times", value, "It says when it was saved: {value}")
        for name in parts.unread:
            examination.unread(item, name)


def examine_flat_odf(examination: Examination, item: Item) -> None:
    """Tell what an OpenDocument file says that is one piece of XML."""
    content = item.path.read_bytes()
    if len(content) > PART_LIMIT:
        examination.unread(item, "it is too large")
        return
    root = fromstring(content, forbid_dtd=True)
    for part in root:
        name = f"{local(part.tag)}.xml"
        if name == "body.xml":
            name = "content.xml"
        _examine_part(examination, item, name, part)
    tell_paths(examination, item, "document", content.decode("utf-8", "replace"))


def _examine_part(examination: Examination, item: Item, name: str, root: Element) -> None:
    if name.endswith("meta.xml"):
        _tell_meta(examination, item, name, root)
    elif name.endswith("settings.xml"):
        _tell_settings(examination, item, name, root)
    elif name == "VersionList.xml":
        _tell_versions(examination, item, name, root)
    elif name.endswith(("content.xml", "styles.xml")):
        _tell_content(examination, item, name, root)


def _tell_meta(examination: Examination, item: Item, name: str, root: Element) -> None:
    for element in root.iter():
        tag = local(element.tag)
        if tag == "user-defined":
            label = attribute(element, "name")
            tell_custom(examination, item, name, label, element.text or "")
        elif tag == "template":
            tell_property(examination, item, name, tag, attribute(element, "title"))
            tell_property(examination, item, name, tag, attribute(element, "href"))
        elif tag == "creator":
            tell_property(examination, item, name, "lastModifiedBy", element.text or "")
        else:
            tell_property(examination, item, name, tag, element.text or "")


def _tell_settings(examination: Examination, item: Item, name: str, root: Element) -> None:
    for setting in root.iter():
        label, value = attribute(setting, "name"), (setting.text or "").strip()
        if label == "PrinterName" and value:
            examination.tell(
                item, NAMES, f"{name} {label}", value, "It names a printer it was set up for: "
                "{value}",
            )  # fmt: skip
        elif label == "PrinterSetup" and value:
            try:
                tell_printer(examination, item, f"{name} {label}", base64.b64decode(value))
            except (binascii.Error, ValueError):
                examination.unread(item, label)
        elif label.startswith("Rsid") and value not in {"", "0"}:
            sentence = RSID
            examination.tell(item, HINTS, f"{name} {label}", value, sentence)


def _tell_versions(examination: Examination, item: Item, name: str, root: Element) -> None:
    for version in root:
        creator, comment = attribute(version, "creator"), attribute(version, "comment")
        value = " ".join(filter(None, [attribute(version, "title"), creator, comment]))
        weight = NAMES if creator else POINTS
        examination.tell(
            item, weight, name, value, "It keeps an earlier version of itself: {value}"
        )


def _tell_content(examination: Examination, item: Item, name: str, root: Element) -> None:
    changes: Counter[str] = Counter()
    for element in root.iter():
        tag = local(element.tag)
        if tag == "changed-region" or tag in {"cell-content-change", "insertion", "deletion"}:
            if (creator := _creator(element)) is not None:
                changes[creator] += tag != "changed-region"
        elif tag == "annotation":
            creator = _creator(element) or "someone without a name"
            examination.tell(item, NAMES, f"{name} {tag}", creator, "It holds a comment by {value}")
        elif tag in WRITERS and element.text:
            examination.tell(
                item, NAMES, f"{name} {tag}", element.text, "It names someone who wrote it: {value}"
            )
        elif attribute(element, "rsid"):
            sentence = RSID
            examination.tell(item, HINTS, f"{name} rsid", attribute(element, "rsid"), sentence)
        _tell_hidden(examination, item, name, element, tag)
    for creator, count in changes.items():
        kept = "1 tracked change" if count == 1 else f"{count:,} tracked changes"
        value = f"{kept} by {creator}" if creator else kept
        examination.tell(
            item, NAMES if creator else POINTS, "changes", value, "It keeps what was changed or "
            "deleted: {value}",
        )  # fmt: skip


def _creator(element: Element) -> str | None:
    """Return who made a change or a comment: '' where it does not say; None without a change."""
    for inner in element.iter():
        if local(inner.tag) == "creator":
            return inner.text or ""
    tag = local(element.tag)
    return "" if tag in {"insertion", "deletion", "cell-content-change"} else None


def _tell_hidden(
    examination: Examination, item: Item, name: str, element: Element, tag: str
) -> None:
    if tag == "table-properties" and attribute(element, "display") == "false":
        examination.tell(item, POINTS, name, tag, "It holds a hidden sheet.")
    elif tag in {"table-row", "table-column"} and attribute(element, "visibility") == "collapse":
        what = "rows" if tag == "table-row" else "columns"
        examination.tell(item, POINTS, name, what, "It hides {value} of a sheet")
    elif tag == "drawing-page-properties" and attribute(element, "visibility") == "hidden":
        examination.tell(item, POINTS, name, tag, "It holds a hidden slide.")
    elif tag == "text-properties" and attribute(element, "display") in HIDDEN_DISPLAY:
        examination.tell(item, POINTS, name, tag, "It has a style for hidden text.")
    elif tag in {"hidden-text", "hidden-paragraph"}:
        value = "".join(element.itertext()) or attribute(element, "string-value")
        examination.tell(item, POINTS, name, value or tag, "It holds hidden text: {value}")
