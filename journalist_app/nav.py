"""The number of new deliveries that each page shows beside the way to the list."""

from flask import Flask, g
from sqlalchemy.exc import SQLAlchemyError

from storage import listing
from storage.errors import StorageError
from storage.listing import COUNTED_AT_MOST
from web.faults import report_fault
from web.services import Services


class NewCounts:
    """Counts the new deliveries of the reviewer's desks, once a request and as late as can be."""

    def __init__(self, services: Services) -> None:
        self._db = services.db

    def by_desk(self) -> dict[str, int]:
        """Give the number of each desk, COUNTED_AT_MOST standing for that or more."""
        if "new_counts" not in g:
            g.new_counts = self._count() if g.reviewer else {}
        counts: dict[str, int] = g.new_counts
        return counts

    def total(self) -> int:
        """Give the number of all desks together."""
        return sum(self.by_desk().values())

    def is_capped(self) -> bool:
        """Tell whether there are as many as `total` says, or more."""
        return any(number >= COUNTED_AT_MOST for number in self.by_desk().values())

    def _count(self) -> dict[str, int]:
        try:
            with self._db.read() as transaction:
                return listing.count_new(transaction, list(g.reviewer.desks))
        except (SQLAlchemyError, StorageError) as error:
            report_fault(error)  # the page that tells of a fault must not fail by the same one
            return {}


def set_up_nav(app: Flask, services: Services) -> None:
    """Give all templates `new_counts` and whether there are quick replies."""
    app.jinja_env.globals["new_counts"] = NewCounts(services)
    app.jinja_env.globals["quick_replies"] = services.instance.config.quick_replies
