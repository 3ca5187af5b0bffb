"""Hostile couriers: each refused whole, within bounded time and memory."""

import io
import secrets
import tarfile
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crypto.signing import SigningSeed, StationSigner
from formats.bundle import KIND as BUNDLE
from formats.courier import KIND
from formats.handles import new_item_id
from formats.manifest import MANIFEST_NAME, SIGNATURE_NAME
from journalist_app.courier_file import COURIER_MAX_BYTES, TrustedCourier, verify_courier
from journalist_app.refusals import CourierDamaged, CourierMisaddressed, CourierUnsigned
from tests.journalist_app.house import Courier, House, tar

Refused = (CourierUnsigned, CourierDamaged, CourierMisaddressed)


def believe(house: House, file: bytes, *desks: str) -> TrustedCourier:
    stations = {desk: house.stations[desk].public for desk in desks or house.stations}
    return verify_courier(file, house.services.instance.config.instance, stations)


def a_courier(house: House) -> Courier:
    return house.courier(
        "nord", [secrets.token_bytes(4144), b"short"], [house.add_delivery("nord")]
    )


def test_a_whole_courier_is_believed(house: House) -> None:
    courier = a_courier(house)

    trusted = believe(house, courier.file())

    assert trusted.manifest == courier.manifest
    assert trusted.boxes == courier.boxes


def test_padding_that_tar_programs_add_is_no_harm(house: House) -> None:
    courier = a_courier(house)
    file = courier.file()

    assert believe(house, file + bytes(-len(file) % 10_240)).manifest == courier.manifest


def test_an_empty_station_list_believes_nobody(house: House) -> None:
    file = a_courier(house).file()

    with pytest.raises(CourierUnsigned):
        verify_courier(file, house.services.instance.config.instance, {})


def test_another_stations_signature_counts_for_nothing(house: House) -> None:
    courier = a_courier(house)
    courier.signer = StationSigner(SigningSeed.new())

    with pytest.raises(CourierUnsigned):
        believe(house, courier.file())


def test_another_desks_station_cannot_speak_for_this_one(house: House) -> None:
    courier = a_courier(house)
    courier.signer = house.stations["sud"]

    with pytest.raises(CourierMisaddressed):
        believe(house, courier.file())


def test_a_station_that_is_not_the_reviewers_desks_is_a_stranger(house: House) -> None:
    with pytest.raises(CourierUnsigned):
        believe(house, a_courier(house).file(), "sud")


def test_a_signature_for_a_bundle_is_none_for_a_courier(house: House) -> None:
    encoded = a_courier(house).manifest.encode()
    signature = house.stations["nord"].sign(BUNDLE, encoded)

    with pytest.raises(CourierUnsigned):
        believe(house, tar([(MANIFEST_NAME, encoded), (SIGNATURE_NAME, signature)]))


@pytest.mark.parametrize("field", ["instance", "station"])
def test_a_courier_for_somewhere_else_is_refused(house: House, field: str) -> None:
    courier = a_courier(house)
    other = {"instance": new_item_id(), "station": secrets.token_hex(32)}[field]
    courier.manifest = replace(courier.manifest, **{field: other})  # type: ignore[arg-type]  # by name

    with pytest.raises(CourierMisaddressed):
        believe(house, courier.file())


def signed(house: House, manifest: bytes) -> list[tuple[str, bytes]]:
    signature = house.stations["nord"].sign(KIND, manifest)
    return [(MANIFEST_NAME, manifest), (SIGNATURE_NAME, signature)]


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda _: b"{}",
        lambda manifest: manifest + b"\n",
        lambda manifest: manifest.replace(b"courier/1", b"courier/2"),
        lambda manifest: manifest.replace(b'"day"', b'"day": "2026-01-01", "day"'),
        lambda _: b"[" * 100_000,
        lambda _: b"\xff\xfe",
    ],
)
def test_a_signed_manifest_that_is_none_is_refused(
    house: House, change: Callable[[bytes], bytes]
) -> None:
    members = signed(house, change(house.courier("nord").manifest.encode()))

    with pytest.raises(CourierDamaged):
        believe(house, tar(members))


