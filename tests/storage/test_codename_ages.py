from datetime import timedelta

from storage.codename_ages import Before, count_before
from storage.engine import Database
from tests.storage.rows import DAY, NEXT_DAY, add_delivery, add_desk


def test_rows_of_earlier_days_are_counted_and_no_others(db: Database) -> None:
    with db.write() as s:
        key_set = add_desk(s)
        for day in (DAY, DAY, NEXT_DAY):
            add_delivery(s, key_set, day=day)
        assert count_before(s, DAY) == Before(0, 0)
        assert count_before(s, NEXT_DAY) == Before(2, 0)
        assert count_before(s, NEXT_DAY + timedelta(days=1)) == Before(3, 0)
