"""`viewing-station open`, `reply`, `discard`, `rewrap` and `courier`, killed at each write."""

import json
from typing import Any

from tests.interruptions import scenes
from tests.interruptions.scenes import SECRET
from tests.interruptions.stage import Case, Stage, exhaust, station


def test_open(stage: Stage) -> None:
    """Letter by letter, files after their letter: what was opened stays, and is there once."""
    scenes.bring_bundle(stage)
    command = stage.station("open", stage.root / "b.tar")
    exhaust(stage, Case(command, station(stage), half=_some, never=SECRET))


def _some(before: Any, after: Any, found: Any) -> bool:
    names = [each[:2] for each in after["deliveries"]]
    opened = [each[:2] for each in found["deliveries"]]
    there = all(each in names for each in opened) and len(opened) <= len(names)
    return there and bool(found == before | {"deliveries": found["deliveries"]})


def test_reply(stage: Stage) -> None:
    """The same text again, before it left, is the same reply."""
    thread = scenes.open_bundle(stage)[0]
    command = stage.station("reply", thread, stdin=SECRET)
    exhaust(stage, Case(command, station(stage), never=SECRET))


def test_label(stage: Stage) -> None:
    thread = scenes.open_bundle(stage)[0]

    def look(root: Any) -> Any:
        shown = json.loads(stage.did(stage.station("label", thread, "--json")))
        return station(stage)(root), shown["labels"]

    exhaust(stage, Case(stage.station("label", thread, "--add", "urgent"), look))


def test_discard(stage: Stage) -> None:
    scenes.open_bundle(stage)
    exhaust(stage, Case(stage.station("discard", *_deliveries(stage)), station(stage)))


def test_forget(stage: Stage) -> None:
    scenes.open_bundle(stage)
    command = stage.station("forget", *_deliveries(stage), "--yes")
    exhaust(stage, Case(command, station(stage)))


def test_rewrap(stage: Stage) -> None:
    """Some heads are re-wrapped, and the rest when it is run again."""
    scenes.change_key(stage)
    stage.did(stage.vasistas("rewrap", "export", stage.root / "r.tar"))
    command = stage.station("rewrap", stage.root / "r.tar")
    exhaust(stage, Case(command, station(stage), half=_some_heads))


def _some_heads(before: Any, after: Any, found: Any) -> bool:
    heads = found["heads"]
    return all(head in after["heads"] for head in heads) and bool(
        found == before | {"heads": heads}
    )


def test_courier(stage: Stage) -> None:
    """A courier that lies there and is not noted acknowledges nothing; the next one does."""
    thread = scenes.open_bundle(stage)[0]
    stage.did(stage.station("reply", thread, stdin=SECRET))
    stage.did(stage.station("discard", *_deliveries(stage)))
    exhaust(stage, Case(stage.station("courier", stage.root / "c.tar", "--force"), station(stage)))


def _deliveries(stage: Stage) -> list[str]:
    thread = json.loads(stage.did(stage.station("threads", "--json")))[0]["id"]
    entries = json.loads(stage.did(stage.station("show", thread, "--json")))["entries"]
    return [each["delivery"] for each in entries if each["kind"] == "delivery"]
