"""Copies of online replies wait for their desk's bundle."""

from datetime import date, timedelta

from storage import quick_copies
from storage.engine import Database
from storage.quick_copies import NewQuickCopy
from tests.storage.rows import DAY, add_desk


def _copy(name: str, desk: str, day: date = DAY) -> NewQuickCopy:
    return NewQuickCopy(
        id=name, desk=desk, delivery="gone", day=day, sealed=b"sealed", sha256=bytes(32)
    )


def test_a_desk_gets_its_own_copies(db: Database) -> None:
    with db.write() as s:
        add_desk(s, "nord")
        add_desk(s, "sud")
        for name, desk in (("b", "nord"), ("a", "nord"), ("c", "sud")):
            quick_copies.insert_copy(s, _copy(name, desk))
    with db.read() as s:
        assert [copy.id for copy in quick_copies.of_desk(s, "nord")] == ["a", "b"]
        found = quick_copies.get(s, "c")
    assert found is not None
    assert (found.delivery, found.sealed, found.sha256) == ("gone", b"sealed", bytes(32))


def test_old_copies_are_forgotten(db: Database) -> None:
    with db.write() as s:
        add_desk(s)
        quick_copies.insert_copy(s, _copy("old", "nord", DAY - timedelta(1)))
        quick_copies.insert_copy(s, _copy("new", "nord"))
        assert quick_copies.delete_before(s, DAY) == 1
        assert [copy.id for copy in quick_copies.of_desk(s, "nord")] == ["new"]
