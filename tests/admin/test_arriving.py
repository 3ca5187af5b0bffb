"""A file comes whole, or leaves what was there as it was."""

import fcntl
from pathlib import Path

import pytest

from admin.arriving import arriving
from admin.errors import AdminError


def test_a_file_appears_whole_and_private(tmp_path: Path) -> None:
    file = tmp_path / "f"
    with arriving(file) as sink:
        sink.write(b"all of it")
        assert not file.exists()
    assert file.read_bytes() == b"all of it"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TypeError), arriving(tmp_path / "f") as sink:
        sink.writelines([b"half", 1])  # type: ignore[list-item]  # what fails in the middle
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_stays(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"mine")
    with pytest.raises(AdminError, match="left as it is"), arriving(file):
        raise AssertionError
    with pytest.raises(AdminError, match="left as it is"), arriving(tmp_path / "g"):
        (tmp_path / "g").symlink_to(file)
    assert file.read_bytes() == b"mine"


def test_what_an_interrupted_one_left_is_taken_over_and_a_living_one_is_not(tmp_path: Path) -> None:
    draft = tmp_path / ".f.part"
    draft.write_bytes(b"left over, and longer than what follows")
    with draft.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(AdminError, match="Another command"), arriving(tmp_path / "f"):
            raise AssertionError
    with arriving(tmp_path / "f") as sink:
        sink.write(b"new")
    assert (tmp_path / "f").read_bytes() == b"new"
