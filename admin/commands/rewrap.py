"""`vasistas rewrap …`: moving what is stored to a desk's new keys, by way of its station."""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from admin import rewrapping
from admin.context import json_option, print_rows, with_services
from admin.rewrap_export import export_rewrap
from crypto.fingerprint import spaced
from storage.sealed_sets import GRACE
from web.services import Services


@click.group()
def rewrap() -> None:
    """Move stored envelopes to a desk's present keys. Only heads travel, and no body changes."""


@rewrap.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--desk", "slug", metavar="SLUG", help="The desk, where several have work.")
@click.option(
    "--over",
    type=click.IntRange(0, 366),
    metavar="DAYS",
    default=GRACE.days,
    show_default=True,
    help="Also what is sealed to a subkey whose window has been over for so long.",
)
@with_services
def export(services: Services, file: Path, slug: str | None, over: int) -> None:
    """Write to FILE the heads not yet sealed to the desk's present keys, for its station.

    The station seals them anew with `viewing-station rewrap FILE`, and its next courier brings
    them back. It takes no key from FILE: only those that it made or that were confirmed there.
    """
    grace = timedelta(days=over)
    done = export_rewrap(services, rewrapping.choose_desk(services, slug, grace), file, grace)
    click.echo(f"{done.heads} heads of {done.desk} are in {file}. Carry it to the desk's station.")
    click.echo("There they should be sealed to, and to nothing else:")
    for fingerprint in done.sealed_to:
        click.echo(f"  {spaced(fingerprint)}")
    if done.waiting:
        click.echo(f"{done.waiting} more do not fit: export again when these are back.")


@rewrap.command("status")
@json_option
@with_services
def status(services: Services, *, as_json: bool) -> None:
    """Say, for each desk, what is not sealed to its present keys, and what old heads remain."""
    found = rewrapping.status(services)
    if as_json or not found:
        rows = [asdict(each) for each in found]
        print_rows(rows, as_json=as_json, empty="There is no desk yet.")
        return
    for each in found:
        click.echo(_line(each))


@rewrap.command("finish")
@click.option("--incomplete", is_flag=True, help="Even though not everything is re-wrapped.")
@with_services
def finish(services: Services, *, incomplete: bool) -> None:
    """Destroy the old heads: what was re-wrapped no longer opens with the old keys.

    Do so once the station has opened something with the new ones. There is no way back. Copies
    of the database that were made before keep the old heads.
    """
    click.echo(f"{rewrapping.finish(services, incomplete=incomplete)} old heads destroyed.")


@rewrap.command("undo")
@with_services
def undo(services: Services) -> None:
    """Put the old heads back, where `finish` has not destroyed them."""
    click.echo(f"{rewrapping.undo(services)} old heads are back in their places.")


def _line(each: rewrapping.Status) -> str:
    if not each.usable:
        return f"{each.desk}: no usable key; {each.envelopes} envelopes, {each.old_heads} old heads"
    done = each.envelopes - each.outstanding
    return (
        f"{each.desk}: {done} of {each.envelopes} envelopes sealed to the present keys, "
        f"{each.outstanding} to re-wrap, {each.old_heads} old heads kept"
    )
