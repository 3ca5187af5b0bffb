"""The way of a delivery from the socket to the row, and what each failure means to the source."""

from contextlib import ExitStack

from crypto.codename import contains_codename
from crypto.errors import NoUsableKey, SealFailed
from crypto.schedule import MailboxKeys
from source_app.admission import Admission
from source_app.form import FIELDS, DeliveryForm, Fields
from source_app.intake import Intake, Receipt
from source_app.recognition import Recogniser
from source_app.refusals import (
    CodenameInMessage,
    DiskNearlyFull,
    HatchClosed,
    MessageTooLong,
    MessageTooShort,
    NothingToDeliver,
    NotSealed,
)
from source_app.session import SourceSession
from storage.errors import DiskFull, StorageError
from web.body import Body
from web.faults import report_fault
from web.multipart import read_parts
from web.services import Services


class Taking:
    """Takes deliveries: admission, stream, sealing, commit."""

    def __init__(self, services: Services, recogniser: Recogniser):
        self._services, self._recogniser = services, recogniser
        self._admission = Admission(services)

    def take(
        self, source: SourceSession, form: DeliveryForm, body: Body, content_type: str
    ) -> Receipt:
        """Take one delivery whole, or raise the refusal that the source reads."""
        with self._admission.place(body.length):
            try:
                return self._stream(source, form, body, content_type)
            except NoUsableKey:
                raise HatchClosed from None
            except (SealFailed, StorageError) as error:
                if isinstance(error, DiskFull) or isinstance(error.__cause__, DiskFull):
                    raise DiskNearlyFull from None
                report_fault(error)
                raise NotSealed from None

    def _stream(
        self, source: SourceSession, form: DeliveryForm, body: Body, content_type: str
    ) -> Receipt:
        max_parts = self._services.instance.config.files_max + FIELDS
        with ExitStack() as stack:

            def begin(fields: Fields, *, for_files: bool) -> Intake:
                return stack.enter_context(self._begin(source, fields, for_files=for_files))

            parts = read_parts(body, content_type, max_parts)
            intake = form.receive(parts, begin)
            return intake.commit(form.fields.message)

    def _begin(self, source: SourceSession, fields: Fields, *, for_files: bool) -> Intake:
        """Judge all that can be judged before a file arrives, then start."""
        self._check_message(source, fields, for_files=for_files)
        desk = self._admission.desk(fields.desk or source.desk)
        self._admission.check_disk(for_files=for_files)
        return Intake(self._services, self._admission, desk, self._keys(source), source.language)

    def _check_message(self, source: SourceSession, fields: Fields, *, for_files: bool) -> None:
        config = self._services.instance.config
        message = fields.message.strip()
        if fields.too_long or len(fields.message) > config.message_max_characters:
            raise MessageTooLong
        if contains_codename(message):
            raise CodenameInMessage
        if not message and not for_files:
            raise NothingToDeliver
        if source.keys is None and len(message) < config.first_message_min_characters:
            raise MessageTooShort

    def _keys(self, source: SourceSession) -> MailboxKeys:
        """Derive the keys at the first delivery of a first visit; later they are in the session."""
        keys = source.mailbox_keys
        codename = source.shown_codename
        if keys is None and codename is not None:
            keys = self._recogniser.derive(codename)
            source.remember_keys(keys)
        if keys is None:
            raise NotSealed  # a session has a codename or its keys; one without is not ours
        return keys
