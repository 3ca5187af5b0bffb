"""The page that delivers."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from http import HTTPStatus
from typing import NoReturn

from flask import Response, g, request

from source_app.desk_list import desks_for_sources
from source_app.encryption_offer import EncryptionOffer
from source_app.form import FIELDS, DeliveryForm, Fields
from source_app.intake import Receipt
from source_app.recognition import Recogniser
from source_app.session import SourceSession, SourceSessions, current_source
from source_app.taking import Taking
from storage.upkeep import truncate_wal
from web.body import Body
from web.circuits import CircuitLimits, Held
from web.errors import Busy, RequestRefused
from web.faults import report_fault
from web.multipart import read_parts
from web.pages import page
from web.responses import see_other
from web.services import Services

HELD_FROM_BYTES = 2 << 20  # at the least pace (web.body), some 35 minutes


class DeliveringViews:
    """GET and POST /deliver."""

    def __init__(
        self,
        services: Services,
        sessions: SourceSessions,
        recogniser: Recogniser,
        offer: EncryptionOffer,
    ):
        self._services, self._sessions, self._offer = services, sessions, offer
        self._taking = Taking(services, recogniser)
        self._limits = CircuitLimits(services.circuits)

    def form(self) -> Response:
        """Show the codename on a first visit, then the message and the files."""
        source = current_source()
        response = self._page(source, Fields(desk=source.desk))
        unseen = source.codename is not None and not source.shown
        if unseen or source.receipt is not None:
            # From now on the codename is shown when it is asked for; and the receipt was read.
            source.shown, source.receipt = True, None
            with _never_mind():
                self._sessions.save()
        return response

    def deliver(self) -> Response:
        """Take a delivery; every failure gives the page back with its reason and the message."""
        source = current_source()
        form = DeliveryForm(source.csrf, self._services.instance.config.message_max_characters)
        body = Body(request.environ)
        with self._services.progress.begin(g.open_session.id, body.length) as progress:
            body.watch = progress.received
            try:
                with self._limits.holding(Held.DELIVERY), self._session_held(body.length):
                    receipt = self._taking.take(source, form, body, request.content_type or "")
            except (RequestRefused, Busy) as refusal:
                body.watch = None
                progress.refused(type(refusal).__name__)
                body.drain(first=lambda: _keep_message(form, body))
                return self._page(source, form.fields, refusal)
            progress.sealed(receipt.files, receipt.bytes, receipt.characters)
            return self._received(source, receipt)

    @contextmanager
    def _session_held(self, length: int) -> Iterator[None]:
        """Keep the session alive during an upload that may outlast it.

        For a shorter one its row is left alone: what is written beside a delivery, in the log of
        the database, stands beside it.
        """
        if length <= HELD_FROM_BYTES:
            yield
            return
        with _never_mind():
            self._sessions.keeper.hold(g.open_session)
        try:
            yield
        finally:
            with _never_mind():
                self._sessions.keeper.release(g.open_session)

    def _received(self, source: SourceSession, receipt: Receipt) -> Response:
        """Send the source on to where the receipt is shown; or show it here.

        The delivery stands. Whatever else fails now must not say otherwise.
        """
        source.deliveries = sorted({*source.deliveries, receipt.delivery})
        source.receipt = asdict(receipt)
        if source.codename is not None and source.tested is None:
            # A codename made in this visit: nothing older can be its own.
            source.tested = self._services.today.isoformat()
        with _never_mind():
            self._sessions.save()
            truncate_wal(self._services.db)  # it holds the session's write beside the delivery's
            return see_other("/mailbox")
        return page("received.html", source=source)

    def _page(
        self, source: SourceSession, fields: Fields, refusal: RequestRefused | Busy | None = None
    ) -> Response:
        config = self._services.instance.config
        self._offer.allow()
        return page(
            "deliver.html",
            HTTPStatus.OK if refusal is None else refusal.status,
            source=source,
            fields=fields,
            refusal=refusal,
            desks=desks_for_sources(self._services),
            config=config,
            scripts=self._offer.scripts,
        )


def _keep_message(form: DeliveryForm, body: Body) -> None:
    """Read as far as the message, if nothing was read yet, so that the page can give it back."""

    def stop(fields: Fields, *, for_files: bool) -> NoReturn:
        del fields, for_files
        raise RequestRefused

    if body.received == 0:
        with suppress(RequestRefused):
            form.receive(read_parts(body, request.content_type or "", FIELDS + 1), stop)


@contextmanager
def _never_mind() -> Iterator[None]:
    """Report what fails within, and go on."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  what matters is done, or will fail by itself
        report_fault(error)
