"""Writes what nobody has collected into bundles, signed as always, so that stations open them.

A bundle counts as taken along once it is on the disk: cut off before that, its deliveries go into
one more, and a station that opens both notices nothing.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from admin.arriving import arriving
from admin.errors import AdminError
from journalist_app.bundle_stream import BundleStream
from journalist_app.collecting import DELIVERIES_LIMIT, Collecting
from storage import deliveries, desks, listing
from storage.errors import NoSuchBlob
from storage.listing import NEW
from storage.models import Envelope
from web.services import Services


@dataclass(frozen=True)
class Exported:
    """A bundle that was written, and how many deliveries are in it."""

    desk: str
    file: Path
    deliveries: int


def count_uncollected(services: Services) -> dict[str, int]:
    """Count what nobody has collected, by desk; those with nothing are not named."""
    with services.db.read() as transaction:
        slugs = [desk.slug for desk in desks.list_desks(transaction)]
        counts = {slug: deliveries.count_uncollected(transaction, slug) for slug in slugs}
    return {slug: number for slug, number in counts.items() if number}


def export_uncollected(services: Services, folder: Path) -> Iterator[Exported]:
    """Write bundles into a folder until nothing is uncollected, and yield each once it is there.

    What has lost a body is passed over: no bundle could carry it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for slug in count_uncollected(services):
        while ids := _next(services, slug):
            whole = [each for each in ids if _is_whole(services, each)]
            if whole:
                yield _write(services, slug, whole, folder)
            with services.db.write() as transaction:
                deliveries.mark_collected(transaction, ids, None, services.today)


def _next(services: Services, slug: str) -> Sequence[str]:
    with services.db.read() as transaction:
        rows = listing.page(transaction, [slug], NEW, limit=DELIVERIES_LIMIT)
        return sorted(row.id for row in rows)


def _is_whole(services: Services, delivery: str) -> bool:
    with services.db.read() as transaction:
        rows = deliveries.envelopes(transaction, [delivery])
    return all(_has_body(services, row) for row in rows)


def _has_body(services: Services, row: Envelope) -> bool:
    try:
        with services.blobs.open(row.body_blob) as body:
            return os.fstat(body.fileno()).st_size == row.body_size
    except NoSuchBlob:
        return False


def _write(services: Services, slug: str, ids: Sequence[str], folder: Path) -> Exported:
    made = Collecting(services).sign_alone(slug, ids)
    stream = BundleStream(services, made)
    file = _free(folder, slug)
    with arriving(file) as sink:
        for piece in stream.stream(0, stream.size):
            sink.write(piece)
    return Exported(slug, file, len(ids))


def _free(folder: Path, slug: str) -> Path:
    number = 1
    while os.path.lexists(file := folder / f"vasistas-{slug}-{number}.tar"):
        number += 1
    return file


def refuse_filled(folder: Path) -> None:
    """Raise AdminError unless the folder is absent or empty: it holds nothing but the export."""
    if folder.exists() and any(folder.iterdir()):
        raise AdminError(f"{folder} is not empty: the export needs a folder of its own.")
