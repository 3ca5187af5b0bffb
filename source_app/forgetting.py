"""Forget me: what belongs to this codename and was not collected leaves the server."""

from http import HTTPStatus

from flask import Response

from source_app.leaving import LeavingViews
from source_app.recognition import Recogniser
from source_app.session import SourceSession, current_source
from storage import deletions, deliveries
from storage.models import RowKind
from web.errors import Busy
from web.pages import page
from web.services import Services


class ForgettingViews:
    """/forget: asked once more, then done, and the session ends."""

    def __init__(self, services: Services, recogniser: Recogniser, leaving: LeavingViews) -> None:
        self._services, self._recogniser, self._leaving = services, recogniser, leaving

    def ask(self) -> Response:
        """Say what would go and what stays."""
        return self._page(current_source())

    def forget(self) -> Response:
        """Queue all of it: one transaction a row, among others', so that nothing links them."""
        source = current_source()
        try:
            self._recogniser.refresh(source)  # what came since is to go too
        except Busy:
            return self._page(source, busy=True)
        with self._services.db.write() as transaction:
            deletions.queue(transaction, RowKind.REPLY, source.replies)
            deletions.queue(transaction, RowKind.DELIVERY, self._uncollected(source))
        ended = self._leaving.end()
        return self._leaving.farewell(page("left.html", ended=ended, forgotten=True))

    def _page(self, source: SourceSession, *, busy: bool = False) -> Response:
        waiting = self._uncollected(source)
        return page(
            "forget.html",
            HTTPStatus.SERVICE_UNAVAILABLE if busy else HTTPStatus.OK,
            source=source,
            busy=busy,
            waiting=len(waiting),
            collected=len(self._present(source)) - len(waiting),
        )

    def _uncollected(self, source: SourceSession) -> list[str]:
        return [name for name, collected in self._present(source).items() if not collected]

    def _present(self, source: SourceSession) -> dict[str, bool]:
        """Return which of its deliveries are still here, and whether each was collected."""
        with self._services.db.read() as transaction:
            rows = deliveries.get(transaction, source.deliveries)
            return {row.id: row.collected_day is not None for row in rows}
