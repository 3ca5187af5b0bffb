from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tor.uploads import SETTLE_SECONDS, SPACING_SECONDS, Action, Outcome, Round

BEGUN, DONE, FAILED = Action.BEGUN, Action.DONE, Action.FAILED
LATER = SETTLE_SECONDS + 0.01


def after(*events: tuple[Action, str]) -> Round:
    """Give a round after some events, a tenth of a second apart."""
    found = Round(0.0)
    for number, (action, directory) in enumerate(events):
        found.note(action, directory, number / 10)
    return found


def settled(*events: tuple[Action, str]) -> Outcome:
    return after(*events).outcome(len(events) / 10 + LATER)


def test_before_the_first_upload_nothing_is_up() -> None:
    """0 of 0 uploads have ended: right after the change, and long after it."""
    for now in (0.0, LATER, 3600.0):
        assert Round(0.0).outcome(now) is Outcome.WAITING
    assert not Round(0.0).anywhere


def test_it_is_up_when_all_that_was_begun_has_ended_well() -> None:
    assert settled((BEGUN, "a"), (BEGUN, "b"), (DONE, "a"), (DONE, "b")) is Outcome.UP
    assert settled((BEGUN, "a"), (BEGUN, "b"), (DONE, "a")) is Outcome.WAITING
    assert settled((BEGUN, "a")) is Outcome.WAITING


def test_a_round_is_not_over_before_more_uploads_can_have_begun() -> None:
    found = after((BEGUN, "a"), (DONE, "a"))  # the last event was at 0.1
    assert found.outcome(0.1) is Outcome.WAITING
    assert found.outcome(0.1 + SETTLE_SECONDS - 0.01) is Outcome.WAITING
    assert found.outcome(0.1 + SETTLE_SECONDS + 0.01) is Outcome.UP
    found.note(BEGUN, "b", 2.0)
    assert found.outcome(60.0) is Outcome.WAITING


def test_one_refusal_is_a_failure_however_many_went_well() -> None:
    events = [(BEGUN, "a"), (BEGUN, "b"), (DONE, "a"), (FAILED, "b")]
    assert settled(*events) is Outcome.FAILED
    assert after(*events).anywhere
    assert not after((BEGUN, "a"), (FAILED, "a")).anywhere


def test_a_refused_upload_that_is_repeated_within_the_round_stays_a_failure() -> None:
    """Two descriptors go to a directory: which of them was refused is not said."""
    assert settled((BEGUN, "a"), (BEGUN, "a"), (FAILED, "a"), (DONE, "a")) is Outcome.FAILED


def test_two_descriptors_at_one_directory_are_two_uploads() -> None:
    both = [(BEGUN, "a"), (BEGUN, "a"), (DONE, "a")]
    assert settled(*both) is Outcome.WAITING
    assert settled(*both, (DONE, "a")) is Outcome.UP


@pytest.mark.parametrize("ended", [DONE, FAILED])
def test_the_end_of_an_upload_of_the_round_before_does_not_count(ended: Action) -> None:
    assert settled((ended, "a")) is Outcome.WAITING
    assert not after((ended, "a")).anywhere
    assert settled((ended, "a"), (BEGUN, "b"), (DONE, "b")) is Outcome.UP
    assert settled((BEGUN, "a"), (ended, "b")) is Outcome.WAITING


def test_the_figures_say_how_many_of_how_many() -> None:
    assert after().figures == "0/0"
    assert after((BEGUN, "a"), (BEGUN, "b"), (BEGUN, "c"), (DONE, "a")).figures == "1/3"
    assert after((BEGUN, "a"), (FAILED, "a"), (BEGUN, "b"), (DONE, "b")).figures == "1/2"


def test_rounds_stand_further_apart_than_directories_count_and_than_a_round_settles() -> None:
    """FACTS: two within about a second, and the second is refused for an hour."""
    assert SPACING_SECONDS >= 2
    assert SPACING_SECONDS > SETTLE_SECONDS > 1


directories = st.sampled_from("abc")
histories = st.lists(st.tuples(st.sampled_from(list(Action)), directories), max_size=40)


@given(histories)
def test_any_order_of_events_adds_up(events: list[tuple[Action, str]]) -> None:
    found = after(*events)
    begun: Counter[str] = Counter()
    ended = failed = total = 0
    for action, directory in events:
        if action is BEGUN:
            begun[directory] += 1
            total += 1
        elif begun[directory] > 0:
            begun[directory] -= 1
            ended += 1
            failed += action is FAILED
    open_ones = sum(begun.values())
    outcome = found.outcome(len(events) / 10 + LATER)
    if open_ones or not ended:
        assert outcome is Outcome.WAITING
    else:
        assert outcome is (Outcome.FAILED if failed else Outcome.UP)
    assert found.figures == f"{ended - failed}/{total}"
    assert found.anywhere == (ended > failed)


@given(histories, st.floats(0, SETTLE_SECONDS - 0.01))
def test_nothing_is_told_before_it_is_quiet(events: list[tuple[Action, str]], soon: float) -> None:
    last = max(0, len(events) - 1) / 10
    assert after(*events).outcome(last + soon) is Outcome.WAITING
