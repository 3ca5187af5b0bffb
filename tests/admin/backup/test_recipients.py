"""A backup is sealed to a key that was named whole, and checked each time."""

from datetime import date
from pathlib import Path

import pytest

from admin.backup.recipients import find_recipients, whole_fingerprint
from admin.errors import AdminError
from tests.admin.conftest import KeyFiles
from web.instance import Places

TODAY = date(2026, 11, 20)


def test_a_fingerprint_is_whole_however_it_is_typed() -> None:
    digits = "0123456789ABCDEF0123456789ABCDEF01234567"
    assert whole_fingerprint("0123 4567 89ab cdef 0123  4567 89ab cdef 0123 4567") == digits
    for short in (digits[-16:], digits[:-1], digits + "0", "g" * 40, ""):
        with pytest.raises(ValueError, match="40"):
            whole_fingerprint(short)


def test_a_key_from_a_file_is_kept_for_the_next_time(home: Path, keys: KeyFiles) -> None:
    places = Places(home)
    with pytest.raises(AdminError, match="--key"):
        find_recipients(places, [keys.fingerprint], [], TODAY)
    (first,) = find_recipients(places, [keys.fingerprint], [keys.public], TODAY)
    (again,) = find_recipients(places, [keys.fingerprint], [], TODAY)
    assert first == again
    assert first.fingerprint == keys.fingerprint
    assert {path.stat().st_mode & 0o777 for path in (home / "keys" / "backup").iterdir()} == {0o600}


def test_a_key_that_was_not_named_is_refused_and_not_kept(home: Path, keys: KeyFiles) -> None:
    with pytest.raises(AdminError, match="does not name"):
        find_recipients(Places(home), [keys.fingerprint], [keys.other], TODAY)
    assert not (home / "keys" / "backup").exists()


def test_a_secret_key_is_refused_loudly(home: Path, keys: KeyFiles) -> None:
    with pytest.raises(AdminError, match="SECRET"):
        find_recipients(Places(home), [keys.fingerprint], [keys.secret], TODAY)
    assert not (home / "keys" / "backup").exists()


def test_a_kept_file_that_was_exchanged_is_not_sealed_to(home: Path, keys: KeyFiles) -> None:
    places = Places(home)
    find_recipients(places, [keys.fingerprint], [keys.public], TODAY)
    (home / "keys" / "backup" / f"{keys.fingerprint}.asc").write_bytes(keys.other.read_bytes())
    with pytest.raises(AdminError, match="another key"):
        find_recipients(places, [keys.fingerprint], [], TODAY)
