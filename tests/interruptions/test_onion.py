"""`vasistas onion …`, killed at each write."""

from typing import Any

from tests.interruptions import scenes
from tests.interruptions.stage import Case, Stage, exhaust, instance


def test_publish(stage: Stage) -> None:
    scenes.found(stage)
    exhaust(stage, Case(stage.vasistas("onion", "publish"), instance(stage), half=_one_by_one))


def _one_by_one(_before: Any, after: Any, found: Any) -> bool:
    """One service is whole before the other is made; the closed one is never open."""
    there = dict.fromkeys(found["onions"], True)
    sealed = all(found["sealed"][app] for app in found["onions"] if app == "journalist")
    return sealed and set(there) <= set(after["onions"])


def test_client_add(stage: Stage) -> None:
    _published(stage)
    command = stage.vasistas("onion", "client", "add", "lou")
    exhaust(stage, Case(command, instance(stage), already="onion client rotate"))


def test_client_rotate(stage: Stage) -> None:
    _published(stage)
    stage.did(stage.vasistas("onion", "client", "add", "lou"))
    command = stage.vasistas("onion", "client", "rotate", "lou")
    exhaust(stage, Case(command, instance(stage)))


def test_client_remove(stage: Stage) -> None:
    _published(stage)
    stage.did(stage.vasistas("onion", "client", "add", "lou"))
    command = stage.vasistas("onion", "client", "remove", "lou")
    exhaust(stage, Case(command, instance(stage), half=_still_there))


def _still_there(before: Any, after: Any, found: Any) -> bool:
    """The key is gone; the sessions end when it is run again."""
    return bool(found == after | {"sessions": before["sessions"]})


def _published(stage: Stage) -> None:
    scenes.add_reviewer(stage)
    stage.did(stage.vasistas("onion", "publish"))
