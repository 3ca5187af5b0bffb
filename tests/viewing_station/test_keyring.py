"""GnuPG's agent lives as long as the command, wherever the home lies."""

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from tests.viewing_station.reviewer import agents_of
from viewing_station.desk_key import KeyringPassphrase, make_desk_key
from viewing_station.errors import KeyringError
from viewing_station.keyring import LONGEST_HOME, keyring, make_keyring, mend_keyring

HOLD = """
import pathlib, sys, time
from viewing_station.keyring import keyring
with keyring(pathlib.Path(sys.argv[1])) as short:
    print(short, flush=True)
    time.sleep(60)
"""


def killed_holder(home: Path) -> str:
    """Have a process hold the keyring, and kill it; return what it called the home."""
    with subprocess.Popen([sys.executable, "-c", HOLD, home], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        short = holder.stdout.readline().decode().strip()
        holder.kill()
    return short


def new_home(folder: Path, length: int) -> Path:
    """Make a GnuPG home whose path has `length` bytes."""
    while (missing := length - len(bytes(folder)) - 1) > 100:
        folder /= "d" * 50
    home = folder / ("g" * missing)
    home.parent.mkdir(parents=True, exist_ok=True)
    make_keyring(home)
    return home


@pytest.mark.parametrize("length", [LONGEST_HOME, LONGEST_HOME + 1, 400])
def test_an_agent_runs_inside_and_not_after(tmp_path: Path, length: int) -> None:
    home = new_home(tmp_path, length)
    with keyring(home) as short:
        assert len(bytes(short)) <= LONGEST_HOME
        assert short.samefile(home)
        assert agents_of(short)
    assert agents_of(short) == []
    assert short == home or not short.exists()


def test_no_agent_stays_after_an_exception(tmp_path: Path) -> None:
    short: list[Path] = []

    def work() -> None:
        with keyring(new_home(tmp_path, 120)) as home:
            short.append(home)
            assert agents_of(home)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert agents_of(short[0]) == []
    assert not short[0].exists()


def test_an_agent_left_there_by_someone_is_ended(tmp_path: Path) -> None:
    home = new_home(tmp_path, len(bytes(tmp_path)) + 5)
    subprocess.run(
        ["gpg-agent", "--homedir", home, "--daemon"], check=True, stdout=subprocess.DEVNULL
    )
    [other] = agents_of(home)
    with keyring(home):
        assert [agent for agent in agents_of(home) if agent != other]
    assert agents_of(home) == []


def test_an_agent_that_does_not_start_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = new_home(tmp_path, 120)
    (tmp_path / "gpg-agent").symlink_to("/bin/false")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(KeyringError), keyring(home):
        pass


@pytest.mark.parametrize("length", [LONGEST_HOME, 120])
def test_one_that_was_killed_is_no_hindrance(tmp_path: Path, length: int) -> None:
    home = new_home(tmp_path, length)
    for _ in range(4):
        killed_holder(home)
        with keyring(home) as short:
            assert agents_of(short)
        assert agents_of(short) == []


def test_no_agent_outlives_one_that_was_killed_by_much(tmp_path: Path) -> None:
    short = killed_holder(new_home(tmp_path, 120))
    deadline = time.monotonic() + 30  # it looks every four seconds
    while agents_of(Path(short)):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_list_of_trust_that_was_cut_off_is_no_hindrance(tmp_path: Path) -> None:
    """gpg refuses to make a key beside half of one."""
    make_keyring(tmp_path / "gnupg")
    (tmp_path / "gnupg" / "trustdb.gpg").write_bytes(bytes(100))
    with keyring(tmp_path / "gnupg") as gnupg:
        passphrase = KeyringPassphrase.new()
        made = make_desk_key(gnupg, "demo", passphrase, date(2026, 11, 1))
    assert made.armored


def test_a_list_of_keys_that_gpg_was_replacing_is_put_back(tmp_path: Path) -> None:
    listed, former = tmp_path / "pubring.kbx", tmp_path / "pubring.kbx~"
    mend_keyring(tmp_path)  # nothing is there yet
    former.write_bytes(b"the old one")
    (tmp_path / "pubring.kbx.tmp").write_bytes(b"the new one")
    mend_keyring(tmp_path)
    assert listed.read_bytes() == b"the old one"
    former.write_bytes(b"older still")
    mend_keyring(tmp_path)
    assert listed.read_bytes() == b"the old one"


def test_a_lock_that_names_a_living_process_is_no_hindrance(tmp_path: Path) -> None:
    """A killed gpg left it, and the number is another process's since the machine was started."""
    make_keyring(tmp_path / "gnupg")
    locks = ("pubring.kbx.lock", "trustdb.gpg.lock")
    for lock in locks:
        (tmp_path / "gnupg" / lock).write_text(f"{os.getpid():10d}\n{os.uname().nodename}\n")
    with keyring(tmp_path / "gnupg") as gnupg:
        made = make_desk_key(gnupg, "demo", KeyringPassphrase.new(), date(2026, 11, 1))
    assert made.armored
