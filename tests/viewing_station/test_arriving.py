"""A file appears whole or not at all, and what was cut off is cleared away."""

from pathlib import Path

import pytest

from viewing_station.arriving import arriving
from viewing_station.errors import FileThereError


def test_the_draft_of_a_command_that_was_cut_off_goes(tmp_path: Path) -> None:
    (tmp_path / ".c[1].tar.0a1b2c3d.part").write_bytes(b"half")
    (tmp_path / ".c1.tar.0a1b2c3d.part").write_bytes(b"of another")
    with arriving(tmp_path / "c[1].tar", force=False) as sink:
        sink.write(b"whole")
    there = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert there == {"c[1].tar": b"whole", ".c1.tar.0a1b2c3d.part": b"of another"}


def test_what_is_there_stays_unless_it_is_meant(tmp_path: Path) -> None:
    (tmp_path / "c").write_bytes(b"mine")
    with pytest.raises(FileThereError), arriving(tmp_path / "c", force=False):
        raise AssertionError
    with arriving(tmp_path / "c", force=True) as sink:
        sink.write(b"new")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"new"]
