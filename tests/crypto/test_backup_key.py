import pytest

from crypto import store_key
from crypto.backup_key import WRAPPED_SIZE, new_backup_key, unwrap_backup_key
from crypto.errors import BadBox
from crypto.secret import Secret
from crypto.store_key import new_master, unwrap_master


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost is store_key's matter."""
    monkeypatch.setattr(store_key, "PASSES", 1)
    monkeypatch.setattr(store_key, "MEMORY", 64 * 1024)


def test_the_passphrase_unwraps_the_key_and_no_other_does() -> None:
    key, wrapped = new_backup_key(Secret(b"right"))
    assert len(wrapped) == WRAPPED_SIZE
    assert unwrap_backup_key(Secret(b"right"), wrapped) == key
    assert key.reveal() not in wrapped
    for passphrase in (b"wrong", b"", b"right\n"):
        with pytest.raises(BadBox):
            unwrap_backup_key(Secret(passphrase), wrapped)


def test_each_backup_has_a_key_of_its_own() -> None:
    assert new_backup_key(Secret(b"same"))[1] != new_backup_key(Secret(b"same"))[1]


def test_altered_or_cut_it_unwraps_to_nothing() -> None:
    _, wrapped = new_backup_key(Secret(b"right"))
    for at in range(0, len(wrapped), 7):
        changed = bytearray(wrapped)
        changed[at] ^= 1
        for other in (bytes(changed), wrapped[:at], wrapped + b"\0"):
            with pytest.raises(BadBox):
                unwrap_backup_key(Secret(b"right"), other)


def test_a_stations_master_key_and_a_backups_key_do_not_pass_for_one_another() -> None:
    with pytest.raises(BadBox):
        unwrap_master(Secret(b"same"), new_backup_key(Secret(b"same"))[1])
    with pytest.raises(BadBox):
        unwrap_backup_key(Secret(b"same"), new_master(Secret(b"same"))[1])
