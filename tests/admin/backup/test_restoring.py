"""What comes back was verified whole; anything else leaves no instance, and the place as it was."""

import hashlib
import json
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from admin.compose import build_services
from crypto.signing import InstanceSigner, SigningSeed
from formats.backup import KIND, decode_backup
from formats.identity import Identity
from storage.engine import open_database
from tests.admin.backup.conftest import BackUp, awaited, put_together, store, taken_apart
from tests.admin.conftest import Command, Outcome
from tests.crypto.gnupg_home import GnupgHome
from tests.journey.house import BIN
from tests.storage.conftest import empty_postgres_url, postgres_server
from web.instance import open_instance
from web.services import Services

__all__ = ["empty_postgres_url", "postgres_server"]

Members = dict[str, bytes]
Restore = Callable[..., Outcome]


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return tmp_path / "new"


@pytest.fixture
def restore(bare: Command, new: Path) -> Restore:
    return lambda file, *words: bare("--home", new, "restore", file, *words)


@pytest.fixture
def backup(opened: Services, back_up: BackUp, tmp_path: Path) -> Path:
    """Back an instance with two deliveries up."""
    for _ in range(2):
        store(opened)
    assert back_up(tmp_path / "b.gpg").code == 0
    return tmp_path / "b.gpg"


def left(new: Path) -> list[str]:
    return [path.name for path in new.parent.iterdir() if "new" in path.name]


def signed_anew(members: Members, signer: InstanceSigner) -> None:
    members["manifest.sig"] = signer.sign(KIND, members["manifest.json"])


def test_the_instance_is_back_and_says_so(
    backup: Path, restore: Restore, new: Path, opened: Services
) -> None:
    told = json.loads(restore(backup, "--json").out)
    assert told["bodies"] == 2
    assert told["awaited"] == ["ville"]
    assert told["fingerprint"] == hashlib.sha256(opened.instance.signer.public).hexdigest()
    assert len(told["desk_keys"]["ville"]) == 1
    assert left(new) == ["new"]
    services = build_services(open_instance(new))
    assert awaited(services) == ["ville"]
    assert sorted(services.blobs.names()) == sorted(opened.blobs.names())
    for name in services.blobs.names():
        assert b"".join(services.blobs.read(name)) == b"".join(opened.blobs.read(name))
        assert (new / "blobs" / name[:2] / name).stat().st_mtime == 0
    services.db.close()


def test_a_place_that_is_taken_stays_as_it_is(backup: Path, restore: Restore, new: Path) -> None:
    new.mkdir()
    (new / "mine").write_text("x")
    refused = restore(backup)
    assert (refused.code, "not empty" in refused.err) == (1, True)
    assert [path.name for path in new.iterdir()] == ["mine"]
    (new / "mine").unlink()
    assert restore(backup).code == 0


def alter(name: str, change: Callable[[bytes], bytes]) -> Callable[[Members], Members]:
    return lambda members: members | {name: change(members[name])}


def first_body(members: Members) -> str:
    return min(name for name in members if len(name) == 32)


