"""`vasistas restore`: an instance out of its backup, on a bare machine."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import click

from admin.backup.aftermath import Valid, valid_again
from admin.backup.building import refuse_filled
from admin.backup.opening import read_passphrase
from admin.backup.restoring import Restored, Wanted, restore_backup
from admin.compose import build_services
from admin.context import json_option, with_home
from admin.errors import AdminError
from crypto.fingerprint import fingerprint, spaced
from formats.errors import FormatError
from formats.identity import IDENTITY_LIMIT, Identity, decode_identity
from web.config import check_database
from web.instance import open_instance

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=EXISTING)
@click.option(
    "--passphrase-file",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    metavar="FILE",
    help="The passphrase of your OpenPGP key, - for standard input; else your gpg asks for it.",
)
@click.option(
    "--instance",
    type=EXISTING,
    metavar="FILE",
    help="The instance.json that you know: only a backup of that instance is taken.",
)
@click.option("--database", default="", help="postgresql://… to load into; in the home if absent.")
@json_option
@with_home
def restore(  # noqa: PLR0913  one for each option
    home: Path,
    file: Path,
    passphrase_file: Path | None,
    instance: Path | None,
    database: str,
    *,
    as_json: bool,
) -> None:
    """Make an instance of the backup in FILE, in a home that is empty or not there yet.

    Your own gpg opens it, with the private key that it was sealed to. All of it is verified before
    the home appears. Do not serve the old machine any more.
    """
    refuse_filled(home)
    check_database(database)
    wanted = Wanted(
        passphrase=None if passphrase_file is None else read_passphrase(passphrase_file),
        database=database,
        identity=None if instance is None else _identity(instance),
    )
    done = restore_backup(home, file, wanted)
    services = build_services(open_instance(home))
    valid = valid_again(services)
    services.db.close()
    if as_json:
        click.echo(json.dumps(_told(home, done, valid), ensure_ascii=False, indent=2))
        return
    for line in _lines(home, done, valid):
        click.echo(line)


def _identity(file: Path) -> Identity:
    with file.open("rb") as source:
        content = source.read(IDENTITY_LIMIT + 1)
    try:
        return decode_identity(content)
    except FormatError:
        raise AdminError(f"{file} is no instance.json.") from None


def _told(home: Path, done: Restored, valid: Valid) -> dict[str, object]:
    return {
        "home": str(home),
        "name": done.identity.name,
        "backed_up": done.day.isoformat(),
        "fingerprint": fingerprint(done.identity.signing_key),
        "bodies": done.bodies,
        "lost": list(done.lost),
        "awaited": list(done.desks),
        **asdict(valid),
    }


def _lines(home: Path, done: Restored, valid: Valid) -> Iterator[str]:
    yield f"{done.identity.name} is in {home} again, as it was on {done.day}: {done.bodies} bodies."
    yield "The fingerprint of its key, to compare with what the stations know:"
    yield f"  {spaced(fingerprint(done.identity.signing_key))}"
    if done.lost:
        yield f"{len(done.lost)} bodies were damaged or missing on the server that was backed up."
    yield ""
    yield f"What was taken away after {done.day} is valid again. Go through it, and take it away:"
    yield "  reviewers: " + _listed(f"{row['name']} ({row['role']})" for row in valid.reviewers)
    yield "  with a key to the reviewers' onion service: " + _listed(valid.onion_clients)
    for desk, keys in valid.desk_keys.items():
        yield f"  sealed to for {desk}: " + _listed(spaced(key) for key in keys)
    yield "  desks whose station's couriers are taken: " + _listed(valid.stations)
    yield "Passphrases, TOTP keys and recovery codes are as they were, used codes among them."
    if done.desks:
        yield ""
        yield (
            "Deletions and replies since then wait for the stations' next couriers: "
            f"{', '.join(done.desks)}. Have each desk collect a bundle, open it at its station and "
            "hand its courier over; `vasistas check` says which are still awaited."
        )
    yield (
        "What sources themselves deleted since then is here again, and nobody but them knows what "
        "it was."
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
