"""Log-ins: what is let in, what is not, and that nothing tells which."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from crypto.errors import BadBox
from crypto.passphrase import Passphrase, hash_passphrase
from crypto.totp import STEP, TotpSealingKey
from journalist_app import argon2_slot, signing_in
from journalist_app.refusals import NotSignedIn
from journalist_app.signing_in import Attempt, SigningIn
from journalist_app.throttle import CEILING_SECONDS, FREE_FAILURES
from storage import log_in_waits, recovery_codes, reviewers
from storage.engine import open_database
from storage.history import Deed
from storage.models import HistoryLine, SessionRow
from tests.journalist_app.house import PASSPHRASE, House
from web.errors import Busy
from web.key_files import KeptKey, KeptKeys


def attempt(
    house: House, name: str = "lou", passphrase: str = PASSPHRASE, code: str | None = None
) -> Attempt:
    if code is None:
        code = house.people[name].code(house.clock.now)
    return Attempt.typed(name, passphrase, code)


def counted(house: House, name: str = "lou") -> tuple[int, int]:
    """Give the account's failures in a row and the time until which it waits."""
    with house.services.db.write() as transaction:
        throttle = log_in_waits.hold(transaction, house.people[name].id)
    return throttle.failures, throttle.retry_at


def codes_left(house: House, name: str = "lou") -> int:
    with house.services.db.read() as transaction:
        return recovery_codes.left(transaction, house.people[name].id)


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


def side_by_side(signing: SigningIn, typed: Attempt) -> list[bool]:
    """Send one log-in eight times at once; give what came of each."""

    def judged(_: int) -> bool:
        try:
            signing.judge(typed)
        except NotSignedIn:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(judged, range(8)))


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
        {"code": "0" * 25},
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
    fail(house, FREE_FAILURES + 1, code="000000")  # from here on `lou` is throttled
    signing = SigningIn(house.services)
    signing.judge(attempt(house, "sam"))
    refusals: list[dict[str, str]] = [
        {"name": "nobody", "code": "0"},
        {"name": "max", "passphrase": "wrong"},
        {"name": "max", "code": "000000"},
        {"name": "sam"},
        {},
    ]
    grown = []
    for typed in refusals:
        before = wal.stat().st_size
        fail(house, 1, **typed)
        grown.append(wal.stat().st_size - before)

    assert len(set(grown)) == 1
    assert grown[0] > 0


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
    assert sorted(side_by_side(SigningIn(house.services), attempt(house))) == [False] * 7 + [True]


@pytest.mark.usefixtures("cheap")
def test_failures_throttle_and_the_right_three_wait_too(house: House) -> None:
    fail(house, FREE_FAILURES + 1, code="000000")

    fail(house, 1)
    house.clock.forward(60)
    assert SigningIn(house.services).judge(attempt(house)).id == house.people["lou"].id


@pytest.mark.usefixtures("cheap")
def test_what_is_tried_too_early_puts_nothing_off(house: House) -> None:
    fail(house, FREE_FAILURES + 1, code="000000")
    before = counted(house)

    fail(house, 20)

    assert counted(house) == before


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

    assert counted(house)[0] == FREE_FAILURES + 1


@pytest.mark.usefixtures("cheap")
def test_one_who_is_throttled_does_not_lock_the_others(house: House) -> None:
    fail(house, 30, code="000000")

    assert SigningIn(house.services).judge(attempt(house, "max")).id == house.people["max"].id


@pytest.mark.usefixtures("cheap")
def test_who_has_no_passphrase_keeps_nobody_out(house: House) -> None:
    for name in house.people:
        fail(house, 30, name=name, passphrase="wrong")
    fail(house, 30, name="nobody", code="000000")

    for name, person in house.people.items():
        assert counted(house, name) == (0, 0)
        assert SigningIn(house.services).judge(attempt(house, name)).id == person.id


@pytest.mark.usefixtures("cheap")
def test_a_wait_survives_a_restart(house: House) -> None:
    fail(house, FREE_FAILURES + 1, code="000000")
    house.services.db.close()

    again = open_database(house.services.instance.database_url)
    restarted = SigningIn(replace(house.services, db=again))
    with pytest.raises(NotSignedIn):
        restarted.judge(attempt(house))
    again.close()


