"""`viewing-station key …`, killed at each write."""

from typing import Any

from tests.interruptions import scenes
from tests.interruptions.stage import Case, Stage, exhaust, station


def test_new(stage: Stage) -> None:
    """A key that was noted and not shown stays: the next is made beside it."""
    scenes.found_station(stage)
    case = Case(stage.station("key", "new"), station(stage), half=_unnoted, same=_one_more)
    exhaust(stage, case)


def _unnoted(before: Any, _after: Any, found: Any) -> bool:
    return bool(found == before | {"secret": 2})


def _one_more(found: Any, after: Any) -> bool:
    usable = ["usable"] * len(found["keys"])
    return len(usable) in (2, 3) and found == after | {"keys": usable, "secret": len(usable)}


def test_retire(stage: Stage) -> None:
    """Of the newest key: the file for the admin is then that of the other one."""
    _two_keys(stage)
    command = stage.station("key", "retire", scenes.own_keys(stage)[1])
    exhaust(stage, Case(command, _published(stage), half=_retired))


def test_destroy(stage: Stage) -> None:
    """Retired first: what is half destroyed is sealed to no more."""
    _two_keys(stage)
    command = stage.station("key", "retire", scenes.own_keys(stage)[1], "--destroy", "--yes")
    exhaust(stage, Case(command, _published(stage), already="is gone already", half=_retired))


def _retired(before: Any, after: Any, found: Any) -> bool:
    """It is noted; its secret part, then its file are still there, and go in the second run."""
    gone = [["usable", "retired"], ["usable", "destroyed"]]
    rest = before | {"keys": found["keys"], "secret": found["secret"], "file": found["file"]}
    return (
        found["keys"] in gone
        and found["file"] in (before["file"], after["file"])
        and bool(found == rest)
    )


def _published(stage: Stage) -> Any:
    def look(root: Any) -> Any:
        file = stage.station_home / f"{scenes.SLUG}-openpgp.asc"
        return station(stage)(root) | {"file": file.read_text()}

    return look


def test_confirm(stage: Stage) -> None:
    scenes.found_station(stage)
    stage.did(stage.station("key", "new"))
    own = scenes.own_keys(stage)
    file = stage.station_home / f"{scenes.SLUG}-openpgp.asc"
    file.rename(stage.root / "other.asc")
    stage.station_home.rename(stage.root / "other")
    identity = stage.home / "instance.json"
    stage.did(stage.station("init", "--desk", scenes.SLUG, "--instance", identity))
    command = stage.station("key", "confirm", stage.root / "other.asc", "--fingerprint", own[1])
    exhaust(stage, Case(command, station(stage)))


def _two_keys(stage: Stage) -> None:
    scenes.found_station(stage)
    stage.did(stage.station("key", "new"))
