"""`vasistas desk retention` and `vasistas desk quota`: how long a desk keeps, how much it takes."""

import click

from admin.context import with_services
from journalist_app.desk_limits import DeskLimits
from web.services import Services


@click.command("retention")
@click.argument("slug")
@click.option("--collected", type=int, metavar="DAYS", help="Days after it was collected.")
@click.option(
    "--arrived", type=int, metavar="DAYS", help="Days after it arrived, collected or not."
)
@click.option("--off", is_flag=True, help="Delete nothing by itself.")
@with_services
def retention(
    services: Services, slug: str, collected: int | None, arrived: int | None, *, off: bool
) -> None:
    """Delete a desk's deliveries after so many days, whichever limit comes first.

    Both limits are set at once: one that is not named is taken away.
    """
    if off == (collected is not None or arrived is not None):
        raise click.UsageError("Give --collected or --arrived or both, or else --off.")
    DeskLimits(services).set_retention(slug, collected=collected, arrived=arrived)
    said = [
        f"{days} days after {event}"
        for days, event in ((collected, "they were collected"), (arrived, "they arrived"))
        if days is not None
    ]
    kept = f"deletes deliveries {' and '.join(said)}." if said else "deletes nothing by itself."
    click.echo(f"Desk {slug} {kept}")


@click.command("quota")
@click.argument("slug")
@click.argument("number", type=int, required=False)
@click.option("--off", is_flag=True, help="Take any number of deliveries.")
@with_services
def quota(services: Services, slug: str, number: int | None, *, off: bool) -> None:
    """Take at most NUMBER deliveries a day for a desk; the next ones are told to come back."""
    if off == (number is not None):
        raise click.UsageError("Give a number of deliveries a day, or else --off.")
    DeskLimits(services).set_quota(slug, number)
    taken = "any number of deliveries" if number is None else f"at most {number} deliveries a day"
    click.echo(f"Desk {slug} takes {taken}.")
