"""Recovery codes: each once, and only its owner's."""

from storage import recovery_codes
from storage.engine import Database
from tests.storage.rows import a_reviewer

CODES = [bytes([number]) * 32 for number in range(10)]


def test_a_code_is_struck_once(db: Database) -> None:
    with db.write() as s:
        ada = a_reviewer(s)
        recovery_codes.replace(s, ada, CODES)
        assert recovery_codes.is_there(s, ada, CODES[3])
        assert recovery_codes.strike(s, ada, CODES[3])
        assert not recovery_codes.is_there(s, ada, CODES[3])
        assert not recovery_codes.strike(s, ada, CODES[3])
        assert recovery_codes.left(s, ada) == 9


def test_anothers_code_counts_for_nothing(db: Database) -> None:
    with db.write() as s:
        ada, bob = a_reviewer(s), a_reviewer(s, "bob")
        recovery_codes.replace(s, ada, CODES)
        assert not recovery_codes.is_there(s, bob, CODES[0])
        assert not recovery_codes.strike(s, bob, CODES[0])
        assert recovery_codes.left(s, bob) == 0


def test_new_codes_void_those_from_before(db: Database) -> None:
    with db.write() as s:
        ada, bob = a_reviewer(s), a_reviewer(s, "bob")
        recovery_codes.replace(s, ada, CODES[:5])
        recovery_codes.replace(s, bob, CODES[:5])
        recovery_codes.replace(s, ada, CODES[5:])
        assert not recovery_codes.is_there(s, ada, CODES[0])
        assert recovery_codes.left(s, ada) == 5
        assert recovery_codes.left(s, bob) == 5


def test_a_strike_that_is_undone_leaves_the_code(db: Database) -> None:
    with db.write() as s:
        ada = a_reviewer(s)
        recovery_codes.replace(s, ada, CODES)
    with db.write() as s:
        recovery_codes.strike(s, ada, CODES[0])
        s.rollback()
    with db.read() as s:
        assert recovery_codes.is_there(s, ada, CODES[0])
