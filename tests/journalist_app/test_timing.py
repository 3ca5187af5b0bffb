"""Does the time of a refused log-in tell why it was refused? Measured, with a leak to be found.

Five reasons, 500 trials each, in blocks of all five in random order, so that whatever else the
machine does meets all of them alike. Two verdicts: medians, and the two-sample Kolmogorov–Smirnov
test (Smirnov, Annals of Mathematical Statistics 19, 1948), which sees any difference in shape.
The whole answer is timed, from the form to the page, with fsync and all.

Only the cost of Argon2id is cut, for all accounts alike and for the hash that stands in for nobody,
by the parameters that stand in the hashes themselves: at full cost the runs' own noise would hide
what is looked for here, and the test would take ten minutes.
"""

import gc
import math
import random
import statistics
import time
from bisect import bisect_right
from collections.abc import Callable
from itertools import combinations

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from journalist_app import signing_in
from storage import log_in_waits, reviewers
from tests.journalist_app.house import PASSPHRASE, House

pytestmark = pytest.mark.slow

TRIALS = 500  # of each case
MEDIANS_APART_SECONDS = 0.005
FALSE_ALARM = 1e-4  # how often the KS test may cry wolf, over all pairs together
LEAK_SECONDS = 0.010
LOCKED_UNTIL = 2**40
CHEAP = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)

Times = dict[str, list[float]]
# Who is named, and what is typed beside it. All names are of one length.
UNKNOWN, WRONG_PASSPHRASE, WRONG_CODE, USED_CODE, LOCKED = "eva", "lou", "max", "sam", "ada"
CASES = [UNKNOWN, WRONG_PASSPHRASE, WRONG_CODE, USED_CODE, LOCKED]


