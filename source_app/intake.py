"""One delivery being taken: streams in, sealed envelopes out, and one row at the very end.

The order is what makes it safe. Files are sealed into a blob while they arrive; when all are in,
the letter is sealed too; blobs are committed; then the row is inserted. Whatever goes wrong
before that row is committed leaves nothing but ciphertext that nobody refers to, and that is
removed at once or, after a power cut, by the sweeper.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from crypto.schedule import MailboxKeys, make_tag, new_nonce, reply_key, reply_secret, thread_id
from formats.handles import new_handle
from formats.letter import LETTER_NAME, MESSAGE_NAME, FileEntry, Letter
from formats.padding import files_class, letter_class
from source_app.admission import Admission, OpenDesk
from source_app.envelope import EnvelopeInProgress
from source_app.file_digest import FileDigest
from storage import deliveries, intake
from storage.deliveries import NewDelivery, NewEnvelope
from storage.models import EnvelopeKind
from web.errors import TooManyParts
from web.services import Services


@dataclass
class Receipt:
    """What arrived, in figures."""

    characters: int
    files: int
    bytes: int
    delivery: str = field(repr=False)


class Intake:
    """A delivery under way. Leaving it without `commit` leaves nothing behind."""

    def __init__(
        self,
        services: Services,
        admission: Admission,
        desk: OpenDesk,
        keys: MailboxKeys,
        language: str,
    ):
        self._services, self._admission, self._desk = services, admission, desk
        self._keys, self._language = keys, language
        self._id = new_handle()
        self._files: list[FileEntry] = []
        self._files_envelope: EnvelopeInProgress | None = None
        self._envelopes: list[EnvelopeInProgress] = []
        self._open = ExitStack()
        self._beside = self._open.enter_context(ThreadPoolExecutor(1, "digest"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def add_file(self, untrusted_name: str, chunks: Iterable[bytes]) -> None:
        """Seal one file as it arrives, under its own name made safe and unique."""
        if len(self._files) == self._services.instance.config.files_max:
            raise TooManyParts
        if self._files_envelope is None:
            self._files_envelope = self._new_envelope(EnvelopeKind.FILES)
        digest = FileDigest(self._beside)
        member = self._files_envelope.payload.open_member(untrusted_name)
        for chunk in chunks:
            digest.update(chunk)
            member.write(chunk)
        self._files_envelope.payload.close_member()
        self._files.append(FileEntry(member.name, digest.size, digest.hexdigest()))

    def commit(self, message: str) -> Receipt:
        """Seal the letter, commit the blobs, then the row; give what arrived."""
        # An upload may last past midnight, and a past day's blobs are rewritten only once.
        # So may a key's window end, and the letter has another key then than the files.
        self._desk = self._admission.on_its_day(self._desk)
        nonce = new_nonce()
        tag = make_tag(self._keys, nonce)
        key = reply_key(reply_secret(self._keys, nonce))
        sealed = [] if self._files_envelope is None else [self._files_envelope.finish()]
        letter = Letter(
            delivery=self._id,
            instance=self._services.instance.config.instance,
            desk=self._desk.slug,
            language=self._language,
            day=self._desk.day,
            thread=thread_id(self._keys, self._desk.slug),
            nonce=nonce,
            tag=tag,
            reply_key=key,
            files=tuple(self._files),
        )
        sealed.append(self._seal_letter(letter, message))
        size = sum(file.size for file in self._files)
        row = NewDelivery(
            id=self._id,
            desk=self._desk.slug,
            nonce=nonce,
            tag=tag,
            reply_key=key,
            day=self._desk.day,
            envelopes=tuple(sealed),
        )
        self._insert(row)
        for envelope in self._envelopes:
            envelope.keep()
        return Receipt(len(message), len(self._files), size, self._id)

    def _seal_letter(self, letter: Letter, message: str) -> NewEnvelope:
        envelope = self._new_envelope(EnvelopeKind.LETTER)
        for name, content in ((LETTER_NAME, letter.encode()), (MESSAGE_NAME, message.encode())):
            envelope.payload.open_member(name).write(content)
            envelope.payload.close_member()
        return envelope.finish()

    def _insert(self, row: NewDelivery) -> None:
        with self._services.db.write() as transaction:
            deliveries.insert_delivery(transaction, row)
            intake.add_bytes(
                transaction, self._desk.day, sum(envelope.body_size for envelope in row.envelopes)
            )

    def _new_envelope(self, kind: EnvelopeKind) -> EnvelopeInProgress:
        size_class = letter_class if kind is EnvelopeKind.LETTER else files_class
        envelope = self._open.enter_context(
            EnvelopeInProgress(self._services, self._desk, kind, size_class)
        )
        self._envelopes.append(envelope)
        return envelope
