"""Marks stay until they are taken off."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.store_key import MasterKey
from viewing_station.marks import KIND, Marks, ThreadMarks
from viewing_station.records import Records, make_records, open_records


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    master = MasterKey.new()
    make_records(tmp_path / "station.db", master)
    with open_records(tmp_path / "station.db", master) as records:
        yield records


def test_they_come_back_as_they_were(records: Records) -> None:
    kept = Marks("ab" * 16, ("Lyon", "à vérifier"), "Appeler d’abord.\n", "Camille", starred=True)
    marks = ThreadMarks(records)
    marks.put(kept)
    assert marks.get(kept.thread) == kept
    assert list(marks.all()) == [kept]
    assert marks.get("cd" * 16) == Marks("cd" * 16)


def test_a_thread_without_marks_leaves_no_record(records: Records) -> None:
    marks = ThreadMarks(records)
    marks.put(Marks("ab" * 16, muted=True))
    marks.put(Marks("ab" * 16))
    assert list(records.all(KIND)) == []
