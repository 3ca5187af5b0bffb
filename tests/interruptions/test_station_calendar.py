"""`viewing-station key calendar`, killed at each write: it is carried on from its last window."""

import json
from typing import Any

from tests.interruptions import scenes
from tests.interruptions.stage import Case, Stage, exhaust, station


def test_carried_on(stage: Stage) -> None:
    scenes.found_station(stage)
    stage.did(stage.station("key", "calendar", "--weeks", "1"))
    secrets = stage.station_home / "gnupg" / "private-keys-v1.d"

    def look(root: Any) -> Any:
        listed = json.loads(stage.did(stage.station("key", "calendar", "--list", "--json")))
        windows = [[each["begins"], each["ends"]] for each in listed]
        return station(stage)(root) | {"windows": windows, "parts": len([*secrets.iterdir()])}

    def half(before: Any, after: Any, found: Any) -> bool:
        """A secret part that gpg has not noted yet is taken away when it is run again."""
        parts = found["parts"] in (before["parts"], after["parts"])
        return parts and any(
            found | {"parts": state["parts"]} == state for state in (before, after)
        )

    command = stage.station("key", "calendar", "--weeks", "2")
    exhaust(stage, Case(command, look, half=half))
