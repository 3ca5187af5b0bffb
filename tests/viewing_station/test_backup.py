"""A station is backed up whole, read back, and comes back whole or not at all."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from click.testing import CliRunner

from tests.viewing_station.conftest import CHEAP
from tests.viewing_station.reviewer import PASSPHRASE, Reviewer, agents_of
from tests.viewing_station.small_server import Files, SmallServer, Source
from viewing_station import backup_write
from viewing_station.cli import station
from viewing_station.home import Home, locked

OWN = "the backup's own passphrase"
FILES: Files = {"a.pdf": os.urandom(300_000), "b.txt": b"b"}


@pytest.fixture
def own(tmp_path: Path) -> list[str]:
    """Return the words that name the backup's passphrase."""
    file = tmp_path / "backup-passphrase"
    file.write_text(OWN + "\n")
    return ["--backup-passphrase-file", str(file)]


@pytest.fixture
def full(reviewer: Reviewer, server: SmallServer, source: Source) -> Reviewer:
    """Someone at a station with a thread, files, a queued reply, a deletion, and two keys."""
    reviewer.open(server.bundle(server.receive(source, "Bonjour", FILES)))
    reviewer.run("reply", reviewer.thread(), text="Merci")
    reviewer.run("key", "new")
    return reviewer


def elsewhere(reviewer: Reviewer, name: str = "other") -> Reviewer:
    """Return the same person at a machine with nothing on it yet."""
    return Reviewer(reviewer.home.parent / name, reviewer.passphrase_file)


def contents(home: Path) -> dict[str, bytes]:
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and path.name != "random_seed" and path.name[-1:] != "~"
    }


