"""`viewing-station`: the command line of the air-gapped machine."""

import gc
import io
import os
import resource
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click

from viewing_station.commands.announce import announce, announcement_key
from viewing_station.commands.assign import assign
from viewing_station.commands.backup import backup, restore
from viewing_station.commands.clean import clean_
from viewing_station.commands.copies import copies
from viewing_station.commands.courier import courier
from viewing_station.commands.discard import discard
from viewing_station.commands.export import export
from viewing_station.commands.forget import forget
from viewing_station.commands.full_screen import close_after_option, full_screen
from viewing_station.commands.init import init
from viewing_station.commands.inspect import inspect_
from viewing_station.commands.instance import instance
from viewing_station.commands.key import key
from viewing_station.commands.key_courier import courier as key_courier
from viewing_station.commands.label import label
from viewing_station.commands.members import members
from viewing_station.commands.mute import mute
from viewing_station.commands.note import note
from viewing_station.commands.open import open_
from viewing_station.commands.options import Place, home_option, passphrase_option
from viewing_station.commands.passphrase import passphrase
from viewing_station.commands.publish import publish
from viewing_station.commands.reply import reply
from viewing_station.commands.rewrap import rewrap
from viewing_station.commands.search import search
from viewing_station.commands.show import show
from viewing_station.commands.star import star
from viewing_station.commands.threads import threads
from viewing_station.commands.tools import tools
from viewing_station.commands.view import view
from viewing_station.screen import show_error
from viewing_station.sentences import TOLD, sentence

PRIVATE_UMASK = 0o077  # what is written here is its owner's alone

# Objects made before Python looks for circles of garbage. Lists run to a hundred thousand that stay
# as long as the command does; looking through them at every 700th takes a third of the time.
GARBAGE = 100_000


class TellingGroup(click.Group):
    """Turns what went wrong into one sentence on standard error, and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except TOLD as error:
            if isinstance(error, BrokenPipeError):
                raise  # whoever read our output has gone, and click knows what to do
            show_error(sentence(error))
            return ctx.exit(1)


@click.group("viewing-station", cls=TellingGroup, invoke_without_command=True)
@home_option(envvar="VIEWING_STATION_HOME", show_envvar=True)
@passphrase_option(envvar="VIEWING_STATION_PASSPHRASE_FILE", show_envvar=True)
@close_after_option
@click.pass_context
def station(
    context: click.Context, home: Path | None, passphrase_file: Path | None, close_after: int
) -> None:
    """Open what sources sent, read it, and answer, on a machine that was never online.

    Without a command it opens the full screen, where all of this can be done.
    """
    context.obj = Place(home, passphrase_file)
    if context.invoked_subcommand is None:
        full_screen(context.obj, close_after, sorted(station.commands))


READING = (threads, show, search, export, label, note, assign, star, mute)
DOCUMENTS = (view, members, tools, inspect_, clean_, copies, publish)
CARRYING = (open_, reply, discard, forget, rewrap, courier)
KEEPING = (init, passphrase, key, instance, announcement_key, announce, backup, restore)

key.add_command(key_courier)
for command in (*READING, *DOCUMENTS, *CARRYING, *KEEPING):
    station.add_command(command)


def main() -> NoReturn:
    """Run the command line. A signal to end is an exit that cleans up behind itself."""
    os.umask(PRIVATE_UMASK)
    gc.set_threshold(GARBAGE)
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
