from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from admin.serving.onion_orders import Answer, Reply
from admin.serving.onion_service import (
    ORDER_SECONDS,
    RETRIES_MAX,
    RETRY_SECONDS,
    ROUND_SECONDS,
    OnionService,
    State,
)
from tor.uploads import SETTLE_SECONDS, SPACING_SECONDS, Action

LATER = SETTLE_SECONDS + 0.1


class Desk:
    """A service, a clock, and the answers that came of the orders given."""

    def __init__(self) -> None:
        self.service = OnionService("journalist", closed=True)
        self.now = 1000.0
        self.answers: dict[str, list[Answer]] = {}

    def order(self, name: str) -> Reply:
        self.answers[name] = []
        return self.answers[name].append

    def ask(self, name: str = "order", *, hard: bool = False) -> None:
        self.service.ask(self.order(name), self.now, hard=hard)

    def wait_up(self, name: str = "order") -> None:
        self.service.when_up(self.order(name), self.now)

    def begin(self) -> None:
        assert self.service.due(self.now)
        self.service.begin(self.now)

    def uploads(self, *ends: Action) -> None:
        """Let some uploads begin and end so."""
        for number, _ in enumerate(ends):
            self.service.note(Action.BEGUN, f"directory {number}", self.now)
        for number, end in enumerate(ends):
            self.service.note(end, f"directory {number}", self.now)

    def settle(self) -> bool:
        self.now += LATER
        return self.service.look(self.now)

    def round(self, *ends: Action) -> bool:
        """Wait for the next round to be due, and have it end so."""
        while not self.service.due(self.now):
            self.now += 0.1
            assert self.now < 10_000
        self.begin()
        self.uploads(*ends)
        return self.settle()

    def bring_up(self) -> None:
        self.service.begin(self.now)
        self.uploads(Action.DONE)
        assert self.settle()
        self.now += SPACING_SECONDS

    def done(self, name: str = "order") -> bool:
        (answer,) = self.answers[name]
        return answer.done


DONE, FAILED = Action.DONE, Action.FAILED


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_it_is_published_when_its_uploads_have_ended_well(desk: Desk) -> None:
    assert desk.service.state is State.STARTING
    desk.service.begin(desk.now)
    desk.uploads(DONE, DONE)
    assert desk.service.state is State.STARTING
    assert desk.settle()  # has just come up
    assert desk.service.state is State.UP
    assert not desk.service.look(desk.now + 1)


def test_before_any_upload_nothing_is_published(desk: Desk) -> None:
    """0 of 0, as when tor has only said that it made a descriptor."""
    desk.service.begin(desk.now)
    for _ in range(20):
        assert not desk.settle()
    assert desk.service.state is State.STARTING


def test_an_order_is_answered_when_its_change_is_in_the_directories(desk: Desk) -> None:
    desk.bring_up()
    desk.ask()
    desk.begin()
    desk.uploads(DONE, DONE)
    assert desk.answers["order"] == []
    assert not desk.settle()  # it was up before
    (answer,) = desk.answers["order"]
    assert answer.done
    assert "2/2 uploads" in answer.sentence


def test_uploads_that_were_seen_before_the_change_are_no_proof_of_it(desk: Desk) -> None:
    desk.bring_up()
    desk.ask()
    desk.uploads(DONE)  # tor's hourly ones
    assert not desk.settle()
    assert desk.answers["order"] == []
    desk.round(DONE)
    assert desk.done()


def test_a_change_during_a_round_is_answered_by_the_next(desk: Desk) -> None:
    desk.bring_up()
    desk.ask("first")
    desk.begin()
    desk.ask("second")
    desk.ask("third", hard=True)
    desk.uploads(DONE)
    desk.settle()
    assert desk.done("first")
    assert desk.answers["second"] == desk.answers["third"] == []
    assert desk.service.wanted
    assert desk.service.hard
    desk.round(DONE)
    assert desk.done("second")
    assert desk.done("third")
    assert not desk.service.wanted


def test_many_orders_before_a_round_cost_one_round(desk: Desk) -> None:
    desk.bring_up()
    for name in "abc":
        desk.ask(name)
    desk.round(DONE)
    assert all(desk.done(name) for name in "abc")
    assert not desk.service.due(desk.now + 1000)


def test_one_hard_order_makes_the_round_hard_and_the_next_is_not(desk: Desk) -> None:
    desk.bring_up()
    desk.ask("hard", hard=True)
    desk.ask("soft")
    assert desk.service.hard
    desk.round(DONE)
    desk.ask("after")
    assert not desk.service.hard


def test_two_rounds_stand_apart(desk: Desk) -> None:
    desk.bring_up()
    desk.ask("first")
    desk.round(DONE)
    desk.ask("second")
    assert not desk.service.due(desk.now)
    assert not desk.service.due(desk.now + SPACING_SECONDS - 0.01)
    assert desk.service.due(desk.now + SPACING_SECONDS)


