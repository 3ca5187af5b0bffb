"""`vasistas reviewer …`, killed at each write."""

import json
from typing import Any

from tests.interruptions import scenes
from tests.interruptions.scenes import SLUG
from tests.interruptions.stage import Case, Run, Stage, exhaust, instance


def test_add(stage: Stage) -> None:
    """Where the log-in was made and not shown, the refusal says how a new one is given."""
    scenes.add_desk(stage)
    command = stage.vasistas("reviewer", "add", "lou", "--desk", SLUG, "--json")
    exhaust(stage, Case(command, instance(stage), done=_opens(stage), already="reviewer reset"))


def test_reset(stage: Stage) -> None:
    scenes.add_reviewer(stage)
    command = stage.vasistas("reviewer", "reset", "lou", "--json")
    exhaust(stage, Case(command, instance(stage), done=_opens(stage)))


def test_remove(stage: Stage) -> None:
    scenes.add_reviewer(stage)
    command = stage.vasistas("reviewer", "remove", "lou")
    exhaust(stage, Case(command, instance(stage), already="no reviewer named"))


def test_remove_with_an_onion_key(stage: Stage) -> None:
    scenes.add_reviewer(stage)
    stage.did(stage.vasistas("onion", "publish"))
    stage.did(stage.vasistas("onion", "client", "add", "lou"))
    command = stage.vasistas("reviewer", "remove", "lou")
    case = Case(command, instance(stage), already="no reviewer named", half=_key_left)
    exhaust(stage, case)


def _key_left(before: Any, after: Any, found: Any) -> bool:
    """The log-in is gone; the onion key alone opens nothing, and goes when it is run again."""
    return bool(found == after | {"clients": before["clients"]})


def _opens(stage: Stage) -> Any:
    def done(run: Run) -> None:
        shown = json.loads(run.out)
        assert stage.look("accepts", stage.home, shown["name"], shown["passphrase"])

    return done
