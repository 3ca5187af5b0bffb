"""The reviewers' list: against a plain model of it, and at a cost that does not grow."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from storage import deletions, deliveries, listing
from storage.engine import Database
from storage.listing import ALL, NEW, Cursor, Filters, Listed, State
from storage.models import RowKind
from storage.reviewers import remove_reviewer
from tests.storage.rows import DAY, a_reviewer, add_delivery, add_desk

STARRED = "starred"


def _fill(s: Session) -> dict[str, set[str]]:
    """Add some dozens of deliveries to two desks; return the states that each is in."""
    dice = random.Random(7)  # noqa: S311 - the same rows every time
    sets = {"nord": add_desk(s, "nord"), "sud": add_desk(s, "sud")}
    reviewer = a_reviewer(s)
    states: dict[str, set[str]] = {}
    for _ in range(60):
        desk, day = dice.choice(["nord", "sud"]), DAY - timedelta(dice.randrange(6))
        new = add_delivery(s, sets[desk], desk, day, files=dice.random() < 0.5)
        states[new.id] = {State.NEW}
        if dice.random() < 0.5:
            deliveries.mark_collected(s, [new.id], reviewer, DAY)
            states[new.id] = {State.COLLECTED}
        if dice.random() < 0.3:
            deliveries.star(s, [new.id], starred=True)
            states[new.id].add(STARRED)
        if dice.random() < 0.3:
            deliveries.mark_answered(s, [new.nonce])
            states[new.id].add(State.ANSWERED)
        if dice.random() < 0.1:
            deletions.queue(s, RowKind.DELIVERY, [new.id])
            del states[new.id]
    return states


def _all_pages(s: Session, desks: list[str], filters: Filters, size: int) -> list[Listed]:
    found: list[Listed] = []
    after = None
    while page := listing.page(s, desks, filters, after=after, limit=size):
        assert len(page) <= size
        found += page
        after = page[-1].cursor
    return found


def _shows(filters: Filters, states: set[str], day: date) -> bool:
    return (
        (filters.state is None or filters.state in states)
        and (not filters.starred or STARRED in states)
        and filters.day in (None, day)
    )


@pytest.mark.parametrize("day", [None, DAY - timedelta(2)])
@pytest.mark.parametrize("starred", [False, True])
@pytest.mark.parametrize("state", [None, *State])
def test_pages_hold_every_delivery_once_newest_day_first(
    db: Database, state: State | None, day: date | None, *, starred: bool
) -> None:
    filters = Filters(state, starred, day)
    with db.write() as s:
        states = _fill(s)
    with db.read() as s:
        rows = {row.id: row for row in deliveries.get(s, states)}
        for desks in (["nord"], ["sud", "nord"], ["none"], []):
            wanted = [
                row
                for row in rows.values()
                if row.desk in desks and _shows(filters, states[row.id], row.day)
            ]
            for size in (1, 7, 1000):
                found = _all_pages(s, desks, filters, size)
                assert {listed.id for listed in found} == {row.id for row in wanted}
                order = [(listed.day, listed.id) for listed in found]
                assert order == sorted(set(order), reverse=True)
            counts = listing.count(s, desks, filters)
            assert counts == {desk: sum(row.desk == desk for row in wanted) for desk in desks}


def test_a_row_says_all_that_the_list_shows(db: Database) -> None:
    with db.write() as s:
        key_set, reviewer = add_desk(s), a_reviewer(s)
        plain = add_delivery(s, key_set)
        full = add_delivery(s, key_set, files=True)
        deliveries.mark_collected(s, [full.id], reviewer, DAY)
        deliveries.star(s, [full.id], starred=True)
        deliveries.mark_answered(s, [full.nonce])
    with db.read() as s:
        found = {listed.id: listed for listed in listing.page(s, ["nord"], limit=10)}
    assert found[plain.id] == Listed(plain.id, "nord", DAY, False, None, None, None, 16_384, None)  # noqa: FBT003 - as the columns stand
    assert found[full.id] == Listed(full.id, "nord", DAY, True, True, DAY, "ada", 16_384, 65_536)  # noqa: FBT003 - as the columns stand
    with db.write() as s:
        remove_reviewer(s, reviewer)
        (still,) = listing.page(s, ["nord"], Filters(State.COLLECTED), limit=10)
    assert (still.id, still.collected_by) == (full.id, None)


def test_new_ids_are_those_of_the_list_in_random_order(db: Database) -> None:
    with db.write() as s:
        states = _fill(s)
    with db.read() as s:
        found = list(listing.new_ids(s, ["nord", "sud"]))
        assert found == sorted(id_ for id_, of in states.items() if State.NEW in of)
        assert sum(listing.count_new(s, ["nord", "sud"]).values()) == len(found)


def test_a_count_stops(db: Database) -> None:
    with db.write() as s:
        key_set = add_desk(s)
        for _ in range(3):
            add_delivery(s, key_set)
        assert listing.count(s, ["nord"], at_most=2) == {"nord": 2}


INDEXES = {
    ALL: "deliveries_all",
    NEW: "deliveries_new",
    Filters(State.COLLECTED): "deliveries_collected",
    Filters(State.ANSWERED): "deliveries_answered",
    Filters(starred=True): "deliveries_starred",
} | {Filters(state, starred=True): "deliveries_starred" for state in State}


@pytest.mark.parametrize("filters", INDEXES)
def test_a_page_reads_the_end_of_one_index_a_desk(sqlite_db: Database, filters: Filters) -> None:
    with sqlite_db.write() as s:
        _fill(s)
    plan = _plan(sqlite_db, filters)
    assert not [step for step in plan if step.startswith("SCAN") and "anon" not in step]
    searched = [
        step for step in plan if step.startswith("SEARCH deliveries") and "id=?" not in step
    ]
    assert len(searched) == 2
    assert all(f" {INDEXES[filters]} (desk=? AND (day,id)<(?,?))" in step for step in searched)


def _plan(db: Database, filters: Filters) -> list[str]:
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(*call: object) -> None:
        statement, parameters = call[2], call[3]
        assert isinstance(statement, str)
        assert isinstance(parameters, tuple)
        asked.append((statement, parameters))

    with db.read() as s:
        event.listen(s.connection(), "before_cursor_execute", note)
        listing.page(s, ["nord", "sud"], filters, after=Cursor(DAY, "m"), limit=10)
        (query,) = asked  # one query: a page costs one
        rows = s.connection().exec_driver_sql("EXPLAIN QUERY PLAN " + query[0], query[1])
        return [row[3] for row in rows]


@pytest.mark.parametrize("state", [None, *State])
def test_a_days_page_reads_that_day_of_one_index(sqlite_db: Database, state: State | None) -> None:
    with sqlite_db.write() as s:
        _fill(s)
    plan = _plan(sqlite_db, Filters(state, day=DAY))
    name = INDEXES[Filters(state)]
    read = [step for step in plan if step.startswith("SEARCH deliveries") and "id=?" not in step]
    assert len(read) == 2
    assert all(f" {name} (desk=? AND day=? AND id<?)" in step for step in read), read
