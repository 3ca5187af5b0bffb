import datetime as dt
import time

import pytest

from crypto.errors import BadDeskKey
from crypto.head import write_head
from crypto.recipient import Recipient, read_recipient
from crypto.session_key import SessionKey
from tests.crypto.conftest import NewHome


def test_the_newest_valid_subkey_is_taken_as_gpg_takes_it(
    new_home: NewHome, today: dt.date
) -> None:
    home = new_home()
    key = home.make_key("Desk", "cv25519")
    time.sleep(1.1)  # gpg counts in seconds, and of two of one second either might be the newer
    home.gpg("--quick-add-key", key, "rsa3072", "encr")
    recipient = read_recipient(home.public(key).encode(), today)
    assert (recipient.fingerprint, recipient.subkey) == (key, home.fingerprints()[-1])
    assert recipient.algorithm == 1


def test_an_expired_subkey_is_not_taken(new_home: NewHome, today: dt.date) -> None:
    home = new_home()
    key = home.make_key("Desk", "rsa3072")
    home.gpg("--quick-add-key", key, "cv25519", "encr", "1d")
    later = today + dt.timedelta(days=30)
    assert read_recipient(home.public(key).encode(), later).algorithm == 1


@pytest.mark.parametrize("what", ["expired", "revoked", "no-encryption", "secret"])
def test_a_key_that_cannot_be_sealed_to_is_refused_with_the_reason(
    what: str, new_home: NewHome, today: dt.date
) -> None:
    home = new_home()
    subkeys = [] if what == "no-encryption" else ["cv25519"]
    key = home.make_key("Desk", *subkeys, expires="1d" if what == "expired" else "0")
    if what == "revoked":
        home.revoke(key)
    file = home.gpg("--export-secret-keys", key) if what == "secret" else home.public(key).encode()
    day = today + dt.timedelta(days=9 if what == "expired" else 0)
    with pytest.raises(BadDeskKey) as refused:
        read_recipient(file, day)
    assert refused.value.reason == what


@pytest.mark.parametrize(
    ("algorithm", "numbers"),
    [
        (18, ()),
        (18, (b"\x01\x02", b"\x40" + bytes(32), b"\x03\x01\x08\x07")),
        (18, (bytes.fromhex("0a2b060104019755010501"), b"\x40" + bytes(31), b"\x03\x01\x08\x07")),
        (
            18,
            (bytes.fromhex("0a2b060104019755010501"), b"\x40" + b"\x09" * 32, b"\x03\x01\x01\x07"),
        ),
        (18, (bytes.fromhex("0a2b060104019755010501"), b"\x40" + bytes(32), b"\x03\x01\x08\x07")),
        (18, (bytes.fromhex("082a8648ce3d030107"), b"\x04" + b"\x01" * 64, b"\x03\x01\x08\x07")),
        (1, (b"\x07",)),
        (1, (b"\x07", b"\x03")),
        (16, (b"\x07", b"\x03", b"\x05")),
    ],
)
def test_numbers_that_are_no_key_are_a_typed_error(
    algorithm: int, numbers: tuple[bytes, ...]
) -> None:
    with pytest.raises(BadDeskKey):
        write_head(SessionKey(bytes(32)), [Recipient("A" * 40, "B" * 40, algorithm, numbers)])


def test_of_a_calendar_the_subkey_of_the_day_is_taken(new_home: NewHome) -> None:
    home = new_home()
    begins = dt.date(2026, 11, 30)
    primary, *subkeys = home.make_calendar("Desk", begins, 3)
    for days in range(21):
        day = begins + dt.timedelta(days)
        recipient = read_recipient(home.public().encode(), day)
        assert recipient.sealed_to == recipient.subkey == subkeys[days // 7]
        assert recipient.calendar == frozenset(subkeys)
        assert recipient.is_named({primary})
        assert recipient.is_named({subkeys[0], "A" * 40})
        assert not recipient.is_named({"A" * 40})


def test_on_a_day_that_a_calendar_leaves_out_it_cannot_be_sealed_to(new_home: NewHome) -> None:
    home = new_home()
    begins = dt.date(2026, 11, 30)
    primary, *_ = home.make_calendar("Desk", begins, 2)
    home.add_window(primary, begins + dt.timedelta(30), 7)
    with pytest.raises(BadDeskKey, match="no valid subkey"):
        read_recipient(home.public().encode(), begins + dt.timedelta(20))


def test_any_other_key_is_noted_by_its_own_fingerprint(new_home: NewHome, today: dt.date) -> None:
    home = new_home()
    key = home.make_key("Desk", "cv25519")
    recipient = read_recipient(home.public().encode(), today)
    assert (recipient.sealed_to, recipient.calendar) == (key, frozenset())
