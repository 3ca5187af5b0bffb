"""A process that ends before its n-th write: a file's, a name's or the database's."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from storage.engine import Database
from web import private_files

WRITES = (
    (private_files, "write_private"),
    (private_files, "_zero"),
    (os, "link"),
    (Path, "replace"),
    (Path, "unlink"),
    (Database, "write"),
)


class Killed(BaseException):
    """The process ended here."""


class Writes:
    """Counts writes, and ends the process before the one numbered `last`."""

    def __init__(self, last: int) -> None:
        self.last, self.made = last, 0

    def watched(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def write(*args: Any, **kwargs: Any) -> Any:
            if self.made == self.last:
                raise Killed
            self.made += 1
            return real(*args, **kwargs)

        return write


@contextmanager
def killed_before(last: int) -> Iterator[Writes]:
    """Let `last` writes happen within, and end there. A command's own end is no error."""
    writes = Writes(last)
    with pytest.MonkeyPatch.context() as patch:
        for place, name in WRITES:
            patch.setattr(place, name, writes.watched(getattr(place, name)))
        try:
            yield writes
        except Killed:
            return


def every_point(command: Callable[[], object], begin: Callable[[], None]) -> Iterator[int]:
    """Yield after each point at which the command was killed, from a fresh beginning each time."""
    for last in range(100):
        begin()
        with killed_before(last) as writes:
            command()
            ended = writes.made
            assert ended, "the command writes nothing"
            return
        yield last
    raise AssertionError("the command does not end")
