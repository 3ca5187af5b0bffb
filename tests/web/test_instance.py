from collections.abc import Callable
from pathlib import Path

import pytest

from crypto.totp import TotpSealingKey
from tests.web.instances import NAME
from web.errors import ConfigError
from web.instance import (
    SALT_FILE,
    SIGNING_FILE,
    TOTP_FILE,
    open_instance,
)
from web.key_files import KeptKey, KeptKeys, read_keys
from web.services import Services

KEYS = [SALT_FILE, SIGNING_FILE, TOTP_FILE]


def test_an_instance_opens_with_its_own_secrets(services: Services) -> None:
    home = services.instance.places.home
    again = open_instance(home)
    assert again.config.name == NAME
    assert again.salt == services.instance.salt
    assert again.signer.public == services.instance.signer.public
    assert again.database_url == f"sqlite:///{home}/vasistas.db"


def test_a_configured_database_takes_the_place_of_the_embedded_one(services: Services) -> None:
    home = services.instance.places.home
    with (home / "config.toml").open("a") as config:
        config.write('database = "postgresql://h/v"\n')
    assert open_instance(home).database_url == "postgresql://h/v"


def test_no_secret_is_in_the_repr(services: Services) -> None:
    keys = services.instance.places.keys
    shown = repr(services)
    for name in KEYS:
        raw = bytes.fromhex((keys / name).read_text())
        assert raw.hex() not in shown
        assert repr(raw) not in shown


damages: list[Callable[[Path], object]] = [
    lambda key: key.write_text("not hexadecimal"),
    lambda key: key.write_text("00"),
    lambda key: key.write_text(""),
    lambda key: key.write_bytes(b"\xff" * 64),
]


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("damage", damages)
def test_a_damaged_key_is_named_and_not_shown(
    services: Services, name: str, damage: Callable[[Path], object]
) -> None:
    key = services.instance.places.keys / name
    secret = key.read_text().strip()
    damage(key)
    with pytest.raises(ConfigError, match=f"{name} is damaged: restore it") as caught:
        open_instance(services.instance.places.home)
    assert secret not in str(caught.value)


@pytest.mark.parametrize("name", KEYS)
def test_a_missing_key_is_named(services: Services, name: str) -> None:
    (services.instance.places.keys / name).unlink()
    with pytest.raises(ConfigError, match=f"{name} is missing"):
        open_instance(services.instance.places.home)


def test_a_rotated_key_is_noticed_by_an_instance_that_is_open(services: Services) -> None:
    instance = services.instance
    for path in (instance.places.signing, instance.places.totp):
        old = read_keys(path).present
        path.write_bytes(KeptKeys(KeptKey(bytes(32)), old).encode())
    assert instance.signer.public == instance.signers[0].public != instance.signers[1].public
    assert instance.totp_key == TotpSealingKey(bytes(32))
    assert len(instance.totp_keys) == 2
