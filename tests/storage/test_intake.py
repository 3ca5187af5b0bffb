"""The bytes of a day are summed, and forgotten."""

from storage import intake
from storage.engine import Database
from tests.storage.rows import DAY, NEXT_DAY


def test_bytes_of_a_day_are_summed(db: Database) -> None:
    with db.write() as s:
        assert intake.bytes_of(s, DAY) == 0
    for number in (5, 1 << 40):
        with db.write() as s:
            intake.add_bytes(s, DAY, number)
            intake.add_bytes(s, NEXT_DAY, 1)
    with db.write() as s:
        assert intake.bytes_of(s, DAY) == 5 + (1 << 40)
        assert intake.delete_before(s, NEXT_DAY) == 1
    with db.read() as s:
        assert (intake.bytes_of(s, DAY), intake.bytes_of(s, NEXT_DAY)) == (0, 2)
