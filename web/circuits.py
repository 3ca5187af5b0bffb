"""Limits by circuit: behind Tor there is no other honest key to tell visitors apart by.

Tor gives each connection the id of its circuit, in the form of an IPv6 address (tor(1),
HiddenServiceExportCircuitID). Who counts, and who closes a circuit, is a service that is passed
in: an app asks for a verdict and never holds Tor's control. A new Tor identity brings a new
circuit and a fresh allowance, so that the caps over everybody stand behind these.
"""

import ipaddress
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol

from flask import request

from web.errors import Busy

_EXPORTED = ipaddress.IPv6Network("fc00:dead:beef:4dad::/96")
_ID_MASK = 0xFFFF_FFFF
SLOWED_AT_ONCE = 16  # a process's threads that may wait so; pages need the others


class Held(IntEnum):
    """What a circuit holds for a while."""

    CONNECTION = 1
    DELIVERY = 2


class Spent(IntEnum):
    """What a circuit does once and again."""

    CODENAME = 3
    FIRST_VISIT = 4
    SIGN_IN = 5
    HALF_REQUEST = 6


@dataclass(frozen=True)
class Verdict:
    """Whether it may be, and how many seconds later."""

    allowed: bool = True
    wait: float = 0.0


class Circuits(Protocol):
    """Counts what circuits do. A circuit that goes too far is closed by whoever counts."""

    def enter(self, circuit: int, what: Held) -> Verdict:
        """Begin to hold something, if allowed."""

    def leave(self, circuit: int, what: Held) -> None:
        """Hold it no more."""

    def spend(self, circuit: int, what: Spent) -> Verdict:
        """Do something once."""

    def belongs(self, circuit: int, reviewer: str) -> None:
        """Note whose circuit it is, so that it can be closed when they may come no more."""


class NoCircuits:
    """Where no Tor is in front, there are no circuits and no limits by them."""

    def enter(self, _circuit: int, _what: Held) -> Verdict:
        """Allow it."""
        return Verdict()

    def leave(self, _circuit: int, _what: Held) -> None:
        """Do nothing."""

    def spend(self, _circuit: int, _what: Spent) -> Verdict:
        """Allow it."""
        return Verdict()

    def belongs(self, _circuit: int, _reviewer: str) -> None:
        """Do nothing."""


def circuit_of(environ: dict[str, Any]) -> int | None:
    """Give the id of the request's circuit; None for one that did not come through Tor.

    The server takes the address from Tor's own line on Tor's own socket; no header sets it.
    """
    try:
        address = ipaddress.ip_address(environ.get("REMOTE_ADDR") or "")
    except ValueError:
        return None
    return int(address) & _ID_MASK if address in _EXPORTED else None


class CircuitLimits:
    """The verdicts, as the views apply them to the request in hand."""

    def __init__(self, circuits: Circuits) -> None:
        self._circuits = circuits
        self._slowed = threading.BoundedSemaphore(SLOWED_AT_ONCE)

    def spend(self, what: Spent) -> None:
        """Count one; answer late past the allowance, and raise Busy past its end."""
        circuit = circuit_of(request.environ)
        if circuit is not None:
            self._apply(self._circuits.spend(circuit, what))

    @contextmanager
    def holding(self, what: Held) -> Iterator[None]:
        """Hold something during the request; raises Busy where the circuit holds too many."""
        circuit = circuit_of(request.environ)
        if circuit is None:
            yield
            return
        self._apply(self._circuits.enter(circuit, what))
        try:
            yield
        finally:
            self._circuits.leave(circuit, what)

    def belongs(self, reviewer: str) -> None:
        """Note that the request's circuit is this reviewer's."""
        circuit = circuit_of(request.environ)
        if circuit is not None:
            self._circuits.belongs(circuit, reviewer)

    def _apply(self, verdict: Verdict) -> None:
        if verdict.wait:
            self._wait(verdict.wait)
        if not verdict.allowed:
            raise Busy

    def _wait(self, seconds: float) -> None:
        if not self._slowed.acquire(blocking=False):
            raise Busy  # whoever slows others down by waiting in crowds does not wait
        try:
            time.sleep(seconds)
        finally:
            self._slowed.release()
