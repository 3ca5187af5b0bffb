from hypothesis import given
from hypothesis import strategies as st

from journalist_app.throttle import (
    CEILING_SECONDS,
    FIRST_WAIT_SECONDS,
    FREE_FAILURES,
    wait_seconds,
)


def test_a_few_slips_cost_nothing() -> None:
    assert [wait_seconds(n) for n in range(FREE_FAILURES + 1)] == [0] * 5


def test_then_the_wait_doubles_up_to_its_ceiling() -> None:
    waits = [wait_seconds(FREE_FAILURES + n) for n in range(1, 10)]

    assert waits == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert waits[0] == FIRST_WAIT_SECONDS


@given(st.integers(min_value=0, max_value=10**9))
def test_no_number_of_failures_locks_an_account(failures: int) -> None:
    assert 0 <= wait_seconds(failures) <= CEILING_SECONDS


def test_at_the_ceiling_an_even_chance_of_guessing_takes_two_years() -> None:
    tries = 0.5 * 10**6 / 3  # three codes are good at any moment

    assert tries * CEILING_SECONDS > 1.5 * 365 * 86_400
