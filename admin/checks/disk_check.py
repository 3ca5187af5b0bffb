"""Whether the disk has room for what sources send."""

from collections.abc import Iterator

from admin.checks.problem import Problem
from storage.disk import DiskMarks, free
from web.services import Services

NAME = "disk"
SOON = 2  # times the mark: what is left until then is the time to do something about it
_MIB = 1 << 20


def check_disk(services: Services) -> Iterator[Problem]:
    """Compare the free space with the marks below which deliveries are refused."""
    home, config = services.instance.places.home, services.instance.config
    marks = DiskMarks.of(home)
    files = config.files_floor_bytes or marks.files_floor
    letters = config.letters_floor_bytes or marks.letters_floor
    room = free(home)
    said = f"{room // _MIB} MiB are free in {home}"
    if room < letters:
        yield Problem(NAME, f"{said}: letters and files are refused. Make room.")
    elif room < files:
        yield Problem(NAME, f"{said}: files are refused, letters still taken. Make room.")
    elif room < SOON * files:
        yield Problem(NAME, f"{said}: files will be refused below {files // _MIB} MiB.")
