"""A courier as it comes: a file that a stranger may have made, until a pinned key says no.

It is believed whole or refused whole. The signature is checked before the manifest is read, and
every member against the manifest before any of it is used.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO

from crypto.errors import BadPackets, BadSignature
from crypto.fingerprint import fingerprint
from crypto.packets import count_recipients
from crypto.signing import StationVerifier
from formats.bundle import HEAD_LIMIT
from formats.courier import (
    BOX_LIMIT,
    COURIER_LIMIT,
    KIND,
    REPLIES_LIMIT,
    REWRAPS_LIMIT,
    CourierManifest,
    ReplyItem,
    RewrapItem,
    decode_courier,
)
from formats.errors import FormatError
from formats.manifest import MANIFEST_LIMIT
from formats.tarstream import TarLimits, TarReader
from journalist_app.refusals import CourierDamaged, CourierMisaddressed, CourierUnsigned

COURIER_MAX_BYTES = COURIER_LIMIT  # read in memory

_LIMITS = TarLimits(
    members=2 + REPLIES_LIMIT + REWRAPS_LIMIT,
    member_size=max(MANIFEST_LIMIT, BOX_LIMIT, HEAD_LIMIT),
    total=COURIER_MAX_BYTES,
)


@dataclass(frozen=True)
class TrustedCourier:
    """A courier that its desk's station signed, whole.

    `boxes` holds each reply's box by id, `heads` each new head.
    """

    manifest: CourierManifest
    boxes: dict[str, bytes] = field(repr=False)
    heads: dict[str, bytes] = field(repr=False, default_factory=dict)


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
        return TrustedCourier(manifest, *_read_members(reader, manifest))
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


def _read_members(
    reader: TarReader, manifest: CourierManifest
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return the boxes and the heads by the ids of their items. Raises CourierDamaged."""
    items: dict[str, ReplyItem | RewrapItem] = {item.name: item for item in manifest.replies}
    items |= {item.name: item for item in manifest.rewraps}
    boxes: dict[str, bytes] = {}
    heads: dict[str, bytes] = {}
    for member, stream in reader.exactly(manifest.members()):
        item, content = items[member.name], stream.read()
        if hashlib.sha256(content).hexdigest() != item.sha256:
            raise CourierDamaged
        if isinstance(item, RewrapItem):
            _check_head(content, manifest)
            heads[item.id] = content
        else:
            boxes[item.id] = content
    return boxes, heads


def _check_head(head: bytes, manifest: CourierManifest) -> None:
    """Raise CourierDamaged unless it is a head, for as many keys as the courier says."""
    try:
        recipients = count_recipients(head)
    except BadPackets:
        raise CourierDamaged from None
    if recipients != len(manifest.sealed_to):
        raise CourierDamaged
