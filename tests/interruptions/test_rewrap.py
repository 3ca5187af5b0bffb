"""`vasistas rewrap …` and a courier with new heads, killed at each write."""

import sqlite3
from typing import Any

from tests.interruptions import scenes
from tests.interruptions.stage import PREPARE, Case, Command, Stage, exhaust, instance


def test_export(stage: Stage) -> None:
    scenes.change_key(stage)
    command = stage.vasistas("rewrap", "export", stage.root / "r.tar")
    case = Case(command, _exported(stage), already="exists already", half=_noted)
    exhaust(stage, case)


def _exported(stage: Stage) -> Any:
    """How the instance stands, and whether a station can answer the file."""

    def look(root: object) -> Any:
        file = stage.root / "r.tar"
        return instance(stage)(stage.root) | {"file": file.exists() and file.stat().st_size}

    return look


def _noted(before: Any, after: Any, found: Any) -> bool:
    """It is in the history before the file is there, so that no file is without its line."""
    return bool(found == after | {"file": before["file"]})


def test_taking_a_courier(stage: Stage) -> None:
    scenes.rewrap(stage)
    words = [stage.home, stage.root / "c.tar", *scenes.session(stage)]
    command = Command(f"{PREPARE}:take_courier", tuple(map(str, words)))
    exhaust(stage, Case(command, instance(stage)))


def test_finish(stage: Stage) -> None:
    scenes.take_heads(stage)
    old = _old_heads(stage)

    def done(_run: object) -> None:
        left = b"".join(path.read_bytes() for path in stage.home.glob("vasistas.db*"))
        assert not [head for head in old if head[10:90] in left]

    exhaust(stage, Case(stage.vasistas("rewrap", "finish"), instance(stage), done=done))


def test_undo(stage: Stage) -> None:
    scenes.take_heads(stage)
    exhaust(stage, Case(stage.vasistas("rewrap", "undo"), instance(stage)))


def _old_heads(stage: Stage) -> list[bytes]:
    with sqlite3.connect(stage.home / "vasistas.db") as db:
        found = [head for (head,) in db.execute("SELECT head FROM old_heads")]
    assert found
    return found
