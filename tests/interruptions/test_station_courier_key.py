"""`viewing-station key courier --new` and `instance set` by a succession, killed at each write."""

from typing import Any

from tests.interruptions import scenes
from tests.interruptions.scenes import SLUG
from tests.interruptions.stage import Case, Stage, exhaust, station


def test_key_courier(stage: Stage) -> None:
    """Made anew once more where it was cut off: the admin is given the last one's file."""
    scenes.open_bundle(stage)

    def look(root: Any) -> Any:
        file = stage.station_home / f"{SLUG}-station.pub"
        return station(stage)(root), file.exists()

    exhaust(stage, Case(stage.station("key", "courier", "--new"), look))


def test_instance_set(stage: Stage) -> None:
    scenes.add_reviewer(stage)
    stage.did(stage.vasistas("secret", "rotate", "signing"))
    command = stage.station("instance", "set", stage.home / "succession.json")
    exhaust(stage, Case(command, station(stage)))
