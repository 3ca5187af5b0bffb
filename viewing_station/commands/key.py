"""`viewing-station key …`: the desk's keys held here, and those that were confirmed."""

from pathlib import Path

import click

from crypto.deskkeys import MAX_FILE_SIZE
from crypto.fingerprint import spaced
from viewing_station.arriving import arriving
from viewing_station.commands.key_calendar import calendar, tidy
from viewing_station.commands.options import (
    PATH,
    Place,
    at_station,
    backup_passphrase_option,
    json_option,
    today,
)
from viewing_station.desk_keys import KeyState, KnownKey, find_key, known_keys
from viewing_station.errors import NotConfirmedError
from viewing_station.foreign_keys import check_foreign
from viewing_station.key_backup import back_up_keys
from viewing_station.key_destroy import check_spared, destroy_key, retire_key
from viewing_station.key_make import make_key, publish
from viewing_station.key_restore import restore_keys
from viewing_station.key_windows import calendars
from viewing_station.passphrase import backup_passphrase
from viewing_station.screen import (
    BAD,
    FAINT,
    GOOD,
    NAME,
    WARNING,
    Cell,
    human_day,
    show_json,
    show_line,
    show_table,
)

CONFIRMATION = "destroy"  # what is typed before a secret key is
STATES: dict[KeyState, Cell] = {
    KeyState.USABLE: ("usable", GOOD),
    KeyState.RETIRED: ("retired: opens, and is sealed to no more", FAINT),
    KeyState.EXPIRED: ("expired: opens, and is sealed to no more", WARNING),
    KeyState.DESTROYED: ("destroyed", BAD),
}


@click.group("key", short_help="The desk's keys held here.")
def key() -> None:
    """See to the desk's OpenPGP keys: those made here, and others that you confirm."""


@key.command("new")
@json_option
@at_station
def new(place: Place, *, as_json: bool) -> None:
    """Make a new key for the desk; the old ones go on opening what is sealed to them.

    Its public part is written into the station's folder, for the admin of the server.
    """
    with place.open() as station:
        made = make_key(station, today())
        file = station.home.public_key(station.settings.desk)
    if as_json:
        show_json({"fingerprint": made.fingerprint, "openpgp_file": str(file)})
        return
    show_line(("A new key is made: ", GOOD), (spaced(made.fingerprint), NAME))
    show_line(
        ("Bring ", ""), (str(file), NAME), (" to the server's admin, and compare by voice.", "")
    )
    show_line(("When it is added there: retire the old one on both sides, and re-wrap.", FAINT))


@key.command("list")
@json_option
@at_station
def list_(place: Place, *, as_json: bool) -> None:
    """List the desk's keys: those made here, oldest first, and those confirmed."""
    day = today()
    with place.open() as station:
        publish(station, day)
        keys = known_keys(station, day)
    if as_json:
        show_json([_json(each) for each in keys])
        return
    show_table([_row(each) for each in keys])


@key.command("retire")
@click.argument("fingerprint")
@click.option("--destroy", is_flag=True, help="Destroy its secret part: it opens nothing any more.")
@click.option("--yes", is_flag=True, help="Destroy without asking.")
@at_station
def retire(place: Place, fingerprint: str, *, destroy: bool, yes: bool) -> None:
    """Seal to a key no more when re-wrapping. It goes on opening what is sealed to it.

    With --destroy its secret part is overwritten and deleted: do so once everything on the server
    is re-wrapped, collected or gone, and remember copies and backups. A key that was confirmed is
    no longer confirmed. The last usable key made here is never retired.
    """
    day = today()
    with place.open() as station:
        publish(station, day)  # which a command that was cut off did not come to
        found = find_key(station, fingerprint, day)
        if destroy and found.own:
            check_spared(station, found, day)
            if not yes:
                _ask(found)
            destroy_key(station, found, day)
        else:
            retire_key(station, found, day)
        publish(station, day)
    said = (
        "destroyed" if destroy and found.own else "retired" if found.own else "not trusted any more"
    )
    show_line(("The key ", ""), (spaced(found.fingerprint), NAME), (f" is {said}.", GOOD))


