"""A station's passphrase can be changed, and the change counts whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from crypto.secret import Secret
from tests.viewing_station.reviewer import PASSPHRASE, Reviewer
from tests.viewing_station.small_server import SmallServer, Source
from viewing_station import passphrase_change
from viewing_station.errors import BusyError, NoStationError, WrongPassphraseError
from viewing_station.home import Home, locked
from viewing_station.passphrase_change import change_passphrase
from viewing_station.station import open_station

OLD = Secret(PASSPHRASE.encode())
NEW = Secret(b"another horse and battery")


def opens(home: Path, passphrase: Secret) -> bool:
    try:
        with open_station(home, passphrase):
            return True
    except WrongPassphraseError:
        return False


def test_the_new_one_opens_all_that_was_there_and_the_old_one_nothing(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path
) -> None:
    reviewer.open(server.bundle(server.receive(source, "Bonjour", {"a.txt": b"abc"})))
    thread = reviewer.thread()
    new = tmp_path / "new"
    new.write_text(NEW.reveal().decode() + "\n")
    shown = reviewer.run("passphrase", "--new-passphrase-file", str(new)).stdout
    assert shown.startswith("The station has a new passphrase.")
    assert reviewer.refusal("threads") == "That is not this station's passphrase."
    moved = Reviewer(reviewer.home, new)
    assert "Bonjour" in moved.run("show", thread).stdout
    moved.run("export", thread, str(tmp_path / "out"))
    assert (next((tmp_path / "out").rglob("a.txt"))).read_bytes() == b"abc"
    moved.open(server.bundle(server.receive(source, "Encore")))


def test_the_wrong_one_changes_nothing(reviewer: Reviewer) -> None:
    before = Home(reviewer.home).master_key.read_bytes()
    with pytest.raises(WrongPassphraseError):
        change_passphrase(reviewer.home, NEW, OLD)
    assert Home(reviewer.home).master_key.read_bytes() == before
    assert opens(reviewer.home, OLD)


def test_a_new_one_must_be_long_enough(reviewer: Reviewer, tmp_path: Path) -> None:
    (tmp_path / "short").write_text("eleven char")
    told = reviewer.refusal("passphrase", "--new-passphrase-file", str(tmp_path / "short"))
    assert "12 characters at least" in told
    assert opens(reviewer.home, OLD)


@pytest.mark.parametrize("step", ["sync_folder", "_overwrite", "_write"])
def test_a_step_that_fails_leaves_one_of_the_two(
    reviewer: Reviewer, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(passphrase_change, step, fail)
    with pytest.raises(OSError, match="No space left"):
        change_passphrase(reviewer.home, OLD, NEW)
    assert opens(reviewer.home, OLD) is (step == "_write")
    assert opens(reviewer.home, NEW) is (step != "_write")
    assert not Home(reviewer.home).rewrapped.exists()


def test_what_the_old_one_opened_is_overwritten(reviewer: Reviewer) -> None:
    file = Home(reviewer.home).master_key
    before = file.read_bytes()
    os.link(file, reviewer.home.parent / "its-blocks")
    change_passphrase(reviewer.home, OLD, NEW)
    after = (reviewer.home.parent / "its-blocks").read_bytes()
    assert len(after) == len(before)
    assert after != before
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_leavings_of_a_change_that_was_cut_off_go_with_the_next_opening(
    reviewer: Reviewer,
) -> None:
    left = Home(reviewer.home).rewrapped
    left.write_bytes(b"half")
    assert opens(reviewer.home, OLD)
    assert not left.exists()
    left.write_bytes(b"half")
    change_passphrase(reviewer.home, OLD, NEW)
    assert opens(reviewer.home, NEW)


def test_it_waits_for_no_other_command(reviewer: Reviewer, tmp_path: Path) -> None:
    with locked(Home(reviewer.home)), pytest.raises(BusyError):
        change_passphrase(reviewer.home, OLD, NEW)
    with pytest.raises(NoStationError):
        change_passphrase(tmp_path / "nothing", OLD, NEW)
