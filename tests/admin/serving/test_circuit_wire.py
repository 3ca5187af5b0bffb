import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admin.serving import circuit_wire as wire_module
from admin.serving.circuit_ledger import _HELD, _SPENT
from admin.serving.circuit_wire import (
    ANSWER_SECONDS,
    CircuitCounter,
    CircuitLink,
    listen_for_workers,
)
from web.circuits import Held, Spent, Verdict

ROOT = Path(__file__).parents[3]
FREE = _HELD[Held.DELIVERY].free
LOU = "00112233445566778899aabbccddeeff"

WORKER = """
import sys, time
from pathlib import Path
from admin.serving.circuit_wire import CircuitLink
from web.circuits import Held
link = CircuitLink(Path(sys.argv[1]))
print(*(link.enter(7, Held.DELIVERY).allowed for _ in range(int(sys.argv[2]))), flush=True)
sys.stdin.read()
"""
LEDGER = """
import sys
from pathlib import Path
from admin.serving.circuit_wire import CircuitCounter, listen_for_workers
CircuitCounter(listen_for_workers(Path(sys.argv[1])), print).start()
print("ready", flush=True)
sys.stdin.read()
"""

Run = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def run() -> Iterator[Run]:
    """Start a program, and wait for its first line; it ends with the test."""
    started: list[subprocess.Popen[str]] = []

    def begin(program: str, *words: object) -> subprocess.Popen[str]:
        made = subprocess.Popen(
            [sys.executable, "-c", program, *map(str, words)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(made)
        return made

    yield begin
    for each in started:
        each.kill()
        each.communicate()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def hang(process: subprocess.Popen[str]) -> None:
    """Stop a program where it stands, and see that it stands still."""
    os.kill(process.pid, signal.SIGSTOP)
    os.waitpid(process.pid, os.WUNTRACED)


Linked = Callable[[Path], CircuitLink]


@pytest.fixture
def linked() -> Iterator[Linked]:
    """Give workers' ends; their connections end with the test."""
    made: list[CircuitLink] = []

    def link(path: Path) -> CircuitLink:
        made.append(CircuitLink(path))
        return made[-1]

    yield link
    for each in made:
        each._hang_up()


class Ledger:
    """A counter on a socket of its own, and the circuits that it had closed."""

    def __init__(self, path: Path, linked: Linked) -> None:
        self.path, self._linked = path, linked
        self.closed: Queue[int] = Queue()
        self.counter = CircuitCounter(listen_for_workers(path), self.closed.put)
        self.counter.start()

    def link(self) -> CircuitLink:
        return self._linked(self.path)

    def raw(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connection.settimeout(10)
        connection.connect(str(self.path))
        return connection


@pytest.fixture
def ledger(short: Path, linked: Linked) -> Iterator[Ledger]:
    made = Ledger(short / "c.sock", linked)
    yield made
    made.counter._listener.close()


def held_by(link: CircuitLink, circuit: int = 7) -> int:
    """Enter until refused; give how many went in."""
    number = 0
    while link.enter(circuit, Held.DELIVERY).allowed:
        number += 1
    return number


def wait_for(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_workers_questions_get_the_ledgers_answers(ledger: Ledger) -> None:
    link = ledger.link()
    assert link.enter(7, Held.CONNECTION) == Verdict()
    for _ in range(_SPENT[Spent.CODENAME].free):
        assert link.spend(7, Spent.CODENAME) == Verdict()
    late = link.spend(7, Spent.CODENAME)
    assert late == Verdict(allowed=True, wait=0.5)
    assert link.spend(7, Spent.CODENAME) == Verdict(allowed=True, wait=1.0)
    assert link.spend(8, Spent.CODENAME) == Verdict()


def test_two_workers_share_an_allowance_and_give_it_back(ledger: Ledger) -> None:
    first, second = ledger.link(), ledger.link()
    assert held_by(first) == FREE
    assert not second.enter(7, Held.DELIVERY).allowed
    second.leave(7, Held.DELIVERY)  # not its own
    assert not second.enter(7, Held.DELIVERY).allowed
    first.leave(7, Held.DELIVERY)
    assert second.enter(7, Held.DELIVERY).allowed


def test_a_circuit_that_goes_too_far_is_closed_and_no_other(ledger: Ledger) -> None:
    link = ledger.link()
    for _ in range(_SPENT[Spent.CODENAME].free + _SPENT[Spent.CODENAME].grace):
        assert link.spend(7, Spent.CODENAME).allowed
    assert ledger.closed.empty()
    assert not link.spend(7, Spent.CODENAME).allowed
    assert ledger.closed.get(timeout=10) == 7
    link.spend(8, Spent.CODENAME)
    assert ledger.closed.empty()


@pytest.mark.parametrize("circuit", [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF])
def test_every_circuit_of_tor_can_be_named(ledger: Ledger, circuit: int) -> None:
    link = ledger.link()
    link.belongs(circuit, LOU)
    assert ledger.counter.circuits_of(LOU) == [circuit]
    ledger.counter.clear()
    assert ledger.counter.circuits_of(LOU) == []


def test_the_socket_is_its_owners_alone(ledger: Ledger) -> None:
    assert ledger.path.stat().st_mode & 0o777 == 0o600


def test_a_worker_that_is_killed_gives_back_what_it_held(ledger: Ledger, run: Run) -> None:
    killed, other = run(WORKER, ledger.path, FREE - 1), run(WORKER, ledger.path, 1)
    assert line_of(killed).split() == ["True"] * (FREE - 1)
    assert line_of(other) == "True"
    link = ledger.link()
    assert not link.enter(7, Held.DELIVERY).allowed
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    wait_for(lambda: link.enter(7, Held.DELIVERY).allowed)
    assert held_by(link) == FREE - 2  # the other worker's one is still held


def test_without_a_ledger_all_is_allowed_at_once(short: Path, linked: Linked) -> None:
    link = linked(short / "nobody.sock")
    began = time.monotonic()
    for number in range(100):
        assert link.enter(number, Held.CONNECTION) == Verdict()
        link.leave(number, Held.CONNECTION)
        assert link.spend(7, Spent.CODENAME) == Verdict()
        link.belongs(number, LOU)
    assert time.monotonic() - began < ANSWER_SECONDS


def test_when_the_ledger_is_killed_all_is_allowed_and_a_new_one_is_asked(
    short: Path, run: Run, linked: Linked
) -> None:
    path = short / "c.sock"
    first = run(LEDGER, path)
    assert line_of(first) == "ready"
    link = linked(path)
    assert held_by(link) == FREE
    first.kill()
    first.wait()
    began = time.monotonic()
    for _ in range(20):
        assert link.enter(7, Held.DELIVERY) == Verdict()
    assert time.monotonic() - began < ANSWER_SECONDS
    assert line_of(run(LEDGER, path)) == "ready"
    assert held_by(link) == FREE
    link.leave(7, Held.DELIVERY)
    assert link.enter(7, Held.DELIVERY).allowed


def test_a_ledger_that_hangs_costs_one_answers_time_and_not_one_for_each_page(
    short: Path, run: Run, linked: Linked
) -> None:
    path = short / "c.sock"
    hanging = run(LEDGER, path)
    assert line_of(hanging) == "ready"
    link = linked(path)
    link.enter(7, Held.CONNECTION)
    hang(hanging)
    began = time.monotonic()
    pages = [
        threading.Thread(target=link.spend, args=(number, Spent.CODENAME)) for number in range(20)
    ]
    for page in pages:
        page.start()
    for page in pages:
        page.join()
    assert ANSWER_SECONDS * 0.9 <= time.monotonic() - began < 4 * ANSWER_SECONDS


def test_after_the_pause_the_ledger_is_asked_again(
    short: Path, run: Run, linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire_module, "PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(wire_module, "ANSWER_SECONDS", 0.3)
    path = short / "c.sock"
    hanging = run(LEDGER, path)
    assert line_of(hanging) == "ready"
    link = linked(path)
    held_by(link)
    hang(hanging)
    assert link.enter(7, Held.DELIVERY) == Verdict()
    os.kill(hanging.pid, signal.SIGCONT)
    time.sleep(0.2)
    wait_for(lambda: not link.enter(7, Held.DELIVERY).allowed)


GARBAGE = [
    b"",
    b"x",
    b"\x00" * 22,
    b"\xff" * 22,
    b"GET / HTTP/1.1\r\n\r\n",
    b"\x01\x03" + bytes(20),  # a kind that is spent, to be entered
    b"\x03\x01" + bytes(20),  # a kind that is held, to be spent
    b"\x05\x01" + bytes(20),  # no such verb
    b"\x01\x01" + bytes(19),
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=ascii)
def test_garbage_closes_the_connection_that_it_came_by_and_no_other(
    ledger: Ledger, garbage: bytes
) -> None:
    good = ledger.link()
    assert held_by(good) == FREE
    with ledger.raw() as bad:
        bad.send(garbage)
        assert bad.recv(100) == b""
    assert not good.enter(7, Held.DELIVERY).allowed  # what it holds is still held
    good.leave(7, Held.DELIVERY)
    assert good.enter(7, Held.DELIVERY).allowed
    assert ledger.link().spend(9, Spent.CODENAME) == Verdict()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(messages=st.lists(st.binary(max_size=40), max_size=6))
def test_any_messages_are_answered_in_form_or_end_their_connection(
    ledger: Ledger, messages: list[bytes]
) -> None:
    with ledger.raw() as other:
        for message in messages:
            try:
                other.send(message)
                answer = other.recv(100)
            except OSError:
                break
            assert len(answer) in {0, 5}
            if not answer:
                break
    good = ledger.link()
    assert held_by(good, 0xABCDEF) == FREE  # answered by the ledger: without it all is allowed
    for _ in range(FREE):
        good.leave(0xABCDEF, Held.DELIVERY)
    ledger.counter.clear()
    good._hang_up()


def test_what_garbage_held_before_is_given_back(ledger: Ledger) -> None:
    with ledger.raw() as bad:
        for _ in range(FREE):
            bad.send(b"\x01\x02" + (7).to_bytes(4, "big") + bytes(16))
            assert bad.recv(100)[0] == 1
        assert not ledger.link().enter(7, Held.DELIVERY).allowed
        bad.send(b"garbage")
        assert bad.recv(100) == b""
    assert held_by(ledger.link()) == FREE


def test_who_asks_without_reading_the_answers_holds_up_nobody(ledger: Ledger) -> None:
    question = b"\x03\x03" + bytes(20)
    with ledger.raw() as greedy:
        greedy.settimeout(2)
        flood = itertools.repeat(question, 100_000)
        with pytest.raises(OSError, match=r"Broken pipe|reset"):
            deque(map(greedy.send, flood), maxlen=0)
        began = time.monotonic()
        assert ledger.link().spend(9, Spent.CODENAME) == Verdict()
        assert time.monotonic() - began < ANSWER_SECONDS


def test_many_threads_of_a_worker_never_get_each_others_answers(ledger: Ledger) -> None:
    link = ledger.link()
    wrong: list[int] = []

    def one(circuit: int) -> None:
        for _ in range(30):
            if not link.enter(circuit, Held.CONNECTION).allowed:
                wrong.append(circuit)
            link.leave(circuit, Held.CONNECTION)

    full = threading.Thread(target=lambda: [held_by(link, 99) for _ in range(20)])
    threads = [full, *(threading.Thread(target=one, args=(number,)) for number in range(8))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    assert wrong == []


def test_a_socket_left_by_a_killed_process_is_replaced(short: Path) -> None:
    path = short / "c.sock"
    listen_for_workers(path).close()
    assert path.is_socket()
    listen_for_workers(path).close()
