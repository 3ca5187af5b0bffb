"""What comes out of an envelope is counted, and capped."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.errors import NotForUs
from formats.bundle import EnvelopeKind
from formats.handles import new_handle
from tests.viewing_station.reviewer import PASSPHRASE, Reviewer, agents_of
from tests.viewing_station.small_server import SmallServer
from viewing_station.opener import Opener, opener
from viewing_station.passphrase import present_passphrase
from viewing_station.station import open_station
from viewing_station.trouble import OverflowingError


@pytest.fixture
def key(reviewer: Reviewer) -> Iterator[Opener]:
    passphrase = present_passphrase(reviewer.passphrase_file)
    assert passphrase.reveal() == PASSPHRASE.encode()
    with open_station(reviewer.home, passphrase) as station, opener(station) as key:
        yield key
    assert agents_of(reviewer.home) == []


def sealed(server: SmallServer, plain: bytes) -> io.BytesIO:
    return io.BytesIO(server.seal(EnvelopeKind.LETTER, new_handle(), plain).content)


def test_it_returns_how_much_came_out(key: Opener, server: SmallServer) -> None:
    plain: list[bytes] = []
    assert key.open(sealed(server, b"x" * 1000), plain.append, limit=1000) == 1000
    assert b"".join(plain) == b"x" * 1000


def test_no_more_comes_out_than_may(key: Opener, server: SmallServer) -> None:
    plain: list[bytes] = []
    with pytest.raises(OverflowingError):
        key.open(sealed(server, bytes(1_000_000)), plain.append, limit=999_999)
    assert sum(map(len, plain)) < 1_000_000


def test_two_can_be_opened_one_after_another(key: Opener, server: SmallServer) -> None:
    for _ in range(2):
        assert key.open(sealed(server, b"abc"), len, limit=3) == 3


def test_what_is_sealed_to_others_is_told(
    key: Opener, server: SmallServer, stranger: Reviewer
) -> None:
    other = server.with_keys((stranger.home / "demo-openpgp.asc").read_text())
    with pytest.raises(NotForUs):
        key.open(sealed(other, b"abc"), len, limit=3)


def test_a_full_disk_is_told_as_it_is(key: Opener, server: SmallServer, tmp_path: Path) -> None:
    def full(_: bytes) -> None:
        raise OSError(28, "No space left on device", str(tmp_path))

    with pytest.raises(OSError, match="No space left"):
        key.open(sealed(server, b"abc"), full, limit=3)


class PulledOut(io.BytesIO):
    """A file on a stick that is no longer there."""

    def read(self, _size: int | None = -1, /) -> bytes:
        raise OSError(5, "Input/output error")


def test_a_stick_pulled_out_is_no_alteration(key: Opener) -> None:
    with pytest.raises(OSError, match="Input/output"):
        key.open(PulledOut(), len, limit=3)
