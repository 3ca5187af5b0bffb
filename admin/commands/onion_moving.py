"""`vasistas onion rotate`, `extend` and `retire`: an app moves to a new onion address."""

from datetime import timedelta

import click

from admin import announcing, onion_rotation
from admin.context import with_services
from admin.errors import AdminError
from admin.onion_clients import give_order, ordered
from admin.onion_state import Overlap
from admin.onions import service_of
from admin.serving.onion_orders import NobodyServes, Order
from admin.serving.shape import APP_NAMES
from web.services import Services

# A month: sources who look in now and then find the announcement before the old address ends.
DEFAULT_DAYS = 30
DAYS_MAX = 365
_APP = click.Choice(APP_NAMES)
_days = click.option(
    "--days",
    type=click.IntRange(1, DAYS_MAX),
    default=DEFAULT_DAYS,
    show_default=True,
    help="How long the old address still works.",
)


@click.command("rotate")
@click.argument("app", type=_APP)
@_days
@click.option("--cancel", is_flag=True, help="Call the move off: the new address goes.")
@with_services
def rotate(services: Services, app: str, days: int, *, cancel: bool) -> None:
    """Move the source or the journalist service to a new address.

    The new one is published beside the old one, at once in a running `serve`; both lead to the
    same app until the last day, and the same reviewers' keys open both. For the source address a
    draft is written: the pages show nothing before the station has signed it.
    """
    if cancel:
        _cancel(services, app)
        return
    instance, today = services.instance, services.today

    def before(overlap: Overlap) -> None:
        if app == announcing.APP:
            announcing.write_draft(instance, overlap)

    _tell(services, app, onion_rotation.begin(instance.places, app, today, days, before))
    _await(services, Order("publish", service=app), "The new address is published.")


@click.command("extend")
@click.argument("app", type=_APP)
@_days
@with_services
def extend(services: Services, app: str, days: int) -> None:
    """Have the old address of a move last so many days from today.

    Not once it is announced: sources were told the day.
    """
    instance = services.instance
    if app == announcing.APP and announcing.owed(instance) is None:
        announcing.present_move(instance)  # or that nothing moves
        raise AdminError("The last day is announced and signed: it stays.")
    until = services.today + timedelta(days)
    overlap = onion_rotation.extend(instance.places, app, until)
    if app == announcing.APP:
        announcing.write_draft(instance, overlap)
    _tell(services, app, overlap)


@click.command("retire")
@click.argument("app", type=_APP)
@click.option("--now", is_flag=True, help="Even though its last day is not past.")
@with_services
def retire(services: Services, app: str, *, now: bool) -> None:
    """End a move: the old address leads nowhere any more, and its key is destroyed.

    A running `serve` does it by itself when the last day is past; a source address it keeps until
    its move is announced. Everything that was delivered stays.
    """
    places = services.instance.places
    overlap = onion_rotation.moving(places, app)
    if overlap is not None:
        if not now and not overlap.over(services.today):
            raise AdminError(f"The old address was to work until {overlap.until}: --now ends it.")
        onion_rotation.end(places, app)
    elif not onion_rotation.has_moved(places, app):
        raise AdminError(f"The {app} address is not moving: `onion rotate {app}` begins that.")
    _see_destroyed(services, app, "old")  # maybe of a command that was cut off


def _cancel(services: Services, app: str) -> None:
    places = services.instance.places
    if onion_rotation.moving(places, app) is not None:
        if app == announcing.APP and announcing.owed(services.instance) is None:
            raise AdminError(
                "The new address is announced: sources may have gone there, and it stays."
            )
        onion_rotation.cancel(places, app)
    elif not onion_rotation.has_moved(places, app):
        raise AdminError(f"The {app} address is not moving: there is nothing to call off.")
    _see_destroyed(services, app, "new")


def _see_destroyed(services: Services, app: str, which: str) -> None:
    """Have the retired service destroyed, by whoever serves it or here."""
    places = services.instance.places
    if not onion_rotation.destroy_unserved(places):
        onion_rotation.await_destroyed(places, app)  # the keeper looks each second
    click.echo(f"The {which} {app} address is gone, and its key is destroyed.")
    click.echo(f"{app}  http://{service_of(places, app).address().host}")


def _tell(services: Services, app: str, overlap: Overlap) -> None:
    places = services.instance.places
    click.echo(f"{app}  http://{service_of(places, app).address().host}  until {overlap.until}")
    click.echo(f"{app}  http://{onion_rotation.new_address(places, app)}  new")
    if app != announcing.APP:
        click.echo("Reviewers read it in their app. Their keys stay, and open both addresses.")
        return
    draft = announcing.draft_file(places)
    click.echo(f"To be signed with `viewing-station announce FILE`: {draft}")
    click.echo("Then `vasistas onion announce FILE`: no page shows the new address before that.")


def _await(services: Services, order: Order, done: str) -> None:
    try:
        answer = ordered(give_order(services, order))
    except NobodyServes:
        click.echo("It is published as soon as `vasistas serve --tor` runs.", err=True)
        return
    click.echo(f"{done} {answer.sentence}".rstrip(), err=True)
