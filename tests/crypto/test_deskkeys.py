import base64
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import gpg
from crypto.deskkeys import MAX_FILE_SIZE, read_desk_key
from crypto.errors import BadDeskKey, CryptoError
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
