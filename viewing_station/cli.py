"""`viewing-station`: the command line of the air-gapped machine."""

import io
import os
import resource
import signal
import sys
from inspect import cleandoc
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click

from crypto.errors import CryptoError
from formats.errors import FormatError
from viewing_station.commands.courier import courier
from viewing_station.commands.discard import discard
from viewing_station.commands.export import export
from viewing_station.commands.init import init
from viewing_station.commands.instance import instance
from viewing_station.commands.key import key
from viewing_station.commands.open import open_
from viewing_station.commands.options import Place, home_option, passphrase_option
from viewing_station.commands.reply import reply
from viewing_station.commands.show import show
from viewing_station.commands.threads import threads
from viewing_station.errors import StationError
from viewing_station.screen import show_error

PRIVATE_UMASK = 0o077  # what is written here is its owner's alone


class TellingGroup(click.Group):
    """Turns what went wrong into one sentence on standard error, and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except (StationError, FormatError, CryptoError, OSError) as error:
            if isinstance(error, BrokenPipeError):
                raise  # whoever read our output has gone, and click knows what to do
            show_error(_sentence(error))
            return ctx.exit(1)


def _sentence(error: Exception) -> str:
    if isinstance(error, StationError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.strerror}: {error.filename}." if error.filename else f"{error.strerror}."
    return cleandoc(type(error).__doc__ or "").partition("\n\n")[0]


@click.group("viewing-station", cls=TellingGroup)
@home_option(envvar="VIEWING_STATION_HOME", show_envvar=True)
@passphrase_option(envvar="VIEWING_STATION_PASSPHRASE_FILE", show_envvar=True)
@click.pass_context
def station(context: click.Context, home: Path | None, passphrase_file: Path | None) -> None:
    """Open what sources sent, read it, and answer, on a machine that was never online."""
    context.obj = Place(home, passphrase_file)


for command in (init, open_, threads, show, export, reply, discard, courier, key, instance):
    station.add_command(command)


def main() -> NoReturn:
    """Run the command line. A signal to end is an exit that cleans up behind itself."""
    os.umask(PRIVATE_UMASK)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold keys
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that knows no UTF-8 shows codes
            stream.reconfigure(errors="backslashreplace")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    station.main(prog_name="viewing-station")
    sys.exit()


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)  # as a shell tells of a signal
