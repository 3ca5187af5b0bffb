"""Files are written where none stands."""

import io
import os
from pathlib import Path

import pytest

from viewing_station.fresh_files import Fate, fresh_folder


def write(folder: Path, name: str, content: bytes) -> Fate:
    with fresh_folder(folder, abs) as fresh:
        return fresh.write(name, lambda: io.BytesIO(content))


def test_a_new_file_is_its_owners_and_cannot_be_executed(tmp_path: Path) -> None:
    assert write(tmp_path / "new", "run.sh", b"#!/bin/sh") is Fate.WRITTEN
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "new" / "run.sh").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new" / "run.sh").read_bytes() == b"#!/bin/sh"


def test_the_same_bytes_may_stand_there(tmp_path: Path) -> None:
    content = bytes(600_000)
    assert write(tmp_path, "a", content) is Fate.WRITTEN
    assert write(tmp_path, "a", content) is Fate.PRESENT


@pytest.mark.parametrize("content", [b"", b"mine", b"yours and more"])
def test_other_bytes_stay(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    assert write(tmp_path, "a", b"yours") is Fate.BLOCKED
    assert (tmp_path / "a").read_bytes() == content


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"yours")
    (tmp_path / "a").symlink_to(tmp_path / "target")
    (tmp_path / "b").symlink_to(tmp_path / "nowhere")
    assert write(tmp_path, "a", b"yours") is Fate.BLOCKED
    assert write(tmp_path, "b", b"yours") is Fate.BLOCKED
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_or_a_pipe_in_its_place_stays(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    os.mkfifo(tmp_path / "b")
    assert write(tmp_path, "a", b"yours") is Fate.BLOCKED
    assert write(tmp_path, "b", b"yours") is Fate.BLOCKED


def test_a_link_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "folder").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
        write(tmp_path / "folder", "a", b"yours")
    assert list((tmp_path / "elsewhere").iterdir()) == []


class Breaking(io.BytesIO):
    """A file that breaks off after its first piece."""

    def read(self, _size: int | None = -1, /) -> bytes:
        if self.tell():
            raise OSError(5, "Input/output error")
        self.seek(1)
        return b"half"


def test_half_a_file_does_not_stay(tmp_path: Path) -> None:
    with fresh_folder(tmp_path, abs) as fresh, pytest.raises(OSError, match="Input/output"):
        fresh.write("a", Breaking)
    assert list(tmp_path.iterdir()) == []
