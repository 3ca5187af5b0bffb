"""Runs inside the sandbox: reads a document, and writes what it finds as lines of JSON.

The last line says that it came to its end, and of what kind the document is. Whatever a document
makes of this process, all that leaves is these lines, and what is believed of them
`inspection.py` says.
"""

import json
import lzma
import shutil
import struct
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf

from viewing_station.inspecting.archives import examine_archive
from viewing_station.inspecting.examination import Examination, Item
from viewing_station.inspecting.finding import (
    FIELD_LIMIT,
    Finding,
    Weight,
    cut,
    encode,
    ordered,
)
from viewing_station.inspecting.kinds import Kind, kind_of, suffix_of
from viewing_station.inspecting.mail import examine_mail
from viewing_station.inspecting.ooxml import examine_ooxml
from viewing_station.inspecting.opendocument import examine_flat_odf, examine_odf
from viewing_station.inspecting.outlook import examine_outlook
from viewing_station.inspecting.pdf import examine_pdf
from viewing_station.inspecting.tag_findings import tell_tags
from viewing_station.inspecting.tags import TagsUnread, read_tags
from viewing_station.inspecting.texts import examine_text
from viewing_station.inspecting.trailing import tell_trailing

# What the readers of all these formats raise on files that are not what they should be.
UNREADABLE = (
    *(ValueError, LookupError, TypeError, AttributeError, ArithmeticError, OSError, EOFError),
    *(RuntimeError, NotImplementedError, MemoryError, struct.error, zlib.error, lzma.LZMAError),
    *(zipfile.BadZipFile, tarfile.TarError, pikepdf.PdfError, SyntaxError, AssertionError),
)

EXAMINERS: dict[Kind, Callable[[Examination, Item], None]] = {
    Kind.PDF: examine_pdf,
    Kind.OOXML: examine_ooxml,
    Kind.ODF: examine_odf,
    Kind.FLAT_ODF: examine_flat_odf,
    Kind.OUTLOOK: examine_outlook,
    Kind.MAIL: examine_mail,
    Kind.IMAGE: tell_trailing,
    Kind.TEXT: examine_text,
    Kind.MARKUP: examine_text,
    Kind.ARCHIVE: examine_archive,
}
NOT_THERE = 4  # the exit code
TAGGED = {Kind.XMP, Kind.PDF, Kind.IMAGE, Kind.MEDIA, Kind.MARKUP, Kind.OLE, Kind.RTF, Kind.UNKNOWN}


def examine(document: Path, folder: Path) -> tuple[Kind, tuple[Finding, ...]]:
    """Look at a document and at all that it holds; `folder` is a place for the latter."""
    examination = Examination(folder)
    walked = list(_walk(examination, document))
    _examine_tags(examination, [item for item, kind in walked if kind in TAGGED])
    return kind_of(document), ordered(examination.findings())


def _walk(examination: Examination, document: Path) -> Iterator[tuple[Item, Kind]]:
    """Look at a document, then at each file that was found in one."""
    examination.waiting.append(Item(document))
    while examination.waiting:
        item = examination.waiting.popleft()
        examination.seen.append(item)
        yield item, _examine_one(examination, item)


def _examine_one(examination: Examination, item: Item) -> Kind:
    kind = kind_of(item.path)
    try:
        if kind in EXAMINERS:
            EXAMINERS[kind](examination, item)
    except UNREADABLE:
        examination.unread(item, f"it is not a whole {kind.value}, or one that was tampered with")
    if kind is Kind.UNKNOWN:
        sentence = "It is of a kind that is not known here. What it may hold is not known either."
        examination.tell(item, Weight.UNKNOWN, "kind", "", sentence)
    elif kind in {Kind.OLE, Kind.RTF}:
        sentence = (
            "It is of an old kind that may keep deleted text and names where this program does "
            "not look."
        )
        examination.tell(item, Weight.UNKNOWN, "kind", kind.value, sentence)
    if kind is Kind.IMAGE:
        _tell_dots(examination, item)
    return kind


def _tell_dots(examination: Examination, item: Item) -> None:
    """Tell it once of the document, however many pictures are in it."""
    sentence = (
        "If a picture shows a printed page, that may carry yellow dots, hardly seen, that name "
        "the printer and the minute."
    )
    examination.tell(Item(item.path), Weight.POSSIBLE, "picture", "", sentence)


def _examine_tags(examination: Examination, items: list[Item]) -> None:
    by_path = {item.path: item for item in items}
    try:
        for path, tags in read_tags(list(by_path)):
            tell_tags(examination, by_path[path], tags)
    except TagsUnread:
        for item in items:
            examination.unread(item, "its tags took too long or were too many")


def main(document: str, folder: str) -> None:
    """Write the findings, the worst first, then that this is all."""
    within = Path(folder)
    within.mkdir()
    kind, findings = examine(Path(document), within)
    for finding in findings:
        print(encode(finding))  # noqa: T201  # its one way out of the sandbox
    suffix = suffix_of(Path(document), kind)
    print(json.dumps({"kind": kind.value, "suffix": suffix}))  # noqa: T201  # as above


def fetch(document: str, folder: str, wanted_file: str) -> None:
    """Write the bytes of the file within the document whose path stands in `wanted_file`."""
    wanted = Path(wanted_file).read_text(encoding="utf-8", errors="surrogatepass")
    within = Path(folder)
    within.mkdir()
    for item, _ in _walk(Examination(within), Path(document)):
        if item.member and wanted in {item.member, cut(item.member, FIELD_LIMIT)}:
            with item.path.open("rb") as content:
                shutil.copyfileobj(content, sys.stdout.buffer)
            return
    sys.exit(NOT_THERE)