@pytest.mark.usefixtures("cheap")
def test_who_logs_in_learns_that_someone_had_the_passphrase(house: House) -> None:
    fail(house, 3, code="000000")
    fail(house, 5, passphrase="wrong")
    signing = SigningIn(house.services)

    assert signing.judge(attempt(house)).failures == 3
    house.clock.forward(STEP)
    assert signing.judge(attempt(house)).failures == 0


@pytest.mark.usefixtures("cheap")
def test_no_attack_locks_an_account_for_longer_than_the_ceiling(house: House) -> None:
    for _ in range(30):
        fail(house, 1, code="000000")
        house.clock.forward(CEILING_SECONDS)

    assert SigningIn(house.services).judge(attempt(house)).id == house.people["lou"].id


@pytest.mark.usefixtures("cheap")
def test_success_forgets_the_failures(house: House) -> None:
    fail(house, FREE_FAILURES, code="000000")
    SigningIn(house.services).judge(attempt(house))

    assert counted(house) == (0, 0)


@pytest.mark.usefixtures("cheap")
def test_a_recovery_code_stands_in_for_the_code_and_serves_once(house: House) -> None:
    signing = SigningIn(house.services)
    first, second = (code.text for code in house.people["lou"].spare[:2])

    known = signing.judge(attempt(house, code=first))

    assert (known.id, known.codes_left) == (house.people["lou"].id, 9)
    fail(house, 1, code=first)
    assert signing.judge(attempt(house, code=second.replace(" ", "-"))).codes_left == 8


@pytest.mark.usefixtures("cheap")
def test_a_recovery_code_alone_opens_nothing_and_is_not_used_up(house: House) -> None:
    code = house.people["lou"].spare[0].text
    fail(house, 1, passphrase="wrong", code=code)
    fail(house, 1, name="max", code=code)
    fail(house, 1, name="nobody", code=code)

    assert codes_left(house) == 10


@pytest.mark.usefixtures("cheap")
def test_a_one_time_code_uses_up_no_recovery_code(house: House) -> None:
    assert SigningIn(house.services).judge(attempt(house)).codes_left is None
    assert codes_left(house) == 10


@pytest.mark.usefixtures("cheap")
def test_a_recovery_code_does_not_wait(house: House) -> None:
    fail(house, FREE_FAILURES + 1, code="000000")
    fail(house, 1)  # the right code of the moment does

    known = SigningIn(house.services).judge(attempt(house, code=house.people["lou"].spare[0].text))

    assert known.failures == FREE_FAILURES + 1
    assert counted(house) == (0, 0)


@pytest.mark.usefixtures("cheap")
def test_of_two_log_ins_with_one_recovery_code_one_succeeds(house: House) -> None:
    signing, typed = (
        SigningIn(house.services),
        attempt(house, code=house.people["lou"].spare[0].text),
    )

    assert sorted(side_by_side(signing, typed)) == [False] * 7 + [True]


@pytest.mark.usefixtures("cheap")
def test_a_recovery_code_that_was_used_stands_in_the_history(house: House) -> None:
    SigningIn(house.services).judge(attempt(house, code=house.people["lou"].spare[0].text))

    with house.services.db.read() as transaction:
        lines = [(line.deed, line.who, line.about) for line in transaction.query(HistoryLine)]
    assert lines == [(Deed.CODE_USED, "lou", None)]


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
    monkeypatch.setattr(argon2_slot, "QUEUE_SECONDS", 0.05)
    slots = house.services.derivations
    first, second = slots.acquire(), slots.acquire()
    assert first is not None
    assert second is not None

    with first, second, pytest.raises(Busy):
        SigningIn(house.services).judge(attempt(house))
    assert counted(house) == (0, 0)


@pytest.mark.usefixtures("cheap")
def test_a_secret_that_cannot_be_opened_is_a_refusal_and_a_fault(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[BaseException] = []
    monkeypatch.setattr(signing_in, "report_fault", reported.append)
    other = KeptKeys(KeptKey(TotpSealingKey.new().reveal()))
    house.services.instance.places.totp.write_bytes(other.encode())

    fail(house, 1)

    assert [type(error) for error in reported] == [BadBox]


def test_nothing_typed_shows(house: House) -> None:
    assert PASSPHRASE not in repr(attempt(house))
