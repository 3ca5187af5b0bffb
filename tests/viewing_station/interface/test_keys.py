"""The table of keys: the app has them all, and the guide gives the same."""

from pathlib import Path

from textual.binding import Binding

from tests.viewing_station.interface.sitting import Sitting, sit
from tests.viewing_station.reviewer import Reviewer
from viewing_station.interface.key_bar import fitted
from viewing_station.interface.keys import (
    DESK_KEYS,
    DOCUMENT_KEYS,
    MOVING_KEYS,
    REPLY_KEYS,
    bindings,
)

GUIDE = Path(__file__).parents[3] / "docs" / "viewing-station.md"


def test_the_guides_table_is_the_apps() -> None:
    text = GUIDE.read_text("utf-8").partition("## The full screen")[2].partition("\n## ")[0]
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    listed = (*MOVING_KEYS, *DESK_KEYS, *DOCUMENT_KEYS, *REPLY_KEYS)
    assert rows == [f"| `{key.shown}` | {key.does} |" for key in listed]


def test_each_key_of_the_table_is_bound(reviewer: Reviewer, three: list[str]) -> None:
    async def drive(at: Sitting) -> None:
        await at.press("enter")
        bound = {active.binding.action for active in at.app.screen.active_bindings.values()}
        assert {key.action for key in DESK_KEYS} <= bound
        at.app.screen.query_one("#threads").focus()
        await at.pilot.pause()
        keys = set(at.app.screen.active_bindings)
        assert {"up", "down", "j", "k", "pageup", "pagedown", "home", "end", "enter"} <= keys
        await at.press("r")
        await at.until("characters left")
        bound = {active.binding.action for active in at.app.screen.active_bindings.values()}
        assert {key.action for key in REPLY_KEYS} <= bound

    sit(reviewer, drive)


def test_no_key_does_two_things() -> None:
    keys = [name for key in (*DESK_KEYS, *DOCUMENT_KEYS) for name in key.keys.split(",")]
    assert len(set(keys)) == len(keys)


def test_help_and_leaving_stay_however_narrow_it_is() -> None:
    listed = [each for each in bindings(DESK_KEYS) if isinstance(each, Binding) and each.show]
    assert fitted(listed, 20).plain == "? Help   q Quit"
    assert fitted(listed, 32).plain == "r Reply   ? Help   q Quit"
    assert fitted(listed, 500).plain.endswith("t Light/dark   ? Help   q Quit")
