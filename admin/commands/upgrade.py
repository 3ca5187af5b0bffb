"""`vasistas upgrade`: the database after an update of the program."""

from pathlib import Path

import click

from admin.beginning import begin_history
from admin.context import with_home
from storage.schema import upgrade as upgrade_schema
from web.instance import open_instance


@click.command()
@with_home
def upgrade(home: Path) -> None:
    """Migrate the database after an update of the program."""
    instance = open_instance(home)
    upgrade_schema(instance.database_url)
    begin_history(instance)
    click.echo("The database is up to date.")
