"""A home is there whole or not at all, and nothing that stands in its place is touched."""

import subprocess
import sys
from pathlib import Path

import pytest

from admin.backup.building import building
from admin.errors import AdminError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_takes_its_place_in_one_step(tmp_path: Path) -> None:
    with building(tmp_path / "home") as folder:
        (folder / "file").write_text("x")
        assert names(tmp_path) == [".home.restoring"]
        with pytest.raises(AdminError, match="Another command"), building(tmp_path / "home"):
            raise AssertionError
    assert names(tmp_path) == ["home"]
    assert names(tmp_path / "home") == ["file"]
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), building(tmp_path / "home") as folder:
        (folder / "not" / "there").write_text("x")
    assert names(tmp_path) == []


def test_what_a_killed_one_left_is_no_part_of_the_next(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from admin.backup.building import building\n"
        "with building(Path(sys.argv[1])) as folder:\n"
        "    (folder / 'half').write_text('x')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "home"], check=False)
    assert names(tmp_path) == [".home.restoring"]
    with building(tmp_path / "home") as folder:
        assert names(folder) == []
    assert names(tmp_path) == ["home"]


def test_what_came_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    with pytest.raises(AdminError, match="not empty"), building(tmp_path / "home"):
        (tmp_path / "home" / "mine").write_text("x")
    assert names(tmp_path / "home") == ["mine"]
    assert names(tmp_path) == ["home"]
