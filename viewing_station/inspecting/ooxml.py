"""Office Open XML: docx, xlsx, pptx. Properties, people, changes, what is hidden, where it lay."""

import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from viewing_station.inspecting.examination import Examination, Item
from viewing_station.inspecting.finding import Weight
from viewing_station.inspecting.ooxml_hidden import tell_hidden
from viewing_station.inspecting.parts import Parts, attribute, local
from viewing_station.inspecting.printers import tell_printer
from viewing_station.inspecting.properties import tell_custom, tell_property
from viewing_station.inspecting.traces import tell_paths

NAMES, POINTS, HINTS = Weight.NAMES, Weight.POINTS, Weight.HINTS

CHANGES = frozenset({"ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "cellIns"})
CHANGES |= {"cellDel", "tblPrChange", "sectPrChange", "tcPrChange", "trPrChange"}
WORD_PARTS = re.compile(r"word/.*")
COMMENT_PARTS = re.compile(r"(?i).*comments?[^/]*\.xml|.*/comments/.*\.xml")
PEOPLE_PARTS = re.compile(r"(?i).*(people|persons?/|commentAuthors|authors)[^/]*\.xml")
PEOPLE = ("author", "displayName", "name", "initials", "userId", "lastClr")
USER_ATTRIBUTES = ("userName", "refreshedBy", "lastEdited")
PICTURES = re.compile(r"(?i).*\.(jpe?g|png|gif|tiff?|bmp|webp|emf|wmf|heic|svg)")
WITHIN = re.compile(r"(?i).*(embeddings|media|activeX)/.*|.*\.(docx|xlsx|pptx|pdf|mp4|mp3|wav)")
THUMBNAIL = re.compile(r"(?i)docProps/thumbnail\..*")
CUSTOM_XML = re.compile(r"customXml/item\d+\.xml")
RSIDS_TOLD = 5  # shown of those there are


@dataclass
class _Sum:
    """What is counted over all parts, and told at the end."""

    changes: Counter[str] = field(default_factory=Counter)
    comments: Counter[str] = field(default_factory=Counter)
    rsids: dict[str, None] = field(default_factory=dict)


def examine_ooxml(examination: Examination, item: Item) -> None:
    """Tell what an office file says."""
    with zipfile.ZipFile(item.path) as archive:
        parts, total = Parts(archive), _Sum()
        for name, content, root in parts.xml():
            _examine_part(examination, item, name, root, total)
            tell_hidden(examination, item, name, root)
            if local(root.tag) != "Relationships":
                tell_paths(examination, item, name, content.decode("utf-8", "replace"))
        _tell_total(examination, item, total)
        _examine_others(examination, item, parts)
        for name in parts.unread:
            examination.unread(item, name)


def _examine_part(
    examination: Examination, item: Item, name: str, root: Element, total: _Sum
) -> None:
    if name.startswith("docProps/"):
        _tell_properties(examination, item, name, root)
        return
    if local(root.tag) == "Relationships":
        _tell_links(examination, item, name, root)
        return
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue  # a comment of XML's own
        tag = local(element.tag)
        _count(element, tag, total, comments=bool(COMMENT_PARTS.fullmatch(name)))
        _tell_people(examination, item, name, element, tag)
        _tell_marks(examination, item, name, element, tag)
    if CUSTOM_XML.fullmatch(name):
        _tell_custom(examination, item, name, root)


def _count(element: Element, tag: str, total: _Sum, *, comments: bool) -> None:
    author = attribute(element, "author")
    if tag in CHANGES and (author or attribute(element, "date")):
        total.changes[author] += 1
    if comments and tag in {"comment", "cm", "threadedComment"}:
        total.comments[author] += 1
    for name, value in element.attrib.items():
        if local(name).startswith("rsid"):
            total.rsids[value] = None
    if tag in {"rsid", "rsidRoot"}:
        total.rsids[attribute(element, "val")] = None


def _tell_people(
    examination: Examination, item: Item, name: str, element: Element, tag: str
) -> None:
    authors = [attribute(element, "author")]
    if PEOPLE_PARTS.fullmatch(name):
        authors += [attribute(element, kind) for kind in PEOPLE]
    if tag in {"author", "lastModifiedBy"}:
        authors.append(element.text or "")
    authors += [attribute(element, kind) for kind in USER_ATTRIBUTES[:2]]
    if tag in {"header", "rrc", "comment"}:  # of a shared workbook's log; of Word's comments
        authors += [attribute(element, "userName"), attribute(element, "initials")]
    for author in filter(None, authors):
        examination.tell(
            item, NAMES, f"{name} {tag}", author, "It names someone who worked on it: {value}"
        )


def _tell_marks(
    examination: Examination, item: Item, name: str, element: Element, tag: str
) -> None:
    if tag == "docId" and (value := attribute(element, "val")):
        sentence = "An identifier ties it to other copies and versions of the same file: {value}"
        examination.tell(item, POINTS, f"{name} docId", value, sentence)
    elif tag == "absPath":
        path = attribute(element, "url")
        examination.tell(
            item, POINTS, f"{name} absPath", path, "It says in which folder it lay: {value}"
        )
    elif tag == "docVar":
        value = f"{attribute(element, 'name')} = {attribute(element, 'val')}"
        examination.tell(item, HINTS, f"{name} docVar", value, "It keeps a variable: {value}")
    elif tag in {"connection", "dbPr"} and (
        value := attribute(element, "connection") or attribute(element, "sourceFile")
    ):
        examination.tell(
            item, NAMES, f"{name} {tag}", value, "It names a database that it was fed from: {value}"
        )


def _tell_properties(examination: Examination, item: Item, name: str, root: Element) -> None:
    if local(root.tag) == "Properties" and name.endswith("custom.xml"):
        for element in root:
            label = attribute(element, "name")
            value = " ".join(element.itertext()).strip()
            tell_custom(examination, item, name, label, value)
        return
    for element in root:
        if len(element) == 0:
            tell_property(examination, item, name, local(element.tag), element.text or "")


def _tell_links(examination: Examination, item: Item, name: str, root: Element) -> None:
    for link in root:
        target = attribute(link, "Target")
        kind = attribute(link, "Type").rpartition("/")[2]
        if attribute(link, "TargetMode") != "External":
            continue
        sentence = f"It leads out to another file or page ({kind}): {{value}}"
        examination.tell(item, HINTS, name, target, sentence)
        tell_paths(examination, item, name, target)


def _tell_custom(examination: Examination, item: Item, name: str, root: Element) -> None:
    text = " ".join(" ".join(root.itertext()).split())
    if text:
        examination.tell(
            item, HINTS, name, text, "Data of a program or a document system lie in it: {value}"
        )


def _tell_total(examination: Examination, item: Item, total: _Sum) -> None:
    for author, count in total.changes.items():
        changes = "1 tracked change" if count == 1 else f"{count:,} tracked changes"
        value = f"{changes} by {author}" if author else changes
        examination.tell(
            item, NAMES if author else POINTS, "changes", value, "It keeps what was changed or "
            "deleted: {value}",
        )  # fmt: skip
    for author, count in total.comments.items():
        comments = "1 comment" if count == 1 else f"{count:,} comments"
        value = f"{comments} by {author}" if author else comments
        examination.tell(item, NAMES if author else HINTS, "comments", value, "It holds {value}")
    rsids = [rsid for rsid in total.rsids if rsid]
    if rsids:
        shown = (
            f"{len(rsids):,} ({', '.join(rsids[:RSIDS_TOLD])}{' …' * (len(rsids) > RSIDS_TOLD)})"
        )
        sentence = (
            "Marks of the sittings in which it was written tie it to other copies and versions: "
            "{value}"
        )
        examination.tell(item, HINTS, "rsid", shown, sentence)


def _examine_others(examination: Examination, item: Item, parts: Parts) -> None:
    for info in parts.infos():
        name = info.filename
        if THUMBNAIL.fullmatch(name):
            sentence = "It keeps an older picture of its first page: {value}"
            examination.tell(item, HINTS, name, name, sentence)
        if "printersettings" in name.lower():
            tell_printer(examination, item, name, b"".join(parts.pieces(info)))
        elif name.lower().endswith("vbaproject.bin"):
            examination.tell(
                item, HINTS, name, name, "It holds a program (macros), which was not read: {value}"
            )
        elif PICTURES.fullmatch(name) or WITHIN.fullmatch(name):
            examination.add(item, name, parts.pieces(info))
    if times := parts.times():
        value = f"{max(times):%Y-%m-%d %H:%M:%S}"
        examination.tell(item, HINTS, "times", value, "It says when it was saved: {value}")
