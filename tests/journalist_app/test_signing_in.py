"""Log-ins: what is let in, what is not, and that nothing tells which."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from crypto.errors import BadBox
from crypto.passphrase import Passphrase, hash_passphrase
from crypto.totp import STEP, TotpSealingKey
from journalist_app import signing_in
from journalist_app.refusals import NotSignedIn
from journalist_app.signing_in import Attempt, SigningIn
from journalist_app.throttle import FREE_FAILURES, WRONG_CODE_CEILING_SECONDS
from storage import reviewers
from storage.models import Reviewer, SessionRow
from tests.journalist_app.house import PASSPHRASE, House
from web.errors import Busy


def attempt(
    house: House, name: str = "lou", passphrase: str = PASSPHRASE, code: str | None = None
) -> Attempt:
    if code is None:
        code = house.people[name].code(house.clock.now)
    return Attempt.typed(name, passphrase, code)


def row(house: House, name: str = "lou") -> Reviewer:
    with house.services.db.read() as transaction:
        found = reviewers.by_name(transaction, name)
    assert found is not None
    return found


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Compare passphrases without Argon2id; the list holds the hashes that were asked about."""
    asked: list[str] = []

    def verify(stored: str, passphrase: Passphrase) -> bool:
        asked.append(stored)
        return passphrase == Passphrase.from_text(PASSPHRASE)

    monkeypatch.setattr(signing_in, "verify_passphrase", verify)
    return asked


def fail(house: House, times: int, **typed: str) -> None:
    signing = SigningIn(house.services)
    for _ in range(times):
        with pytest.raises(NotSignedIn):
            signing.judge(attempt(house, **typed))


def test_the_right_three_let_in(house: House) -> None:
    known = SigningIn(house.services).judge(attempt(house))

    assert known.id == house.people["lou"].id
    assert known.language == "fr"


def test_passphrase_and_code_may_be_typed_freely(house: House) -> None:
    code = house.people["lou"].code(house.clock.now)
    typed = attempt(
        house,
        " lou ",
        f"  {PASSPHRASE.upper().replace(' ', '   ')} ",
        f"{code[:3]} {code[3:]}",
    )

    assert SigningIn(house.services).judge(typed).id == house.people["lou"].id


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "nobody", "code": "000000"},
        {"passphrase": "sept mots qui ne servent que là"},
        {"passphrase": ""},
        {"code": ""},
        {"code": "abcdef"},
        {"code": "\uff11\uff12\uff13\uff14\uff15\uff16"},
        {"name": "Lou", "code": "000000"},
        {"name": "", "code": ""},
    ],
)
def test_anything_else_does_not(house: House, typed: dict[str, str]) -> None:
    fail(house, 1, **typed)


def test_anothers_code_does_not(house: House) -> None:
    fail(house, 1, code=house.people["max"].code(house.clock.now))


def test_an_unknown_name_costs_an_argon2id_run_too(house: House, cheap: list[str]) -> None:
    fail(house, 1, name="nobody", code="000000")
    fail(house, 1, passphrase="wrong")

    unknown, known = cheap
    assert unknown.split("$")[:4] == known.split("$")[:4]  # the same algorithm and cost


@pytest.mark.usefixtures("cheap")
def test_every_refusal_commits_a_write(house: House) -> None:
    wal = house.services.instance.places.home / "vasistas.db-wal"
    fail(house, FREE_FAILURES + 1, passphrase="wrong")  # from here on `lou` is throttled
    grown = []
    for typed in ({"name": "nobody", "code": "0"}, {"name": "max", "passphrase": "wrong"}, {}):
        before = wal.stat().st_size
        fail(house, 1, **typed)
        grown.append(wal.stat().st_size > before)

    assert grown == [True, True, True]


@pytest.mark.usefixtures("cheap")
def test_a_refusal_leaves_no_session(house: House) -> None:
    fail(house, 1, name="nobody", code="000000")
    fail(house, 1, code="000000")

    with house.services.db.read() as transaction:
        assert transaction.query(SessionRow).count() == 0


@pytest.mark.usefixtures("cheap")
def test_a_code_serves_once(house: House) -> None:
    signing, typed = SigningIn(house.services), attempt(house)
    signing.judge(typed)

    with pytest.raises(NotSignedIn):
        signing.judge(typed)
    house.clock.forward(STEP)
    assert signing.judge(attempt(house)).id == house.people["lou"].id


