"""How a service stands comes back as it was written, and nothing else passes for it."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admin.errors import AdminError
from admin.onion_state import OnionState, Overlap, read_state, state_file, write_state
from formats.errors import Malformed
from web.instance import Places

FIRST, SECOND = f"source.{'a' * 56}", f"source.{'b' * 56}"
DAY = date(2026, 11, 30)
MOVING = OnionState("source", Overlap(FIRST, DAY, DAY + timedelta(30)), SECOND)
WRITTEN = f"""{{
 "current": "source",
 "format": "vasistas/onion-state/1",
 "next": "{FIRST}",
 "retired": "{SECOND}",
 "since": "2026-11-30",
 "until": "2026-12-30"
}}
"""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places(tmp_path)
    places.onions.mkdir()
    return places


def test_a_state_is_written_as_it_always_was(places: Places) -> None:
    assert MOVING.encode().decode() == WRITTEN
    write_state(places, "source", MOVING)
    assert state_file(places, "source").read_text() == WRITTEN
    assert read_state(places, "source") == MOVING


def test_a_service_that_never_moved_has_no_file(places: Places) -> None:
    assert read_state(places, "journalist") == OnionState("journalist")
    assert not state_file(places, "journalist").exists()


@pytest.mark.parametrize(
    "state", [OnionState("source"), OnionState(FIRST, retired="source"), MOVING]
)
def test_each_state_comes_back(places: Places, state: OnionState) -> None:
    write_state(places, "source", state)
    assert read_state(places, "source") == state


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("state/1", "state/2"),
        ('"source"', '"../source"'),
        ('"source"', '""'),
        ('"source"', '"source.a"'),
        ('"source"', f'"{FIRST}"'),
        (SECOND, "source"),
        ("2026-12-30", "2026-11-29"),
        ("2026-12-30", ""),
        ('"retired"', '"other"'),
        ("{\n", '{\n "a": 1,\n'),
    ],
)
def test_a_damaged_file_is_told_and_not_guessed_at(places: Places, old: str, new: str) -> None:
    assert old in WRITTEN
    state_file(places, "source").write_text(WRITTEN.replace(old, new, 1))
    with pytest.raises(AdminError, match="restore it from a backup"):
        read_state(places, "source")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_are_a_typed_error(places: Places, data: bytes) -> None:
    state_file(places, "source").write_bytes(data)
    with pytest.raises(AdminError):
        read_state(places, "source")


def test_one_folder_has_one_role() -> None:
    with pytest.raises(Malformed):
        OnionState("source", retired="source")
    with pytest.raises(Malformed):
        OnionState(FIRST, Overlap(FIRST, DAY, DAY))


def test_the_last_day_counts() -> None:
    overlap = Overlap(FIRST, DAY, DAY + timedelta(1))
    assert not overlap.over(DAY + timedelta(1))
    assert overlap.over(DAY + timedelta(2))
