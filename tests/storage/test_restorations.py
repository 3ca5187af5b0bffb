"""A restored server is told again what its backup could not know, desk by desk."""

from storage import desks, restorations
from storage.engine import Database
from tests.storage.rows import DAY, NEXT_DAY, add_desk


def test_each_desk_is_awaited_until_its_station_answers(db: Database) -> None:
    with db.write() as s:
        for slug in ("nord", "sud", "ouest"):
            add_desk(s, slug)
        desks.set_station(s, "nord", bytes(32))
        desks.set_station(s, "sud", bytes(32))
        assert not restorations.is_awaited(s, "nord")
        restorations.begin(s, DAY, NEXT_DAY)
        assert [row.desk for row in restorations.awaited(s)] == ["nord", "sud"]  # who can answer
        assert restorations.is_awaited(s, "ouest")  # whose next station may
    with db.write() as s:
        assert restorations.is_awaited(s, "nord")
        restorations.told(s, "nord", "a" * 32)
        restorations.told(s, "nord", "b" * 32)
    with db.write() as s:
        assert not restorations.answer(s, "sud", "a" * 32)  # another desk's bundle
        assert not restorations.answer(s, "nord", "c" * 32)  # no bundle of ours
        assert restorations.answer(s, "nord", "a" * 32)
        assert not restorations.answer(s, "nord", "b" * 32)  # that desk is done
    with db.read() as s:
        assert [(row.desk, row.backed_up) for row in restorations.awaited(s)] == [("sud", DAY)]
        assert not restorations.is_awaited(s, "nord")


def test_a_second_restoration_begins_anew(db: Database) -> None:
    with db.write() as s:
        add_desk(s, "nord")
        desks.set_station(s, "nord", bytes(32))
        restorations.begin(s, DAY, DAY)
        restorations.told(s, "nord", "a" * 32)
        assert restorations.answer(s, "nord", "a" * 32)
        restorations.told(s, "nord", "b" * 32)
    with db.write() as s:
        restorations.begin(s, NEXT_DAY, NEXT_DAY)
        assert not restorations.answer(s, "nord", "b" * 32)  # it spoke of the first
        (row,) = restorations.awaited(s)
        assert (row.backed_up, row.answered) == (NEXT_DAY, False)
