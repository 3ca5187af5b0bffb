"""The keys on a document: view it as harmless pages, inspect it, make a clean copy of it."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from textual.app import App

from viewing_station.cleaning.clean import Cleaned, clean
from viewing_station.cleaning.clean import Wish as CleaningWish
from viewing_station.cleaning.errors import FileExistsHereError
from viewing_station.cleaning.originals import original_of
from viewing_station.copies import Method
from viewing_station.documents import Document
from viewing_station.inspecting.inspection import Inspection, inspect
from viewing_station.interface.dialogs import AskLine, Choice, typed_path
from viewing_station.interface.document_findings import cleaned_screen, findings_screen, view_screen
from viewing_station.interface.document_list import DocumentAction
from viewing_station.interface.gauge import Gauge
from viewing_station.interface.keys import DOCUMENT_KEYS
from viewing_station.interface.palette import BAD
from viewing_station.interface.telling import TellingScreen
from viewing_station.interface.words import line, outside
from viewing_station.interface.working import Job, WorkingScreen
from viewing_station.station import Station
from viewing_station.viewing import Outcome, Wish, view_one

Made = TypeVar("Made")
Show = Callable[[Document, Made], TellingScreen]

STOPPED = "Stopped: nothing was made, and the document is as it was."
PAGES = (
    "Where to write what it shows: PDF for pages, MP4 or Ogg for film and sound. Any program may "
    "open that. → completes a name."
)
WAYS = (
    "The original stays as it is. The copy is inspected again, and stays in the station: "
    "the command copies lists it. The thorough way keeps only what is seen or heard."
)


def view(app: App[str], station: Station, document: Document) -> None:
    """Ask where to, and write what the document shows."""

    def begin(text: str | None) -> None:
        if text is not None:
            job = partial(_view, document, typed_path(text))
            _work(app, station, document, "Viewing", job, view_screen)

    proposed = f"~/{document.delivery.name}-{document.number}.pdf"
    title = f"View document {document.number}"
    app.push_screen(AskLine(title, PAGES, _require_new, proposed, path=True), begin)


def _require_new(text: str) -> None:
    file = typed_path(text)
    if not text.strip() or file.is_dir():
        raise IsADirectoryError(0, "Name a file, not a folder", text)
    if os.path.lexists(file):
        raise FileExistsHereError(file=file)


def _view(document: Document, file: Path, station: Station, gauge: Gauge) -> Outcome:
    return view_one(station, document, (), file, Wish(), gauge.watching)


def look_into(app: App[str], station: Station, document: Document) -> None:
    """Say what the document tells of its author."""
    job = partial(_inspect, document)
    _work(app, station, document, "Inspecting", job, findings_screen)


def _inspect(document: Document, station: Station, gauge: Gauge) -> Inspection:
    with original_of(station, document) as original, original.open() as stream:
        inspected = inspect(stream, original.size, original.name)
    gauge.advance(0)  # it may have been stopped meanwhile
    return inspected


def copy(app: App[str], station: Station, document: Document) -> None:
    """Ask how, and make a clean copy."""

    def begin(answer: str | None) -> None:
        if answer in ("t", "m"):
            job = partial(_copy, document, Method.METADATA if answer == "m" else None)
            _work(app, station, document, "Copying", job, cleaned_screen)

    question = Choice(
        f"Make a clean copy of document {document.number}?",
        WAYS,
        ("n", "No, make none"),
        ("t", "Yes, the thorough way"),
        ("m", "Yes, the same format with its metadata taken out"),
    )
    app.push_screen(question, begin)


def _copy(document: Document, method: Method | None, station: Station, gauge: Gauge) -> Cleaned:
    with original_of(station, document) as original:
        day = datetime.now(UTC).date()
        return clean(station, original, CleaningWish(method), day, gauge.watching)


def _work(  # noqa: PLR0913, PLR0917  what, on what, how it is called, how it is shown
    app: App[str],
    station: Station,
    document: Document,
    doing: str,
    job: Job[Made],
    show: Show[Made],
) -> None:
    name = outside(document.entry.name)

    def end(made: Made | str | None) -> None:
        if isinstance(made, str):
            app.push_screen(TellingScreen(line(name), [line((outside(made), BAD))]))
        elif made is not None:
            app.push_screen(show(document, made))

    app.push_screen(WorkingScreen(station, line(f"{doing} ", name), job, STOPPED), end)


DOCUMENT_ACTIONS = tuple(
    DocumentAction(key.keys, key.label, run)
    for key, run in zip(DOCUMENT_KEYS, (view, look_into, copy), strict=True)
)
