"""`viewing-station inspect`: what documents say of their author."""

import click

from viewing_station.cleaning.originals import original_of
from viewing_station.commands.options import Place, at_station, json_option
from viewing_station.documents import Document
from viewing_station.inspecting.finding import Finding, Weight
from viewing_station.inspecting.inspection import Inspection, inspect
from viewing_station.inspecting.subjects import find_subjects
from viewing_station.progress import meter
from viewing_station.screen import (
    BAD,
    FAINT,
    GOOD,
    NAME,
    WARNING,
    Cell,
    human_size,
    show_json,
    show_line,
    show_table,
)
from viewing_station.station import Station

WEIGHTS: dict[Weight, Cell] = {
    Weight.NAMES: ("■ says who", BAD),
    Weight.POINTS: ("▲ leads there", WARNING),
    Weight.UNKNOWN: ("? not known", WARNING),
    Weight.HINTS: ("◆ narrows down", ""),
    Weight.POSSIBLE: ("○ possible", FAINT),
}
BEYOND = (
    "What it says in words and pictures no program judges: who had it, who could know it, "
    "and whether this copy was made to differ from others."
)


@click.command("inspect", short_help="Say what documents tell of their author.")
@click.argument("which", metavar="DELIVERY|THREAD")
@click.argument("file", required=False)
@click.option(
    "--member",
    "members",
    multiple=True,
    metavar="PATH",
    help="Only this file within FILE, by its path as `inspect` shows it, or by its number; again "
    "for one within.",
)
@json_option
@at_station
def inspect_(
    place: Place, which: str, file: str | None, members: tuple[str, ...], *, as_json: bool
) -> None:
    """Say what documents tell of their author, the worst first.

    With FILE, its number or its name, that document of DELIVERY; without, all documents of the
    delivery, or of the thread. Each is looked at in a sandbox, together with all that is inside
    it, and nothing of it is opened here.
    """
    if members and file is None:
        raise click.UsageError("--member wants a FILE, the archive that it is in.")
    with place.open() as station:
        documents = find_subjects(station, which, file)
        with meter("Inspecting", sum(document.entry.size for document in documents)) as working:
            inspected = []
            for document in documents:
                inspected.append((document, _inspect(station, document, members)))
                working.advance(document.entry.size)
    if as_json:
        show_json([as_plain(document, inspection) for document, inspection in inspected])
    else:
        _show(inspected)


def _inspect(station: Station, document: Document, members: tuple[str, ...]) -> Inspection:
    with original_of(station, document, members) as original, original.open() as stream:
        return inspect(stream, original.size, original.name)


def _show(inspected: list[tuple[Document, Inspection]]) -> None:
    if not inspected:
        show_line(("There are no documents to inspect here.", FAINT))
        return
    for document, inspection in inspected:
        show_line(
            (document.entry.name, NAME),
            (f"  {inspection.kind.value}, {human_size(document.entry.size)}", FAINT),
            (f", {document.delivery.name} {document.number}", FAINT),
        )
        show_findings(inspection.findings)
        show_line()
    show_line((BEYOND, FAINT))


def show_findings(findings: tuple[Finding, ...]) -> None:
    """Show findings as they are ordered, each with its weight in words and by a shape."""
    rows = dict.fromkeys((_weight(finding), (_sentence(finding), "")) for finding in findings)
    if rows:
        show_table(list(rows))
    else:
        show_line(("  Nothing was found that tells of its author.", GOOD))


def _weight(finding: Finding) -> Cell:
    words, style = WEIGHTS[finding.weight]
    return f"  {words}", style


def _sentence(finding: Finding) -> str:
    return f"In {finding.member}: {finding.sentence}" if finding.member else finding.sentence


def as_plain(document: Document, inspection: Inspection) -> dict[str, object]:
    """Return an inspection for JSON."""
    return {
        "delivery": document.delivery.name,
        "number": document.number,
        "document": document.entry.name,
        "sha256": document.entry.sha256,
        "kind": inspection.kind.value,
        "findings": [
            {
                "weight": finding.weight.value,
                "field": finding.field,
                "member": finding.member,
                "value": finding.value,
                "sentence": finding.sentence,
            }
            for finding in inspection.findings
        ],
    }
