"""Reads the parts of an office file: a ZIP archive of XML, with a cap on everything."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

PARTS_LIMIT = 5_000  # a presentation of 1,000 slides has about so many
PART_LIMIT = 64 << 20  # bytes of one XML part: a sheet of a million rows
WHOLE_LIMIT = 256 << 20  # bytes of all XML parts together
PIECE = 256 << 10  # bytes read at once
NEUTRAL_YEARS = (1980, 1979)  # ZIP's own beginning: no time was kept
XML_NAME = re.compile(r"(?i).*\.(xml|rels|vml|rdf)")


@dataclass
class Parts:
    """The parts of one file."""

    archive: zipfile.ZipFile
    room: int = WHOLE_LIMIT
    unread: list[str] = field(default_factory=list)

    def infos(self) -> list[zipfile.ZipInfo]:
        """Return the parts there are, up to the cap."""
        return self.archive.infolist()[:PARTS_LIMIT]

    def names(self) -> list[str]:
        """Return their names."""
        return [info.filename for info in self.infos()]

    def xml(self) -> Iterator[tuple[str, bytes, Element]]:
        """Yield each XML part: its name, its bytes, its root. What cannot be read is remembered."""
        for info in sorted(self.infos(), key=_after_properties):
            if not XML_NAME.fullmatch(info.filename):
                continue
            content = self._read(info)
            try:
                root = None if content is None else fromstring(content, forbid_dtd=True)
            except (ValueError, SyntaxError, RecursionError, LookupError):
                root = None  # not XML, or XML that makes more of itself than it is
            if content is None or root is None:
                self.unread.append(info.filename)
            else:
                yield info.filename, content, root

    def pieces(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """Read a part piece by piece."""
        with self.archive.open(info) as part:
            while piece := part.read(PIECE):
                yield piece

    def times(self) -> list[datetime]:
        """Return the times kept with the parts."""
        kept = []
        for info in self.infos():
            try:
                time = datetime(*info.date_time)  # noqa: DTZ001  # ZIP knows no zone
            except ValueError:
                continue
            if time.year not in NEUTRAL_YEARS:
                kept.append(time)
        return kept

    def _read(self, info: zipfile.ZipInfo) -> bytes | None:
        most = min(PART_LIMIT, self.room)
        content = bytearray()
        try:
            for piece in self.pieces(info):
                content += piece
                if len(content) > most:
                    return None
        except UNREADABLE_PART:
            return None
        self.room -= len(content)
        return bytes(content)


# What zipfile raises on archives that are broken, encrypted, or of methods that it does not know.
UNREADABLE_PART = (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError)


def _after_properties(info: zipfile.ZipInfo) -> bool:
    """Whether a part comes after the properties: a reader looks for the author first."""
    return not info.filename.startswith(("docProps/", "meta.xml"))


def local(name: str) -> str:
    """Return an XML name without its namespace."""
    return name.rpartition("}")[2]


def attribute(element: Element, wanted: str) -> str:
    """Return an attribute by its local name; empty where there is none."""
    for name, value in element.attrib.items():
        if local(name) == wanted:
            return value
    return ""
