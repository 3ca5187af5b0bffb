"""A bar shows on terminals, after a second, and goes away."""

import os
import pty
import subprocess
import sys

import pytest

from viewing_station import progress

SLOW = """
import time
from viewing_station.progress import meter
with meter("Opening", 4 << 20) as opening:
    for _ in range(4):
        time.sleep(0.4)
        opening.advance(1 << 20)
print("done")
"""


def on_a_terminal(program: str) -> tuple[str, str]:
    """Run a program whose standard error is a terminal; return what it put out on both."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=environment,
        check=True,
    )
    os.close(theirs)
    shown = os.read(ours, 1 << 16)
    os.close(ours)
    return done.stdout.decode(), shown.decode()


def test_it_shows_on_a_terminal_with_rate_and_time_left() -> None:
    output, shown = on_a_terminal(SLOW)
    assert output == "done\n"
    assert "Opening" in shown
    assert "4.0 MiB of 4.0 MiB, 2." in shown
    assert "/s, 0:00:00 left" in shown
    assert shown.endswith("\x1b[2K")  # it wiped itself away


def test_it_does_not_show_where_nobody_looks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with progress.meter("Opening", 10) as opening:
        opening.advance(10)
    assert capsys.readouterr() == ("", "")
