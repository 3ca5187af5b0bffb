"""`vasistas secret …` and `codename version`, killed at each write."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.interruptions import scenes
from tests.interruptions.stage import Case, Stage, exhaust, instance

CHANGING = ("deeds", "signers", "totp", "succession")


def test_codename_version(stage: Stage) -> None:
    scenes.found(stage)
    exhaust(stage, Case(stage.vasistas("codename", "version", "2"), instance(stage)))


@pytest.mark.parametrize("kind", ["signing", "totp"])
def test_rotate(stage: Stage, kind: str) -> None:
    scenes.add_reviewer(stage)
    command = stage.vasistas("secret", "rotate", kind)
    exhaust(stage, Case(command, instance(stage), half=_works))


@pytest.mark.parametrize("kind", ["signing", "totp"])
def test_retire(stage: Stage, kind: str) -> None:
    scenes.add_reviewer(stage)
    stage.did(stage.vasistas("secret", "rotate", kind))
    command = stage.vasistas("secret", "retire", kind)
    exhaust(stage, Case(command, instance(stage), half=_works))


def test_sessions(stage: Stage) -> None:
    scenes.add_reviewer(stage)
    command = stage.vasistas("secret", "rotate", "sessions", "--sources", "--reviewers")
    exhaust(stage, Case(command, instance(stage), half=_works))


def _works(before: Mapping[str, Any], _after: object, found: Mapping[str, Any]) -> bool:
    """Keys, old or new or both, open all that is sealed, and the history holds."""
    same = {name: value for name, value in before.items() if name not in CHANGING}
    return bool(found["open"]) and all(found[name] == value for name, value in same.items())