@key.command("confirm")
@click.argument("file", type=PATH)
@click.option(
    "--fingerprint",
    "told",
    metavar="HEX",
    help="Its whole fingerprint, as its owner said it (spaces do not matter).",
)
@at_station
def confirm(place: Place, file: Path, told: str | None) -> None:
    """Let re-wrapping seal to the public key in FILE, which was not made here.

    Have its owner tell you the fingerprint over another way than the one FILE came by. Whoever
    holds the key will open everything that is re-wrapped to it.
    """
    with file.open("rb") as source:
        untrusted = source.read(MAX_FILE_SIZE + 1)
    with place.open() as station:
        typed = told or click.prompt("Its whole fingerprint, as its owner said it", err=True)
        own = frozenset(note.fingerprint for note in station.settings.key_notes())
        confirmed = check_foreign(untrusted, str(file), typed, own, today())
        with station.records.change():
            station.foreign_keys.put(confirmed)
    show_line(("Re-wrapping may seal to ", ""), (spaced(confirmed.fingerprint), NAME), (".", ""))


@key.command("backup")
@click.argument("file", type=PATH)
@click.option(
    "--paper", type=PATH, metavar="FILE", help="Also write a sheet to print: .pdf or .txt."
)
@click.option("--force", is_flag=True, help="Replace what stands there.")
@backup_passphrase_option
@at_station
def backup(
    place: Place,
    file: Path,
    paper: Path | None,
    backup_passphrase_file: Path | None,
    *,
    force: bool,
) -> None:
    """Write all keys made here to FILE, sealed by a passphrase; plain gpg opens it, too.

    The sheet holds the same as codes to scan and lines to type, but of a calendar the primary key
    alone: paper outlives subkeys. Keep the passphrase elsewhere.
    """
    # Pictures and codes cost every other command the time to load them.
    from viewing_station.key_paper import check_paper, write_paper  # noqa: PLC0415

    if paper is not None:
        check_paper(paper)
    with place.open() as station:
        passphrase = backup_passphrase(backup_passphrase_file, place.passphrase_file, new=True)
        message = back_up_keys(station, passphrase, today())
        with arriving(file, force=force) as sink:
            sink.write(message)
        has_calendar = bool(calendars(station))
        if paper is not None:
            printed = back_up_keys(station, passphrase, today(), windows=False)
            write_paper(paper, printed, station.settings.desk, today(), force=force)
    show_line(("The keys are in ", GOOD), (str(file), NAME), (".", ""))
    if paper is not None:
        show_line(("The sheet to print is ", ""), (str(paper), NAME), (": delete it then.", ""))
    if has_calendar:
        show_line(
            ("The file opens what its subkeys open: ", WARNING),
            ("make it anew each month, and destroy the one before.", ""),
        )
    if has_calendar and paper is not None:
        show_line(("The sheet has no subkeys of the calendar, and can make new ones.", FAINT))


@key.command("restore")
@click.argument("files", nargs=-1, required=True, type=PATH, metavar="FILE…")
@backup_passphrase_option
@json_option
@at_station
def restore(
    place: Place, files: tuple[Path, ...], backup_passphrase_file: Path | None, *, as_json: bool
) -> None:
    """Take the keys of a backup in, beside those that are here.

    FILE is what `key backup` wrote, or the typed lines of its sheet, or pictures of its codes
    (PNG or JPEG, any number of them).
    """
    from viewing_station.key_scan import read_message  # noqa: PLC0415  as in `backup`

    message = read_message(files)
    with place.open() as station:
        passphrase = backup_passphrase(backup_passphrase_file, place.passphrase_file, new=False)
        done = restore_keys(station, message, passphrase)
        publish(station, today())
    if as_json:
        show_json({"new": list(done.new), "known": list(done.known)})
        return
    for fingerprint in done.new:
        show_line((spaced(fingerprint), NAME), (" is here now", GOOD), (" and opens again.", ""))
    for fingerprint in done.known:
        show_line((spaced(fingerprint), NAME), (" was here already.", FAINT))


def _ask(found: KnownKey) -> None:
    """Have the word typed. Raises NotConfirmedError."""
    show_line(
        ("What is sealed to ", ""), (spaced(found.fingerprint), NAME),
        (" alone will never be opened again, by anyone.", WARNING),
        error=True,
    )  # fmt: skip
    if click.prompt(f"Type {CONFIRMATION} to go on", err=True) != CONFIRMATION:
        raise NotConfirmedError


def _json(known: KnownKey) -> dict[str, object]:
    return {
        "fingerprint": known.fingerprint,
        "made": known.day.isoformat() if known.own else None,
        "confirmed": None if known.own else known.day.isoformat(),
        "state": known.state.value,
        "expires": known.expires.isoformat() if known.expires else None,
    }


def _row(known: KnownKey) -> list[Cell]:
    return [
        (spaced(known.fingerprint), NAME),
        (f"{'made' if known.own else 'confirmed'} {human_day(known.day)}", ""),
        (f"expires {human_day(known.expires)}" if known.expires else "", FAINT),
        STATES[known.state],
    ]


key.add_command(calendar)
key.add_command(tidy)
