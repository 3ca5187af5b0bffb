"""The key that signs couriers: its public file kept for the admin, and a new one in its place.

There is no overlap to see to. What a courier brought and no bundle confirmed is offered again in
the next, signed with the new key.
"""

from crypto.signing import SigningSeed, StationSigner
from formats.station import StationIdentity
from viewing_station.arriving import arriving
from viewing_station.station import Station


def renew_courier_key(station: Station) -> bytes:
    """Make a new key, the old one overwritten; write its public file, and return it (32 bytes)."""
    with station.records.change():
        station.settings.seed = SigningSeed.new()
    return publish_courier_key(station)


def publish_courier_key(station: Station) -> bytes:
    """See that the public file is that of the present key; return the key (32 bytes)."""
    desk, public = station.settings.desk, StationSigner(station.settings.seed).public
    file, content = station.home.station_key(desk), StationIdentity(desk, public).encode()
    if not file.is_file() or file.read_bytes() != content:
        with arriving(file, force=True) as sink:
            sink.write(content)
    return public
