"""The desk's key is one that gpg seals to and only its passphrase opens."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crypto.deskkeys import read_desk_key
from crypto.errors import NotForUs
from crypto.opening import open_envelope
from formats.bundle import EnvelopeKind
from formats.handles import new_handle
from tests.viewing_station.small_server import TODAY, SmallServer
from viewing_station.desk_key import KeyringPassphrase, MadeKey, make_desk_key
from viewing_station.errors import KeyringError
from viewing_station.keyring import keyring, make_keyring

PASSPHRASE = KeyringPassphrase.new()


@pytest.fixture(scope="module")
def gnupg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("desk") / "gnupg"
    make_keyring(home)
    with keyring(home) as short:
        yield short


@pytest.fixture(scope="module")
def made(gnupg: Path) -> MadeKey:
    return make_desk_key(gnupg, "demo", PASSPHRASE, TODAY)


def test_a_server_takes_it(made: MadeKey) -> None:
    key = read_desk_key(made.armored, TODAY)
    assert key.fingerprint == made.fingerprint
    assert key.expires is not None
    assert timedelta(days=729) < key.expires - TODAY < timedelta(days=732)


def test_it_opens_with_its_passphrase_only(gnupg: Path, made: MadeKey, server: SmallServer) -> None:
    own = server.with_keys(made.armored.decode())
    sealed = own.seal(EnvelopeKind.LETTER, new_handle(), b"plain").content
    opened: list[bytes] = []
    open_envelope(io.BytesIO(sealed), opened.append, gnupg, PASSPHRASE)
    assert b"".join(opened) == b"plain"
    with pytest.raises(NotForUs):
        open_envelope(io.BytesIO(sealed), opened.append, gnupg, KeyringPassphrase.new())


def test_two_passphrases_are_not_alike() -> None:
    assert KeyringPassphrase.new() != KeyringPassphrase.new()
    assert PASSPHRASE.reveal().decode() not in repr(PASSPHRASE)


def test_what_gpg_cannot_do_is_told_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(KeyringError, match=r"could not make a key \(.+\)"):
        make_desk_key(tmp_path / "missing", "demo", PASSPHRASE, TODAY)
