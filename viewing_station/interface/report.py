"""What became of a bundle, for the screen: as `viewing-station open` tells it."""

from collections.abc import Iterator

from textual.content import Content

from viewing_station.bundle_open import Report
from viewing_station.commands.open import STATES, remarks
from viewing_station.delivery_open import Outcome
from viewing_station.interface.palette import BAD, FAINT, NAME
from viewing_station.interface.telling import TellingScreen
from viewing_station.interface.words import line, outside
from viewing_station.screen import counted, human_day, human_size
from viewing_station.settings import Settings
from viewing_station.threads import friendly_name


def report_screen(report: Report, settings: Settings) -> TellingScreen:
    """Return the screen that shows what a bundle brought."""
    count = counted(len(report.outcomes), "delivery", "deliveries")
    title = Content(f"The bundle of {human_day(report.manifest.day)}: {count}")
    return TellingScreen(title, list(_lines(report, settings)))


def _lines(report: Report, settings: Settings) -> Iterator[Content]:
    for outcome in report.outcomes:
        yield _row(outcome, settings)
        if outcome.trouble:
            yield line((f"    {outside(outcome.trouble)}", BAD))
    yield from (Content(outside(text)) for text, _ in remarks(report))


def _row(outcome: Outcome, settings: Settings) -> Content:
    state, _ = STATES[outcome.state]
    delivery = outcome.delivery
    if delivery is None:
        return line((outside(outcome.name), NAME), f"  {state}")
    name = friendly_name(settings.names_key, delivery.thread)
    files = "no files"
    if delivery.files:
        files = f"{counted(len(delivery.files), 'file')}, {human_size(delivery.size)}"
    return line((name, NAME), (f"  {outside(outcome.name)}  {files}  ", FAINT), state)
