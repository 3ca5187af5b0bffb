"""Writes the ZIP archives that Uwazi imports: `import.csv` at the root, and the documents.

What its importer expects was read from its source; no live one was at hand.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from viewing_station.errors import AmbiguousValueError
from viewing_station.publications import Publication, Words
from viewing_station.publishing.mapping import Kind, Mapping, Property
from viewing_station.publishing.new_folder import NewFolder
from viewing_station.publishing.release import Part, Work

BATCH = 50  # publications: larger imports have failed, and one stops at its first error
TABLE = "import.csv"
FIXED_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP archive can tell
UNIX = 3  # the system in a ZIP entry, the same wherever the station runs
MODE = 0o100600 << 16  # a regular file that is its owner's alone
SEPARATOR = "|"
SUMMARY = "summary"


@dataclass(frozen=True)
class Archive:
    """One ZIP: its name, and what goes into it."""

    name: str
    works: tuple[Work, ...]


def archives_of(works: Sequence[Work]) -> list[Archive]:
    """Divide what goes out into archives."""
    batches = [works[start : start + BATCH] for start in range(0, len(works), BATCH)]
    return [
        Archive(f"uwazi-{number}.zip", tuple(batch))
        for number, batch in enumerate(batches, start=1)
    ]


def write_archives(folder: NewFolder, archives: Sequence[Archive], mapping: Mapping) -> None:
    """Write the archives. Raises AmbiguousValueError before anything is written, OSError."""
    tables = [table(archive.works, mapping) for archive in archives]
    for archive, content in zip(archives, tables, strict=True):
        with folder.create(archive.name) as sink:
            _write_archive(sink, content, archive.works)


def _write_archive(sink: BinaryIO, content: bytes, works: Sequence[Work]) -> None:
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        _add(archive, TABLE, len(content), iter([content]))
        for part in _parts(works):
            _add(archive, part.name, part.size, part.pieces())


def _parts(works: Sequence[Work]) -> list[Part]:
    return [part for work in works for part in work.parts]


def _add(archive: zipfile.ZipFile, name: str, size: int, pieces: Iterator[bytes]) -> None:
    entry = zipfile.ZipInfo(name, FIXED_DATE)
    entry.create_system, entry.external_attr, entry.file_size = UNIX, MODE, size
    with archive.open(entry, "w") as member:
        for piece in pieces:
            member.write(piece)


def table(works: Sequence[Work], mapping: Mapping) -> bytes:
    """Return `import.csv`: UTF-8 without a mark at its beginning, commas.

    Raises AmbiguousValueError where a value does not fit its column.
    """
    text = io.StringIO(newline="")
    rows = [_row(work, mapping, languages_of(works, mapping)) for work in works]
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def languages_of(works: Sequence[Work], mapping: Mapping) -> dict[str, tuple[str, ...]]:
    """Return the languages of each column that has words: French alone needs no suffix."""
    found = {field: {"fr"} for field in ("title", *(one.field for one in mapping if _worded(one)))}
    for field, languages in found.items():
        for work in works:
            languages |= set(_words(work.publication, field))
    return {field: tuple(sorted(languages)) for field, languages in found.items()}


def _worded(one: Property) -> bool:
    """Tell whether it has words by language: a city has one name, a summary has several."""
    return one.field == SUMMARY


def _words(publication: Publication, field: str) -> Words:
    return publication.title if field == "title" else publication.summary or {}


def _row(work: Work, mapping: Mapping, languages: dict[str, tuple[str, ...]]) -> dict[str, str]:
    publication = work.publication
    row = _columns("title", publication.title, languages["title"])
    row["file"] = work.primary.name
    row["attachments"] = SEPARATOR.join(part.name for part in work.attachments)
    for one in mapping:
        if _worded(one):
            row |= _columns(one.column, publication.summary or {}, languages[one.field])
        else:
            row[one.column] = _cell(publication, one)
    return row


def _columns(name: str, words: Words, languages: tuple[str, ...]) -> dict[str, str]:
    """One column, or one for each language: never both, which the importer refuses.

    A language that is missing has the French words: an empty title would stop the import.
    """
    if languages == ("fr",):
        return {name: words.get("fr", "")}
    return {
        f"{name}__{language}": words.get(language) or words.get("fr", "") for language in languages
    }


def _cell(publication: Publication, one: Property) -> str:
    match one.field:
        case "city":
            return publication.city
        case "technology":
            return _values(publication, one, publication.technology)
        case "supplier":
            return _values(publication, one, publication.supplier)
        case "date":
            return publication.day.isoformat() if publication.day else ""
        case "source":
            return _link(publication, one)
    place = publication.location
    return f"{place.latitude}{SEPARATOR}{place.longitude}" if place else ""


def _link(publication: Publication, one: Property) -> str:
    link = publication.source
    if link is None:
        return ""
    return link.url if one.kind is Kind.TEXT else f"{link.label}{SEPARATOR}{link.url}"


def _values(publication: Publication, one: Property, values: tuple[str, ...]) -> str:
    if one.kind is Kind.SELECT and len(values) > 1:
        raise AmbiguousValueError(field=one.field, title=publication.title["fr"])
    return (", " if one.kind is Kind.TEXT else SEPARATOR).join(values)
