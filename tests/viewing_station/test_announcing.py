"""A move is signed as it was shown, by a key that stays here and comes along in a backup."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from crypto.errors import BadSignature
from crypto.fingerprint import fingerprint, spaced
from crypto.signing import AnnouncementVerifier
from formats.announcement import KIND, Move, decode_announcement
from formats.announcement_key import decode_announcement_key
from formats.handles import new_item_id
from tests.viewing_station.conftest import new_reviewer
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer
from tor.identity import OnionIdentity
from viewing_station.commands.options import today


@pytest.fixture
def move(server: SmallServer) -> Move:
    old, new = (OnionIdentity.new().address.host for _ in range(2))
    return Move(server.instance, old, new, today(), today() + timedelta(30))


def draft_of(move: Move, folder: Path) -> str:
    file = folder / "announcement-draft.json"
    file.write_bytes(move.draft())
    return str(file)


def key_of(reviewer: Reviewer) -> bytes:
    """Have the key made, and give its public half as the admin gets it."""
    made = reviewer.json("announcement-key")
    key = decode_announcement_key(Path(made["file"]).read_bytes())
    assert made["fingerprint"] == fingerprint(key.public_key)
    return key.public_key


def verified(file: Path, public: bytes) -> Move:
    announcement = decode_announcement(file.read_bytes())
    AnnouncementVerifier(public).verify(KIND, announcement.move.signed(), announcement.signature)
    return announcement.move


def test_the_key_is_made_once(reviewer: Reviewer, server: SmallServer) -> None:
    public = key_of(reviewer)
    (reviewer.home / "announcement-key.json").unlink()
    said = reviewer.run("announcement-key").stdout
    assert spaced(fingerprint(public)) in said
    again = decode_announcement_key((reviewer.home / "announcement-key.json").read_bytes())
    assert (again.public_key, again.instance) == (public, server.instance)


def test_what_is_shown_is_what_is_signed(
    reviewer: Reviewer, server: SmallServer, move: Move, tmp_path: Path
) -> None:
    public = key_of(reviewer)
    said = reviewer.run("announce", draft_of(move, tmp_path), text="sign\n")
    for word in (move.old, move.new, server.identity.name, move.instance):
        assert word in said.stdout
    assert "Has the admin read it to you" in said.stderr
    assert verified(tmp_path / "announcement.json", public) == move


@pytest.mark.parametrize("typed", ["", "yes", "SIGN", "destroy"])
def test_without_the_word_nothing_is_signed(
    reviewer: Reviewer, move: Move, tmp_path: Path, typed: str
) -> None:
    key_of(reviewer)
    said = reviewer.run("announce", draft_of(move, tmp_path), text=f"{typed}\n", code=1)
    assert "nothing was signed" in said.stderr or "Aborted" in said.stderr
    assert not (tmp_path / "announcement.json").exists()


def test_an_announcement_is_written_where_it_is_asked_for_and_replaces_nothing(
    reviewer: Reviewer, move: Move, tmp_path: Path
) -> None:
    public = key_of(reviewer)
    target = tmp_path / "to.json"
    words = ("announce", draft_of(move, tmp_path), "--to", str(target), "--yes")
    reviewer.run(*words)
    before = target.read_bytes()
    reviewer.run(*words, code=1)
    reviewer.run(*words, "--force")
    assert target.read_bytes() == before
    assert verified(target, public) == move


def test_what_should_not_be_signed_is_refused(
    reviewer: Reviewer, move: Move, tmp_path: Path
) -> None:
    assert (
        "announcement-key"
        in reviewer.run("announce", draft_of(move, tmp_path), "--yes", code=1).stderr
    )
    key_of(reviewer)
    past = replace(move, since=date(2026, 1, 1), until=date(2026, 1, 2))
    other = replace(move, instance=new_item_id())
    for wrong, why in ((past, "ended on 2026-01-02"), (other, "another instance")):
        file = draft_of(wrong, tmp_path)
        assert why in reviewer.run("announce", file, "--yes", code=1).stderr
    for content in (b"", b"{}", b"x" * 9_999, json.dumps({"new": "a"}).encode()):
        (tmp_path / "x").write_bytes(content)
        said = reviewer.run("announce", str(tmp_path / "x"), "--yes", code=1).stderr
        assert "not the draft of an announcement" in said
    assert not (tmp_path / "announcement.json").exists()


def test_another_station_has_another_key(
    reviewer: Reviewer, stranger: Reviewer, move: Move, tmp_path: Path
) -> None:
    public = key_of(reviewer)
    assert key_of(stranger) != public
    stranger.run("announce", draft_of(move, tmp_path), "--yes")
    with pytest.raises(BadSignature):
        verified(tmp_path / "announcement.json", public)


def test_the_key_comes_along_in_a_backup(reviewer: Reviewer, move: Move, tmp_path: Path) -> None:
    public = key_of(reviewer)
    reviewer.run("backup", str(tmp_path / "backup"))
    folder = tmp_path / "restored"
    folder.mkdir()
    restored = new_reviewer(folder)
    restored.run("restore", str(tmp_path / "backup"))
    assert key_of(restored) == public
    restored.run("announce", draft_of(move, tmp_path), "--yes")
    assert verified(tmp_path / "announcement.json", public) == move


def test_the_secret_half_is_on_no_disk_in_the_clear(reviewer: Reviewer) -> None:
    from crypto.secret import Secret  # noqa: PLC0415
    from tests.viewing_station.reviewer import PASSPHRASE  # noqa: PLC0415
    from viewing_station.station import open_station  # noqa: PLC0415

    key_of(reviewer)
    with open_station(reviewer.home, Secret(PASSPHRASE.encode())) as station:
        seed = station.settings.announcement_seed
        assert seed is not None
        raw = seed.reveal()
    for file in reviewer.home.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert raw not in content
            assert raw.hex().encode() not in content