HOSTILE: dict[str, Callable[[Members], Members]] = {
    "another manifest": alter("manifest.json", lambda m: m.replace(b'"gone": 0', b'"gone": 1')),
    "no signature": lambda members: {k: v for k, v in members.items() if k != "manifest.sig"},
    "another signature": alter("manifest.sig", lambda _: bytes(64)),
    "a file altered": alter("0000001.file", lambda content: content + b"x"),
    "a body altered": lambda m: m | {first_body(m): b"x" * len(m[first_body(m)])},
    "a body missing": lambda m: {k: v for k, v in m.items() if k != first_body(m)},
    "a body more": lambda m: {"0" * 32: b"x"} | m,
    "a file missing": lambda m: {k: v for k, v in m.items() if k != "0000000.file"},
    "a file more": lambda m: {"extra": b"x"} | m,
    "members out of order": lambda m: dict(sorted(m.items(), reverse=True)),
    "nothing": lambda _: {},
    "another kind of file": lambda _: {"manifest.json": b"{}", "manifest.sig": bytes(64)},
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_was_altered_is_refused(
    backup: Path,
    restore: Restore,
    new: Path,
    admin: GnupgHome,
    change: Callable[[Members], Members],
) -> None:
    put_together(admin, change(taken_apart(admin, backup)), backup)
    refused = restore(backup)
    assert (refused.code, refused.err.startswith("vasistas: ")) == (1, True)
    assert left(new) == []


def test_a_backup_signed_by_another_is_refused_where_the_instance_is_known(
    backup: Path, restore: Restore, new: Path, admin: GnupgHome, opened: Services
) -> None:
    identity = opened.instance.places.identity
    put_together(admin, _of_an_impostor(taken_apart(admin, backup)), backup)
    assert restore(backup, "--instance", identity).code == 1
    assert left(new) == []
    # Where nothing is known of it, it is whole and says whose it is: the fingerprint differs.
    said = json.loads(restore(backup, "--json").out)
    assert said["fingerprint"] != hashlib.sha256(opened.instance.signer.public).hexdigest()


def _of_an_impostor(members: Members) -> Members:
    """Sign a backup with a key that belongs to it, but not to the instance."""
    seed = SigningSeed.new()
    signer = InstanceSigner(seed)
    manifest = decode_backup(members["manifest.json"])
    said = manifest.encode().decode()
    for number, file in enumerate(manifest.files):
        name = f"{number:07d}.file"
        if file.path == "instance.json":
            members[name] = Identity(manifest.instance, manifest.name, signer.public).encode()
        elif file.path == "keys/instance-signing":
            members[name] = seed.reveal().hex().encode() + b"\n"
        else:
            continue
        said = said.replace(file.sha256, hashlib.sha256(members[name]).hexdigest())
        said = said.replace(f'"size": {file.size}\n', f'"size": {len(members[name])}\n')
    members["manifest.json"] = said.encode()
    signed_anew(members, signer)
    return members


@pytest.mark.parametrize("cut", [0, 1, 100, -1, -5_000])
def test_what_is_cut_short_is_refused(backup: Path, restore: Restore, new: Path, cut: int) -> None:
    backup.write_bytes(backup.read_bytes()[:cut])
    refused = restore(backup)
    assert (refused.code, refused.err.startswith("vasistas: ")) == (1, True)
    assert left(new) == []


def test_every_flipped_bit_of_the_sealed_file_is_noticed(
    backup: Path, restore: Restore, new: Path
) -> None:
    whole = backup.read_bytes()
    for place in range(0, len(whole), len(whole) // 12):
        backup.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert restore(backup).code == 1
    assert left(new) == []


def test_without_the_private_key_it_says_so(
    backup: Path, restore: Restore, new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = GnupgHome()
    try:
        monkeypatch.setenv("GNUPGHOME", str(other.path))
        assert "no private key" in restore(backup).err
    finally:
        other.close()
    assert left(new) == []


def test_one_that_is_not_sealed_at_all_is_refused(
    backup: Path, restore: Restore, new: Path, admin: GnupgHome
) -> None:
    plain = admin.gpg("--decrypt", given=backup.read_bytes())
    for content in (plain, admin.gpg("-z0", "--store", given=plain)):
        backup.write_bytes(content)
        assert restore(backup).code == 1
        assert left(new) == []


def test_a_passphrase_comes_from_a_file_and_from_nowhere_else(
    opened: Services, vasistas: Command, restore: Restore, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    owner = GnupgHome("une phrase de passe")
    try:
        owner.make_key("Owner", "cv25519", clock="20260101T000000")
        (tmp_path / "owner.asc").write_text(owner.public())
        words = ("--to", owner.fingerprints()[0], "--key", tmp_path / "owner.asc")
        assert vasistas("backup", tmp_path / "b.gpg", *words).code == 0
        owner.path.joinpath("gpg-agent.conf").write_text("disable-scdaemon\n")
        monkeypatch.setenv("GNUPGHOME", str(owner.path))
        subprocess.run(["gpgconf", "--kill", "all"], check=True)
        (tmp_path / "wrong").write_text("une autre\n")
        (tmp_path / "right").write_text("une phrase de passe\n")
        refused = restore(tmp_path / "b.gpg", "--passphrase-file", tmp_path / "wrong")
        assert "not unlocked" in refused.err
        done = restore(tmp_path / "b.gpg", "--passphrase-file", tmp_path / "right")
        assert done.code == 0, done.err
    finally:
        owner.close()


def test_killed_at_any_moment_it_leaves_no_instance_and_runs_again(
    backup: Path, new: Path, restore: Restore
) -> None:
    command = [BIN / "vasistas", "--home", new, "restore", backup]
    for wait in (0.3, 0.6, 0.8, 0.9, 1.0, 1.2):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if new.exists():
            break
    if not new.exists():
        assert restore(backup).code == 0
    services = build_services(open_instance(new))
    assert len(list(services.blobs.names())) == 2
    services.db.close()
    assert left(new) == ["new"]


def test_a_damaged_body_stays_told_of(
    opened: Services, back_up: BackUp, restore: Restore, tmp_path: Path
) -> None:
    stored = sorted((store(opened) for _ in range(3)), key=lambda each: each.blob)
    blobs = opened.instance.places.blobs
    (blobs / stored[0].blob[:2] / stored[0].blob).write_bytes(b"other")
    (blobs / stored[1].blob[:2] / stored[1].blob).unlink()
    assert back_up(tmp_path / "b.gpg").code == 0
    assert "2 bodies were damaged" in restore(tmp_path / "b.gpg").out


def test_an_instance_can_come_back_into_postgresql(
    backup: Path, restore: Restore, new: Path, empty_postgres_url: str
) -> None:
    assert restore(backup, "--database", empty_postgres_url).code == 0
    assert not (new / "vasistas.db").exists()
    services = build_services(open_instance(new))
    assert services.instance.config.database == empty_postgres_url
    assert awaited(services) == ["ville"]
    services.db.close()
    again = restore(backup, "--database", empty_postgres_url)
    assert again.code == 1  # the home is taken
    db = open_database(empty_postgres_url)
    db.close()


def test_the_history_goes_on_and_says_it(
    backup: Path, restore: Restore, bare: Command, new: Path
) -> None:
    assert restore(backup).code == 0
    with sqlite3.connect(new / "vasistas.db") as db:
        deeds = [deed for (deed,) in db.execute("SELECT deed FROM history")]
    assert "restored" in deeds
    assert "history: The" not in bare("--home", new, "check").out
    assert new.stat().st_mode & 0o777 == 0o700
