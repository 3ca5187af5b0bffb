"""Marks are a share of the disk, capped; files are refused before letters."""

from pathlib import Path

from storage.disk import DiskMarks, free

GIB = 1 << 30


def test_a_small_disk_keeps_a_share(small_disk: Path) -> None:
    marks = DiskMarks.of(small_disk)
    assert marks == DiskMarks(files_floor=(2 << 20) * 5 // 100, letters_floor=(2 << 20) * 2 // 100)


def test_no_mark_is_past_its_cap(tmp_path: Path) -> None:
    marks = DiskMarks.of(tmp_path)
    assert 0 < marks.letters_floor <= marks.files_floor <= GIB
    assert marks.letters_floor <= GIB // 4


def test_files_are_refused_before_letters() -> None:
    marks = DiskMarks(files_floor=100, letters_floor=20)
    assert marks.take_files(100)
    assert marks.take_files(150, incoming=50)
    assert not marks.take_files(150, incoming=51)
    assert not marks.take_files(99)
    assert marks.take_letters(99)
    assert marks.take_letters(25, incoming=5)
    assert not marks.take_letters(19)


def test_writing_takes_room(small_disk: Path) -> None:
    before = free(small_disk)
    (small_disk / "file").write_bytes(bytes(1 << 20))
    assert before - free(small_disk) == 1 << 20
