"""An export is there whole or not at all, and stands on nobody's feet."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.viewing_station.publishing.house import Desk, pdf

# The station's own program, at the passphrase's cost of these tests.
STATION = """
from crypto import store_key
from viewing_station.cli import main
store_key.PASSES, store_key.MEMORY = 1, 64 * 1024
main()
"""
WAYS = ["uwazi", "folder", "drive"]


def words(way: str, out: Path, tmp_path: Path) -> list[str]:
    if way != "drive":
        return ["export", way, str(out)]
    secret = tmp_path / "secret"
    secret.write_text("several words of chance")
    return ["export", way, str(out), "--container-passphrase-file", str(secret)]


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("way", WAYS)
def test_a_folder_that_holds_something_is_left_alone(desk: Desk, tmp_path: Path, way: str) -> None:
    desk.publish()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    told = desk.reviewer.refusal(*words(way, tmp_path / "out", tmp_path))
    assert "has to be a new folder or an empty one" in told
    assert left(tmp_path / "out") == ["mine"]
    assert not list(tmp_path.glob(".*"))
    assert desk.reviewer.json("publish", "list")[0]["state"] == "publishable"


@pytest.mark.parametrize("way", WAYS)
def test_an_empty_folder_and_a_new_one_below_new_ones_will_do(
    desk: Desk, tmp_path: Path, way: str
) -> None:
    id_ = desk.publish()
    (tmp_path / "out").mkdir()
    for out in (tmp_path / "out", tmp_path / "a" / "b"):
        desk.reviewer.run(*words(way, out, tmp_path), "--only", id_)
        assert left(out)


def test_a_link_and_a_file_are_left_alone(desk: Desk, tmp_path: Path) -> None:
    desk.publish()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "file").write_text("mine")
    for name in ("link", "file"):
        told = desk.reviewer.refusal("export", "folder", str(tmp_path / name))
        assert "has to be a new folder" in told
    assert left(tmp_path / "elsewhere") == []


@pytest.mark.parametrize("way", WAYS)
def test_a_full_disk_leaves_nothing(desk: Desk, tmp_path: Path, small_disk: Path, way: str) -> None:
    big = pdf("x") + os.urandom(2 << 20)
    desk.publish(primary=desk.copy(big))
    told = desk.reviewer.refusal(*words(way, small_disk / "out", tmp_path))
    assert os.strerror(errno.ENOSPC) in told or "no space left" in told
    assert left(small_disk) == []
    assert desk.reviewer.json("publish", "list")[0]["state"] == "publishable"


def test_a_drive_itself_is_not_taken_for_a_new_folder(desk: Desk, small_disk: Path) -> None:
    desk.publish()
    told = desk.reviewer.refusal("export", "folder", str(small_disk))
    assert "not a drive's own" in told


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_nothing(
    desk: Desk, tmp_path: Path, way: str, number: signal.Signals
) -> None:
    desk.publish(primary=desk.copy(pdf("x") + bytes(200 << 20)))
    command = [sys.executable, "-c", STATION]
    command += ["--home", str(desk.reviewer.home)]
    command += ["--passphrase-file", str(desk.reviewer.passphrase_file)]
    folder = tmp_path / "there"
    folder.mkdir()
    with subprocess.Popen(
        [*command, *words(way, folder / "out", tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    ) as process:
        end = time.monotonic() + 120
        while not any(path.stat().st_size for path in folder.glob(".out*/*")):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.002)
        process.send_signal(number)
        _, said = process.communicate(timeout=120)
    assert process.returncode != 0
    assert b"Traceback" not in said
    assert left(folder) == []
    assert desk.reviewer.json("publish", "list")[0]["state"] == "publishable"
