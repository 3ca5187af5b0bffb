"""Reviewers, and what a log-in has to remember of them."""

import pytest

from storage import reviewers
from storage.engine import Database
from storage.errors import AlreadyThere, DeskUnknown
from storage.models import Reviewer
from tests.storage.rows import NOW, a_reviewer, add_desk, new_reviewer


def _of(db: Database, reviewer: str) -> Reviewer:
    with db.read() as s:
        found = reviewers.get(s, reviewer)
    assert found is not None
    return found


def test_a_reviewer_is_added_once(db: Database) -> None:
    with db.write() as s:
        add_desk(s, "nord")
        ada = reviewers.add_reviewer(s, new_reviewer("ada"), ["nord"])
    with db.write() as s, pytest.raises(AlreadyThere):
        reviewers.add_reviewer(s, new_reviewer("ada"), [])
    with db.read() as s:
        found = reviewers.by_name(s, "ada")
        assert found is not None
        assert (found.id, found.admin, found.totp_step, found.retry_at) == (ada, False, 0, 0)
        assert reviewers.by_name(s, "bob") is None
        assert reviewers.desks_of(s, ada) == ["nord"]
        assert [reviewer.name for reviewer in reviewers.list_reviewers(s)] == ["ada"]


def test_desks_are_replaced(db: Database) -> None:
    with db.write() as s:
        add_desk(s, "nord")
        add_desk(s, "sud")
        ada = reviewers.add_reviewer(s, new_reviewer(), ["nord"])
        reviewers.set_desks(s, ada, ["sud", "sud"])
        assert reviewers.desks_of(s, ada) == ["sud"]
    with pytest.raises(DeskUnknown), db.write() as s:
        reviewers.set_desks(s, ada, ["none"])
    with db.read() as s:
        assert reviewers.desks_of(s, ada) == ["sud"]


def test_what_changes_is_changed(db: Database) -> None:
    with db.write() as s:
        ada = a_reviewer(s)
        reviewers.accept_step(s, ada, 7)
        reviewers.set_language(s, ada, "en")
        reviewers.set_passphrase(s, ada, "$argon2id$2")
        reviewers.set_totp(s, ada, b"box 2")
        reviewers.set_admin(s, ada, admin=True)
    found = _of(db, ada)
    assert (found.language, found.passphrase_hash, found.totp_box) == (
        "en",
        "$argon2id$2",
        b"box 2",
    )
    assert found.admin
    assert found.totp_step == 0  # no step of the new secret has been used


def test_a_step_is_accepted_once_and_never_an_older_one(db: Database) -> None:
    with db.write() as s:
        ada = a_reviewer(s)
        assert reviewers.accept_step(s, ada, 100)
        assert not reviewers.accept_step(s, ada, 100)
        assert not reviewers.accept_step(s, ada, 99)
        assert reviewers.accept_step(s, ada, 101)


def test_failures_are_counted_and_forgotten(db: Database) -> None:
    with db.write() as s:
        ada = a_reviewer(s)
        reviewers.note_failure(s, ada, NOW)
        reviewers.note_failure(s, ada, NOW + 10)
    assert (_of(db, ada).failures, _of(db, ada).retry_at) == (2, NOW + 10)
    with db.write() as s:
        reviewers.clear_failures(s, ada)
    assert (_of(db, ada).failures, _of(db, ada).retry_at) == (0, 0)


def test_times_are_forgotten_when_they_serve_no_more(db: Database) -> None:
    with db.write() as s:
        ada = a_reviewer(s)
        reviewers.accept_step(s, ada, NOW // 30)
        reviewers.note_failure(s, ada, NOW + 60)
        reviewers.forget_times(s, NOW + 59)
    assert (_of(db, ada).totp_step, _of(db, ada).retry_at) == (NOW // 30, NOW + 60)
    with db.write() as s:
        reviewers.forget_times(s, NOW + 3600)
    found = _of(db, ada)
    assert (found.totp_step, found.retry_at, found.failures) == (0, 0, 1)


def test_a_removed_reviewer_is_gone(db: Database) -> None:
    with db.write() as s:
        add_desk(s)
        ada = reviewers.add_reviewer(s, new_reviewer(), ["nord"])
        reviewers.remove_reviewer(s, ada)
        assert reviewers.get(s, ada) is None
        assert reviewers.desks_of(s, ada) == []
