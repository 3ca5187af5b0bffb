"""`vasistas desk …`, killed at each write."""

from functools import partial

import pytest

from tests.interruptions.stage import Case, Stage, exhaust


def test_add(stage: Stage) -> None:
    stage.did(stage.vasistas("init", "--name", "Vasistas d’essai"))
    look = lambda root: stage.look("instance", root / "home")
    n=exhaust(stage, Case(stage.vasistas("desk", "add", "ville", "--name", "Ville"), look, already="already"))
    print(n)