def test_a_rejected_upload_is_tried_again_ever_later(desk: Desk) -> None:
    desk.bring_up()
    desk.ask()
    gaps = []
    for _ in range(RETRIES_MAX):
        assert not desk.round(DONE, FAILED)
        assert desk.service.state is State.PARTLY
        assert desk.answers["order"] == []
        ended = desk.now
        while not desk.service.due(desk.now):
            desk.now += 0.1
        gaps.append(desk.now - ended)
    assert gaps == sorted(gaps)
    assert gaps[0] >= SPACING_SECONDS - 0.1
    assert desk.round(DONE, DONE)
    assert desk.done()
    assert desk.service.state is State.UP


def test_a_change_that_is_not_everywhere_is_not_called_published_when_nobody_waits(
    desk: Desk,
) -> None:
    """A directory that kept the old description opens for who lost their key."""
    desk.bring_up()
    desk.ask()
    for _ in range(RETRIES_MAX + 3):
        desk.round(DONE, FAILED)
        assert desk.service.state is State.PARTLY
        assert desk.service.wanted
    assert desk.round(DONE, DONE)
    assert desk.service.state is State.UP
    assert not desk.service.wanted


def test_after_all_retries_the_order_is_told_and_it_goes_on(desk: Desk) -> None:
    desk.bring_up()
    desk.ask()
    for _ in range(RETRIES_MAX + 1):
        desk.round(FAILED)
    assert not desk.done()
    assert desk.service.state is State.FAILING
    assert not desk.service.due(desk.now + RETRY_SECONDS - 1)
    assert desk.service.due(desk.now + RETRY_SECONDS)
    assert desk.round(DONE)  # without anybody asking
    assert desk.service.state is State.UP
    assert len(desk.answers["order"]) == 1


def test_a_new_order_has_its_own_retries(desk: Desk) -> None:
    desk.bring_up()
    desk.ask("first")
    for _ in range(RETRIES_MAX):
        desk.round(FAILED)
    desk.ask("second")
    desk.round(FAILED)
    assert desk.answers["second"] == []


def test_a_round_in_which_tor_says_nothing_fails_in_time(desk: Desk) -> None:
    desk.ask()
    desk.begin()
    desk.now += ROUND_SECONDS - 1
    assert not desk.service.look(desk.now)
    assert desk.service.round is not None
    desk.now += 2
    assert not desk.service.look(desk.now)
    assert desk.service.round is None
    assert desk.service.state is State.FAILING
    assert desk.service.wanted


def test_an_upload_that_never_ends_fails_in_time(desk: Desk) -> None:
    desk.ask()
    desk.begin()
    desk.service.note(Action.BEGUN, "a", desk.now)
    desk.now += ROUND_SECONDS + 1
    desk.service.look(desk.now)
    assert desk.service.state is State.FAILING


def test_before_tor_has_reached_its_network_a_rounds_time_does_not_run(desk: Desk) -> None:
    desk.service.begin(desk.now)
    desk.now += 10 * ROUND_SECONDS
    desk.service.reached(desk.now)
    assert not desk.service.look(desk.now)
    assert desk.service.state is State.STARTING
    desk.uploads(DONE)
    assert desk.settle()


def test_where_nobody_waits_some_directories_are_enough(desk: Desk) -> None:
    desk.service.begin(desk.now)
    desk.uploads(DONE, FAILED)
    assert desk.settle()
    assert desk.service.state is State.UP


def test_where_nobody_waits_none_at_all_is_not_enough(desk: Desk) -> None:
    desk.service.begin(desk.now)
    desk.uploads(FAILED, FAILED)
    assert not desk.settle()
    assert desk.service.state is State.FAILING
    assert desk.service.wanted


def test_to_be_told_when_it_is_up_costs_no_round_where_it_is(desk: Desk) -> None:
    desk.bring_up()
    desk.wait_up()
    assert desk.done()
    assert not desk.service.wanted


def test_to_be_told_when_it_is_up_waits_for_the_round_under_way(desk: Desk) -> None:
    desk.service.begin(desk.now)
    desk.wait_up()
    assert desk.answers["order"] == []
    desk.uploads(DONE)
    desk.settle()
    assert desk.done()


def test_while_a_change_is_still_to_be_published_it_is_not_said_to_be_up(desk: Desk) -> None:
    desk.bring_up()
    desk.ask("change")
    desk.wait_up("up")
    assert desk.answers["up"] == []
    desk.round(DONE)
    assert desk.done("up")


def test_to_be_told_when_it_is_up_tries_again_where_it_fails(desk: Desk) -> None:
    desk.service.begin(desk.now)
    desk.uploads(FAILED)
    desk.settle()
    desk.wait_up()
    desk.round(DONE)
    assert desk.done()


def test_who_has_waited_too_long_is_told_how_it_stands_and_it_goes_on(desk: Desk) -> None:
    desk.ask("early")
    desk.now += 10
    desk.ask("late")
    desk.now += ORDER_SECONDS - 9
    desk.service.lose_patience(desk.now)
    assert not desk.done("early")
    assert State.STARTING.value in desk.answers["early"][0].sentence
    assert desk.answers["late"] == []
    assert desk.service.wanted
    desk.round(DONE)
    assert desk.done("late")
    assert len(desk.answers["early"]) == 1


