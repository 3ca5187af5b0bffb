import base64
import datetime as dt
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import gpg
from crypto.deskkeys import MAX_FILE_SIZE, read_desk_key
from crypto.envelope import EnvelopeSeal
from crypto.errors import BadDeskKey, CryptoError, NoUsableKey
from tests.crypto.conftest import Desk
from tests.crypto.gnupg_home import GnupgHome, processes_naming

TODAY = dt.datetime.now(dt.UTC).date()
NewHome = Callable[..., GnupgHome]


def reason(file: bytes, day: dt.date = TODAY) -> str:
    with pytest.raises(BadDeskKey) as caught:
        read_desk_key(file, day)
    return caught.value.reason


@pytest.mark.parametrize("subkey", ["cv25519", "nistp256", "nistp384", "nistp521", "rsa3072"])
def test_strong_keys_are_taken(new_home: NewHome, subkey: str, tmp_path: Path) -> None:
    home = new_home()
    fingerprint = home.make_key("Rédaction: <desk@example.org>", subkey)
    key = read_desk_key(home.public().encode(), TODAY, tmp_path)
    assert key.fingerprint == fingerprint
    assert key.user_id == "Rédaction: <desk@example.org>"
    assert key.expires is None
    assert key.armored.startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----\n")
    assert list(tmp_path.iterdir()) == []
    assert processes_naming(tmp_path) == []


def test_a_binary_file_is_the_same_key(new_home: NewHome) -> None:
    home = new_home()
    home.make_key("Owner", "cv25519")
    binary = read_desk_key(home.gpg("--export"), TODAY)
    assert binary == read_desk_key(home.public().encode(), TODAY)


def test_an_rsa_key_that_does_both_is_taken(new_home: NewHome) -> None:
    home = new_home()
    home.gpg("--quick-generate-key", "Both", "rsa3072", "encr,cert", "0")
    assert read_desk_key(home.public().encode(), TODAY).user_id == "Both"


@pytest.mark.parametrize(
    ("primary", "subkey"),
    [
        ("rsa2048", "cv25519"),
        ("ed25519", "rsa2048"),
        ("ed25519", "brainpoolP256r1"),
        ("secp256k1", "cv25519"),
        ("dsa2048", "cv25519"),
        ("ed25519", "elg1024"),
    ],
)
def test_weak_keys_are_refused(new_home: NewHome, primary: str, subkey: str) -> None:
    home = new_home()
    home.make_key("Owner", subkey, primary=primary)
    assert reason(home.public().encode()) == "weak"


def test_one_weak_subkey_among_strong_ones_is_refused(new_home: NewHome) -> None:
    home = new_home()
    home.make_key("Owner", "rsa2048", "cv25519")
    assert reason(home.public().encode()) == "weak"


def test_secret_keys_are_refused_in_every_disguise(new_home: NewHome) -> None:
    home = new_home()
    home.make_key("Owner", "cv25519")
    public, secret = home.public().encode(), home.gpg("--export-secret-keys")
    armored = home.gpg("--armor", "--export-secret-keys")
    subkeys = home.gpg("--export-secret-subkeys")
    relabelled = armored.replace(b"PRIVATE KEY", b"PUBLIC KEY")
    wrapped = b"-----BEGIN PGP PUBLIC KEY BLOCK-----\r\nComment: x\r\n\r\n"
    wrapped += base64.encodebytes(secret) + b"-----END PGP PUBLIC KEY BLOCK-----\r\n"
    disguises = [secret, armored, subkeys, relabelled, wrapped, public + armored]
    disguises += [public + relabelled, home.gpg("--export") + secret, b"text\n" + relabelled]
    assert [reason(file) for file in disguises] == ["secret"] * len(disguises)


