"""Starts the interface, with nothing of textual's that writes to disks or speaks to others."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from viewing_station.station import Station

if TYPE_CHECKING:
    from viewing_station.interface.app import StationApp

# textual's settings for its developers: a log of every text, of every key, pictures of the
# screen, another driver, a console on a port. It reads them when it is loaded.
DEVELOPERS = "TEXTUAL"
ENDING = (signal.SIGTERM, signal.SIGHUP)


def can_run() -> bool:
    """Tell whether there is a terminal that can show it."""
    streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    on_terminal = all(stream is not None and stream.isatty() for stream in streams)
    return on_terminal and os.environ.get("TERM", "dumb") != "dumb"


def run_interface(station: Station, minutes: float) -> str:
    """Show the station until its reviewer leaves; return what there is to say then.

    Raises what ended it, if that was an error: those that are TOLD among them.
    """
    for name in list(os.environ):
        if name.startswith(DEVELOPERS):
            del os.environ[name]
    from viewing_station.interface.app import StationApp  # noqa: PLC0415 - see the package

    app = StationApp(station, minutes)
    with _ending(app):
        said = app.run()
    if app._exception:  # noqa: SLF001 - textual would have printed it, with variables' values
        app.desk.keep_drafts()
        raise app._exception  # noqa: SLF001
    return said or ""


@contextmanager
def _ending(app: "StationApp") -> Iterator[None]:
    """Take a signal to end as a wish: the app looks for it every second, and keeps drafts."""

    def end(number: int, _frame: FrameType | None) -> None:
        app.is_asked_to_end = True
        received.append(number)

    received: list[int] = []
    before = {number: signal.signal(number, end) for number in ENDING}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)
    if received:
        sys.exit(128 + received[0])  # as a shell tells of a signal
