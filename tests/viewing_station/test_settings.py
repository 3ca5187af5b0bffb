"""A station remembers what it is."""

import secrets
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from crypto.signing import SigningSeed
from crypto.store_key import MasterKey
from formats.handles import new_item_id
from formats.identity import Identity
from viewing_station.desk_key import KeyringPassphrase
from viewing_station.errors import DamagedError
from viewing_station.records import make_records, open_records
from viewing_station.settings import KeyNote, NamesKey, Settings


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    master = MasterKey.new()
    make_records(tmp_path / "station.db", master)
    with open_records(tmp_path / "station.db", master) as records:
        yield Settings(records)


def test_what_is_set_stays(settings: Settings) -> None:
    identity = Identity(new_item_id(), "Vasistas démo", bytes(32))
    seed, passphrase = SigningSeed.new(), KeyringPassphrase.new()
    names_key = NamesKey(secrets.token_bytes(32))
    settings.desk, settings.instance, settings.seed = "demo", identity, seed
    settings.keyring_passphrase, settings.names_key = passphrase, names_key
    assert (settings.desk, settings.instance) == ("demo", identity)
    assert settings.seed == seed
    assert settings.keyring_passphrase == passphrase
    assert settings.names_key == names_key


@pytest.mark.parametrize("name", ["desk", "instance", "seed", "keyring_passphrase", "names_key"])
def test_what_is_missing_is_told(settings: Settings, name: str) -> None:
    with pytest.raises(DamagedError):
        getattr(settings, name)


def test_keys_are_listed_oldest_first(settings: Settings) -> None:
    notes = [KeyNote("B" * 40, date(2026, 3, 1)), KeyNote("A" * 40, date(2025, 3, 1))]
    for note in notes:
        settings.put_key(note)
    assert settings.key_notes() == notes[::-1]
