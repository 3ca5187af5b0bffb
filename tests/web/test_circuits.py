import ipaddress
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from web import circuits as circuits_module
from web.circuits import CircuitLimits, Held, NoCircuits, Spent, Verdict, circuit_of
from web.errors import Busy

THROUGH_TOR = "fc00:dead:beef:4dad::1:2"
CIRCUIT = 0x1_0002
PREFIX = 0xFC00_DEAD_BEEF_4DAD << 64


class Ledger:
    """A ledger (a mock) that gives one verdict, and notes what it is asked."""

    def __init__(self, **verdict: Any) -> None:
        self.verdict = Verdict(**verdict)
        self.said: list[tuple[object, ...]] = []

    def enter(self, circuit: int, what: Held) -> Verdict:
        self.said.append(("enter", circuit, what))
        return self.verdict

    def leave(self, circuit: int, what: Held) -> None:
        self.said.append(("leave", circuit, what))

    def spend(self, circuit: int, what: Spent) -> Verdict:
        self.said.append(("spend", circuit, what))
        return self.verdict

    def belongs(self, circuit: int, reviewer: str) -> None:
        self.said.append(("belongs", circuit, reviewer))


def within(address: str | None, do: Callable[[], Any]) -> Any:
    """Do something within a request from an address."""
    base = {} if address is None else {"REMOTE_ADDR": address}
    with Flask("any", static_folder=None).test_request_context("/", environ_base=base):
        return do()


@given(st.integers(0, 0xFFFF_FFFF))
@example(0)
@example(0xFFFF_FFFF)
def test_the_circuit_is_read_from_every_way_to_write_its_address(circuit: int) -> None:
    address = ipaddress.IPv6Address(PREFIX | circuit)
    high, low = circuit >> 16, circuit & 0xFFFF
    for written in (str(address), address.exploded, f"fc00:dead:beef:4dad::{high:x}:{low:x}"):
        assert circuit_of({"REMOTE_ADDR": written}) == circuit


@pytest.mark.parametrize(
    "address",
    [
        "", "127.0.0.1", "::1", "::", "fc00:dead:beef:4dae::1", "fc00:dead:beef:4dad:1::1",
        "fc00:dead:beef:4dad:0:1:0:1", "fc00:dead:beef::1", "::ffff:127.0.0.1", "unix:", "@",
        "fc00:dead:beef:4dad::1:2:3", "fc00:dead:beef:4dad::1, 127.0.0.1", " " + THROUGH_TOR,
        THROUGH_TOR + "\n", THROUGH_TOR + "/128", "[" + THROUGH_TOR + "]", "é", "0", "4242424242",
    ],
    ids=ascii,
)  # fmt: skip
def test_whatever_else_stands_there_is_no_circuit(address: str) -> None:
    assert circuit_of({"REMOTE_ADDR": address}) is None


def test_without_an_address_there_is_no_circuit() -> None:
    assert circuit_of({}) is None
    assert circuit_of({"REMOTE_ADDR": None}) is None


@given(st.one_of(st.text(max_size=50), st.ip_addresses().map(str)))
def test_any_address_is_a_circuit_of_32_bits_or_none(address: str) -> None:
    found = circuit_of({"REMOTE_ADDR": address})
    try:
        number = int(ipaddress.IPv6Address(address))
    except ValueError:
        number = 0
    assert found == (number - PREFIX if number >> 32 == PREFIX >> 32 else None)


def test_no_header_makes_a_circuit() -> None:
    names = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Remote-Addr", "Remote_Addr")
    app = Flask("any", static_folder=None)
    app.add_url_rule("/", "any", lambda: str(circuit_of(_environ())))
    for name in names:
        answer = app.test_client().get("/", headers={name: THROUGH_TOR})
        assert answer.text == "None"


def _environ() -> dict[str, Any]:
    from flask import request  # noqa: PLC0415  within the request alone

    return dict(request.environ)


