import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from crypto.envelope import EnvelopeSeal
from crypto.errors import BadKey, BadPackets, NotForUs, OpenFailed
from crypto.packets import BODY_BEGINNING, body_prefix
from crypto.secret import Secret
from crypto.session_key import SessionKey, open_head
from tests.crypto.conftest import Desk
from tests.crypto.gnupg_home import GnupgHome


@pytest.fixture
def envelope(desk: Desk, seal_home: Path, today: dt.date) -> tuple[bytes, bytes]:
    body = bytearray()
    with EnvelopeSeal([desk.key, desk.other_key], body.extend, today, seal_home) as seal:
        seal.write(b"letter" * 10_000)
        return seal.finish().head, bytes(body)


def test_the_session_key_is_the_one_that_gpg_shows_for_the_whole_message(
    desk: Desk, envelope: tuple[bytes, bytes]
) -> None:
    head, body = envelope
    prefix = body_prefix(body[:BODY_BEGINNING])
    found, _ = open_head(head, desk.home.path, desk.passphrase)
    assert found.fits(prefix)
    said = desk.home.run("--show-session-key", "--decrypt", given=head + body).stderr
    shown = re.search(rb"session key: '9:([0-9A-F]{64})'", said)
    assert shown is not None
    assert found.reveal().hex().upper().encode() == shown[1]


def test_a_session_key_shows_itself_to_nobody(desk: Desk, envelope: tuple[bytes, bytes]) -> None:
    key, opened_by = open_head(envelope[0], desk.home.path, desk.passphrase)
    assert repr(key) == "<SessionKey redacted>"
    assert opened_by in desk.home.fingerprints()


def test_it_is_told_by_which_key_a_head_opened(desk: Desk, envelope: tuple[bytes, bytes]) -> None:
    for name in ("Desk", "Second desk key"):
        [fingerprint, _] = desk.home.fingerprints(f"={name}")
        by = open_head(envelope[0], desk.home.path, desk.passphrase, try_first=fingerprint)[1]
        # The packets are tried in their order, whatever key comes first.
        assert by == desk.home.fingerprints("=Desk")[0]


@pytest.mark.parametrize("cut", [0, 1, 50, -1])
def test_a_head_cut_short_is_none(desk: Desk, envelope: tuple[bytes, bytes], cut: int) -> None:
    with pytest.raises(BadPackets):
        open_head(envelope[0][:cut], desk.home.path, desk.passphrase)


def test_a_head_with_a_body_is_none(desk: Desk, envelope: tuple[bytes, bytes]) -> None:
    head, body = envelope
    for more in (body, b"\xd2\x01\x01", b"\0"):
        with pytest.raises(BadPackets):
            open_head(head + more, desk.home.path, desk.passphrase)


def test_an_altered_head_does_not_open(desk: Desk, envelope: tuple[bytes, bytes]) -> None:
    head = bytearray(envelope[0])
    for at in (60, len(head) - 5):  # in both packets
        head[at] ^= 1
    with pytest.raises(OpenFailed):
        open_head(bytes(head), desk.home.path, desk.passphrase)


def test_another_home_and_a_wrong_passphrase_open_nothing(
    desk: Desk, envelope: tuple[bytes, bytes], new_home: Callable[..., GnupgHome]
) -> None:
    with pytest.raises(NotForUs):
        open_head(envelope[0], new_home().path, desk.passphrase)
    locked = new_home("another passphrase")
    locked.make_key("Locked", "cv25519")
    with pytest.raises(OpenFailed):
        open_head(envelope[0], locked.path, Secret(b"wrong"))


def test_only_aes_256_is_a_session_key_of_ours() -> None:
    assert SessionKey.from_status(b"9", b"00" * 32).reveal() == bytes(32)
    for algorithm, digits in ((b"7", b"00" * 16), (b"9", b"00" * 16), (b"10", b"00" * 32)):
        with pytest.raises((OpenFailed, BadKey)):
            SessionKey.from_status(algorithm, digits)


def test_a_prefix_of_another_size_fits_no_key() -> None:
    assert not SessionKey(bytes(32)).fits(bytes(17))
    assert not SessionKey(bytes(32)).fits(b"")
