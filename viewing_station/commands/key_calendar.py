"""`viewing-station key calendar` and `key tidy`: subkeys made in advance, and destroyed in time."""

from datetime import date, datetime, timedelta

import click

from crypto.fingerprint import spaced
from viewing_station.commands.options import Place, at_station, json_option, today
from viewing_station.key_calendar import USUAL_WEEKS, Calendar, carry_on
from viewing_station.key_tidy import LEAST_GRACE, Standing, Stood, destroy_due, survey
from viewing_station.screen import (
    BAD,
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
)
from viewing_station.station import Station

SHOWN = 5  # names of what waits, told one by one
STANDINGS: dict[Standing, Cell] = {
    Standing.COMING: ("coming", FAINT),
    Standing.NOW: ("sealed to now", GOOD),
    Standing.GRACE: ("over; kept for the grace time", ""),
    Standing.UNTOLD: ("over; waits for a bundle of a later day", WARNING),
    Standing.HELD: ("over; something unread on the server needs it", WARNING),
    Standing.DUE: ("can be destroyed: `key tidy`", WARNING),
    Standing.DESTROYED: ("destroyed", BAD),
}


@click.command("calendar")
@click.option("--weeks", type=click.IntRange(1, 110), help="How far it reaches. [default: 52]")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="How far it reaches."
)
@click.option(
    "--every",
    type=click.IntRange(1, 366),
    metavar="DAYS",
    help="How many days a subkey is sealed to. [default: as before, else 7]",
)
@click.option("--list", "only_list", is_flag=True, help="Make nothing: list what there is.")
@json_option
@at_station
def calendar(  # noqa: PLR0913  a command's options
    place: Place,
    *,
    weeks: int | None,
    until: datetime | None,
    every: int | None,
    only_list: bool,
    as_json: bool,
) -> None:
    """Make subkeys in advance, each for a week, or carry a calendar on for a year from today.

    A year is 52 weeks. The first time a new key is made for them. Its public part is written into
    the station's folder for the admin of the server; adding it again there extends the calendar.
    """
    if weeks is not None and until is not None:
        raise click.UsageError("Name weeks or a day, not both.")
    day = today()
    end = until.date() if until else day + timedelta(weeks=weeks or USUAL_WEEKS)
    with place.open() as station:
        done = None if only_list else carry_on(station, day, end, every)
        standing = survey(station, day)
        file = station.home.public_key(station.settings.desk)
    if as_json:
        show_json([_json(each) for each in standing])
    elif done is None:
        show_table([_row(each) for each in standing])
    else:
        _show_made(done, str(file))


@click.command("tidy")
@click.option(
    "--grace",
    type=click.IntRange(LEAST_GRACE, 366),
    metavar="DAYS",
    help="From now on keep a subkey for so many days after its window. [default: 30]",
)
@json_option
@at_station
def tidy(place: Place, *, grace: int | None, as_json: bool) -> None:
    """Destroy old subkeys of the calendar that nothing unread needs, as `open` does by itself.

    A subkey is kept for the grace time, until a bundle of a later day was opened here, and as
    long as that bundle names something under it that was not opened, discarded or re-wrapped.
    """
    day = today()
    with place.open() as station:
        if grace is not None:
            _set_grace(station, grace)
        before = survey(station, day)
        gone = {window.subkey for window in destroy_due(station, day)}
    waiting = [each for each in before if each.standing in {Standing.UNTOLD, Standing.HELD}]
    if as_json:
        shown = [each for each in before if each.window.subkey in gone]
        show_json({"destroyed": [_json(e) for e in shown], "waiting": [_json(e) for e in waiting]})
        return
    said = f"{counted(len(gone), 'old subkey')} destroyed." if gone else "Nothing is due."
    show_line((said, GOOD if gone else FAINT))
    for each in waiting:
        _show_waiting(each)


def _set_grace(station: Station, days: int) -> None:
    with station.records.change():
        station.settings.grace = days


def _show_made(done: Calendar, file: str) -> None:
    show_line(
        ("The calendar of ", ""), (spaced(done.key), NAME),
        (f" reaches to {human_day(_last(done))}: ", ""),
        (f"{counted(done.added, 'subkey')} made.", GOOD if done.added else FAINT),
    )  # fmt: skip
    show_line(("Bring ", ""), (file, NAME), (" to the server's admin, who adds it.", ""))
    show_line(("Copies and backups made before this day do not have the new ones.", FAINT))


def _last(done: Calendar) -> date:
    return done.ends - timedelta(days=1)


def _show_waiting(each: Stood) -> None:
    window = each.window
    show_line(
        (spaced(window.subkey), NAME), (f", over since {human_day(window.ends)}: ", ""),
        (STANDINGS[each.standing][0].removeprefix("over; "), WARNING),
    )  # fmt: skip
    for name in each.held[:SHOWN]:
        show_line((f"  {name}: collect and open it, discard it, or have it re-wrapped", FAINT))
    if len(each.held) > SHOWN or each.more:
        show_line(("  and others", FAINT))


def _json(each: Stood) -> dict[str, object]:
    window = each.window
    return {
        "key": window.key,
        "subkey": window.subkey,
        "begins": window.begins.isoformat(),
        "ends": window.ends.isoformat(),
        "state": each.standing.value,
        "held": list(each.held),
        "more": each.more,
    }


def _row(each: Stood) -> list[Cell]:
    window = each.window
    return [
        (spaced(window.subkey), NAME),
        (f"{human_day(window.begins)} to {human_day(window.ends - timedelta(days=1))}", ""),
        STANDINGS[each.standing],
    ]
