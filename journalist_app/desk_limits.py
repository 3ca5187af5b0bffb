"""How long a desk keeps deliveries and how many it takes a day: on the page and by the command.

`who` is the admin's name where a page is used, None for a command on the server.
"""

from journalist_app.keeping_refusals import KeepingRefused, NoSuchDesk
from storage import desks
from storage.errors import DeskUnknown
from storage.history import Deed
from web.history import note
from web.marking import mark
from web.services import Services

DAYS_MAX = 3_650  # ten years: what is kept longer is kept
QUOTA_MAX = 1_000_000  # deliveries a day; the disk is full long before


class BadDays(KeepingRefused):
    """A number of days is from 1 to 3650."""

    sentence = mark(
        "Le nombre de jours doit être un nombre entier de 1 à 3 650, ou rester vide. Rien n’a été "
        "changé."
    )
    field = "collected"


class BadQuota(KeepingRefused):
    """A quota is from 1 to 1000000 deliveries a day."""

    sentence = mark(
        "Le nombre de dépôts par jour doit être un nombre entier de 1 à 1 000 000, ou rester "
        "vide. Rien n’a été changé. Pour n’en recevoir aucun, mettez l’équipe en pause."
    )
    field = "quota"


class DeskLimits:
    """Sets the limits of desks; each change stands in the history."""

    def __init__(self, services: Services, who: str | None = None) -> None:
        self._services, self._who = services, who

    def set_retention(self, slug: str, *, collected: int | None, arrived: int | None) -> None:
        """Keep a desk's deliveries so many days after collection and after arrival; None: longer.

        Raises BadDays, NoSuchDesk.
        """
        for days in (collected, arrived):
            if days is not None and not 1 <= days <= DAYS_MAX:
                raise BadDays
        try:
            with self._services.db.write() as transaction:
                desks.set_retention(transaction, slug, collected=collected, arrived=arrived)
                note(self._services, transaction, Deed.RETENTION_SET, who=self._who, desk=slug)
        except DeskUnknown:
            raise NoSuchDesk from None

    def set_quota(self, slug: str, day_quota: int | None) -> None:
        """Take at most so many deliveries a day; None: any number. Raises BadQuota, NoSuchDesk."""
        if day_quota is not None and not 1 <= day_quota <= QUOTA_MAX:
            raise BadQuota
        try:
            with self._services.db.write() as transaction:
                desks.set_quota(transaction, slug, day_quota)
                note(self._services, transaction, Deed.QUOTA_SET, who=self._who, desk=slug)
        except DeskUnknown:
            raise NoSuchDesk from None
