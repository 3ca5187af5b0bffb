import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from admin.serving import circuit_ledger as ledger_module
from admin.serving.circuit_ledger import (
    FORGIVEN_SECONDS,
    LONGEST_WAIT_SECONDS,
    CircuitLedger,
    Ruling,
)
from web.circuits import Held, Spent, Verdict

NOW = 1000.0
ALLOWED = Ruling(Verdict(allowed=True, wait=0.0), close=False)
HELD = ledger_module._HELD
SPENT = ledger_module._SPENT


def held_until_refused(ledger: CircuitLedger, holder: str, circuit: int, what: Held) -> int:
    number = 0
    while ledger.enter(holder, circuit, what, NOW) == ALLOWED:
        number += 1
    return number


def spent_until_late(ledger: CircuitLedger, circuit: int, what: Spent, now: float = NOW) -> int:
    number = 0
    while ledger.spend(circuit, what, now) == ALLOWED:
        number += 1
    return number


def test_every_kind_has_an_allowance_with_a_way_to_the_end() -> None:
    assert set(HELD) == set(Held)
    assert set(SPENT) == set(Spent)
    for allowance in (*HELD.values(), *SPENT.values()):
        assert allowance.free > 0
        assert allowance.grace > 0
    assert all(allowance.refill > 0 for allowance in SPENT.values())


@pytest.mark.parametrize("what", Held)
def test_a_circuit_holds_its_allowance_over_all_workers_together(what: Held) -> None:
    ledger = CircuitLedger()
    for number in range(HELD[what].free):
        assert ledger.enter(f"worker {number % 3}", 7, what, NOW) == ALLOWED
    assert not ledger.enter("worker 9", 7, what, NOW).verdict.allowed
    assert ledger.enter("worker 9", 8, what, NOW) == ALLOWED  # another circuit


def test_what_is_given_back_can_be_held_again() -> None:
    ledger = CircuitLedger()
    free = held_until_refused(ledger, "a", 7, Held.DELIVERY)
    ledger.leave("a", 7, Held.DELIVERY)
    assert ledger.enter("b", 7, Held.DELIVERY, NOW) == ALLOWED
    assert not ledger.enter("b", 7, Held.DELIVERY, NOW).verdict.allowed
    assert free == HELD[Held.DELIVERY].free


def test_a_worker_gives_back_what_it_holds_and_not_what_another_does() -> None:
    ledger = CircuitLedger()
    free = held_until_refused(ledger, "a", 7, Held.DELIVERY)
    for _ in range(free + 5):
        ledger.leave("b", 7, Held.DELIVERY)
        ledger.leave("a", 8, Held.DELIVERY)
        ledger.leave("a", 7, Held.CONNECTION)
    assert not ledger.enter("b", 7, Held.DELIVERY, NOW).verdict.allowed


def test_more_given_back_than_was_held_buys_nothing() -> None:
    ledger = CircuitLedger()
    ledger.enter("a", 7, Held.DELIVERY, NOW)
    for _ in range(10):
        ledger.leave("a", 7, Held.DELIVERY)
    assert held_until_refused(ledger, "a", 7, Held.DELIVERY) == HELD[Held.DELIVERY].free


def test_a_worker_that_is_gone_holds_nothing_and_others_still_do() -> None:
    ledger = CircuitLedger()
    ledger.enter("b", 7, Held.DELIVERY, NOW)
    ledger.enter("b", 7, Held.CONNECTION, NOW)
    held_until_refused(ledger, "a", 7, Held.DELIVERY)
    ledger.drop("a")
    free = HELD[Held.DELIVERY].free
    assert held_until_refused(ledger, "c", 7, Held.DELIVERY) == free - 1
    ledger.drop("a")
    ledger.drop("nobody")
    assert not ledger.enter("c", 7, Held.DELIVERY, NOW).verdict.allowed


@pytest.mark.parametrize("what", Held)
def test_too_much_held_is_refused_ever_later_and_then_closed(what: Held) -> None:
    ledger = CircuitLedger()
    held_until_refused(ledger, "a", 7, what)  # the first trespass
    waits = []
    for _ in range(HELD[what].grace - 1):
        ruling = ledger.enter("a", 7, what, NOW)
        assert not ruling.verdict.allowed
        assert not ruling.close
        waits.append(ruling.verdict.wait)
    assert waits == sorted(waits)
    assert ledger.enter("a", 7, what, NOW).close


