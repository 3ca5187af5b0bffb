"""The key that signs couriers is made anew; its file always says which one it is."""

from crypto.fingerprint import fingerprint
from crypto.secret import Secret
from crypto.signing import StationSigner
from formats.station import decode_station
from tests.viewing_station.reviewer import PASSPHRASE, Reviewer
from viewing_station.courier_key import publish_courier_key, renew_courier_key
from viewing_station.station import open_station


def test_the_old_key_is_overwritten_and_the_file_is_that_of_the_new(reviewer: Reviewer) -> None:
    file = reviewer.home / "demo-station.pub"
    old = decode_station(file.read_bytes()).public_key
    with open_station(reviewer.home, Secret(PASSPHRASE.encode())) as station:
        seed = station.settings.seed.reveal()
        new = renew_courier_key(station)
        assert station.settings.seed.reveal() != seed
        assert StationSigner(station.settings.seed).public == new != old
    assert decode_station(file.read_bytes()).public_key == new
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_not_that_of_the_key_is_written_anew(reviewer: Reviewer) -> None:
    file = reviewer.home / "demo-station.pub"
    good = file.read_bytes()
    for wrong in (None, b"", b"{}"):
        file.unlink()
        if wrong is not None:
            file.write_bytes(wrong)
        with open_station(reviewer.home, Secret(PASSPHRASE.encode())) as station:
            assert publish_courier_key(station) == decode_station(good).public_key
        assert file.read_bytes() == good
    assert (
        fingerprint(decode_station(good).public_key)
        in reviewer.run("key", "courier", "--json").stdout
    )
