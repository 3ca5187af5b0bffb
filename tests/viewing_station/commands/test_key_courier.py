"""A new courier-signing key, as a command: what it says, and what couriers are signed with then."""

import io
from pathlib import Path

from crypto.errors import CryptoError
from crypto.fingerprint import spaced
from crypto.signing import StationVerifier
from formats.courier import KIND
from formats.station import decode_station
from formats.tar_reader import TarLimits, TarReader
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source


def public(reviewer: Reviewer) -> bytes:
    return decode_station((reviewer.home / "demo-station.pub").read_bytes()).public_key


def signed_by(file: Path, key: bytes) -> bool:
    """Tell whether a courier's signature is this key's."""
    reader = TarReader(io.BytesIO(file.read_bytes()), TarLimits(100, 1 << 20, 1 << 20))
    manifest, signature = reader.read_manifest()
    try:
        StationVerifier(key).verify(KIND, manifest, signature)
    except CryptoError:
        return False
    return True


def test_what_a_courier_brought_is_offered_again_signed_with_the_new_key(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path
) -> None:
    reviewer.open(server.bundle(server.receive(source, "Voici.")))
    reviewer.run("reply", reviewer.thread(), text="Merci.")
    before, after = tmp_path / "before.tar", tmp_path / "after.tar"
    reviewer.run("courier", str(before))
    old = public(reviewer)
    shown = reviewer.run("key", "courier", "--new").stdout
    new = public(reviewer)
    reviewer.run("courier", str(after))
    assert new != old
    assert "vasistas desk station remove demo" in shown
    assert (signed_by(before, old), signed_by(after, old), signed_by(after, new)) == (
        True,
        False,
        True,
    )


def test_without_new_it_shows_the_key_and_changes_nothing(reviewer: Reviewer) -> None:
    shown = [reviewer.json("key", "courier") for _ in range(2)]
    assert shown[0] == shown[1]
    assert spaced(shown[0]["fingerprint"]) in reviewer.run("key", "courier").stdout
    assert Path(shown[0]["station_file"]).is_file()
