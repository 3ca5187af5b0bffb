"""Accounts in the hands of an admin, and of a command."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from crypto.passphrase import Passphrase
from journalist_app import credentials
from journalist_app.keeping_refusals import (
    BadReviewerName,
    KeepingRefused,
    NameTaken,
    NoLongerAdmin,
    NoSuchDesk,
    NoSuchReviewer,
    OnesOwnAccount,
)
from journalist_app.signing_in import Attempt, SigningIn
from journalist_app.team import Actor, Team
from storage import log_in_waits, reviewers
from storage.history import Deed
from storage.models import HistoryLine
from tests.journalist_app.house import House, passphrase_hash


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every new account the one hash of these tests: what it opens is not asked here."""
    monkeypatch.setattr(credentials, "hash_passphrase", lambda _: passphrase_hash())


def team(house: House, name: str = "ada") -> Team:
    return Team(house.services, Actor(house.people[name].id, name))


def lines(house: House) -> set[tuple[str, str | None, str | None]]:
    with house.services.db.read() as transaction:
        return {(line.deed, line.who, line.about) for line in transaction.query(HistoryLine)}


def test_what_is_done_stands_in_the_history_with_who_did_it(house: House) -> None:
    ada = team(house)
    ada.add("nour", ["nord"], admin=False)
    nour = ada.named("nour").id
    ada.change(nour, ["sud"], admin=True)
    ada.reset(nour)
    ada.remove(nour)
    Team(house.services).add("kim", [], admin=False)

    assert lines(house) == {
        (Deed.REVIEWER_ADDED, "ada", "nour"),
        (Deed.REVIEWER_CHANGED, "ada", "nour"),
        (Deed.LOGIN_RESET, "ada", "nour"),
        (Deed.REVIEWER_REMOVED, "ada", "nour"),
        (Deed.REVIEWER_ADDED, None, "kim"),
    }


def test_an_account_has_ten_codes_and_the_desks_it_was_given(house: House) -> None:
    login = team(house).add("nour", ["sud", "nord", "sud"], admin=True)

    member = team(house).named("nour")
    assert (member.desks, member.admin, member.codes_left) == (("nord", "sud"), True, 10)
    assert len(login.recovery_codes) == 10
    assert login.recovery_codes[0].text not in repr(login)


def test_a_reset_ends_the_sessions_the_wait_and_the_old_codes(house: House) -> None:
    browser, lou = house.sign_in("lou"), house.people["lou"]
    with house.services.db.write() as transaction:
        for _ in range(9):
            log_in_waits.count(transaction, lou.id, 2**40)

    login = team(house).reset(lou.id)

    assert browser.get("/").status_code == 303
    signing = SigningIn(house.services)
    passphrase = Passphrase.from_text("sept mots qui ne servent que ici")
    known = signing.judge(Attempt("lou", passphrase, login.recovery_codes[0].text))
    assert (known.failures, known.codes_left) == (0, 9)
    assert lou.spare[0].text not in {code.text for code in login.recovery_codes}


@pytest.mark.parametrize("admin", [True, False])
def test_nobody_removes_demotes_or_resets_themselves(house: House, admin: bool) -> None:  # noqa: FBT001  a parameter
    if admin:
        house.add_reviewer("eva", admin=True)  # nor where others would be left
    ada, me = team(house), house.people["ada"].id

    for deed in (
        lambda: ada.remove(me),
        lambda: ada.reset(me),
        lambda: ada.change(me, ["nord"], admin=False),
    ):
        with pytest.raises(OnesOwnAccount):
            deed()
    assert ada.member(me).admin
    assert ada.member(me).desks == ()


def test_an_admin_may_change_their_own_desks(house: House) -> None:
    """It is written down: see the history."""
    team(house).change(house.people["ada"].id, ["nord"], admin=True)

    assert team(house).named("ada").desks == ("nord",)


def test_of_two_admins_who_demote_each_other_one_stays(house: House) -> None:
    house.add_reviewer("eva", admin=True)
    pairs = [("ada", "eva"), ("eva", "ada")]

    def demote(pair: tuple[str, str]) -> bool:
        who, whom = pair
        try:
            team(house, who).change(house.people[whom].id, [], admin=False)
        except NoLongerAdmin:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(demote, pairs)) == [False, True]
    with house.services.db.write() as transaction:
        assert len(reviewers.hold_admins(transaction)) == 1


def test_who_is_no_admin_any_more_does_nothing(house: House) -> None:
    stale = team(house, "lou")

    for deed in (
        lambda: stale.add("nour", [], admin=True),
        lambda: stale.remove(house.people["max"].id),
        lambda: stale.reset(house.people["max"].id),
        lambda: stale.change(house.people["lou"].id, ["sud"], admin=False),
    ):
        with pytest.raises(NoLongerAdmin):
            deed()
    assert lines(house) == set()


def test_what_cannot_be_leaves_nothing(house: House) -> None:
    ada = team(house)
    for name in ("", "a b", "../x", "x" * 41):
        with pytest.raises(BadReviewerName):
            ada.add(name, [], admin=False)
    with pytest.raises(NameTaken):
        ada.add("lou", [], admin=False)
    with pytest.raises(NoSuchDesk):
        ada.add("nour", ["nord", "none"], admin=False)
    with pytest.raises(NoSuchDesk):
        ada.change(house.people["lou"].id, ["none"], admin=True)
    for nobody in ("", "0" * 32, "é"):
        for deed in (ada.member, ada.reset, ada.remove):
            with pytest.raises(NoSuchReviewer):
                deed(nobody)
    assert {member.name for member in ada.members()} == set(house.people)
    assert team(house).named("lou").desks == ("nord",)
    assert lines(house) == set()


def test_every_refusal_says_something_in_both_tongues() -> None:
    for refusal in KeepingRefused.__subclasses__():
        assert str(refusal()) == refusal.__doc__
        assert "Rien n’a été" in refusal.sentence
