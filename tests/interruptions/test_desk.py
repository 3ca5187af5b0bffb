"""`vasistas desk …`, killed at each write."""

import pytest

from tests.interruptions import scenes
from tests.interruptions.scenes import SLUG
from tests.interruptions.stage import Case, Stage, exhaust, instance


def test_add(stage: Stage) -> None:
    scenes.found(stage)
    command = stage.vasistas("desk", "add", SLUG, "--name", "Ville")
    exhaust(stage, Case(command, instance(stage), already="of that name already"))


@pytest.mark.parametrize("words", [
    ["pause", SLUG], ["close", SLUG], ["describe", SLUG, "--city", "Lyon", "--languages", "fr"],
], ids=["pause", "close", "describe"])  # fmt: skip
def test_changes(stage: Stage, words: list[str]) -> None:
    scenes.add_desk(stage)
    exhaust(stage, Case(stage.vasistas("desk", *words), instance(stage)))


def test_resume(stage: Stage) -> None:
    scenes.add_desk(stage)
    stage.did(stage.vasistas("desk", "pause", SLUG))
    exhaust(stage, Case(stage.vasistas("desk", "resume", SLUG), instance(stage)))


def test_key_add(stage: Stage) -> None:
    scenes.found_station(stage)
    stage.did(stage.vasistas("desk", "add", SLUG, "--name", "Ville"))
    public = stage.station_home / f"{SLUG}-openpgp.asc"
    exhaust(stage, Case(stage.vasistas("desk", "key", "add", SLUG, public), instance(stage)))


def test_key_retire(stage: Stage) -> None:
    scenes.add_desk(stage)
    stage.prepared("deliver", stage.home, SLUG)
    (key,) = scenes.own_keys(stage)
    exhaust(stage, Case(stage.vasistas("desk", "key", "retire", SLUG, key), instance(stage)))


def test_station_add(stage: Stage) -> None:
    scenes.found_station(stage)
    stage.did(stage.vasistas("desk", "add", SLUG, "--name", "Ville"))
    public = stage.station_home / f"{SLUG}-station.pub"
    command = stage.vasistas("desk", "station", "add", SLUG, public)
    exhaust(stage, Case(command, instance(stage), already="has a station already"))


def test_station_remove(stage: Stage) -> None:
    scenes.add_desk(stage)
    command = stage.vasistas("desk", "station", "remove", SLUG)
    exhaust(stage, Case(command, instance(stage), already="has no station"))
