"""Colours as on a terminal that has them all, whatever runs the tests."""

from datetime import timedelta

import pytest

from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import TODAY, SmallServer, Source


@pytest.fixture(autouse=True)
def good_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture
def three(reviewer: Reviewer, server: SmallServer) -> list[str]:
    """Three threads were opened; return their names, newest first."""
    envelopes = [
        *server.receive(
            Source(), "The tender was written by the bidder.", {"offre.pdf": b"x" * 2048}
        ),
        *server.receive(Source(), "Cameras at the school gate.", day=TODAY - timedelta(1)),
        *server.receive(Source(), "Minutes of the meeting.", day=TODAY - timedelta(2)),
    ]
    reviewer.open(server.bundle(envelopes))
    return [str(thread["name"]) for thread in reviewer.json("threads")]