@pytest.mark.parametrize("what", Spent)
def test_too_much_spent_comes_later_and_later_and_then_is_refused(what: Spent) -> None:
    ledger = CircuitLedger()
    assert spent_until_late(ledger, 7, what) == SPENT[what].free
    rulings = [ledger.spend(7, what, NOW) for _ in range(SPENT[what].grace - 1)]
    assert all(ruling.verdict.allowed and not ruling.close for ruling in rulings)
    waits = [ruling.verdict.wait for ruling in rulings]
    assert waits == sorted(waits)
    assert waits[0] > 0
    assert waits[-1] == LONGEST_WAIT_SECONDS
    end = ledger.spend(7, what, NOW)
    assert (end.verdict.allowed, end.close) == (False, True)
    assert spent_until_late(ledger, 8, what) == SPENT[what].free  # nobody else's fault


def test_each_kind_is_counted_for_itself() -> None:
    ledger = CircuitLedger()
    while not ledger.spend(7, Spent.CODENAME, NOW).close:
        pass
    assert ledger.spend(7, Spent.FIRST_VISIT, NOW) == ALLOWED
    assert ledger.enter("a", 7, Held.DELIVERY, NOW) == ALLOWED


@pytest.mark.parametrize("what", [*Held, *Spent])
def test_a_circuit_that_goes_on_for_ever_is_refused_for_ever(what: Held | Spent) -> None:
    """tor may be slow to close it: what it asks meanwhile must not break the ledger."""
    ledger = CircuitLedger()
    for _ in range(3000):
        ruling = (
            ledger.enter("a", 7, what, NOW)
            if isinstance(what, Held)
            else ledger.spend(7, what, NOW)
        )
    assert ruling.close
    assert not ruling.verdict.allowed
    assert ruling.verdict.wait == LONGEST_WAIT_SECONDS


@pytest.mark.parametrize("what", Spent)
def test_one_more_is_free_with_time_and_never_more_than_the_allowance(what: Spent) -> None:
    ledger = CircuitLedger()
    free, refill = SPENT[what].free, SPENT[what].refill
    for _ in range(free):
        ledger.spend(7, what, NOW)
    assert ledger.spend(7, what, NOW + 0.4 * refill).verdict.wait > 0
    assert ledger.spend(7, what, NOW + 1.1 * refill) == ALLOWED
    assert ledger.spend(7, what, NOW + 1.2 * refill).verdict.wait > 0
    assert spent_until_late(ledger, 7, what, NOW + 1000 * refill) == free


def test_after_long_quiet_trespasses_are_forgotten() -> None:
    ledger = CircuitLedger()
    while not ledger.spend(7, Spent.CODENAME, NOW).close:
        pass
    assert ledger.spend(7, Spent.CODENAME, NOW + 1).close
    later = NOW + 1 + FORGIVEN_SECONDS + 1
    assert spent_until_late(ledger, 7, Spent.CODENAME, later) == SPENT[Spent.CODENAME].free
    assert not ledger.spend(7, Spent.CODENAME, later).close


def test_who_keeps_coming_is_not_forgiven() -> None:
    ledger = CircuitLedger()
    held_until_refused(ledger, "a", 7, Held.DELIVERY)
    now, seen = NOW, []
    for _ in range(HELD[Held.DELIVERY].grace):
        now += FORGIVEN_SECONDS - 1
        seen.append(ledger.enter("a", 7, Held.DELIVERY, now).close)
    assert seen == [False] * (HELD[Held.DELIVERY].grace - 1) + [True]


def test_an_upload_is_held_however_long_it_takes() -> None:
    ledger = CircuitLedger()
    held_until_refused(ledger, "a", 7, Held.DELIVERY)
    now = NOW
    for _ in range(20):
        now += FORGIVEN_SECONDS + 1
        ledger.spend(8, Spent.CODENAME, now)  # the passing of time is noticed with any visitor
    assert not ledger.enter("b", 7, Held.DELIVERY, now).verdict.allowed


def test_a_reviewers_circuits_are_known_until_they_are_quiet() -> None:
    ledger = CircuitLedger()
    ledger.belongs(7, "lou", NOW)
    ledger.belongs(8, "lou", NOW + 400)
    ledger.belongs(9, "max", NOW + 400)
    assert ledger.circuits_of("lou") == [7, 8]
    assert ledger.circuits_of("sam") == []
    ledger.belongs(9, "lou", NOW + FORGIVEN_SECONDS + 1)  # another signs in on it
    assert ledger.circuits_of("lou") == [8, 9]
    assert ledger.circuits_of("max") == []


def test_with_a_new_tor_no_circuit_is_known() -> None:
    ledger = CircuitLedger()
    ledger.belongs(7, "lou", NOW)
    held_until_refused(ledger, "a", 7, Held.DELIVERY)
    ledger.clear()
    assert ledger.circuits_of("lou") == []
    assert held_until_refused(ledger, "a", 7, Held.DELIVERY) == HELD[Held.DELIVERY].free
    ledger.leave("a", 9, Held.DELIVERY)  # held before, and known no more