def test_nothing_of_a_secret_key_is_stored(
    new_home: NewHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        pytest.fail("gpg was given a secret key")

    home = new_home()
    home.make_key("Owner", "cv25519")
    file = home.gpg("--export-secret-keys")
    monkeypatch.setattr("subprocess.run", refused)
    with pytest.raises(BadDeskKey, match="SECRET"):
        read_desk_key(file, TODAY, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_expired_keys_are_refused_from_their_last_day_on(new_home: NewHome) -> None:
    home = new_home()
    home.make_key("Owner", "cv25519", clock="20200101T120000", expires="10d")
    file, last = home.public().encode(), dt.date(2020, 1, 11)
    key = read_desk_key(file, last - dt.timedelta(days=1))
    assert key.expires == last
    assert reason(file, last) == "expired"
    assert reason(file) == "expired"


def test_a_key_whose_subkeys_are_over_is_refused(new_home: NewHome) -> None:
    home = new_home()
    fingerprint = home.make_key("Owner", clock="20200101T120000")
    early = ["--faked-system-time", "20200101T120000!"]
    home.gpg(*early, "--quick-add-key", fingerprint, "cv25519", "encr", "10d")
    home.gpg(*early, "--quick-add-key", fingerprint, "cv25519", "encr", "20d")
    file = home.public().encode()
    assert read_desk_key(file, dt.date(2020, 1, 2)).expires == dt.date(2020, 1, 21)
    assert read_desk_key(file, dt.date(2020, 1, 15)).expires == dt.date(2020, 1, 21)
    assert reason(file) == "expired"


def test_the_primary_keys_end_comes_before_a_subkeys(new_home: NewHome) -> None:
    home = new_home()
    fingerprint = home.make_key("Owner", clock="20200101T120000", expires="10d")
    early = ["--faked-system-time", "20200101T120000!"]
    home.gpg(*early, "--quick-add-key", fingerprint, "cv25519", "encr", "20d")
    key = read_desk_key(home.public().encode(), dt.date(2020, 1, 2))
    assert key.expires == dt.date(2020, 1, 11)


def test_revoked_keys_are_refused(new_home: NewHome) -> None:
    home = new_home()
    fingerprint = home.make_key("Owner", "cv25519")
    home.revoke(fingerprint)
    assert reason(home.public().encode()) == "revoked"


def test_a_revoked_subkey_is_not_sealed_to(new_home: NewHome) -> None:
    home = new_home()
    fingerprint = home.make_key("Owner", "cv25519")
    commands = b"key 1\nrevkey\ny\n0\n\ny\nsave\n"
    home.gpg("--command-fd", "0", "--edit-key", fingerprint, given=commands)
    assert reason(home.public().encode()) == "revoked"
    home.gpg("--quick-add-key", fingerprint, "cv25519", "encr")
    assert read_desk_key(home.public().encode(), TODAY).fingerprint == fingerprint


def test_a_key_without_encryption_is_refused(new_home: NewHome) -> None:
    home = new_home()
    home.make_key("Owner")
    assert reason(home.public().encode()) == "no-encryption"


def test_several_keys_are_refused(desk: Desk) -> None:
    assert reason(desk.key.encode() + desk.other_key.encode()) == "several"
    assert reason(desk.home.gpg("--export")) == "several"


@pytest.mark.parametrize("file", [b"", b"text", bytes(100), b"\xff" * 100])
def test_what_is_no_key_is_refused(file: bytes) -> None:
    assert reason(file) == "none"


def test_what_was_a_key_is_refused(desk: Desk) -> None:
    assert reason(desk.key.encode()[:300]) == "unreadable"
    assert reason(desk.key.encode() + bytes(MAX_FILE_SIZE)) == "unreadable"


def test_a_message_is_no_key(desk: Desk) -> None:
    to = ["--trust-model", "always", "--recipient", "=Desk", "--encrypt"]
    assert reason(desk.home.gpg(*to, given=b"text")) == "none"


def test_other_peoples_signatures_are_left_out(new_home: NewHome) -> None:
    home = new_home()
    fingerprint = home.make_key("Owner", "cv25519")
    alone = read_desk_key(home.public(fingerprint).encode(), TODAY)
    friend = home.make_key("Friend of the owner")
    home.gpg("--local-user", friend, "--quick-sign-key", fingerprint)
    signed = home.public(fingerprint)
    assert len(signed) > len(alone.armored)
    assert read_desk_key(signed.encode(), TODAY).armored == alone.armored


@given(st.binary(max_size=64), st.integers(0, 400))
@settings(max_examples=10)
def test_no_bytes_break_the_reader(noise: bytes, at: int) -> None:
    file = b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n" + base64.b64encode(noise * 5)
    with pytest.raises(BadDeskKey):
        read_desk_key(file[:at] + noise + file[at:] + b"\n-----END PGP ", TODAY)


def test_gpg_that_is_not_installed_is_our_fault_and_not_the_files(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(gpg.ENVIRONMENT, "PATH", str(tmp_path))
    with pytest.raises(CryptoError) as caught:
        read_desk_key(desk.key.encode(), TODAY)
    assert not isinstance(caught.value, BadDeskKey)


DAY = dt.date(2026, 11, 30)


def after(days: int) -> dt.date:
    return DAY + dt.timedelta(days)


def opened_by(home: GnupgHome, keys: list[str], day: dt.date) -> str:
    """Seal to keys on a day; return the fingerprint of the subkey that opens it."""
    body = bytearray()
    scratch = home.path / "sealing"
    scratch.mkdir(mode=0o700, exist_ok=True)
    with EnvelopeSeal(keys, body.extend, day, scratch) as seal:
        seal.write(b"words")
        head = seal.finish().head
    said = home.run("--status-fd", "2", "--decrypt", given=head + bytes(body)).stderr.decode()
    return re.findall(r"DECRYPTION_KEY ([0-9A-F]{40})", said)[0]


def test_a_calendar_is_cut_into_keys_with_one_subkey_each(new_home: NewHome) -> None:
    home = new_home()
    primary, *subkeys = home.make_calendar("Desk", DAY, 3)
    key = read_desk_key(home.public().encode(), DAY)
    assert key.fingerprint == primary
    assert [window.subkey for window in key.windows] == subkeys
    assert [(w.begins, w.ends) for w in key.windows] == [
        (after(0), after(7)),
        (after(7), after(14)),
        (after(14), after(21)),
    ]
    assert key.expires == after(21)
    for window in key.windows:
        last = (window.ends or DAY) - dt.timedelta(1)
        for day in (window.begins, last):
            assert opened_by(home, [window.armored], day) == window.subkey


def test_outside_its_window_nothing_can_be_sealed_to_a_subkey(
    new_home: NewHome, tmp_path: Path
) -> None:
    home = new_home()
    home.make_calendar("Desk", DAY, 2)
    first, second = read_desk_key(home.public().encode(), DAY).windows
    for window, day in [(first, after(7)), (second, after(6)), (second, after(14))]:
        with (
            pytest.raises(NoUsableKey),
            EnvelopeSeal([window.armored], lambda _: None, day, tmp_path) as seal,
        ):
            seal.finish()


def test_windows_that_are_over_are_listed_and_not_cut(new_home: NewHome) -> None:
    home = new_home()
    home.make_calendar("Desk", DAY, 3)
    over, now, coming = read_desk_key(home.public().encode(), after(7)).windows
    assert (over.armored, over.ends) == ("", after(7))
    assert now.armored
    assert coming.armored
    with pytest.raises(BadDeskKey, match="expired"):
        read_desk_key(home.public().encode(), after(21))


def test_a_calendar_may_begin_later_and_have_holes(new_home: NewHome) -> None:
    home = new_home()
    primary, *_ = home.make_calendar("Desk", DAY, 2)
    home.add_window(primary, after(30), 7)
    key = read_desk_key(home.public().encode(), after(20))
    assert [bool(window.armored) for window in key.windows] == [False, False, True]
    assert key.expires == after(37)


def test_no_window_is_longer_than_the_primary_key_lasts(new_home: NewHome) -> None:
    home = new_home()
    primary, *_ = home.make_calendar("Desk", DAY, 2, expires="20261210T000000")
    home.add_window(primary, after(3), 30)
    key = read_desk_key(home.public().encode(), DAY)
    assert [window.ends for window in key.windows] == [after(7), after(10), after(10)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_older_copy_takes_no_window_away(new_home: NewHome, order: tuple[int, int]) -> None:
    home = new_home()
    primary, *_ = home.make_calendar("Desk", DAY, 2)
    copies = [home.public()]
    home.add_window(primary, after(14), 7)
    copies.append(home.public())
    held, given = (copies[index] for index in order)
    asked = []
    key = read_desk_key(given.encode(), DAY, known=lambda it: asked.append(it) or held)
    assert asked == [primary]
    assert len(key.windows) == 3


def test_a_revoked_subkey_is_no_window_whatever_copy_comes_later(new_home: NewHome) -> None:
    home = new_home()
    primary, first, _, third = home.make_calendar("Desk", DAY, 3)
    before = home.public()
    home.gpg("--command-fd", "0", "--edit-key", primary, given=b"key 2\nrevkey\ny\n0\n\ny\nsave\n")
    key = read_desk_key(before.encode(), DAY, known=lambda _: home.public())
    assert [window.subkey for window in key.windows] == [first, third]


def test_keys_of_one_subkey_or_whose_primary_encrypts_are_no_calendars(new_home: NewHome) -> None:
    one, both = new_home(), new_home()
    one.make_key("One", "cv25519")
    both.gpg("--quick-generate-key", "Both", "rsa3072", "encr,cert", "0")
    for _ in range(2):
        both.gpg("--quick-add-key", both.fingerprints()[0], "cv25519", "encr", "30d")
    for home in (one, both):
        assert read_desk_key(home.public().encode(), TODAY).windows == ()


def test_a_calendar_of_more_windows_than_anyone_needs_is_refused(
    new_home: NewHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = new_home()
    home.make_calendar("Desk", DAY, 3)
    monkeypatch.setattr("crypto.deskkeys.MAX_WINDOWS", 2)
    assert reason(home.public().encode(), DAY) == "too-many"


SHA1 = ("--cert-digest-algo", "SHA1")


def test_a_key_that_is_signed_with_sha1_is_refused(new_home: NewHome) -> None:
    owner, subkey = new_home(), new_home()
    owner.gpg(*SHA1, "--quick-generate-key", "Owner", "ed25519", "sign", "0")
    owner.gpg("--quick-add-key", owner.fingerprints()[0], "cv25519", "encr")
    subkey.make_key("Owner")
    subkey.gpg(*SHA1, "--quick-add-key", subkey.fingerprints()[0], "cv25519", "encr")
    for home in (owner, subkey):
        assert reason(home.public().encode()) == "sha1"


def test_a_key_that_was_signed_anew_is_taken(new_home: NewHome) -> None:
    home = new_home()
    home.gpg(*SHA1, "--quick-generate-key", "Owner", "ed25519", "sign", "0")
    fingerprint = home.fingerprints()[0]
    home.gpg("--quick-add-key", fingerprint, "cv25519", "encr")
    time.sleep(1.1)  # gpg counts in seconds, and takes the newer of two signatures
    home.gpg("--cert-digest-algo", "SHA256", "--quick-set-expire", fingerprint, "2y")
    assert read_desk_key(home.public().encode(), TODAY).fingerprint == fingerprint


def test_what_sha1_binds_is_no_subkey_beside_a_better_one(new_home: NewHome) -> None:
    home = new_home()
    fingerprint = home.make_key("Owner", "cv25519")
    home.gpg(*SHA1, "--quick-add-key", fingerprint, "cv25519", "encr")
    key = read_desk_key(home.public().encode(), TODAY)
    assert key.windows == ()
    assert opened_by(home, [key.armored], TODAY) == home.fingerprints()[1]
