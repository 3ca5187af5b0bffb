from hypothesis import given
from hypothesis import strategies as st

from journalist_app.throttle import (
    FIRST_WAIT_SECONDS,
    FREE_FAILURES,
    WRONG_CODE_CEILING_SECONDS,
    WRONG_PASSPHRASE_CEILING_SECONDS,
    wait_seconds,
)


def test_a_few_slips_cost_nothing() -> None:
    assert [wait_seconds(n, passphrase_right=True) for n in range(FREE_FAILURES + 1)] == [0] * 5


def test_then_the_wait_doubles_up_to_its_ceiling() -> None:
    waits = [wait_seconds(FREE_FAILURES + n, passphrase_right=True) for n in range(1, 10)]

    assert waits == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert waits[0] == FIRST_WAIT_SECONDS


@given(st.integers(min_value=0, max_value=10**9), st.booleans())
def test_no_number_of_failures_locks_an_account(failures: int, right: bool) -> None:  # noqa: FBT001  drawn
    ceiling = WRONG_CODE_CEILING_SECONDS if right else WRONG_PASSPHRASE_CEILING_SECONDS

    assert 0 <= wait_seconds(failures, passphrase_right=right) <= ceiling


@given(st.integers(min_value=0, max_value=1000))
def test_who_holds_the_passphrase_waits_no_less(failures: int) -> None:
    stranger = wait_seconds(failures, passphrase_right=False)

    assert wait_seconds(failures, passphrase_right=True) >= stranger