def test_a_member_too_few_or_too_many_is_refused(house: House) -> None:
    members = a_courier(house).members()
    extra = (f"{new_item_id()}.reply", b"box")

    for wrong in (members[:-1], [*members, extra], [*members[:2], extra, *members[2:]]):
        with pytest.raises(CourierDamaged):
            believe(house, tar(wrong))


def test_members_in_another_order_are_refused(house: House) -> None:
    members = a_courier(house).members()

    for wrong in (members[::-1], [members[0], members[1], members[3], members[2]]):
        with pytest.raises(CourierDamaged):
            believe(house, tar(wrong))


def test_a_box_that_is_not_the_one_signed_is_refused(house: House) -> None:
    members = a_courier(house).members()
    name, box = members[2]
    members[2] = (name, bytes(byte ^ 1 for byte in box))

    with pytest.raises(CourierDamaged):
        believe(house, tar(members))


def evil_member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, target, 0o600
    return info.tobuf(format=tarfile.GNU_FORMAT)


@pytest.mark.parametrize(
    "header",
    [
        evil_member("/etc/passwd"),
        evil_member("../vasistas.db"),
        evil_member("a/../../b"),
        evil_member("link", tarfile.SYMTYPE, "/etc/passwd"),
        evil_member("link", tarfile.LNKTYPE, MANIFEST_NAME),
        evil_member("device", tarfile.CHRTYPE),
        evil_member("pipe", tarfile.FIFOTYPE),
        evil_member("folder", tarfile.DIRTYPE),
        evil_member(MANIFEST_NAME),
        evil_member("x" * 99),
        b"\xff" * 512,
    ],
)
def test_members_that_are_no_reply_are_refused(house: House, header: bytes) -> None:
    file = a_courier(house).file()
    end = file[:-1024]

    for wrong in (header + file, end + header + file[-1024:]):
        with pytest.raises(CourierDamaged):
            believe(house, wrong)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_a_cut_courier_is_refused(house: House, data: st.DataObject) -> None:
    file = house.courier("nord", [b"box"]).file()
    cut = data.draw(st.integers(min_value=0, max_value=len(file) - 1))

    with pytest.raises(Refused):
        believe(house, file[:cut])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_a_courier_with_one_bit_changed_is_refused(house: House, data: st.DataObject) -> None:
    file = bytearray(house.courier("nord", [b"box"]).file())
    at = data.draw(st.integers(min_value=0, max_value=len(file) - 1))
    file[at] ^= 1 << data.draw(st.integers(min_value=0, max_value=7))

    with pytest.raises(Refused):
        believe(house, bytes(file))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(file=st.binary(max_size=4096))
def test_any_bytes_are_refused(house: House, file: bytes) -> None:
    with pytest.raises(Refused):
        believe(house, file)


@pytest.mark.parametrize(
    "file",
    [
        bytes(COURIER_MAX_BYTES),
        tar([(MANIFEST_NAME, bytes(COURIER_MAX_BYTES))]),
        tar([(MANIFEST_NAME, b"[" * (1 << 20)), (SIGNATURE_NAME, bytes(64))]),
    ],
    ids=["zeros", "a manifest of zeros", "a manifest of brackets"],
)
def test_a_bomb_is_refused_in_the_memory_of_its_size(house: House, file: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(Refused):
            believe(house, file)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * COURIER_MAX_BYTES


def test_a_size_past_all_measure_is_refused(house: House) -> None:
    info = tarfile.TarInfo(MANIFEST_NAME)
    info.size, info.mode = 1 << 62, 0o600

    with pytest.raises(CourierDamaged):
        believe(house, info.tobuf(format=tarfile.GNU_FORMAT) + bytes(4096))


def test_as_many_members_as_fit_are_refused_by_the_manifest(house: House) -> None:
    members = signed(house, house.courier("nord").manifest.encode())
    crowd = [(f"{number:032x}.reply", b"") for number in range(20_000)]

    with pytest.raises(CourierDamaged):
        believe(house, tar(members + crowd))


def test_a_compressed_courier_is_no_courier(house: House) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo(MANIFEST_NAME))

    with pytest.raises(CourierDamaged):
        believe(house, packed.getvalue())