@pytest.mark.usefixtures("cheap")
def test_a_code_before_the_one_used_serves_no_more(house: House) -> None:
    earlier = house.people["lou"].code(house.clock.now - timedelta(seconds=STEP))
    SigningIn(house.services).judge(attempt(house))

    fail(house, 1, code=earlier)


@pytest.mark.usefixtures("cheap")
def test_of_two_log_ins_with_one_code_one_succeeds(house: House) -> None:
    signing, typed = SigningIn(house.services), attempt(house)

    def judged() -> bool:
        try:
            signing.judge(typed)
        except NotSignedIn:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        outcomes = [each.result() for each in [threads.submit(judged) for _ in range(8)]]

    assert sorted(outcomes) == [False] * 7 + [True]


@pytest.mark.usefixtures("cheap")
def test_failures_throttle_and_the_right_three_wait_too(house: House) -> None:
    fail(house, FREE_FAILURES + 1, code="000000")

    fail(house, 1)
    house.clock.forward(60)
    assert SigningIn(house.services).judge(attempt(house)).id == house.people["lou"].id


@pytest.mark.usefixtures("cheap")
def test_what_is_tried_too_early_puts_nothing_off(house: House) -> None:
    fail(house, FREE_FAILURES + 1, code="000000")
    before = row(house)

    fail(house, 20)

    after = row(house)
    assert (after.failures, after.retry_at) == (before.failures, before.retry_at)


@pytest.mark.usefixtures("cheap")
def test_guesses_side_by_side_meet_the_throttle_one_after_another(house: House) -> None:
    fail(house, FREE_FAILURES, code="000000")
    signing = SigningIn(house.services)
    wrong = attempt(house, code="000000")

    def judged(_: int) -> None:
        with pytest.raises(NotSignedIn):
            signing.judge(wrong)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(judged, range(8)))

    assert row(house).failures == FREE_FAILURES + 1


@pytest.mark.usefixtures("cheap")
def test_one_who_is_throttled_does_not_lock_the_others(house: House) -> None:
    fail(house, 30, passphrase="wrong")

    assert SigningIn(house.services).judge(attempt(house, "max")).id == house.people["max"].id


@pytest.mark.usefixtures("cheap")
def test_no_attack_locks_an_account_for_longer_than_the_ceiling(house: House) -> None:
    for _ in range(30):
        fail(house, 1, code="000000")
        house.clock.forward(WRONG_CODE_CEILING_SECONDS)

    assert SigningIn(house.services).judge(attempt(house)).id == house.people["lou"].id


@pytest.mark.usefixtures("cheap")
def test_success_forgets_the_failures(house: House) -> None:
    fail(house, FREE_FAILURES, code="000000")
    SigningIn(house.services).judge(attempt(house))

    assert row(house).failures == 0


def test_a_passphrase_changed_during_the_run_is_not_the_one_tried(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(_stored: str, _passphrase: Passphrase) -> bool:
        with house.services.db.write() as transaction:
            new = hash_passphrase(Passphrase.from_text("another"))
            reviewers.set_passphrase(transaction, house.people["lou"].id, new)
        return True

    monkeypatch.setattr(signing_in, "verify_passphrase", change)

    fail(house, 1)


def test_a_reviewer_removed_during_the_run_is_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def remove(_stored: str, _passphrase: Passphrase) -> bool:
        with house.services.db.write() as transaction:
            reviewers.remove_reviewer(transaction, house.people["lou"].id)
        return True

    monkeypatch.setattr(signing_in, "verify_passphrase", remove)

    fail(house, 1)


def test_when_all_slots_are_taken_it_is_busy(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "QUEUE_SECONDS", 0.05)
    slots = house.services.derivations
    first, second = slots.acquire(), slots.acquire()
    assert first is not None
    assert second is not None

    with first, second, pytest.raises(Busy):
        SigningIn(house.services).judge(attempt(house))
    assert row(house).failures == 0


@pytest.mark.usefixtures("cheap")
def test_a_secret_that_cannot_be_opened_is_a_refusal_and_a_fault(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[BaseException] = []
    monkeypatch.setattr(signing_in, "report_fault", reported.append)
    object.__setattr__(house.services.instance, "totp_key", TotpSealingKey.new())

    fail(house, 1)

    assert [type(error) for error in reported] == [BadBox]


def test_nothing_typed_shows(house: House) -> None:
    assert PASSPHRASE not in repr(attempt(house))
