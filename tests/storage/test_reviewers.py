"""Reviewers, and what a log-in has to remember of them."""

import pytest

from storage import log_in_waits, recovery_codes, reviewers
from storage.engine import Database
from storage.errors import AlreadyThere, DeskUnknown
from storage.models import LogInWait, Reviewer
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
        assert (found.id, found.admin, found.totp_step) == (ada, False, 0)
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


def test_times_are_forgotten_when_they_serve_no_more(db: Database) -> None:
    with db.write() as s:
        ada = a_reviewer(s)
        reviewers.accept_step(s, ada, NOW // 30)
        log_in_waits.count(s, ada, NOW + 60)
        reviewers.forget_times(s, NOW + 59)
        assert log_in_waits.hold(s, ada).retry_at == NOW + 60
    assert _of(db, ada).totp_step == NOW // 30
    with db.write() as s:
        reviewers.forget_times(s, NOW + 3600)
        assert log_in_waits.hold(s, ada).retry_at == 0
    assert _of(db, ada).totp_step == 0


def test_a_removed_reviewer_is_gone(db: Database) -> None:
    with db.write() as s:
        add_desk(s)
        ada = reviewers.add_reviewer(s, new_reviewer(), ["nord"])
        recovery_codes.replace(s, ada, [b"1"])
        reviewers.remove_reviewer(s, ada)
    with db.read() as s:
        assert reviewers.get(s, ada) is None
        assert reviewers.desks_of(s, ada) == []
        assert recovery_codes.left(s, ada) == 0
        assert s.get(LogInWait, ada) is None


def test_admins_are_held(db: Database) -> None:
    with db.write() as s:
        ada, _ = a_reviewer(s), a_reviewer(s, "bob")
        assert reviewers.hold_admins(s) == []
        reviewers.set_admin(s, ada, admin=True)
        assert reviewers.hold_admins(s) == [ada]


def test_another_box_of_the_same_secret_leaves_what_was_used(db: Database) -> None:
    with db.write() as s:
        ada = reviewers.add_reviewer(s, new_reviewer("ada"), [])
        reviewers.accept_step(s, ada, 7)
        reviewers.reseal_totp(s, ada, b"another box")
    assert (_of(db, ada).totp_box, _of(db, ada).totp_step) == (b"another box", 7)
