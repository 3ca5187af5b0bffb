"""The list of sealed deliveries."""

from flask import Response, request

from journalist_app.nav import NewCounts
from journalist_app.paging import PAGE_ROWS, View
from journalist_app.session import ReviewerSessions, current_reviewer, current_visit
from storage import desks, listing, restorations
from storage.listing import COUNTED_AT_MOST
from web.pages import page
from web.services import Services


class InboxViews:
    """GET /."""

    def __init__(self, services: Services, sessions: ReviewerSessions) -> None:
        self._services, self._sessions = services, sessions
        self._counts = NewCounts(services)

    def show(self) -> Response:
        """Show one page of the deliveries of the reviewer's desks, the newest day first."""
        reviewer = current_reviewer()
        view = View.asked(request.args, reviewer.desks)
        shown_desks = [view.desk] if view.desk else list(reviewer.desks)
        with self._services.db.read() as transaction:
            rows = listing.page(
                transaction, shown_desks, view.filters, after=view.after, limit=PAGE_ROWS + 1
            )
            kept = [desk for desk in desks.list_desks(transaction) if desk.slug in shown_desks]
            awaited = restorations.awaited(transaction)
        new = self._counts.by_desk()
        return page(
            "inbox.html",
            reviewer=reviewer,
            notices=self._sessions.told(),
            bundles=current_visit().bundles,
            view=view,
            restored=[each for each in awaited if each.desk in shown_desks],
            rows=rows[:PAGE_ROWS],
            next_page=view.at(rows[PAGE_ROWS - 1].cursor) if len(rows) > PAGE_ROWS else None,
            new={desk: number for desk, number in new.items() if number and desk in shown_desks},
            counted_at_most=COUNTED_AT_MOST,
            limited=[desk for desk in kept if desk.keep_days or desk.keep_collected_days],
            desk_of_day=shown_desks[0] if view.day and len(shown_desks) == 1 else None,
        )
