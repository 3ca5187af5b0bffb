"""Containers open with the tools they were made for, and to nobody else."""

import io
import os
import pty
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.viewing_station.publishing.house import Desk, pdf
from tests.viewing_station.publishing.test_nothing_goes_along import age_key
from viewing_station.publishing import luks_container

PHRASE = "plusieurs mots tirés au sort"


def opened_by_passphrase(file: Path, phrase: str) -> subprocess.CompletedProcess[bytes]:
    """Decrypt as a person does: typed at a terminal."""
    master, slave = pty.openpty()
    try:
        os.write(master, phrase.encode() + b"\n")
        return subprocess.run(
            ["age", "--decrypt", str(file)],
            stdin=slave,
            capture_output=True,
            start_new_session=True,
            check=False,
            timeout=300,
        )
    finally:
        os.close(slave)
        os.close(master)


def members(tar: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(tar)) as opened:
        found = list(opened)
        assert {(one.uid, one.gid, one.uname, one.gname, one.mtime) for one in found} == {
            (0, 0, "", "", 0)
        }
        return {one.name: opened.extractfile(one).read() for one in found}


def test_age_opens_it_for_each_recipient_and_for_nobody_else(desk: Desk, tmp_path: Path) -> None:
    document = pdf("x" * 100_000)
    desk.publish(primary=desk.copy(document))
    keys = []
    for name in ("one", "two", "stranger"):
        (tmp_path / name).mkdir()
        keys.append(age_key(tmp_path / name))
    words = [word for _, recipient in keys[:2] for word in ("--to", recipient)]
    told = desk.reviewer.run("export", "drive", str(tmp_path / "out"), *words).stdout
    assert "documents.tar.age" in told
    [file] = (tmp_path / "out").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"%PDF" not in file.read_bytes()
    plains = []
    for identity, _ in keys:
        command = ["age", "--decrypt", "-i", str(identity), str(file)]
        plains.append(subprocess.run(command, capture_output=True, check=False))
    assert [done.returncode == 0 for done in plains] == [True, True, False]
    for done in plains[:2]:
        files = members(done.stdout)
        assert document in files.values()
        assert {"index.html", "SHA256SUMS"} < set(files)


def test_age_opens_it_under_the_passphrase_and_no_other(desk: Desk, tmp_path: Path) -> None:
    document = pdf("y")
    desk.publish(primary=desk.copy(document))
    secret = tmp_path / "secret"
    secret.write_text(PHRASE + "\n")
    words = ["--with", "age", "--container-passphrase-file", str(secret)]
    desk.reviewer.run("export", "drive", str(tmp_path / "out"), *words)
    [file] = (tmp_path / "out").iterdir()
    done = opened_by_passphrase(file, PHRASE)
    assert done.returncode == 0, done.stderr
    assert document in members(done.stdout).values()
    assert opened_by_passphrase(file, "plusieurs autres mots").returncode != 0


def test_the_passphrase_is_asked_for_twice(desk: Desk, tmp_path: Path) -> None:
    desk.publish()
    desk.reviewer.run("export", "drive", str(tmp_path / "out"), text=f"{PHRASE}\n{PHRASE}\n")
    assert opened_by_passphrase(tmp_path / "out" / "documents.tar.age", PHRASE).returncode == 0


def test_a_short_passphrase_is_refused(desk: Desk, tmp_path: Path) -> None:
    desk.publish()
    secret = tmp_path / "secret"
    secret.write_text("short")
    told = desk.reviewer.refusal(
        "export", "drive", str(tmp_path / "out"), "--container-passphrase-file", str(secret)
    )
    assert told.startswith("The passphrase is too short")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["me@example.org", "age1x", "-o/tmp/x", "ssh-ed25519 AAAA", ""])
def test_what_is_no_recipient_never_reaches_age(desk: Desk, tmp_path: Path, name: str) -> None:
    desk.publish()
    told = desk.reviewer.refusal("export", "drive", str(tmp_path / "out"), "--to", name)
    assert "is not a recipient that age knows" in told


def test_a_recipient_with_a_typing_error_is_told_by_age(desk: Desk, tmp_path: Path) -> None:
    desk.publish()
    told = desk.reviewer.refusal(
        "export", "drive", str(tmp_path / "out"), "--to", "age1" + "q" * 58
    )
    assert told.startswith("The container was not made (")
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".*"))


def test_what_is_missing_is_told(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.publish()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(luks_container, "SYSTEM_FOLDERS", ())
    for tool in ("age", "luks"):
        told = desk.reviewer.refusal("export", "drive", str(tmp_path / "out"), "--with", tool)
        assert told == f"This machine has no {tool} to make an encrypted container with."


def test_luks_takes_no_recipients(desk: Desk, tmp_path: Path) -> None:
    desk.publish()
    words = ["--with", "luks", "--to", age_key(tmp_path)[1]]
    told = desk.reviewer.refusal("export", "drive", str(tmp_path / "out"), *words)
    assert told.startswith("A LUKS container is opened by a passphrase")