def test_stopped_without_its_seal_it_tells_all_who_wait(desk: Desk) -> None:
    desk.ask("in a round")
    desk.begin()
    desk.ask("for the next")
    desk.service.stop_unsealed()
    for name in ("in a round", "for the next"):
        assert not desk.done(name)
        assert "closing key is missing" in desk.answers[name][0].sentence
    assert desk.service.state is State.UNSEALED
    assert desk.service.round is None


@pytest.mark.parametrize("give", [Desk.ask, Desk.wait_up])
def test_without_its_seal_no_order_starts_it(desk: Desk, give: Callable[[Desk], None]) -> None:
    desk.service.stop_unsealed()
    give(desk)
    assert not desk.done()
    assert "closing key is missing" in desk.answers["order"][0].sentence
    assert not desk.service.due(desk.now + 10_000)
    desk.uploads(DONE)
    assert not desk.settle()
    assert desk.service.state is State.UNSEALED


def test_with_its_seal_back_it_begins_anew(desk: Desk) -> None:
    desk.service.stop_unsealed()
    desk.service.restart()
    assert desk.service.state is State.STARTING
    desk.bring_up()
    assert desk.service.state is State.UP


def test_with_a_new_tor_who_waits_goes_on_waiting(desk: Desk) -> None:
    desk.bring_up()
    desk.ask("in a round")
    desk.begin()
    desk.ask("for the next", hard=True)
    desk.service.restart()  # the tor that was to publish it is dead
    assert desk.service.state is State.STARTING
    assert not desk.service.hard  # there is nobody left to cut
    desk.service.begin(desk.now)
    desk.uploads(DONE)
    desk.settle()
    assert desk.done("in a round")
    assert desk.done("for the next")


def test_with_a_new_tor_nothing_is_up_before_it_was_seen(desk: Desk) -> None:
    desk.bring_up()
    desk.service.restart()
    desk.wait_up()
    assert desk.answers["order"] == []


class AnyOrder(RuleBasedStateMachine):
    """Orders, uploads, dead tors, lost seals and time, in any order."""

    @initialize()
    def begin(self) -> None:
        self.desk = Desk()
        self.asked: dict[str, float] = {}
        self.begun: list[float] = []

    @property
    def service(self) -> OnionService:
        return self.desk.service

    def turn(self) -> None:
        """Do what the keeper does, again and again."""
        now = self.desk.now
        self.service.lose_patience(now)
        if self.service.due(now):
            assert self.service.state is not State.UNSEALED
            self.service.begin(now)
            self.begun.append(now)
        self.service.look(now)

    @rule(hard=st.booleans(), up=st.booleans())
    def order(self, *, hard: bool, up: bool) -> None:
        name = str(len(self.asked))
        self.asked[name] = self.desk.now
        if up:
            self.desk.wait_up(name)
        else:
            self.desk.ask(name, hard=hard)

    @rule(action=st.sampled_from(list(Action)), directory=st.sampled_from("abc"))
    def event(self, action: Action, directory: str) -> None:
        self.service.note(action, directory, self.desk.now)

    @rule(ends=st.lists(st.sampled_from([DONE, FAILED]), min_size=1, max_size=3))
    def events(self, ends: list[Action]) -> None:
        self.desk.uploads(*ends)

    @rule(seconds=st.one_of(st.just(0.2), st.just(2.6), st.floats(0, 200)))
    def time_goes_by(self, seconds: float) -> None:
        self.desk.now += seconds
        self.turn()

    @rule()
    def tor_dies_and_a_new_one_starts(self) -> None:
        self.service.restart()
        self.service.begin(self.desk.now)

    @precondition(lambda self: self.service.state is not State.UNSEALED)
    @rule()
    def the_seal_is_lost(self) -> None:
        self.service.stop_unsealed()

    @precondition(lambda self: self.service.state is State.UNSEALED)
    @rule()
    def the_seal_is_back(self) -> None:
        self.service.restart()
        self.service.begin(self.desk.now)

    @invariant()
    def nobody_is_answered_twice(self) -> None:
        for answers in getattr(self, "desk", Desk()).answers.values():
            assert len(answers) <= 1

    @invariant()
    def unsealed_it_does_not_run(self) -> None:
        if hasattr(self, "desk") and self.service.state is State.UNSEALED:
            assert self.service.round is None
            assert not self.service.due(self.desk.now + 1e6)

    def teardown(self) -> None:
        if not hasattr(self, "desk"):
            return
        for _ in range(100):
            self.desk.now += 2.0
            self.turn()
        for name, answers in self.desk.answers.items():
            assert len(answers) == 1, name
        gaps = [after - before for before, after in pairwise(self.begun)]
        assert all(gap > 0 for gap in gaps)


TestAnyOrder = AnyOrder.TestCase
