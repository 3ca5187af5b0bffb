"""What the manifests of bundles and couriers share: names, limits, order.

A carried file is a tar whose first member is `manifest.json` and whose second is
`manifest.sig`, an Ed25519 signature over the line `vasistas/KIND/1`, a newline, and the
manifest's bytes, or two of them. Verify it before decoding anything.
"""

from collections.abc import Sequence
from itertools import pairwise

from formats.member import Member

__all__ = [
    "MANIFEST_LIMIT",
    "MANIFEST_NAME",
    "SIGNATURE_NAME",
    "SIGNATURE_SIZE",
    "SIGNATURE_SIZES",
    "Member",
    "format_line",
    "is_ordered",
]

MANIFEST_NAME = "manifest.json"
SIGNATURE_NAME = "manifest.sig"
SIGNATURE_SIZE = 64  # bytes, RFC 8032
# While one key of the instance follows another, both sign, the newer first.
SIGNATURE_SIZES = (SIGNATURE_SIZE, 2 * SIGNATURE_SIZE)
MANIFEST_LIMIT = 16 << 20  # bytes (16 MiB); the fullest manifest takes some 11


def format_line(kind: str) -> str:
    """Return what a manifest of `kind` says it is: `vasistas/KIND/1`."""
    return f"vasistas/{kind}/1"


def is_ordered(names: Sequence[str], limit: int) -> bool:
    """Tell whether `names` are at most `limit`, ascending, and no two the same.

    The order of random ids says nothing of the order in which things were made.
    """
    ascending = all(before < after for before, after in pairwise(names))
    return len(names) <= limit and ascending
