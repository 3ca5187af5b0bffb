from pathlib import Path

from admin.checks import all_checks
from admin.checks.all_checks import CHECKS, all_problems
from web.services import Services


def test_every_check_is_made(services: Services) -> None:
    (services.instance.places.home / "config.toml").chmod(0o644)
    assert {problem.check for problem in all_problems(services)} == {"permissions"}


def test_every_check_of_the_folder_is_in_the_list() -> None:
    named = {f"{check.__module__.rpartition('.')[2]}.py" for check in CHECKS}
    folder = Path(all_checks.__file__).parent
    assert named == {path.name for path in folder.glob("*_check.py")}
