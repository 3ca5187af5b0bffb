"""A courier as it comes: a file that a stranger may have made, until a pinned key says no.

It is believed whole or refused whole. The signature is checked before the manifest is read, and
every member against the manifest before any of it is used.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO

from crypto.errors import BadSignature
from crypto.fingerprint import fingerprint
from crypto.signing import StationVerifier
from formats.courier import BOX_LIMIT, KIND, REPLIES_LIMIT, CourierManifest, decode_courier
from formats.errors import FormatError
from formats.manifest import MANIFEST_LIMIT
from formats.tarstream import TarLimits, TarReader
from journalist_app.refusals import CourierDamaged, CourierMisaddressed, CourierUnsigned

COURIER_MAX_BYTES = 64 << 20  # 64 MiB: the 10,000 replies a courier may hold; read in memory

_LIMITS = TarLimits(
    members=2 + REPLIES_LIMIT,
    member_size=max(MANIFEST_LIMIT, BOX_LIMIT),
    total=COURIER_MAX_BYTES,
)


@dataclass(frozen=True)
class TrustedCourier:
    """A courier that its desk's station signed, whole. `boxes` holds each reply's box by id."""

    manifest: CourierManifest
    boxes: dict[str, bytes] = field(repr=False)


def verify_courier(
    untrusted_file: bytes, instance: str, stations: Mapping[str, bytes]
) -> TrustedCourier:
    """Believe a courier or refuse it.

    `stations` are the pinned public keys by desk. Raises CourierUnsigned, CourierDamaged or
    CourierMisaddressed.
    """
    reader = TarReader(BytesIO(untrusted_file), _LIMITS)
    try:
        manifest_bytes, signature = reader.read_manifest()
        desk = _signing_desk(manifest_bytes, signature, stations)
        manifest = decode_courier(manifest_bytes)
        _check_address(manifest, instance, desk, stations[desk])
        return TrustedCourier(manifest, _read_boxes(reader, manifest))
    except FormatError:
        raise CourierDamaged from None


def _signing_desk(manifest: bytes, signature: bytes, stations: Mapping[str, bytes]) -> str:
    """Find the desk by whose key it is signed: what the manifest says counts for nothing yet."""
    for desk, public in stations.items():
        try:
            StationVerifier(public).verify(KIND, manifest, signature)
        except BadSignature:
            continue
        return desk
    raise CourierUnsigned


def _check_address(manifest: CourierManifest, instance: str, desk: str, public: bytes) -> None:
    if (manifest.instance, manifest.desk, manifest.station) != (
        instance,
        desk,
        fingerprint(public),
    ):
        raise CourierMisaddressed


def _read_boxes(reader: TarReader, manifest: CourierManifest) -> dict[str, bytes]:
    items = {item.name: item for item in manifest.replies}
    boxes = {}
    for member, stream in reader.exactly(manifest.members()):
        item, box = items[member.name], stream.read()
        if hashlib.sha256(box).hexdigest() != item.sha256:
            raise CourierDamaged
        boxes[item.id] = box
    return boxes
