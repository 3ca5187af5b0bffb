"""An envelope in the making: a padded archive, through gpg, into a new blob."""

from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from crypto.envelope import EnvelopeSeal
from formats.payload import PayloadWriter
from source_app.admission import OpenDesk
from storage.deliveries import NewEnvelope
from storage.models import EnvelopeKind
from web.services import Services


class EnvelopeInProgress:
    """Seals what is written to `payload`; leaving the context removes it unless it is kept.

    A finished envelope is kept once its delivery's row is committed. Until the context is left,
    the blob is locked, so that no sweeper takes it for an orphan.
    """

    def __init__(
        self,
        services: Services,
        desk: OpenDesk,
        kind: EnvelopeKind,
        size_class: Callable[[int], int],
    ) -> None:
        self._kind, self._desk = kind, desk
        self._blobs, self._gnupg = services.blobs, services.instance.places.gnupg
        self._size_class = size_class
        self._kept = False

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            self._blob = opening.enter_context(self._blobs.create())
            opening.callback(self._settle)  # after gpg has ended: it writes to the blob
            self._seal = opening.enter_context(
                EnvelopeSeal(self._desk.keys, self._blob.write, self._desk.day, self._gnupg)
            )
            self.payload = PayloadWriter(self._seal.write, self._size_class)
            self._open = opening.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def _settle(self) -> None:
        if not self._kept:
            self._blob.discard()

    def finish(self) -> NewEnvelope:
        """Pad, end gpg, and commit the blob: its bytes are on the disk when this returns."""
        size_class = self.payload.finish()
        sealed = self._seal.finish()
        return NewEnvelope(
            kind=self._kind,
            head=sealed.head,
            head_sha256=sealed.head_sha256,
            body_blob=self._blob.commit(),
            body_size=sealed.body_size,
            body_sha256=sealed.body_sha256,
            size_class=size_class,
            key_set=self._desk.key_set,
        )

    def keep(self) -> None:
        """Keep the blob: a row names it now."""
        self._kept = True
