"""A chore of a day is claimed by one front end."""

from datetime import timedelta

from storage import chores
from storage.engine import Database
from tests.storage.rows import DAY, NEXT_DAY


def test_a_day_is_claimed_once(db: Database) -> None:
    with db.write() as s:
        assert chores.claim(s, "night", DAY)
        assert not chores.claim(s, "night", DAY)
        assert not chores.claim(s, "night", DAY - timedelta(1))
        assert chores.claim(s, "other", DAY)
        assert chores.claim(s, "night", NEXT_DAY)
        assert chores.last_day(s, "night") == NEXT_DAY


def test_what_is_done_is_noted(db: Database) -> None:
    with db.write() as s:
        assert chores.last_day(s, "rewrite") is None
        chores.note(s, "rewrite", NEXT_DAY)
        chores.note(s, "rewrite", DAY)
    with db.read() as s:
        assert chores.last_day(s, "rewrite") == DAY