@pytest.fixture
def cheap_house(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(signing_in, "DUMMY_HASH", CHEAP.hash("nobody’s"))
    with house.services.db.write() as transaction:
        for person in house.people.values():
            reviewers.set_passphrase(transaction, person.id, CHEAP.hash(PASSPHRASE))
        sam = house.people[USED_CODE].id
        reviewers.accept_step(transaction, sam, int(house.clock.now.timestamp()) // 30)
    return house


def fields(house: House, case: str) -> dict[str, str]:
    code = house.people["lou" if case == UNKNOWN else case].code(house.clock.now)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    passphrase = PASSPHRASE[:-1] + "x" if case == WRONG_PASSPHRASE else PASSPHRASE
    return {
        "username": case,
        "passphrase": passphrase,
        "code": wrong if case == WRONG_CODE else code,
    }


def make_ready(house: House) -> None:
    """Put every account back to where its case begins, whichever comes next."""
    with house.services.db.write() as transaction:
        for name in (WRONG_CODE, USED_CODE):
            log_in_waits.clear(transaction, house.people[name].id)
        log_in_waits.count(transaction, house.people[LOCKED].id, LOCKED_UNTIL)


def measure(house: House, trials: int = TRIALS) -> Times:
    client = house.app().test_client()
    typed = {case: fields(house, case) for case in CASES}
    times: Times = {case: [] for case in CASES}
    dice = random.Random()  # noqa: S311  an order, not a secret
    for case in CASES * 4:  # caches warm, connections open
        timed(house, client, typed[case])
    gc.collect()
    gc.disable()
    try:
        for _ in range(trials):
            for case in dice.sample(CASES, len(CASES)):
                times[case].append(timed(house, client, typed[case]))
    finally:
        gc.enable()
    return times


def timed(house: House, client: FlaskClient, typed: dict[str, str]) -> float:
    make_ready(house)
    start = time.perf_counter()
    answer = client.post("/login", data=typed)
    taken = time.perf_counter() - start
    assert answer.status_code == 403
    return taken


def distance(one: list[float], other: list[float]) -> float:
    """Give Kolmogorov–Smirnov's D: the widest gap between the two distributions."""
    first, second = sorted(one), sorted(other)
    gaps = (
        abs(bisect_right(first, at) / len(first) - bisect_right(second, at) / len(second))
        for at in first + second
    )
    return max(gaps)


def critical(one: int, other: int, alpha: float) -> float:
    """Give the D that chance passes with probability `alpha` (Smirnov's limit)."""
    return math.sqrt(-math.log(alpha / 2) / 2) * math.sqrt((one + other) / (one * other))


def differences(times: Times) -> list[str]:
    """Name the pairs of cases that can be told apart, each with what tells them."""
    pairs = list(combinations(CASES, 2))
    found = []
    for one, other in pairs:
        apart = abs(statistics.median(times[one]) - statistics.median(times[other]))
        if apart > MEDIANS_APART_SECONDS:
            found.append(f"{one} {other}: medians {apart * 1000:.2f} ms apart")
        d = distance(times[one], times[other])
        if d > critical(len(times[one]), len(times[other]), FALSE_ALARM / len(pairs)):
            found.append(f"{one} {other}: D = {d:.3f}")
    return found


def pairs_of(found: list[str]) -> set[str]:
    return {line.partition(":")[0] for line in found}


def test_the_time_of_a_refusal_does_not_tell_its_reason(cheap_house: House) -> None:
    """A burst of another program's work may fall unevenly, once: it would not do so twice."""
    first = differences(measure(cheap_house))
    again = differences(measure(cheap_house)) if first else []

    assert pairs_of(first) & pairs_of(again) == set(), (first, again)


@pytest.mark.parametrize("leaking", [UNKNOWN, LOCKED])
def test_a_planted_leak_of_ten_milliseconds_is_found(
    cheap_house: House, monkeypatch: pytest.MonkeyPatch, leaking: str
) -> None:
    judge: Callable[..., object] = signing_in.SigningIn.judge

    def slower(self: signing_in.SigningIn, attempt: signing_in.Attempt) -> object:
        if attempt.name == leaking:
            time.sleep(LEAK_SECONDS)
        return judge(self, attempt)

    monkeypatch.setattr(signing_in.SigningIn, "judge", slower)
    found = differences(measure(cheap_house, trials=100))

    by_medians = [line for line in found if "medians" in line and leaking in line]
    by_shape = [line for line in found if "D =" in line and leaking in line]
    assert len(by_medians) == len(by_shape) == len(CASES) - 1, found


def test_a_refusal_that_writes_nothing_is_found(
    cheap_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the house once could have done: count where there is someone to count, and no more."""
    count = log_in_waits.count

    def count_somebody(transaction: Session, account: str, retry_at: int) -> None:
        if account != log_in_waits.NOBODY:
            count(transaction, account, retry_at)

    monkeypatch.setattr(log_in_waits, "count", count_somebody)
    found = differences(measure(cheap_house, trials=100))

    assert any(UNKNOWN in line and WRONG_CODE in line for line in found), found


def test_the_ks_test_tells_a_shift_from_none() -> None:
    dice = random.Random(1)  # noqa: S311  the same draw each time
    noise = [dice.gauss(10, 1) for _ in range(TRIALS)]
    like = [dice.gauss(10, 1) for _ in range(TRIALS)]
    shifted = [dice.gauss(10.5, 1) for _ in range(TRIALS)]
    wider = [dice.gauss(10, 2) for _ in range(TRIALS)]
    limit = critical(TRIALS, TRIALS, FALSE_ALARM)

    assert distance(noise, noise) == 0
    assert distance(noise, like) < limit < distance(noise, shifted)
    assert distance(noise, wider) > limit


@pytest.mark.parametrize(("alpha", "factor"), [(0.05, 1.358), (0.01, 1.628), (0.001, 1.949)])
def test_its_limits_are_those_of_the_tables(alpha: float, factor: float) -> None:
    assert critical(500, 500, alpha) == pytest.approx(factor * math.sqrt(2 / 500), rel=1e-3)
