"""A station's public identity comes back as it was written, and nothing else passes for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.errors import FormatError, Malformed, TooLarge
from formats.station import STATION_LIMIT, StationIdentity, decode_station

STATION = StationIdentity("marseille", b"\x07" * 32)
WRITTEN = """{
 "desk": "marseille",
 "format": "vasistas/station/1",
 "public_key": "0707070707070707070707070707070707070707070707070707070707070707"
}
"""


def test_a_station_is_written_as_it_always_was() -> None:
    assert STATION.encode().decode() == WRITTEN
    assert decode_station(WRITTEN.encode()) == STATION


@given(st.from_regex("[a-z0-9-]{1,40}", fullmatch=True), st.binary(min_size=32, max_size=32))
def test_a_station_comes_back(desk: str, key: bytes) -> None:
    station = StationIdentity(desk, key)
    assert decode_station(station.encode()) == station


@given(st.binary(max_size=200))
def test_any_bytes_are_a_typed_error(data: bytes) -> None:
    with pytest.raises(FormatError):
        decode_station(data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("station/1", "station/2"),
        ("station/1", "instance/1"),
        ("marseille", "Marseille"),
        ("marseille", ""),
        ("0707", "07"),
        ("0707", "0G07"),
        ("{\n", '{\n "a": 1,\n'),
        ("\n}", "\n} "),
    ],
)
def test_malformed_stations(old: str, new: str) -> None:
    assert old in WRITTEN
    with pytest.raises(Malformed):
        decode_station(WRITTEN.replace(old, new, 1).encode())


def test_a_station_too_large_is_not_parsed() -> None:
    with pytest.raises(TooLarge):
        decode_station(bytes(STATION_LIMIT + 1))
