"""`vasistas init`, killed at each write."""
from tests.interruptions.stage import Case, Stage, exhaust


def test_init(stage: Stage) -> None:
    look = lambda root: stage.look("instance", root / "home")
    n=exhaust(stage, Case(stage.vasistas("init", "--name", "Essai"), look, already="is not empty"))
    print(n)
