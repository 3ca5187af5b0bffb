from datetime import timedelta

import pyotp
import pytest

from admin.desks import add_desk
from admin.errors import AdminError
from admin.reviewers import add_reviewer, list_reviewers, remove_reviewer, reset_reviewer
from crypto.passphrase import verify_passphrase
from crypto.sessionbox import SessionKind
from crypto.totp import check_code, open_totp
from journalist_app.keeping_refusals import (
    BadReviewerName,
    NoSuchDesk,
    NoSuchReviewer,
)
from storage import reviewers
from storage.models import Reviewer
from tests.web.instances import START, Clock
from web.services import Services
from web.sessions import Lifetimes, SessionKeeper


@pytest.fixture
def ville(services: Services) -> Services:
    add_desk(services, "ville", "Ville")
    return services


def row_of(services: Services, name: str) -> Reviewer:
    with services.db.read() as transaction:
        found = reviewers.by_name(transaction, name)
    assert found is not None
    return found


def keeper_of(services: Services, clock: Clock) -> SessionKeeper:
    span = Lifetimes(timedelta(hours=1), timedelta(hours=2))
    return SessionKeeper(services.db, SessionKind.REVIEWER, "c", span, clock)


def test_the_login_that_is_shown_is_the_one_that_opens(ville: Services) -> None:
    login = add_reviewer(ville, "alex", ["ville"], admin=False)
    row = row_of(ville, "alex")
    assert verify_passphrase(row.passphrase_hash, login.passphrase)
    secret = open_totp(ville.instance.totp_key, "alex", row.totp_box)
    totp = pyotp.parse_uri(login.totp_uri)
    assert isinstance(totp, pyotp.TOTP)
    assert check_code(secret, totp.at(START), int(START.timestamp()), 0) is not None


def test_neither_passphrase_nor_secret_is_kept_or_shown_again(ville: Services) -> None:
    login = add_reviewer(ville, "alex", ["ville"], admin=False)
    totp = pyotp.parse_uri(login.totp_uri).secret
    ville.db.close()
    for file in (path for path in ville.instance.places.home.rglob("*") if path.is_file()):
        content = file.read_bytes()
        assert login.passphrase.text.encode() not in content
        assert totp.encode() not in content
    assert login.passphrase.text not in repr(login)
    assert totp not in repr(login)


def test_a_reset_replaces_both_and_ends_the_sessions(ville: Services, clock: Clock) -> None:
    old = add_reviewer(ville, "alex", ["ville"], admin=True)
    row = row_of(ville, "alex")
    keeper = keeper_of(ville, clock)
    session = keeper.start(b"data", row.id)
    new = reset_reviewer(ville, "alex")
    again = row_of(ville, "alex")
    assert keeper.find(session.cookie.to_text()) is None
    assert verify_passphrase(again.passphrase_hash, new.passphrase)
    assert not verify_passphrase(again.passphrase_hash, old.passphrase)
    assert again.totp_box != row.totp_box
    assert (again.id, again.admin) == (row.id, True)


def test_a_removed_reviewer_is_gone_with_their_sessions(ville: Services, clock: Clock) -> None:
    add_reviewer(ville, "alex", ["ville"], admin=False)
    keeper = keeper_of(ville, clock)
    session = keeper.start(b"data", row_of(ville, "alex").id)
    remove_reviewer(ville, "alex")
    assert list_reviewers(ville) == []
    assert keeper.find(session.cookie.to_text()) is None
    for forgotten in (remove_reviewer, reset_reviewer):
        with pytest.raises(NoSuchReviewer, match="no reviewer named alex"):
            forgotten(ville, "alex")


def test_reviewers_are_listed_with_their_desks(ville: Services) -> None:
    add_desk(ville, "nord", "Nord")
    add_reviewer(ville, "zoé", ["ville", "nord", "ville"], admin=False)
    add_reviewer(ville, "alex", ["nord"], admin=True)
    assert list_reviewers(ville) == [
        {"name": "alex", "desks": ["nord"], "role": "admin"},
        {"name": "zoé", "desks": ["nord", "ville"], "role": "reviewer"},
    ]


@pytest.mark.parametrize(
    "name",
    ["", " ", "a b", "a/b", "-a", "a-", ".a", "a:b", "a\n", "<b>", "a" * 41, "_a", "a\u202eb"],
)
def test_a_name_that_could_mislead_is_refused(ville: Services, name: str) -> None:
    with pytest.raises(BadReviewerName, match="A reviewer's name is"):
        add_reviewer(ville, name, ["ville"], admin=False)


@pytest.mark.parametrize("name", ["a", "Zoé", "jean-luc", "j.l", "x" * 40, "a_b"])
def test_a_plain_name_is_taken(ville: Services, name: str) -> None:
    assert add_reviewer(ville, name, ["ville"], admin=False).name == name


def test_a_desk_that_is_not_there_makes_no_reviewer(ville: Services) -> None:
    with pytest.raises(NoSuchDesk):
        add_reviewer(ville, "alex", ["ville", "nord"], admin=False)
    assert list_reviewers(ville) == []


def test_a_name_is_used_once(ville: Services) -> None:
    login = add_reviewer(ville, "alex", ["ville"], admin=False)
    with pytest.raises(AdminError, match="reviewer reset"):
        add_reviewer(ville, "alex", ["ville"], admin=True)
    assert verify_passphrase(row_of(ville, "alex").passphrase_hash, login.passphrase)
