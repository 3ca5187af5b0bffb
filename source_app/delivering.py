"""The page that delivers."""

from dataclasses import asdict
from http import HTTPStatus

from flask import Response, g, request

from source_app.desk_list import desks_for_sources
from source_app.form import DeliveryForm, Fields
from source_app.intake import Receipt
from source_app.recognition import Recogniser
from source_app.refusals import Refusal
from source_app.session import SourceSession, SourceSessions, current_source
from source_app.taking import Taking
from web.body import Body
from web.errors import Busy, RequestRefused
from web.pages import page
from web.responses import see_other
from web.services import Services


class DeliveringViews:
    """GET and POST /deliver."""

    def __init__(self, services: Services, sessions: SourceSessions, recogniser: Recogniser):
        self._services, self._sessions = services, sessions
        self._taking = Taking(services, recogniser)

    def form(self) -> Response:
        """Show the codename on a first visit, then the message and the files."""
        source = current_source()
        return self._page(source, Fields(desk=source.desk))

    def deliver(self) -> Response:
        """Take a delivery; every failure gives the page back with its reason and the message."""
        source = current_source()
        form = DeliveryForm(source.csrf, self._services.instance.config.message_max_characters)
        body = Body(request.environ)
        self._sessions.keeper.hold(g.open_session)
        try:
            receipt = self._taking.take(source, form, body, request.content_type or "")
        except (RequestRefused, Busy) as refusal:
            body.drain()
            return self._page(source, form.fields, refusal)
        finally:
            self._sessions.keeper.release(g.open_session)
        return self._received(source, receipt)

    def _received(self, source: SourceSession, receipt: Receipt) -> Response:
        source.deliveries = sorted({*source.deliveries, receipt.delivery})
        source.receipt = asdict(receipt)
        self._sessions.save()
        return see_other("/mailbox")

    def _page(
        self, source: SourceSession, fields: Fields, refusal: RequestRefused | Busy | None = None
    ) -> Response:
        config = self._services.instance.config
        response = page(
            "deliver.html",
            HTTPStatus.OK if refusal is None else refusal.status,
            source=source,
            fields=fields,
            refusal=refusal,
            desks=desks_for_sources(self._services),
            config=config,
        )
        if isinstance(refusal, Refusal) and refusal.retry_seconds is not None:
            response.headers["Retry-After"] = str(refusal.retry_seconds)
        return response
