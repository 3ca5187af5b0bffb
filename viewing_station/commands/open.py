"""`viewing-station open`: verify a bundle, decrypt it, keep it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from viewing_station.bundle_open import Report, open_bundle
from viewing_station.commands.options import PATH, Place, at_station, json_option, today
from viewing_station.delivery_open import Outcome, State
from viewing_station.instance_keys import Standing
from viewing_station.screen import (
    BAD,
    FAINT,
    GOOD,
    NAME,
    WARNING,
    Cell,
    counted,
    human_day,
    human_size,
    show_error,
    show_json,
    show_line,
    show_table,
)
from viewing_station.settings import Settings
from viewing_station.threads import friendly_name

STATES: dict[State, Cell] = {
    State.NEW: ("new", GOOD),
    State.FILES: ("its files are new", GOOD),
    State.KNOWN: ("already here", FAINT),
    State.REFUSED: ("refused", BAD),
    State.FORGOTTEN: ("was forgotten here, and stays so", FAINT),
}


@click.command("open", short_help="Open a bundle.")
@click.argument("bundle", type=PATH)
@json_option
@at_station
def open_(place: Place, bundle: Path, *, as_json: bool) -> None:
    """Check BUNDLE whole, then open each delivery in it and keep it.

    A delivery that does not hold what it should is refused by itself, with the reason, and the
    exit code is then 1; the others are opened all the same.
    """
    with place.open() as station:
        report = open_bundle(station, bundle, today())
        if as_json:
            show_json([_json(outcome, station.settings) for outcome in report.outcomes])
        else:
            _show(report, station.settings)
    troubles = [outcome for outcome in report.outcomes if outcome.trouble]
    for outcome in troubles:
        show_error(f"{outcome.name}: {outcome.trouble}")
    sys.exit(1 if troubles else 0)


def _json(outcome: Outcome, settings: Settings) -> dict[str, object]:
    delivery = outcome.delivery
    known: dict[str, object] = {"day": None, "thread": None, "name": None, "files": 0, "size": 0}
    if delivery is not None:
        known = {
            "day": delivery.day.isoformat(),
            "thread": delivery.thread,
            "name": friendly_name(settings.names_key, delivery.thread),
            "files": len(delivery.files),
            "size": delivery.size,
            "files_here": not delivery.awaits_files,
        }
    state = {"state": outcome.state.value, "trouble": outcome.trouble or None}
    return {"delivery": outcome.name, **known, **state}


def _show(report: Report, settings: Settings) -> None:
    manifest = report.manifest
    show_line(
        ("Bundle of ", ""),
        (human_day(manifest.day), NAME),
        (f" from {settings.instance.name}, desk {manifest.desk}: ", ""),
        (counted(len(report.outcomes), "delivery", "deliveries"), NAME),
    )
    if report.outcomes:
        show_table([_row(outcome, settings) for outcome in report.outcomes])
    for line in remarks(report):
        show_line(line)


def _row(outcome: Outcome, settings: Settings) -> list[Cell]:
    delivery = outcome.delivery
    if delivery is None:
        return [(outcome.name, NAME), ("", ""), ("", ""), ("", ""), STATES[outcome.state]]
    files: Cell = ("no files", FAINT)
    if delivery.files:
        files = (f"{counted(len(delivery.files), 'file')}, {human_size(delivery.size)}", "")
    text, style = STATES[outcome.state]
    if outcome.trouble:
        text, style = f"{text}, but see below", WARNING
    elif delivery.awaits_files:
        text = f"{text}; its files are not in this bundle"
    return [
        (outcome.name, NAME),
        (human_day(delivery.day), ""),
        (friendly_name(settings.names_key, delivery.thread), ""),
        files,
        (text, style),
    ]


def remarks(report: Report) -> Iterator[Cell]:
    """Say what a bundle brought besides deliveries."""
    if kept := report.online.kept:
        yield f"{counted(kept, 'reply', 'replies')} written online joined their threads.", ""
    if lost := report.online.lost:
        yield f"{counted(lost, 'copy', 'copies')} of replies written online do not open.", WARNING
    if arrived := report.arrived:
        yield f"{counted(arrived, 'item')} of your couriers arrived on the server.", GOOD
    if gone := len(report.destroyed):
        yield f"{counted(gone, 'old subkey')} destroyed: nothing unread needs them.", GOOD
    if report.manifest.restored:
        yield (
            "The server came back from a backup: what it lost goes with the next courier.",
            WARNING,
        )
    if report.standing is Standing.BEHIND:
        yield (
            "The instance has a new signing key: take its succession.json with `instance set`.",
            WARNING,
        )
    if not report.changed:
        yield "Everything in it was here already: nothing changed.", ""
