"""`vasistas retire`: the end of an instance."""

from pathlib import Path

import click

from admin.context import with_home
from admin.errors import AdminError
from admin.retiring.retirement import Asked
from admin.retiring.retirement import retire as carry_out

CLOSING_DAYS_MAX = 366  # a year: whoever comes back later finds no service, which says the same


@click.command()
@click.option(
    "--export",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="A folder of its own for what nobody has collected.",
)
@click.option("--discard-uncollected", "discard", is_flag=True, help="Destroy that too.")
@click.option(
    "--closing-days",
    type=click.IntRange(1, CLOSING_DAYS_MAX),
    help="For so many days, show sources a page that says it is closed.",
)
@click.option("--yes", "name", metavar="NAME", help="The instance's name, instead of typing it.")
@with_home
def retire(
    home: Path, export: Path | None, closing_days: int | None, name: str | None, *, discard: bool
) -> None:
    """End the instance: nothing is taken in any more, then all keys and data are destroyed.

    What nobody has collected goes first into DIR, as bundles that the desks' stations open. There
    is no way back. A run that was cut off is finished by running it again. A closing page ends
    after its days, or when this is run again without --closing-days.
    """

    def confirm(meant: str) -> None:
        click.echo(f"This ends {meant} for good: keys, deliveries, replies, addresses.", err=True)
        if name is not None and name != meant:
            raise AdminError(f"This instance is called {meant}; nothing was done.")
        if name is None and click.prompt("Type its name to go on", err=True) != meant:
            raise AdminError("That is not its name; nothing was done.")

    if discard and export is not None:
        raise click.UsageError("Either --export or --discard-uncollected.")
    if not home.is_dir():
        raise AdminError(f"There is no instance in {home}.")
    for line in carry_out(home.resolve(), Asked(export, discard, closing_days, confirm)):
        click.echo(line)
