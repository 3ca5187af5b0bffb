"""Whether the instance's files are its owner's alone."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from admin.checks.problem import Problem
from web.services import Services

NAME = "permissions"
NAMED_AT_MOST = 10  # the rest is the same mistake
_OTHERS = 0o077


def check_permissions(services: Services) -> Iterator[Problem]:
    """Look at every file and folder of the home; follow no link."""
    home = services.instance.places.home
    owner = home.stat().st_uid
    wrong = [path for path in (home, *_below(home)) if _is_open(path, owner)]
    for path in wrong[:NAMED_AT_MOST]:
        mode = stat.S_IMODE(path.lstat().st_mode)
        yield Problem(NAME, f"{path} has mode {mode:04o} or another owner: run `chmod go= {path}`.")
    if len(wrong) > NAMED_AT_MOST:
        more = len(wrong) - NAMED_AT_MOST
        yield Problem(NAME, f"{more} more files are open to others: run `chmod -R go= {home}`.")


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            yield Path(place, name)


def _is_open(path: Path, owner: int) -> bool:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False  # it went while we looked: a body that was deleted
    if stat.S_ISLNK(status.st_mode):
        return False
    return bool(status.st_mode & _OTHERS) or status.st_uid != owner
