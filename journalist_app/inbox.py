"""The list of sealed deliveries."""

from flask import Response, request

from journalist_app.paging import PAGE_ROWS, View
from journalist_app.session import ReviewerSessions, current_reviewer, current_visit
from storage import listing
from storage.listing import COUNTED_AT_MOST
from web.pages import page
from web.services import Services


class InboxViews:
    """GET /."""

    def __init__(self, services: Services, sessions: ReviewerSessions) -> None:
        self._services, self._sessions = services, sessions

    def show(self) -> Response:
        """Show one page of the deliveries of the reviewer's desks, the newest day first."""
        reviewer = current_reviewer()
        view = View.asked(request.args, reviewer.desks)
        shown_desks = [view.desk] if view.desk else list(reviewer.desks)
        with self._services.db.read() as transaction:
            rows = listing.page(
                transaction, shown_desks, state=view.state, after=view.after, limit=PAGE_ROWS + 1
            )
            new = listing.count_new(transaction, list(reviewer.desks))
        return page(
            "inbox.html",
            reviewer=reviewer,
            notices=self._sessions.told(),
            bundles=current_visit().bundles,
            view=view,
            rows=rows[:PAGE_ROWS],
            next_page=view.at(rows[PAGE_ROWS - 1].cursor) if len(rows) > PAGE_ROWS else None,
            new={desk: number for desk, number in new.items() if number and desk in shown_desks},
            counted_at_most=COUNTED_AT_MOST,
            quick_replies=self._services.instance.config.quick_replies,
        )
