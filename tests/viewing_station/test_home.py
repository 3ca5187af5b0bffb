"""One command at a time works in a home."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.viewing_station.reviewer import Reviewer
from viewing_station.errors import NoStationError
from viewing_station.home import Home, destroy_file


def test_a_second_command_is_told_to_wait(reviewer: Reviewer) -> None:
    holder = "import fcntl, os, sys; folder = os.open(sys.argv[1], os.O_RDONLY); "
    holder += "fcntl.flock(folder, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", holder, reviewer.home], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert reviewer.refusal("threads").startswith("The station is in use")
        process.communicate()
    assert reviewer.json("threads") == []


def test_the_lock_goes_with_the_process(reviewer: Reviewer) -> None:
    taker = "import fcntl, os, sys; folder = os.open(sys.argv[1], os.O_RDONLY); "
    taker += "fcntl.flock(folder, fcntl.LOCK_EX); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", taker, reviewer.home], check=False)
    assert reviewer.json("threads") == []


def test_a_home_without_its_master_key_is_no_station(tmp_path: Path) -> None:
    (tmp_path / "master.key.part").write_bytes(b"x")
    with pytest.raises(NoStationError):
        Home(tmp_path).require()


def test_a_file_is_overwritten_before_it_goes_and_nothing_behind_a_link(tmp_path: Path) -> None:
    file, link, other = tmp_path / "file", tmp_path / "link", tmp_path / "other"
    file.write_bytes(b"secret" * 400_000)
    other.write_bytes(b"another's")
    link.symlink_to(other)
    with file.open("rb") as held:
        for each in (file, link, tmp_path / "gone"):
            destroy_file(each)
        assert set(held.read()) == {0}
    assert [path.name for path in tmp_path.iterdir()] == ["other"]
    assert other.read_bytes() == b"another's"
