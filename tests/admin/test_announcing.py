"""Only what the pinned key signed, about the move under way, is ever shown."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from admin import announcing, onion_rotation
from admin.errors import AdminError
from admin.onions import make_services, service_of
from crypto.fingerprint import fingerprint
from formats.announcement import decode_draft
from formats.announcement_key import AnnouncementKey
from tests.admin.conftest import Command
from tests.admin.moving import announced, begun, key_of, signed, signer
from web.services import Services


def test_what_is_signed_is_what_the_draft_says(services: Services, tmp_path: Path) -> None:
    begun(services)
    instance = services.instance
    draft = decode_draft(announcing.draft_file(instance.places).read_bytes())
    assert draft == announcing.present_move(instance)
    assert announcing.owed(instance) is not None
    assert announced(services, tmp_path) == draft
    assert announcing.owed(instance) is None
    told = announcing.public_files(instance.places)
    assert (told.old, told.new, told.until) == (draft.old, draft.new, draft.until)
    assert json.loads(told.announcement)["new"] == draft.new


def test_without_a_pinned_key_nothing_is_announced(services: Services, tmp_path: Path) -> None:
    begun(services)
    move = announcing.present_move(services.instance)
    with pytest.raises(AdminError, match="No announcement key is pinned"):
        announcing.announce(services.instance, signed(move, signer(), tmp_path))
    assert announcing.public_files(services.instance.places).key == b""


def test_another_keys_announcement_is_refused(services: Services, tmp_path: Path) -> None:
    begun(services)
    announcing.pin_key(services.instance, key_of(services, signer(), tmp_path), replace=False)
    move = announcing.present_move(services.instance)
    with pytest.raises(AdminError, match="did not sign it"):
        announcing.announce(services.instance, signed(move, signer(), tmp_path))
    assert announcing.announced(services.instance.places) is None


def test_another_move_is_refused_though_it_is_signed(services: Services, tmp_path: Path) -> None:
    begun(services)
    by, instance = signer(), services.instance
    announcing.pin_key(instance, key_of(services, by, tmp_path), replace=False)
    move = announcing.present_move(instance)
    journalist = service_of(instance.places, "journalist").address().host
    for other in (
        replace(move, new=journalist),
        replace(move, old=journalist),
        replace(move, until=move.until + timedelta(1)),
    ):
        with pytest.raises(AdminError, match="another move"):
            announcing.announce(instance, signed(other, by, tmp_path))
    with pytest.raises(AdminError, match="another instance"):
        announcing.announce(instance, signed(replace(move, instance="0" * 32), by, tmp_path))
    announcing.announce(instance, signed(move, by, tmp_path))


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff" * 10_000])
def test_what_is_no_announcement_and_no_key_is_told(
    services: Services, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "x"
    file.write_bytes(content)
    key = AnnouncementKey("0" * 32, signer().public)
    with pytest.raises(AdminError, match="form of an announcement"):
        announcing.verify(file, key)
    with pytest.raises(AdminError, match="not an announcement key"):
        announcing.pin_key(services.instance, file, replace=True)


def test_a_pinned_key_is_replaced_only_on_purpose(services: Services, tmp_path: Path) -> None:
    begun(services)
    announced(services, tmp_path)
    instance, other = services.instance, key_of(services, signer(), tmp_path)
    with pytest.raises(AdminError, match="--replace"):
        announcing.pin_key(instance, other, replace=False)
    assert announcing.announced(instance.places) is not None
    announcing.pin_key(instance, other, replace=True)
    assert announcing.announced(instance.places) is None, "the other key did not sign it"
    assert announcing.public_files(instance.places).announcement == b""
    announcing.pin_key(instance, other, replace=False)


def test_another_instances_key_is_refused(services: Services, tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_bytes(AnnouncementKey("0" * 32, signer().public).encode())
    with pytest.raises(AdminError, match="another instance"):
        announcing.pin_key(services.instance, file, replace=True)


def test_the_announcement_outlives_the_move(services: Services, tmp_path: Path) -> None:
    begun(services)
    move = announced(services, tmp_path)
    onion_rotation.end(services.instance.places, "source")
    assert announcing.announced(services.instance.places) == move
    assert announcing.owed(services.instance) is None


@pytest.mark.parametrize("told", [True, False])
def test_a_source_address_ends_by_itself_only_where_sources_were_told(
    services: Services, tmp_path: Path, *, told: bool
) -> None:
    begun(services, days=1)
    begun(services, "journalist", days=1)
    if told:
        announced(services, tmp_path)
    later = services.now() + timedelta(2)
    announcing.end_moves(replace(services, now=lambda: later))
    places = services.instance.places
    assert (onion_rotation.moving(places, "source") is None) == told
    assert onion_rotation.moving(places, "journalist") is None
    assert not onion_rotation.is_retiring(places, "journalist")


def test_where_there_is_no_onion_service_nothing_ends(services: Services) -> None:
    announcing.end_moves(services)
    assert not services.instance.places.onions.exists()


# The commands


def test_anybody_verifies_without_an_instance(
    services: Services, bare: Command, tmp_path: Path
) -> None:
    begun(services)
    by = signer()
    move = announcing.present_move(services.instance)
    key, file = key_of(services, by, tmp_path), signed(move, by, tmp_path)
    said = bare("onion", "verify", file, "--key", key)
    assert said.code == 0
    for word in (move.old, move.new, move.until.isoformat(), "Valid"):
        assert word in said.out
    listed = json.loads(bare("onion", "verify", file, "--key", key, "--json").out)
    assert (listed["valid"], listed["over"]) == (True, False)
    assert listed["key"] == fingerprint(by.public)
    past = replace(move, since=services.today - timedelta(99), until=services.today - timedelta(9))
    assert "has ended" in bare("onion", "verify", signed(past, by, tmp_path), "--key", key).out
    forged = bare("onion", "verify", signed(move, signer(), tmp_path), "--key", key)
    assert (forged.code, forged.out) == (1, "")
    assert "did not sign it" in forged.err
    assert bare("onion", "verify", file).code == 2


def test_the_commands_of_a_move(vasistas: Command, home: Path, tmp_path: Path) -> None:
    assert vasistas("onion", "rotate", "source").code == 1
    vasistas("onion", "publish")
    assert "not moving" in vasistas("onion", "retire", "source").err
    assert "not moving" in vasistas("onion", "extend", "source").err
    assert "not moving" in vasistas("onion", "rotate", "journalist", "--cancel").err
    for wrong in (("rotate",), ("rotate", "x"), ("rotate", "source", "--days", "0")):
        assert vasistas("onion", *wrong).code == 2
    begun_ = vasistas("onion", "rotate", "source", "--days", "5")
    assert begun_.code == 0
    assert "announcement-draft.json" in begun_.out
    rows = json.loads(vasistas("onion", "show", "--json").out)
    assert [row["service"] for row in rows] == ["source", "source", "journalist"]
    assert rows[0]["announced"] == "not announced"
    assert vasistas("onion", "extend", "source", "--days", "9").code == 0
    draft = decode_draft((home / "onions" / "announcement-draft.json").read_bytes())
    assert (draft.until - draft.since).days == 9
    assert rows[1]["address"] == f"http://{draft.new}"
    assert "not moving" not in vasistas("onion", "show").out
    by = signer()
    key = tmp_path / "key.json"
    key.write_bytes(AnnouncementKey(draft.instance, by.public).encode())
    assert fingerprint(by.public)[:4] in vasistas("onion", "announcement-key", key).out
    assert vasistas("onion", "announce", signed(draft, by, tmp_path)).code == 0
    assert "announced" in vasistas("onion", "extend", "source").err
    assert "announced" in vasistas("onion", "rotate", "source", "--cancel").err
    assert "--now" in vasistas("onion", "retire", "source").err
    ended = vasistas("onion", "retire", "source", "--now")
    assert (ended.code, draft.new in ended.out) == (0, True)
    again = vasistas("onion", "retire", "source", "--now")
    assert (again.code, again.out) == (0, ended.out)
    moved = vasistas("onion", "rotate", "journalist")
    assert "Reviewers read it in their app" in moved.out
    assert vasistas("onion", "rotate", "journalist", "--cancel").code == 0
    make_services_again = vasistas("onion", "publish")
    assert draft.new in make_services_again.out


def test_a_command_that_was_cut_off_is_completed_by_the_same_command(
    vasistas: Command, services: Services, home: Path
) -> None:
    del services
    from web.instance import Places  # noqa: PLC0415

    places = Places(home)
    vasistas("onion", "publish")
    for words, first in (
        (("retire", "source", "--now"), onion_rotation.end),
        (("rotate", "source", "--cancel"), onion_rotation.cancel),
    ):
        vasistas("onion", "rotate", "source")
        first(places, "source")  # and the power goes before the key is destroyed
        assert vasistas("onion", *words).code == 0
        assert not onion_rotation.is_retiring(places, "source")
    make_services(places)
