from datetime import UTC, datetime
from pathlib import Path

import pytest

from admin.desks import add_desk, add_desk_key, list_keys, set_station
from crypto.errors import BadDeskKey
from formats.station import StationIdentity
from journalist_app.keeping_refusals import BadSlug, NoSuchDesk
from storage import desks
from tests.admin.conftest import KEY_DAY, KeyFiles
from tests.crypto.gnupg_home import GnupgHome
from tests.web.instances import Clock
from web.services import Services


def test_a_key_that_expires_says_when_and_stops_on_that_day(
    services: Services, clock: Clock, tmp_path: Path
) -> None:
    home = GnupgHome()
    try:
        fingerprint = home.make_key("Short", "cv25519", clock=KEY_DAY, expires="2026-12-01")
        (tmp_path / "short.asc").write_text(home.public(fingerprint))
    finally:
        home.close()
    add_desk(services, "ville", "Ville")
    assert add_desk_key(services, "ville", tmp_path / "short.asc") == fingerprint
    expected = {"fingerprint": fingerprint, "state": "active", "expires": "2026-12-01"}
    assert list_keys(services, "ville") == [expected]
    clock.now = datetime(2026, 12, 1, tzinfo=UTC)
    assert list_keys(services, "ville") == [expected | {"state": "expired"}]
    with pytest.raises(BadDeskKey, match="has expired"):
        add_desk_key(services, "ville", tmp_path / "short.asc")


def test_a_retired_key_is_in_use_again_once_it_is_added_again(
    services: Services, keys: KeyFiles
) -> None:
    add_desk(services, "ville", "Ville")
    add_desk_key(services, "ville", keys.public)
    with services.db.write() as transaction:
        assert desks.retire_key(transaction, "ville", keys.fingerprint)
    assert list_keys(services, "ville")[0]["state"] == "retired"
    add_desk_key(services, "ville", keys.public)
    assert list_keys(services, "ville")[0]["state"] == "active"


def test_a_desk_of_several_keys_seals_to_all_of_them(services: Services, keys: KeyFiles) -> None:
    add_desk(services, "ville", "Ville")
    for file in (keys.public, keys.other):
        add_desk_key(services, "ville", file)
    with services.db.read() as transaction:
        assert len(desks.active_keys(transaction, "ville", services.today)) == 2


def test_what_is_kept_of_a_key_is_public(services: Services, keys: KeyFiles) -> None:
    add_desk(services, "ville", "Ville")
    with pytest.raises(BadDeskKey, match="SECRET"):
        add_desk_key(services, "ville", keys.secret)
    assert list_keys(services, "ville") == []
    add_desk_key(services, "ville", keys.public)
    with services.db.read() as transaction:
        (key,) = desks.keys(transaction, "ville")
    assert key.armored.startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----")


def test_the_slug_of_a_desk_stands_in_addresses_and_file_names(services: Services) -> None:
    for slug in ("", "a b", "../x", "é", "A", "a" * 41, "a\n", "a.b", "a_b"):
        with pytest.raises(BadSlug, match="slug"):
            add_desk(services, slug, "x")
    for slug in ("a", "ville-2", "a" * 40):
        add_desk(services, slug, "x")
    with services.db.read() as transaction:
        assert len(desks.list_desks(transaction)) == 3


def test_a_station_is_pinned_by_its_key(services: Services, tmp_path: Path) -> None:
    add_desk(services, "ville", "Ville")
    file = tmp_path / "station.pub"
    file.write_bytes(StationIdentity("ville", b"k" * 32).encode())
    set_station(services, "ville", file)
    with services.db.read() as transaction:
        assert desks.station_key(transaction, "ville") == b"k" * 32


def test_a_station_of_a_desk_that_is_not_there_is_refused(
    services: Services, tmp_path: Path
) -> None:
    file = tmp_path / "station.pub"
    file.write_bytes(StationIdentity("nord", bytes(32)).encode())
    with pytest.raises(NoSuchDesk):
        set_station(services, "nord", file)
