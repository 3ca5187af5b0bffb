import pytest

from admin.checks import disk_check
from admin.checks.disk_check import check_disk
from storage.disk import DiskMarks
from web.services import Services


@pytest.mark.parametrize(
    ("files", "letters", "word"),
    [(3, 1, "refused below"), (6, 1, "files are refused, letters"), (6, 6, "letters and files")],
)
def test_little_room_is_told_by_what_is_refused(
    services: Services, monkeypatch: pytest.MonkeyPatch, files: int, letters: int, word: str
) -> None:
    monkeypatch.setattr(disk_check, "free", lambda _: 5 << 20)
    marks = DiskMarks(files << 20, letters << 20)
    monkeypatch.setattr(DiskMarks, "of", lambda _: marks)
    (problem,) = check_disk(services)
    assert word in problem.said
    assert "5 MiB are free" in problem.said


def test_room_enough_is_no_problem(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_check, "free", lambda _: 1 << 50)
    assert list(check_disk(services)) == []
