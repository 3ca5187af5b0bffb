"""`init` makes a station whole, or something that `init` can make whole."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crypto.deskkeys import read_desk_key
from formats.station import decode_station
from tests.viewing_station.conftest import new_reviewer
from tests.viewing_station.reviewer import Reviewer, agents_of
from tests.viewing_station.small_server import SmallServer
from viewing_station import founding
from viewing_station.errors import KeyringError


@pytest.fixture
def newcomer(tmp_path: Path, server: SmallServer) -> Reviewer:
    """Someone who has an identity file and no station yet."""
    (tmp_path / "instance.json").write_bytes(server.identity.encode())
    return new_reviewer(tmp_path)


def init(reviewer: Reviewer, desk: str = "demo") -> list[str]:
    return ["init", "--desk", desk, "--instance", str(reviewer.home.parent / "instance.json")]


def test_the_admin_can_read_both_public_files(newcomer: Reviewer) -> None:
    told = newcomer.json(*init(newcomer))
    station = decode_station((newcomer.home / "demo-station.pub").read_bytes())
    key_file = (newcomer.home / "demo-openpgp.asc").read_bytes()
    key = read_desk_key(key_file, datetime.now(UTC).date())
    assert station.desk == "demo"
    assert key.fingerprint == told["openpgp_fingerprint"]
    assert key.user_id == "Vasistas desk demo"
    assert key.expires is not None


def test_a_station_is_its_owners_alone(newcomer: Reviewer) -> None:
    newcomer.run(*init(newcomer))
    assert newcomer.home.stat().st_mode & 0o777 == 0o700
    for secret in ("master.key", "station.db"):
        assert (newcomer.home / secret).stat().st_mode & 0o777 == 0o600
    for folder in ("gnupg", "files"):
        assert (newcomer.home / folder).stat().st_mode & 0o777 == 0o700


def test_the_desks_secret_key_is_under_a_passphrase(newcomer: Reviewer) -> None:
    newcomer.run(*init(newcomer))
    keys = list((newcomer.home / "gnupg" / "private-keys-v1.d").glob("*.key"))
    assert len(keys) == 2
    assert all(b"(protected-private-key" in key.read_bytes() for key in keys)


def test_no_record_can_be_read(newcomer: Reviewer, server: SmallServer) -> None:
    newcomer.run(*init(newcomer))
    database = (newcomer.home / "station.db").read_bytes()
    for told in ("demo", server.instance, server.name, server.identity.signing_key.hex()):
        assert told.encode() not in database
    assert b"CREATE TABLE records" in database  # the search finds what is there


def test_a_second_init_changes_nothing(reviewer: Reviewer, server: SmallServer) -> None:
    (reviewer.home.parent / "instance.json").write_bytes(server.identity.encode())
    before = {file: file.read_bytes() for file in reviewer.home.rglob("*") if file.is_file()}
    assert "already a viewing station" in reviewer.refusal(*init(reviewer))
    assert before == {
        file: file.read_bytes() for file in reviewer.home.rglob("*") if file.is_file()
    }


def test_an_interrupted_init_can_be_done_again(
    newcomer: Reviewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyringError(what="make a key", why="a test says so")

    with monkeypatch.context() as patch:
        patch.setattr(founding, "make_desk_key", interrupted)
        newcomer.refusal(*init(newcomer, "other"))
    assert "no viewing station" in newcomer.refusal("threads")
    newcomer.run(*init(newcomer))
    assert newcomer.json("threads") == []
    assert not (newcomer.home / "master.key.part").exists()
    assert agents_of(newcomer.home) == []


def test_an_init_cut_off_at_its_last_step_can_be_done_again(
    newcomer: Reviewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", cut_off)
        newcomer.refusal(*init(newcomer, "other"))
    assert (newcomer.home / "other-openpgp.asc").exists()
    newcomer.run(*init(newcomer))
    assert not (newcomer.home / "other-openpgp.asc").exists()


def test_a_folder_with_other_things_is_left_alone(newcomer: Reviewer) -> None:
    newcomer.home.mkdir()
    (newcomer.home / "diary.txt").write_text("mine")
    assert "holds other things" in newcomer.refusal(*init(newcomer))
    assert [entry.name for entry in newcomer.home.iterdir()] == ["diary.txt"]


@pytest.mark.parametrize("slug", ["", "Démo", "a b", "../etc", "x" * 41])
def test_a_slug_that_names_no_desk_is_refused(newcomer: Reviewer, slug: str) -> None:
    assert "short name of a desk" in newcomer.refusal(*init(newcomer, slug))
    assert not newcomer.home.exists()


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff" * 10_000])
def test_what_is_no_identity_is_not_pinned(newcomer: Reviewer, content: bytes) -> None:
    (newcomer.home.parent / "instance.json").write_bytes(content)
    assert "not the public identity" in newcomer.refusal(*init(newcomer))
    assert not newcomer.home.exists()


def test_a_missing_gnupg_is_told(newcomer: Reviewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert "GnuPG could not start" in newcomer.refusal(*init(newcomer))


def test_the_key_is_as_old_as_its_day(newcomer: Reviewer) -> None:
    newcomer.run(*init(newcomer))
    listing = subprocess.run(
        ["gpg", "--homedir", newcomer.home.parent, "--with-colons", "--show-keys"],
        input=(newcomer.home / "demo-openpgp.asc").read_bytes(),
        capture_output=True,
        check=True,
    ).stdout
    made = int(listing.splitlines()[0].split(b":")[5])
    assert made % 86_400 == 0
