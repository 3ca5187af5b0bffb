"""`vasistas onion rotate`, `retire`, `announcement-key` and `announce`, and the station's part."""

from typing import Any

import pytest

from tests.interruptions import scenes
from tests.interruptions.stage import Case, Stage, exhaust, instance, station


@pytest.mark.parametrize("app", ["source", "journalist"])
def test_rotate(stage: Stage, app: str) -> None:
    _published(stage)
    command = stage.vasistas("onion", "rotate", app)
    exhaust(stage, Case(command, instance(stage), already="is moving already", half=_made))


def _made(before: Any, _after: Any, found: Any) -> bool:
    """The new service lies there, and is taken up when it is run again."""
    return bool(found | {"moves": before["moves"]} == before)


@pytest.mark.parametrize("words", [["retire", "source", "--now"], ["rotate", "journalist",
    "--cancel"]], ids=["retire", "cancel"])  # fmt: skip
def test_end(stage: Stage, words: list[str]) -> None:
    _published(stage)
    stage.did(stage.vasistas("onion", "rotate", words[1]))
    exhaust(stage, Case(stage.vasistas("onion", *words), instance(stage), half=_ended))


def _ended(before: Any, after: Any, found: Any) -> bool:
    """The move is over; what is left of the retired key goes when it is run again."""
    return bool(found | {"moves": after["moves"]} == after) and "moves" in before


def test_pin_and_announce(stage: Stage) -> None:
    _published(stage)
    stage.did(stage.station("announcement-key"))
    key = stage.station_home / "announcement-key.json"
    stage.did(stage.vasistas("onion", "announcement-key", key))
    stage.did(stage.vasistas("onion", "rotate", "source"))
    draft = stage.home / "onions" / "announcement-draft.json"
    signed = stage.root / "announcement.json"
    stage.did(stage.station("announce", draft, "--to", signed, "--yes"))
    exhaust(stage, Case(stage.vasistas("onion", "announce", signed), instance(stage)))


def test_pin(stage: Stage) -> None:
    _published(stage)
    stage.did(stage.station("announcement-key"))
    key = stage.station_home / "announcement-key.json"
    exhaust(stage, Case(stage.vasistas("onion", "announcement-key", key), instance(stage)))


def test_station_makes_the_key(stage: Stage) -> None:
    _published(stage)
    file = stage.station_home / "announcement-key.json"

    def look(root: Any) -> Any:
        return station(stage)(root), file.exists()

    exhaust(stage, Case(stage.station("announcement-key"), look))


def test_station_signs(stage: Stage) -> None:
    _published(stage)
    stage.did(stage.station("announcement-key"))
    stage.did(stage.vasistas("onion", "rotate", "source"))
    draft = stage.home / "onions" / "announcement-draft.json"
    signed = stage.root / "announcement.json"

    def look(root: Any) -> Any:
        return station(stage)(root), signed.exists() and signed.read_text()

    command = stage.station("announce", draft, "--to", signed, "--yes")
    exhaust(stage, Case(command, look, already="already"))


def _published(stage: Stage) -> None:
    scenes.add_reviewer(stage)
    stage.did(stage.vasistas("onion", "publish"))
    stage.did(stage.vasistas("onion", "client", "add", "lou"))