def test_after_restoring_everything_opens(
    full: Reviewer, server: SmallServer, source: Source, own: list[str], tmp_path: Path
) -> None:
    backup = tmp_path / "b.backup"
    told = full.json("backup", str(backup), *own)
    assert told["files"] > 6
    assert backup.stat().st_mode & 0o777 == 0o600
    other = elsewhere(full)
    restored = other.json("restore", str(backup), *own)
    assert (restored["desk"], restored["files"]) == ("demo", told["files"])
    assert contents(other.home) == contents(full.home)
    for path in (other.home, *other.home.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path

    assert other.json("threads") == full.json("threads")
    assert other.json("key", "list") == full.json("key", "list")
    other.run("export", other.thread(), str(tmp_path / "out"))
    exported = {path.name: path.read_bytes() for path in (tmp_path / "out").rglob("*.*")}
    assert {name: exported[name] for name in FILES} == FILES
    assert "1 reply" in other.run("courier", str(tmp_path / "c.tar")).stdout
    other.open(server.bundle(server.receive(source, "to the old key")))
    newer = server.with_keys((other.home / "demo-openpgp.asc").read_text())
    other.open(newer.bundle(newer.receive(source, "to the new one")))
    assert agents_of(other.home) == []


def test_the_backup_shows_nothing(full: Reviewer, own: list[str], tmp_path: Path) -> None:
    backup = tmp_path / "b.backup"
    full.run("backup", str(backup), *own)
    sealed = backup.read_bytes()
    for secret in (
        b"Bonjour",
        b"Merci",
        b"a.pdf",
        b"gnupg",
        b"manifest",
        b"demo",
        FILES["a.pdf"][:32],
    ):
        assert secret not in sealed
    master = (full.home / "master.key").read_bytes()
    assert master not in sealed


def test_a_wrong_passphrase_is_told_and_nothing_is_made(
    full: Reviewer, own: list[str], tmp_path: Path
) -> None:
    full.run("backup", str(tmp_path / "b"), *own)
    other = elsewhere(full)
    assert "not its passphrase" in other.refusal("restore", str(tmp_path / "b"))  # the station's
    assert not other.home.exists()
    assert not [path for path in tmp_path.iterdir() if "restoring" in path.name]


def test_a_script_that_names_no_other_seals_with_the_stations_passphrase(
    full: Reviewer, tmp_path: Path
) -> None:
    full.run("backup", str(tmp_path / "b"))
    other = elsewhere(full)
    other.run("restore", str(tmp_path / "b"))
    assert other.json("threads") == full.json("threads")


def test_at_the_prompt_it_is_asked_for_twice(full: Reviewer, tmp_path: Path) -> None:
    typed = f"{PASSPHRASE}\n{OWN}\n{OWN}\n"
    words = ["--home", str(full.home), "backup", str(tmp_path / "b")]
    done = CliRunner().invoke(station, words, input=typed)
    assert done.exit_code == 0, done.output
    words = ["--home", str(tmp_path / "other"), "restore", str(tmp_path / "b")]
    done = CliRunner().invoke(station, words, input=OWN + "\n")
    assert done.exit_code == 0, done.output
    assert OWN not in done.output


def test_a_short_passphrase_is_refused(full: Reviewer, tmp_path: Path) -> None:
    (tmp_path / "short").write_text("short")
    words = ("backup", str(tmp_path / "b"), "--backup-passphrase-file", str(tmp_path / "short"))
    assert "too short" in full.refusal(*words)
    assert not (tmp_path / "b").exists()


def test_a_damaged_backup_restores_nothing(full: Reviewer, own: list[str], tmp_path: Path) -> None:
    backup = tmp_path / "b"
    full.run("backup", str(backup), *own)
    whole, other = backup.read_bytes(), elsewhere(full)
    cuts = {0, 1, 25, 26, 113, 114, 130, len(whole) - 1, *random.sample(range(len(whole)), 5)}
    for cut in cuts:
        backup.write_bytes(whole[:cut])
        assert "nothing was restored" in other.refusal("restore", str(backup), *own)
    for at in {0, 30, 115, 200, len(whole) - 1, *random.sample(range(len(whole)), 8)}:
        changed = bytearray(whole)
        changed[at] ^= 1
        backup.write_bytes(changed)
        assert "nothing was restored" in other.refusal("restore", str(backup), *own)
    backup.write_bytes(whole + b"\0")
    assert "nothing was restored" in other.refusal("restore", str(backup), *own)
    assert not other.home.exists()
    assert not [path for path in tmp_path.iterdir() if "restoring" in path.name]


def test_only_an_empty_folder_is_restored_into(
    full: Reviewer, own: list[str], tmp_path: Path
) -> None:
    full.run("backup", str(tmp_path / "b"), *own)
    before = contents(full.home)
    assert "already a viewing station" in full.refusal("restore", str(tmp_path / "b"), *own)
    assert contents(full.home) == before
    other = elsewhere(full)
    other.home.mkdir()
    (other.home / "notes.txt").write_text("mine")
    assert "holds other things" in other.refusal("restore", str(tmp_path / "b"), *own)
    assert contents(other.home) == {"notes.txt": b"mine"}
    (other.home / "notes.txt").unlink()
    other.run("restore", str(tmp_path / "b"), *own)
    assert contents(other.home) == before


def test_no_file_is_overwritten_unless_it_is_meant(
    full: Reviewer, own: list[str], tmp_path: Path
) -> None:
    (tmp_path / "b").write_text("mine")
    assert "left as it is" in full.refusal("backup", str(tmp_path / "b"), *own)
    assert (tmp_path / "b").read_text() == "mine"
    full.run("backup", str(tmp_path / "b"), "--force", *own)


def test_a_backup_that_does_not_read_back_is_not_kept(
    full: Reviewer, own: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drive that lies: a byte comes back as another."""
    read_back = backup_write._read_back

    def lying(sink: BinaryIO, *rest: Any) -> None:
        sink.seek(70_000)
        byte = sink.read(1)
        sink.seek(70_000)
        sink.write(bytes([byte[0] ^ 1]))
        read_back(sink, *rest)

    monkeypatch.setattr(backup_write, "_read_back", lying)
    folder = tmp_path / "stick"
    folder.mkdir()
    assert "did not read back" in full.refusal("backup", str(folder / "b"), *own)
    assert list(folder.iterdir()) == []


def test_while_a_backup_is_made_no_other_command_changes_the_station(
    full: Reviewer, own: list[str], tmp_path: Path
) -> None:
    with locked(Home(full.home)):
        assert "another command" in full.refusal("backup", str(tmp_path / "b"), *own)


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_killed_at_any_moment_nothing_half_is_left_that_passes_for_whole(
    command: str, full: Reviewer, own: list[str], tmp_path: Path
) -> None:
    for number in range(300):
        (full.home / "gnupg" / "openpgp-revocs.d" / f"{number}.rev").write_bytes(os.urandom(9000))
    full.run("backup", str(tmp_path / "whole"), *own)
    other = elsewhere(full)
    home = full.home if command == "backup" else other.home
    target = tmp_path / ("b" if command == "backup" else "whole")
    script = "\n".join([*CHEAP, "from viewing_station.cli import main", "main()"])
    words = [
        sys.executable,
        "-c",
        script,
        "--home",
        home,
        "--passphrase-file",
        full.passphrase_file,
    ]
    words += [command, target, *own]
    ended, delay = False, 0.15
    while not ended:
        with subprocess.Popen([str(word) for word in words]) as process:
            time.sleep(delay)
            ended = process.poll() is not None
            process.send_signal(signal.SIGKILL)
        if command == "restore":
            assert not other.home.exists() or (other.home / "master.key").exists()
        elif target.exists():
            shutil.rmtree(tmp_path / "check", ignore_errors=True)
            elsewhere(full, "check").run("restore", str(target), *own)
        delay += 0.08
    if command == "restore":
        assert contents(other.home) == contents(full.home)
        assert not [path for path in tmp_path.iterdir() if "restoring" in path.name]
    else:
        assert target.exists()


def test_what_gnupg_makes_anew_is_left_out(full: Reviewer, own: list[str], tmp_path: Path) -> None:
    gnupg = full.home / "gnupg"
    (gnupg / "random_seed").write_bytes(os.urandom(600))
    (gnupg / ".#lk0x1.host.2").write_text("lock")
    (gnupg / "pubring.kbx~").write_text("old")
    full.run("backup", str(tmp_path / "b"), *own)
    other = elsewhere(full)
    other.run("restore", str(tmp_path / "b"), *own)
    names = {path.name for path in (other.home / "gnupg").iterdir()}
    assert "pubring.kbx" in names
    assert not names & {"random_seed", ".#lk0x1.host.2", "pubring.kbx~"}


def test_something_else_is_no_backup(full: Reviewer, own: list[str], tmp_path: Path) -> None:
    other = elsewhere(full)
    for content in (b"", b"PK", os.urandom(5000)):
        (tmp_path / "x").write_bytes(content)
        assert "no backup of a viewing station" in other.refusal(
            "restore", str(tmp_path / "x"), *own
        )
    assert "it is not a file" in other.refusal("restore", "/dev/null", *own)
    assert "No such file" in other.refusal("restore", str(tmp_path / "none"), *own)
