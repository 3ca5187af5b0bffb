"""`vasistas init`, `upgrade` and `landing`, killed at each write."""

from typing import Any

from tests.interruptions import scenes
from tests.interruptions.stage import Case, Stage, exhaust, instance


def test_init(stage: Stage) -> None:
    command = stage.vasistas("init", "--name", "Vasistas d’essai")
    exhaust(stage, Case(command, instance(stage), already="is not empty"))


def test_upgrade(stage: Stage) -> None:
    scenes.found(stage)
    stage.prepared("old_database", stage.home, "0001")
    exhaust(stage, Case(stage.vasistas("upgrade"), instance(stage), half=_without_history))


def _without_history(_before: Any, after: Any, found: Any) -> bool:
    """The schema is there; the history is begun when it is run again."""
    return bool(found | {"deeds": after["deeds"], "problems": []} == after)


def test_landing(stage: Stage) -> None:
    scenes.add_desk(stage)
    stage.did(stage.vasistas("onion", "publish"))
    command = stage.vasistas("landing", stage.root / "public")
    exhaust(stage, Case(command, _pages(stage), already="is not empty"))


def test_landing_in_the_place_of_another(stage: Stage) -> None:
    """Page by page: run again, it replaces what is left of the one before."""
    scenes.add_desk(stage)
    stage.did(stage.vasistas("onion", "publish"))
    stage.did(stage.vasistas("landing", stage.root / "public"))
    stage.did(stage.vasistas("desk", "add", "autre", "--name", "Autre"))
    command = stage.vasistas("landing", stage.root / "public", "--force")
    exhaust(stage, Case(command, _pages(stage), half=lambda *_: True))


def _pages(stage: Stage) -> Any:
    def look(_root: object) -> dict[str, bytes]:
        folder = stage.root / "public"
        return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    return look
