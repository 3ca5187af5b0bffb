"""What a reviewer sees of a publication."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from viewing_station.publications import Publication, State
from viewing_station.screen import (
    FAINT,
    GOOD,
    NAME,
    WARNING,
    Cell,
    counted,
    human_day,
    show_json,
    show_line,
    show_table,
    show_text,
)

SHOWN_ID = 8  # characters of an id in a list; four are enough to name it
STYLES = {State.DRAFT: WARNING, State.READY: GOOD, State.EXPORTED: FAINT}


def tell(publication: Publication, *, as_json: bool) -> None:
    """Show it in one line, or as JSON."""
    if as_json:
        show_json(as_plain(publication))
    else:
        show_table([row(publication)])


def row(publication: Publication) -> list[Cell]:
    """Return its line in a list."""
    state = publication.state
    told = state.value
    if state is State.EXPORTED:
        last = publication.outings[-1]
        told = f"{state.value} ({last.way}, {human_day(last.day)})"
    attached = counted(len(publication.attachments), "attachment")
    return [
        (publication.id[:SHOWN_ID], NAME),
        (told, STYLES[state]),
        (attached, FAINT),
        (publication.title["fr"], ""),
    ]


def _facts(publication: Publication) -> Iterator[tuple[str, str]]:
    yield "publication", publication.id
    yield "state", publication.state.value
    for outing in publication.outings:
        yield "exported", f"{outing.way}, {human_day(outing.day)}"
    yield "primary", publication.primary
    for copy in publication.attachments:
        yield "attachment", copy
    for language, title in publication.title.items():
        yield f"title, {language}", title
    told = {
        "city": publication.city,
        "technology": ", ".join(publication.technology),
        "supplier": ", ".join(publication.supplier),
        "date": publication.day.isoformat() if publication.day else "",
        "source": "|".join(asdict(publication.source).values()) if publication.source else "",
        "location": ",".join(asdict(publication.location).values()) if publication.location else "",
    }
    yield from ((name, value) for name, value in told.items() if value)


def as_plain(publication: Publication) -> dict[str, Any]:
    """Return its fields for JSON."""
    fields = asdict(publication)
    del fields["day"], fields["ready"]
    outings = [{"way": one.way, "day": one.day.isoformat()} for one in publication.outings]
    return fields | {
        "date": publication.day.isoformat() if publication.day else None,
        "state": publication.state.value,
        "outings": outings,
    }


def show_whole(publication: Publication) -> None:
    """Show every field."""
    for name, value in _facts(publication):
        show_line((f"{name}: ", NAME), (value, ""))
    for language, text in (publication.summary or {}).items():
        show_line((f"summary, {language}:", NAME))
        show_text(text)
