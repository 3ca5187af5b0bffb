"""Sessions end when they are told to, when they are idle, and at their end."""

import pytest
from sqlalchemy.orm.exc import DetachedInstanceError

from storage import reviewers, sessions
from storage.engine import Database
from storage.models import Visitor
from tests.storage.rows import NOW, a_reviewer, add_session, session_ids


def test_a_session_comes_back_until_it_expires(db: Database) -> None:
    with db.write() as s:
        session = add_session(s, expires=NOW + 60)
    with db.read() as s:
        found = sessions.get(s, session, NOW + 59)
        assert found is not None
        assert (found.kind, found.reviewer, found.box) == (Visitor.SOURCE, None, b"box")
        assert sessions.get(s, session, NOW + 60) is None
        assert sessions.get(s, b"other", NOW) is None


def test_touching_puts_off_expiry_at_most_to_the_end(db: Database) -> None:
    with db.write() as s:
        session = add_session(s)  # ends at NOW + 3600
        sessions.touch(s, session, NOW + 3000)
        assert sessions.get(s, session, NOW + 2999) is not None
        sessions.touch(s, session, NOW + 9000)
    with db.read() as s:
        assert sessions.get(s, session, NOW + 3599) is not None
        assert sessions.get(s, session, NOW + 3600) is None


def test_no_session_begins_past_its_end(db: Database) -> None:
    with db.write() as s:
        session = add_session(s, expires=NOW + 99_999)
        assert sessions.get(s, session, NOW + 3600) is None


def test_a_box_is_replaced(db: Database) -> None:
    with db.write() as s:
        session = add_session(s)
        sessions.replace_box(s, session, b"other")
    with db.read() as s:
        found = sessions.get(s, session, NOW)
    assert found is not None
    assert found.box == b"other"


def test_a_parcel_is_read_only_when_asked_for(db: Database) -> None:
    with db.write() as s:
        session = add_session(s)
        sessions.set_parcel(s, session, b"courier")
    with db.read() as s:
        assert sessions.parcel(s, session) == b"courier"
        found = sessions.get(s, session, NOW)
    assert found is not None
    with pytest.raises(DetachedInstanceError):
        _ = found.parcel
    with db.write() as s:
        sessions.set_parcel(s, session, None)
        assert sessions.parcel(s, session) is None
        assert sessions.parcel(s, b"other") is None


def test_leaving_deletes_the_row(db: Database) -> None:
    with db.write() as s:
        gone, here = add_session(s), add_session(s)
        sessions.delete_session(s, gone)
    with db.read() as s:
        assert session_ids(s) == {here}


def test_a_reviewers_sessions_end_together_and_with_the_account(db: Database) -> None:
    with db.write() as s:
        ada, bob = a_reviewer(s, "ada"), a_reviewer(s, "bob")
        of_source = add_session(s)
        add_session(s, ada)
        add_session(s, ada)
        of_bob = add_session(s, bob)
        assert sessions.delete_of_reviewer(s, ada) == 2
        assert session_ids(s) == {of_source, of_bob}
        reviewers.remove_reviewer(s, bob)
    with db.read() as s:
        assert session_ids(s) == {of_source}


def test_expired_sessions_are_swept(db: Database) -> None:
    with db.write() as s:
        add_session(s, expires=NOW)
        here = add_session(s, expires=NOW + 1)
        assert sessions.delete_expired(s, NOW) == 1
        assert session_ids(s) == {here}


def test_a_reviewers_living_sessions_are_listed(db: Database) -> None:
    with db.write() as s:
        ada, bob = a_reviewer(s), a_reviewer(s, "bob")
        early, late = add_session(s, ada), add_session(s, ada, ends=NOW + 7200)
        add_session(s, ada, expires=NOW)
        add_session(s, bob)
        add_session(s)
        assert [row.id for row in sessions.of_reviewer(s, ada, NOW)] == [late, early]


def test_all_sessions_of_a_kind_end(db: Database) -> None:
    with db.write() as s:
        for number, kind in enumerate([Visitor.SOURCE, Visitor.SOURCE, Visitor.REVIEWER]):
            new = sessions.NewSession(
                id=bytes([number]), kind=kind, box=b"b", expires=10, ends=20, reviewer=None
            )
            sessions.put(s, new)
    with db.write() as s:
        assert sessions.delete_kind(s, Visitor.SOURCE) == 2
        assert sessions.delete_kind(s, Visitor.SOURCE) == 0
        assert sessions.get(s, bytes([2]), 0) is not None
