"""The `vasistas` command: its groups and what they share."""

import sys
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from admin.commands.backup import backup
from admin.commands.check import check
from admin.commands.codename import codename
from admin.commands.courier import courier
from admin.commands.desk import desk
from admin.commands.init import init
from admin.commands.landing import landing
from admin.commands.onion import onion
from admin.commands.restore import restore
from admin.commands.retire import retire
from admin.commands.reviewer import reviewer
from admin.commands.rewrap import rewrap
from admin.commands.secret import secret
from admin.commands.serve import serve
from admin.commands.sweep import sweep
from admin.commands.upgrade import upgrade
from admin.errors import AdminError
from crypto.errors import CryptoError
from journalist_app.keeping_refusals import KeepingRefused
from storage.errors import StorageError
from tor.errors import TorError
from web.errors import Busy, ConfigError

FAILURES = (AdminError, KeepingRefused, ConfigError, Busy, StorageError, CryptoError, TorError)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="VASISTAS_HOME",
    help="The instance's folder (or the variable VASISTAS_HOME).",
)
@click.version_option(package_name="vasistas")
@click.pass_context
def vasistas(context: click.Context, home: Path | None) -> None:
    """Run and keep a document intake service that holds no sources.

    Every command takes effect at once in a running `serve`.
    """
    context.obj = home


SERVING = (init, serve, onion, landing, upgrade, sweep, check)
KEEPING = (desk, reviewer, rewrap, courier, secret, codename)
ENDING = (backup, restore, retire)

for command in (*SERVING, *KEEPING, *ENDING):
    vasistas.add_command(command)


def main() -> None:
    """Run the command; a failure is one sentence on standard error and exit 1."""
    try:
        vasistas()
    except FAILURES as error:
        click.echo(f"vasistas: {error}", err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"vasistas: {error.strerror}: {error.filename}", err=True)
        sys.exit(1)
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or type(error).__name__).partition("\n")[0]
        click.echo(f"vasistas: The database cannot be used: {cause}.", err=True)
        sys.exit(1)
