"""What each circuit holds and has done, in memory only. No input or output here.

One ledger serves all processes of both apps. Past an allowance the answer comes later and later,
then the circuit is to be closed. A worker that dies gives back what it held.
"""

from collections import Counter, OrderedDict
from dataclasses import dataclass, field

from web.circuits import Held, Spent, Verdict

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 8.0  # a browser's user still takes it for a slow page
DOUBLINGS_MAX = 10  # past them the longest wait is long reached; unbounded, a power overflows
FORGIVEN_SECONDS = 600  # of quiet, after which a circuit's trespasses are forgotten
CIRCUITS_MAX = 20_000  # some 10 MB; past it the longest quiet is forgotten


@dataclass(frozen=True)
class Allowance:
    """How much is free, and how far past it a circuit may go.

    For what is held: `free` at once. For what is done: `free` at once, and one more each
    `refill` seconds. `grace` trespasses are borne; with the next one the circuit is closed.
    """

    free: int
    grace: int
    refill: float = 0.0


# Firefox opens 6 connections to a host; a person with some tabs stays far below 32.
_HELD = {
    Held.CONNECTION: Allowance(free=32, grace=32),
    # One person sends one delivery, perhaps a second from another tab.
    Held.DELIVERY: Allowance(free=3, grace=8),
}
# A person comes back, mistypes, comes back: eight in a row, then one a minute. Each costs a
# derivation of 64 MiB. A first visit writes a row; a log-in costs a derivation too.
_SPENT = {
    Spent.CODENAME: Allowance(free=8, grace=8, refill=60),
    Spent.FIRST_VISIT: Allowance(free=10, grace=8, refill=60),
    Spent.SIGN_IN: Allowance(free=10, grace=8, refill=30),
    # A request that stops half-way comes from a circuit that broke, now and then.
    Spent.HALF_REQUEST: Allowance(free=8, grace=8, refill=60),
}


@dataclass
class _Purse:
    """What is left of an allowance for things done, at a time."""

    left: float
    at: float


@dataclass
class _Circuit:
    held: Counter[tuple[str, Held]] = field(default_factory=Counter)
    purses: dict[Spent, _Purse] = field(default_factory=dict)
    trespasses: Counter[Held | Spent] = field(default_factory=Counter)
    reviewer: str | None = None
    seen: float = 0.0

    def holds(self, what: Held) -> int:
        return sum(number for (_, kind), number in self.held.items() if kind is what)


@dataclass(frozen=True)
class Ruling:
    """A verdict, and whether the circuit is to be closed."""

    verdict: Verdict = field(default_factory=Verdict)
    close: bool = False


class CircuitLedger:
    """The circuits of both services. `holder` names the worker that speaks for a circuit."""

    def __init__(self) -> None:
        self._circuits: OrderedDict[int, _Circuit] = OrderedDict()  # the longest quiet first

    def enter(self, holder: str, circuit: int, what: Held, now: float) -> Ruling:
        """Let a circuit hold one more, or not."""
        known = self._known(circuit, now)
        if known.holds(what) < _HELD[what].free:
            known.held[holder, what] += 1
            return Ruling()
        ruling = self._trespass(known, what, _HELD[what].grace)
        return Ruling(Verdict(allowed=False, wait=ruling.verdict.wait), ruling.close)

    def leave(self, holder: str, circuit: int, what: Held) -> None:
        """Have a circuit hold one less."""
        known = self._circuits.get(circuit)
        if known is not None and known.held[holder, what] > 0:
            known.held[holder, what] -= 1

    def spend(self, circuit: int, what: Spent, now: float) -> Ruling:
        """Count what a circuit does."""
        known = self._known(circuit, now)
        allowance = _SPENT[what]
        purse = known.purses.setdefault(what, _Purse(allowance.free, now))
        purse.left = min(allowance.free, purse.left + (now - purse.at) / allowance.refill)
        purse.at = now
        if purse.left >= 1:
            purse.left -= 1
            return Ruling()
        return self._trespass(known, what, allowance.grace)

    def belongs(self, circuit: int, reviewer: str, now: float) -> None:
        """Note whose circuit it is."""
        self._known(circuit, now).reviewer = reviewer

    def circuits_of(self, reviewer: str) -> list[int]:
        """List the circuits that a reviewer was seen on."""
        return [number for number, known in self._circuits.items() if known.reviewer == reviewer]

    def drop(self, holder: str) -> None:
        """Give back all that a worker held: it is gone."""
        for known in self._circuits.values():
            for key in [key for key in known.held if key[0] == holder]:
                del known.held[key]

    def clear(self) -> None:
        """Forget all circuits: the tor they belonged to is gone."""
        self._circuits.clear()

    def _known(self, circuit: int, now: float) -> _Circuit:
        known = self._circuits.pop(circuit, None) or _Circuit()
        if now - known.seen > FORGIVEN_SECONDS:
            known.trespasses.clear()
        known.seen = now
        self._make_room(now)
        self._circuits[circuit] = known
        return known

    def _make_room(self, now: float) -> None:
        """Forget who was quiet for long, and more where there is no room for one more."""
        while self._circuits:
            number, oldest = next(iter(self._circuits.items()))
            quiet = now - oldest.seen > FORGIVEN_SECONDS
            if quiet and any(oldest.held.values()):
                oldest.seen = now  # a long upload, say: it is looked at again later
                self._circuits.move_to_end(number)
            elif quiet or len(self._circuits) >= CIRCUITS_MAX:
                del self._circuits[number]
            else:
                return

    @staticmethod
    def _trespass(known: _Circuit, what: Held | Spent, grace: int) -> Ruling:
        known.trespasses[what] += 1
        number = known.trespasses[what]
        doubled = FIRST_WAIT_SECONDS * 2.0 ** min(number - 1, DOUBLINGS_MAX)
        wait = min(LONGEST_WAIT_SECONDS, doubled)
        over = number > grace
        return Ruling(Verdict(allowed=not over, wait=wait), close=over)
