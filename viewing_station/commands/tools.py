"""`viewing-station tools`: which programs of viewing are here, and which lack."""

import sys

import click

from viewing_station.commands.options import json_option
from viewing_station.looking.tools import Presence, presences
from viewing_station.screen import BAD, FAINT, GOOD, NAME, Cell, show_json, show_table


@click.command("tools", short_help="Say what viewing documents needs, and what lacks.")
@json_option
def tools(*, as_json: bool) -> None:
    """List the programs that look at documents, and the Debian packages that bring them.

    Reading and answering need none of them. The exit code is 1 if one lacks.
    """
    found = presences()
    if as_json:
        show_json(list(map(_json, found)))
    else:
        show_table(list(map(_row, found)))
    sys.exit(any(not presence.here for presence in found))


def _row(presence: Presence) -> list[Cell]:
    state: Cell = ("here", GOOD) if presence.here else ("lacks", BAD)
    package = "" if presence.here else f"  (install {presence.tool.package})"
    return [(presence.tool.program, NAME), state, (f"for {presence.use}{package}", FAINT)]


def _json(presence: Presence) -> dict[str, object]:
    return {
        "program": presence.tool.program,
        "here": presence.here,
        "package": presence.tool.package,
        "use": presence.use,
    }
