"""A disk that is full loses nothing, and says so in a sentence; with room again, all goes on."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.viewing_station.canaries import found_in
from tests.viewing_station.reviewer import Reviewer, agents_of
from tests.viewing_station.small_server import SmallServer, Source

MIB = 1 << 20


@dataclass
class SmallDisk:
    """A station on a file system of 16 MiB, which can be filled."""

    reviewer: Reviewer
    ballast: Path

    def fill(self, but: int = 0) -> None:
        """Leave so many bytes of room."""
        with self.ballast.open("wb", buffering=0) as file:
            with suppress(OSError):
                while True:
                    file.write(b"\0" * 65_536)
            with suppress(OSError):
                while True:
                    file.write(b"\0" * 512)
            file.truncate(max(0, file.tell() - but))

    def empty(self) -> None:
        self.ballast.unlink()


@pytest.fixture
def disk(reviewer: Reviewer, tmp_path: Path) -> Iterator[SmallDisk]:
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    small = tmp_path / "disk"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m,mode=700", "tmpfs", str(small)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("mounting a small file system is not allowed here")
    try:
        shutil.copytree(reviewer.home, small / "station")
        moved = Reviewer(small / "station", reviewer.passphrase_file)
        yield SmallDisk(moved, small / "ballast")
        assert agents_of(moved.home) == []
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


@pytest.fixture
def bundle(server: SmallServer, source: Source, tmp_path: Path) -> Callable[..., str]:
    def bundle(message: str, *contents: bytes) -> str:
        files = {f"{number}.bin": content for number, content in enumerate(contents)}
        file = tmp_path / "carried.tar"
        file.write_bytes(server.bundle(server.receive(source, message, files)))
        return str(file)

    return bundle


@pytest.mark.parametrize("room", [0, 4096, 64 << 10, MIB])
def test_an_opening_keeps_what_was_there_and_goes_on_later(
    disk: SmallDisk, bundle: Callable[..., str], room: int
) -> None:
    disk.reviewer.run("open", bundle("before"))
    large = bundle("canari-du-disque-plein", os.urandom(4 * MIB), b"canari-du-fichier" * 99)
    disk.fill(but=room)
    told = disk.reviewer.run("open", large, code=1)
    assert len(told.stderr.splitlines()) == 1
    assert "No space left" in told.stderr or "full" in told.stderr or "room" in told.stderr
    listed = disk.reviewer.json("threads")
    assert found_in(disk.reviewer.home, ["canari-du-disque-plein", "canari-du-fichier"]) == []
    disk.empty()
    assert [thread["deliveries"] for thread in listed] in ([1], [2])
    [outcome] = disk.reviewer.json("open", large)
    assert outcome["files_here"] is True
    shown = disk.reviewer.run("show", disk.reviewer.thread()).stdout
    assert "before" in shown
    assert "canari-du-disque-plein" in shown
    assert len(list((disk.reviewer.home / "files").iterdir())) == 1


def test_what_is_written_here_is_refused_whole(
    disk: SmallDisk, bundle: Callable[..., str], tmp_path: Path
) -> None:
    disk.reviewer.run("open", bundle("before"))
    thread = disk.reviewer.thread()
    disk.reviewer.run("label", thread, "--add", "before")
    new = tmp_path / "new"
    new.write_text("a passphrase that has no room")
    disk.fill()
    for words, text in (
        (["reply", thread], "x" * 8000),
        (["note", thread], "x" * 20_000),
        (["passphrase", "--new-passphrase-file", str(new)], ""),
    ):
        told = disk.reviewer.refusal(*words, text=text)
        assert "No space left" in told or "full" in told, words
    assert "before" in disk.reviewer.run("threads").stdout
    disk.empty()
    marks = disk.reviewer.json("label", thread)
    assert (marks["labels"], marks["note"]) == (["before"], "")
    disk.reviewer.run("reply", thread, text="now")
    disk.reviewer.run("passphrase", "--new-passphrase-file", str(new))
    assert "now" in Reviewer(disk.reviewer.home, new).run("show", thread).stdout
