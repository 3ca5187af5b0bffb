"""A bundle as the stream of bytes that it is: any part of it, from storage, in constant memory.

Nothing is held open between two pieces but the blob that is being sent: no transaction, and no
list of contents beyond the manifest and the next few rows. What was deleted after the bundle was
made ends the stream with an exception, so that the transfer stays short of its announced length
and the browser says so; a bundle with a hole in it would only be refused at the station.
"""

from collections.abc import Iterator
from functools import cached_property

from formats.bundle import EnvelopeEntry, QuickCopy
from formats.manifest import MANIFEST_NAME, SIGNATURE_NAME
from formats.tarstream import TarPlan
from journalist_app.collecting import MadeBundle, envelope_entry
from journalist_app.refusals import BundleGone
from storage import deliveries, quick_copies
from storage.models import Envelope
from web.services import Services

_AHEAD = 64  # envelopes: their heads are at most 4 MiB together, and commonly 6 KiB
_NAME_DIGITS = 8  # of the id in the file's name: enough to tell a folder's bundles apart


class BundleStream:
    """Sends one bundle."""

    def __init__(self, services: Services, made: MadeBundle) -> None:
        self._services, self._made = services, made
        self._ahead: dict[EnvelopeEntry, Envelope] = {}
        manifest = made.manifest
        self._carried: tuple[EnvelopeEntry | QuickCopy, ...] = manifest.envelopes + manifest.quick
        self._plan = TarPlan(
            [
                (MANIFEST_NAME, len(made.manifest_bytes)),
                (SIGNATURE_NAME, len(made.signature)),
                *manifest.members(),
            ]
        )

    @property
    def size(self) -> int:
        """The whole file's size in bytes."""
        return self._plan.size

    @property
    def file_name(self) -> str:
        """What the file is called where it is saved."""
        manifest = self._made.manifest
        return f"vasistas-{manifest.desk}-{manifest.bundle[:_NAME_DIGITS]}.tar"

    @cached_property
    def deliveries(self) -> frozenset[str]:
        """The deliveries whose envelopes it carries."""
        return frozenset(entry.delivery for entry in self._made.manifest.envelopes)

    def check(self) -> None:
        """Raise BundleGone unless the store still has all of it as it was signed."""
        with self._services.db.read() as transaction:
            rows = deliveries.envelopes(transaction, self.deliveries)
            here = {envelope_entry(row) for row in rows}
            copies = quick_copies.of_desk(transaction, self._made.manifest.desk)
        if not here.issuperset(self._made.manifest.envelopes):
            raise BundleGone
        if not {copy.id for copy in copies}.issuperset(c.id for c in self._made.manifest.quick):
            raise BundleGone

    def stream(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes from `start` up to, not including, `end`.

        Raises BundleGone, NoSuchBlob or WrongSize where a part is not there any more.
        """
        return self._plan.stream(self._content, start, end)

    def _content(self, index: int) -> Iterator[bytes]:
        own = (self._made.manifest_bytes, self._made.signature)
        if index < len(own):
            yield own[index]
            return
        carried = self._carried[index - len(own)]
        if isinstance(carried, EnvelopeEntry):
            yield from self._envelope(index - len(own), carried)
        else:
            yield self._copy(carried)

    def _envelope(self, index: int, entry: EnvelopeEntry) -> Iterator[bytes]:
        if entry not in self._ahead:
            self._ahead = self._read_ahead(index)
        row = self._ahead.pop(entry, None)
        if row is None:
            raise BundleGone
        yield row.head
        yield from self._services.blobs.read(row.body_blob)

    def _read_ahead(self, index: int) -> dict[EnvelopeEntry, Envelope]:
        """Read the rows of the next envelopes at once; what goes meanwhile misses its blob."""
        coming = self._made.manifest.envelopes[index : index + _AHEAD]
        with self._services.db.read() as transaction:
            rows = deliveries.envelopes(transaction, {entry.delivery for entry in coming})
        return {envelope_entry(row): row for row in rows}

    def _copy(self, entry: QuickCopy) -> bytes:
        with self._services.db.read() as transaction:
            row = quick_copies.get(transaction, entry.id)
        if row is None:
            raise BundleGone
        return row.sealed
