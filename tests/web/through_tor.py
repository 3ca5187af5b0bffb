"""Visitors who come through Tor: a test client on a circuit, and the ledger that counts it."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin.serving.circuit_ledger import CircuitLedger, Ruling
from web.circuits import Held, Spent, Verdict
from web.onion import OnionNames

ONION = "a" * 56 + ".onion"
CIRCUIT = 0x1_0002
_PREFIX = "fc00:dead:beef:4dad::"


def named() -> OnionNames:
    """Name the one onion service that tests come to."""
    return OnionNames(ONION)


class TorClient(FlaskClient):
    """A browser that asks for the onion service's name, by a circuit."""

    def open(self, *args: Any, **named: Any) -> TestResponse:
        named.setdefault("base_url", f"http://{ONION}/")
        answer: TestResponse = super().open(*args, **named)
        return answer


def through_tor(app: Flask, circuit: int = CIRCUIT) -> FlaskClient:
    """Give a browser on a circuit."""
    app.test_client_class = TorClient
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = f"{_PREFIX}{circuit >> 16:x}:{circuit & 0xFFFF:x}"
    return client


class Counted:
    """The real ledger, without its wire, at a time that stands still.

    `asked` is what it was asked, `closed` the circuits that it would have closed.
    """

    def __init__(self) -> None:
        self._ledger = CircuitLedger()
        self.asked: list[tuple[str, int, object]] = []
        self.closed: list[int] = []

    def enter(self, circuit: int, what: Held) -> Verdict:
        self.asked.append(("enter", circuit, what))
        return self._ruled(circuit, self._ledger.enter("worker", circuit, what, 1.0))

    def leave(self, circuit: int, what: Held) -> None:
        self.asked.append(("leave", circuit, what))
        self._ledger.leave("worker", circuit, what)

    def spend(self, circuit: int, what: Spent) -> Verdict:
        self.asked.append(("spend", circuit, what))
        return self._ruled(circuit, self._ledger.spend(circuit, what, 1.0))

    def belongs(self, circuit: int, reviewer: str) -> None:
        self.asked.append(("belongs", circuit, reviewer))

    def _ruled(self, circuit: int, ruling: Ruling) -> Verdict:
        if ruling.close:
            self.closed.append(circuit)
        return ruling.verdict
