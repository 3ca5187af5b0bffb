"""`vasistas secret …`: the server's own secrets, rotated with an overlap."""

from dataclasses import asdict

import click

from admin.context import json_option, print_rows, with_services
from admin.custody.open_sessions import end_sessions
from admin.custody.rotation import Rotated
from admin.custody.signing_key import retire_signing, rotate_signing
from admin.custody.state import SecretState, states
from admin.custody.totp_key import retire_totp, rotate_totp
from crypto.fingerprint import fingerprint, spaced
from storage.models import Visitor
from web.services import Services

COSTS = {
    Visitor.SOURCE: (
        "All sessions of sources ended. A delivery that was under way still arrives; who had not "
        "written a new codename down yet has lost it."
    ),
    Visitor.REVIEWER: "All sessions of reviewers ended: they log in again.",
}


@click.group()
def secret() -> None:
    """See to the server's own secrets: how old they are, and rotating them.

    A rotation begins an overlap, in which the old key still serves; `retire` ends it and destroys
    the old key. Each command can be run again after it was cut off, and completes.
    """


@secret.command("list")
@json_option
@with_services
def list_(services: Services, *, as_json: bool) -> None:
    """Say since when each key is in force, and which overlaps last. No secret is shown."""
    found = states(services)
    if as_json:
        rows = [asdict(state) | {"since": state.since.isoformat()} for state in found]
        print_rows(rows, as_json=True, empty="")
        return
    for state in found:
        click.echo(_line(state))
    config = services.instance.config
    click.echo(
        f"sessions: each has a cookie of its own; sources' end after {config.source_session_hours} "
        f"hours at most, reviewers' after {config.reviewer_session_hours}"
    )


@secret.group("rotate")
def rotate() -> None:
    """Make a new secret, in force at once."""


@rotate.command("signing")
@with_services
def signing(services: Services) -> None:
    """Make a new key for signing what goes to the stations; the old one signs beside it.

    Stations take the new key with `viewing-station instance set` and the file named here, or the
    one at /succession.json of the source service. Until they do, they trust the old signature.
    """
    done = rotate_signing(services)
    click.echo(_begun(done, "signing"))
    click.echo(f"  {spaced(fingerprint(services.instance.signer.public))}")
    click.echo(f"Every desk's station is to take it: {services.instance.places.succession}")
    click.echo("When all have, end the overlap: vasistas secret retire signing")


@rotate.command("totp")
@with_services
def totp(services: Services) -> None:
    """Make a new key for sealing reviewers' TOTP secrets, and seal them all anew.

    Reviewers notice nothing: their authenticators stay as they are.
    """
    done = rotate_totp(services)
    click.echo(_begun(done, "TOTP"))
    noun = "secret was" if done.resealed == 1 else "secrets were"
    click.echo(f"{done.resealed} {noun} sealed anew.")
    if done.unreadable:
        click.echo(f"{done.unreadable} open with no key: `vasistas reviewer reset` makes new ones.")
    click.echo("End the overlap: vasistas secret retire totp")


@rotate.command("sessions")
@click.option("--sources", is_flag=True, help="Sources' sessions.")
@click.option("--reviewers", is_flag=True, help="Reviewers' sessions.")
@with_services
def sessions(services: Services, *, sources: bool, reviewers: bool) -> None:
    """End all sessions at once, of sources, of reviewers, or of both.

    There is no key to all sessions: each opens with its visitor's cookie and nothing else.
    """
    kinds = [
        kind
        for kind, is_meant in ((Visitor.SOURCE, sources), (Visitor.REVIEWER, reviewers))
        if is_meant
    ]
    if not kinds:
        raise click.UsageError("Whose: --sources, --reviewers, or both.")
    end_sessions(services, kinds)
    for kind in kinds:
        click.echo(COSTS[kind])


@secret.group("retire")
def retire() -> None:
    """End an overlap and destroy the old key."""


@retire.command("signing")
@with_services
def end_signing(services: Services) -> None:
    """Destroy the old signing key: the new one signs alone.

    A station that has not taken it yet refuses bundles until it does; succession.json leads it
    there at any time.
    """
    click.echo(_retired("signing", done=retire_signing(services)))


@retire.command("totp")
@with_services
def end_totp(services: Services) -> None:
    """Destroy the old TOTP sealing key, once nothing is sealed with it."""
    click.echo(_retired("TOTP", done=retire_totp(services)))


def _begun(done: Rotated, name: str) -> str:
    if done.begun:
        return f"A new {name} key is in force."
    return f"The new {name} key of {done.since} is in force, and the old one still there."


def _retired(name: str, *, done: bool) -> str:
    if done:
        return f"The old {name} key is destroyed."
    return f"There is no old {name} key: nothing to destroy."


def _line(state: SecretState) -> str:
    said = f"{state.secret}: in force since {state.since} ({state.days} days)"
    if state.overlap:
        said += ", the one before it still there"
    if not state.finished:
        said += ", cut off: rotate again"
    return said
