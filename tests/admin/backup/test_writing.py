"""A backup appears whole or not at all, and is consistent whatever goes on meanwhile."""

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from admin.backup import members
from admin.backup.members import Members
from admin.custody.signing_key import rotate_signing
from formats.backup import decode_backup
from storage import deletions
from tests.admin.backup.conftest import BackUp, Stored, store, taken_apart
from tests.admin.conftest import Command
from tests.crypto.gnupg_home import GnupgHome
from tests.journey.house import BIN
from web.services import Services


def test_everything_is_in_it_and_nothing_is_left_beside(
    opened: Services, back_up: BackUp, admin: GnupgHome, tmp_path: Path
) -> None:
    stored = [store(opened) for _ in range(3)]
    told = json.loads(back_up(tmp_path / "b.gpg", "--json").out)
    assert told["sha256"] == hashlib.sha256((tmp_path / "b.gpg").read_bytes()).hexdigest()
    assert (told["bodies"], told["gone"], told["lost"]) == (3, 0, [])
    found = taken_apart(admin, tmp_path / "b.gpg")
    assert {each.blob: each.body for each in stored}.items() <= found.items()
    assert not (opened.instance.places.run / "backup").exists()
    assert not list(tmp_path.glob(".*"))


def test_what_is_deleted_meanwhile_is_in_neither_part(
    opened: Services,
    back_up: BackUp,
    admin: GnupgHome,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored = [store(opened) for _ in range(3)]
    gone = max(stored, key=lambda each: each.blob)  # its turn comes last
    _at_first_body(monkeypatch, lambda: _delete(opened, gone))
    told = back_up(tmp_path / "b.gpg")
    assert (told.code, "1 deliveries were deleted meanwhile" in told.err) == (0, True)
    found = taken_apart(admin, tmp_path / "b.gpg")
    assert gone.blob not in found
    manifest = decode_backup(found["manifest.json"])
    assert (manifest.bodies, manifest.gone) == (2, 1)
    database = found[f"{[f.path for f in manifest.files].index('vasistas.db'):07d}.file"]
    assert gone.id.encode() not in database


def test_a_signing_key_that_changes_meanwhile_ends_it(
    opened: Services, back_up: BackUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(opened)
    _at_first_body(monkeypatch, lambda: rotate_signing(opened))
    told = back_up(tmp_path / "b.gpg")
    assert (told.code, "The signing key is being changed" in told.err) == (1, True)
    assert list(tmp_path.glob("*b.gpg*")) == []
    monkeypatch.undo()
    assert back_up(tmp_path / "b.gpg").code == 0


def test_what_is_delivered_meanwhile_is_not_half_in_it(
    opened: Services,
    back_up: BackUp,
    admin: GnupgHome,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store(opened)
    late: list[Stored] = []
    _at_first_body(monkeypatch, lambda: late.append(store(opened)))
    assert back_up(tmp_path / "b.gpg").code == 0
    found = taken_apart(admin, tmp_path / "b.gpg")
    assert late[0].blob not in found
    assert not [name for name, content in found.items() if late[0].id.encode() in content]


def test_a_damaged_body_is_told_and_the_rest_is_saved(
    opened: Services, back_up: BackUp, admin: GnupgHome, tmp_path: Path
) -> None:
    stored = sorted((store(opened) for _ in range(3)), key=lambda each: each.blob)
    blobs = opened.instance.places.blobs
    (blobs / stored[0].blob[:2] / stored[0].blob).write_bytes(b"other")
    (blobs / stored[1].blob[:2] / stored[1].blob).unlink()
    told = back_up(tmp_path / "b.gpg")
    assert "2 bodies are damaged or missing" in told.err
    manifest = decode_backup(taken_apart(admin, tmp_path / "b.gpg")["manifest.json"])
    assert manifest.lost == (stored[0].blob, stored[1].blob)
    assert manifest.bodies == 2


def test_no_session_is_ever_in_it(
    opened: Services, back_up: BackUp, admin: GnupgHome, tmp_path: Path
) -> None:
    secret = os.urandom(32)
    with sqlite3.connect(opened.instance.places.database) as db:
        db.execute(
            "INSERT INTO sessions (id, kind, expires, ends, box) VALUES (?, 'source', 1, 1, ?)",
            (secret, secret),
        )
    assert back_up(tmp_path / "b.gpg").code == 0
    found = taken_apart(admin, tmp_path / "b.gpg")
    assert not [name for name, content in found.items() if secret in content]


def test_a_disk_that_gives_back_something_else_is_noticed(
    opened: Services,
    back_up: BackUp,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def rot(handle: int, *_: object) -> None:
        os.pwrite(handle, b"\0", 2_000)

    store(opened)
    monkeypatch.setattr(os, "posix_fadvise", rot)
    told = back_up(tmp_path / "b.gpg")
    assert (told.code, "something else" in told.err) == (1, True)
    assert not list(tmp_path.glob("*b.gpg*"))


def test_the_next_needs_the_fingerprint_alone_and_does_not_overwrite(
    opened: Services, vasistas: Command, to: tuple[str, ...], tmp_path: Path
) -> None:
    assert vasistas("backup", tmp_path / "b.gpg", *to).code == 0
    again = vasistas("backup", tmp_path / "b.gpg", *to[:2])
    assert (again.code, "exists already" in again.err) == (1, True)
    assert vasistas("backup", tmp_path / "c.gpg", *to[:2]).code == 0


def test_killed_at_any_moment_it_leaves_no_backup_and_runs_again(
    opened: Services, to: tuple[str, ...], vasistas: Command, tmp_path: Path
) -> None:
    for _ in range(20):
        store(opened)
    home = opened.instance.places.home
    command = [BIN / "vasistas", "--home", home, "backup", tmp_path / "b.gpg", *to]
    for wait in (0.4, 0.7, 0.9, 1.0, 1.1, 1.2, 1.3, 1.5):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if (tmp_path / "b.gpg").exists():
            break
    else:
        assert vasistas("backup", tmp_path / "b.gpg", *to).code == 0
    assert vasistas("sweep").code == 0
    assert not (home / "run" / "backup").exists()
    assert not list(tmp_path.glob(".b.gpg*"))
    assert vasistas("--home", tmp_path / "new", "restore", tmp_path / "b.gpg").code == 0


@pytest.mark.parametrize("wrong", ["ABCDEF", "0" * 16, "z" * 40])
def test_less_than_a_whole_fingerprint_is_wrong_usage(
    vasistas: Command, tmp_path: Path, wrong: str
) -> None:
    assert vasistas("backup", tmp_path / "b.gpg", "--to", wrong).code == 2


def _at_first_body(monkeypatch: pytest.MonkeyPatch, happen: Callable[[], object]) -> None:
    """Have something happen between the snapshot and the first body."""
    real, done = Members._body, list[object]()

    def body(self: Members, *row: object) -> object:
        if not done:
            done.append(happen())
        return real(self, *row)  # type: ignore[arg-type]

    monkeypatch.setattr(members.Members, "_body", body)


def _delete(services: Services, stored: Stored) -> None:
    with services.db.write() as transaction:
        names = deletions.delete_deliveries(transaction, [stored.id])
    assert [services.blobs.delete(name) for name in names] == [True]
