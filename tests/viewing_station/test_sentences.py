"""One sentence for whatever went wrong."""

import sqlite3

import pytest

from crypto.errors import BadBox
from viewing_station.errors import NothingToCarryError
from viewing_station.sentences import TOLD, sentence


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NothingToCarryError(), "There is nothing to carry back"),
        (FileNotFoundError(2, "No such file or directory", "/a\u202eb"), "/a⟨U+202E⟩b."),
        (InterruptedError(), "The work was interrupted."),
        (sqlite3.OperationalError("database or disk is full"), "disk is full"),
        (BadBox(), ""),
    ],
)
def test_each_is_one_line(error: Exception, said: str) -> None:
    assert isinstance(error, TOLD)
    assert said in sentence(error)
    assert "\n" not in sentence(error)
    assert sentence(error)