def test_what_is_held_is_given_back_whatever_happens() -> None:
    ledger = Ledger()
    limits = CircuitLimits(ledger)

    def fail() -> None:
        with limits.holding(Held.DELIVERY):
            assert ledger.said == [("enter", CIRCUIT, Held.DELIVERY)]
            raise KeyError

    with pytest.raises(KeyError):
        within(THROUGH_TOR, fail)
    assert ledger.said == [("enter", CIRCUIT, Held.DELIVERY), ("leave", CIRCUIT, Held.DELIVERY)]


def test_what_is_refused_is_not_given_back() -> None:
    ledger = Ledger(allowed=False)
    limits = CircuitLimits(ledger)

    def hold() -> None:
        with limits.holding(Held.DELIVERY):
            pytest.fail("it was refused")

    with pytest.raises(Busy):
        within(THROUGH_TOR, hold)
    assert ledger.said == [("enter", CIRCUIT, Held.DELIVERY)]


def test_what_did_not_come_through_tor_is_not_counted() -> None:
    ledger = Ledger(allowed=False, wait=100)
    limits = CircuitLimits(ledger)

    def everything() -> None:
        limits.spend(Spent.CODENAME)
        limits.belongs("lou")
        with limits.holding(Held.DELIVERY):
            pass

    for address in (None, "127.0.0.1", ""):
        within(address, everything)
    assert ledger.said == []


def test_the_answer_comes_as_late_as_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(circuits_module.time, "sleep", slept.append)
    within(THROUGH_TOR, lambda: CircuitLimits(Ledger()).spend(Spent.CODENAME))
    assert slept == []
    late = CircuitLimits(Ledger(wait=2.5))
    within(THROUGH_TOR, lambda: late.spend(Spent.CODENAME))
    assert slept == [2.5]
    over = CircuitLimits(Ledger(allowed=False, wait=8.0))
    with pytest.raises(Busy):
        within(THROUGH_TOR, lambda: over.spend(Spent.CODENAME))
    assert slept == [2.5, 8.0]  # the refusal comes late as well


def test_a_crowd_that_is_slowed_down_takes_few_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circuits_module, "SLOWED_AT_ONCE", 3)
    limits = CircuitLimits(Ledger(wait=1.0))
    inside = threading.Barrier(4)
    over = threading.Event()

    def sleep(_seconds: float) -> None:
        inside.wait(10)
        over.wait(10)

    monkeypatch.setattr(circuits_module.time, "sleep", sleep)

    def spend() -> None:
        within(THROUGH_TOR, lambda: limits.spend(Spent.CODENAME))

    with ThreadPoolExecutor(3) as threads:
        waiting = [threads.submit(spend) for _ in range(3)]
        inside.wait(10)
        began = time.monotonic()
        for _ in range(10):
            with pytest.raises(Busy):
                spend()
        assert time.monotonic() - began < 5
        over.set()
        for each in waiting:
            each.result(10)
    monkeypatch.setattr(circuits_module.time, "sleep", lambda _seconds: None)
    spend()  # the places are given back


def test_a_reviewers_circuit_is_noted() -> None:
    ledger = Ledger()
    within(THROUGH_TOR, lambda: CircuitLimits(ledger).belongs("0011"))
    assert ledger.said == [("belongs", CIRCUIT, "0011")]


def test_without_tor_in_front_there_are_no_limits() -> None:
    none = NoCircuits()
    for _ in range(1000):
        assert none.enter(7, Held.DELIVERY) == none.spend(7, Spent.CODENAME) == Verdict()
        none.leave(7, Held.DELIVERY)
        none.belongs(7, "lou")


def test_every_kind_has_a_number_of_its_own_on_the_wire() -> None:
    numbers = [int(kind) for kind in (*Held, *Spent)]
    assert len(set(numbers)) == len(numbers)
    assert all(0 < number < 256 for number in numbers)
