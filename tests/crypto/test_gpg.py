import datetime as dt
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from crypto import gpg


def test_the_clock_stops_at_the_days_end() -> None:
    assert gpg.at_end_of(dt.date(2026, 3, 4)) == ("--faked-system-time", "20260304T235959!")


def test_nothing_of_our_environment_reaches_gpg() -> None:
    assert set(gpg.ENVIRONMENT) == {"PATH", "LC_ALL"}
    assert gpg.command(Path("home"), "--x")[:4] == ["gpg", "--homedir", "home", "--no-options"]


def test_status_lines_are_told_from_others() -> None:
    said = b"[GNUPG:] ENC_TO 0 18 0\ngpg: [GNUPG:] FORGED\n[GNUPG:] GOODMDC\n[GNUPG:]\nx"
    assert gpg.status_keywords(said) == ["ENC_TO", "GOODMDC"]


@given(st.binary(max_size=200))
def test_no_bytes_break_the_status_reader(said: bytes) -> None:
    assert len(gpg.status_keywords(said)) <= said.count(b"[GNUPG:]")