def test_past_the_limit_the_longest_quiet_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "CIRCUITS_MAX", 10)
    ledger = CircuitLedger()
    for circuit in range(100):
        ledger.belongs(circuit, "lou", NOW + circuit)
        ledger.spend(0, Spent.CODENAME, NOW + circuit)  # never quiet
    assert ledger.circuits_of("lou") == [*range(91, 100), 0]


def test_a_crowd_of_circuits_takes_no_more_memory_than_was_said() -> None:
    ledger = CircuitLedger()
    for circuit in range(ledger_module.CIRCUITS_MAX + 500):
        ledger.enter("a", circuit, Held.CONNECTION, NOW)
    assert len(ledger._circuits) == ledger_module.CIRCUITS_MAX


@given(st.integers(1, 40), st.floats(0, 100_000), st.sampled_from(list(Spent)))
def test_no_crowd_in_no_time_spends_more_than_allowance_and_refill(
    number: int, seconds: float, what: Spent
) -> None:
    ledger = CircuitLedger()
    free = 0
    for step in range(number):
        free += ledger.spend(7, what, NOW + step * seconds / number) == ALLOWED
    assert free <= SPENT[what].free + seconds / SPENT[what].refill + 1e-6


circuits = st.integers(0, 12)
holders = st.sampled_from(["a", "b", "c"])
spans = st.one_of(st.just(0.0), st.floats(0, 5), st.floats(0, 2000))


class AnyOrder(RuleBasedStateMachine):
    """Random work by three workers on a dozen circuits, with room for eight of them."""

    MAX = 8

    @initialize()
    def begin(self) -> None:
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(ledger_module, "CIRCUITS_MAX", self.MAX)
        self.ledger = CircuitLedger()
        self.now = 0.0
        self.entered: dict[tuple[str, int, Held], int] = {}

    def teardown(self) -> None:
        self.patch.undo()

    @rule(circuit=circuits, holder=holders, what=st.sampled_from(list(Held)), span=spans)
    def enter(self, circuit: int, holder: str, what: Held, span: float) -> None:
        self.now += span
        ruling = self.ledger.enter(holder, circuit, what, self.now)
        self.check(ruling)
        assert ruling.verdict.allowed == (ruling == ALLOWED)  # held, or not at all
        if ruling.verdict.allowed:
            key = (holder, circuit, what)
            self.entered[key] = self.entered.get(key, 0) + 1

    @rule(circuit=circuits, holder=holders, what=st.sampled_from(list(Held)))
    def leave(self, circuit: int, holder: str, what: Held) -> None:
        self.ledger.leave(holder, circuit, what)
        key = (holder, circuit, what)
        self.entered[key] = max(0, self.entered.get(key, 0) - 1)

    @rule(circuit=circuits, what=st.sampled_from(list(Spent)), span=spans)
    def spend(self, circuit: int, what: Spent, span: float) -> None:
        self.now += span
        ruling = self.ledger.spend(circuit, what, self.now)
        self.check(ruling)
        assert ruling.close == (not ruling.verdict.allowed)

    @rule(circuit=circuits, who=st.sampled_from(["lou", "max"]), span=spans)
    def belongs(self, circuit: int, who: str, span: float) -> None:
        self.now += span
        self.ledger.belongs(circuit, who, self.now)
        assert circuit in self.ledger.circuits_of(who)

    @rule(holder=holders)
    def drop(self, holder: str) -> None:
        self.ledger.drop(holder)
        self.entered = {key: n for key, n in self.entered.items() if key[0] != holder}

    @rule()
    def clear(self) -> None:
        self.ledger.clear()
        self.entered.clear()

    def check(self, ruling: Ruling) -> None:
        assert 0 <= ruling.verdict.wait <= LONGEST_WAIT_SECONDS
        if ruling.close:
            assert not ruling.verdict.allowed

    @invariant()
    def never_too_many_circuits_and_never_below_nothing_or_above_the_caps(self) -> None:
        known = getattr(self, "ledger", None)
        if known is None:
            return
        assert len(known._circuits) <= self.MAX
        for circuit, found in known._circuits.items():
            assert all(number >= 0 for number in found.held.values())
            for what in Held:
                assert 0 <= found.holds(what) <= HELD[what].free
                said = sum(n for (_, c, w), n in self.entered.items() if (c, w) == (circuit, what))
                assert found.holds(what) <= said  # never more than was entered
            for what, purse in found.purses.items():
                assert 0 <= purse.left <= SPENT[what].free


TestAnyOrder = AnyOrder.TestCase
