"""Whether a delivery can be taken now: desk, keys, disk, the day's quota, what is under way."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from source_app.refusals import (
    DayFull,
    DeskFull,
    DeskMissing,
    DeskPaused,
    DiskNearlyFull,
    HatchClosed,
    TooManyDeliveries,
)
from storage import deliveries, desks, intake
from storage.disk import DiskMarks, free
from storage.models import Desk, DeskState
from web.errors import BodyTooLarge
from web.services import Services

FORM_OVERHEAD_BYTES = 1 << 20  # boundaries, part headers and the form's small fields


@dataclass(frozen=True)
class OpenDesk:
    """A desk that takes deliveries, with the keys to seal them to on a day."""

    slug: str
    keys: tuple[str, ...]
    key_set: str
    day: date


class Admission:
    """The checks before a delivery; each raises the refusal that the source reads."""

    def __init__(self, services: Services):
        self._services = services
        config = services.instance.config
        usual = DiskMarks.of(services.instance.places.home)
        self._marks = DiskMarks(
            files_floor=config.files_floor_bytes or usual.files_floor,
            letters_floor=config.letters_floor_bytes or usual.letters_floor,
        )

    @contextmanager
    def place(self, length: int) -> Iterator[None]:
        """Hold one of the places for deliveries under way, weighted by the announced bytes."""
        if length > self._services.instance.config.delivery_max_bytes + FORM_OVERHEAD_BYTES:
            raise BodyTooLarge
        place = self._services.uploads.acquire(weight=length)
        if place is None:
            raise TooManyDeliveries
        with place:
            self._check_day()
            yield

    def _check_day(self) -> None:
        with self._services.db.read() as transaction:
            taken = intake.bytes_of(transaction, self._services.today)
        coming = self._services.uploads.total_weight()  # this one among them
        if taken + coming > self._services.instance.config.day_max_bytes:
            raise DayFull

    def desk(self, untrusted_slug: str | None) -> OpenDesk:
        """Find the desk and its usable keys, or the only desk where none is named."""
        with self._services.db.write() as transaction:
            known = {desk.slug: desk for desk in desks.list_desks(transaction)}
            open_slugs = [
                slug for slug, desk in known.items() if desk.state is not DeskState.CLOSED
            ]
            slug = untrusted_slug or (open_slugs[0] if len(open_slugs) == 1 else "")
            if slug not in open_slugs:
                raise DeskMissing
            if known[slug].state is DeskState.PAUSED:
                raise DeskPaused
            found = _on_a_day(transaction, slug, self._services.today)
            self._check_quota(transaction, known[slug])
            return found

    def on_its_day(self, desk: OpenDesk) -> OpenDesk:
        """Find the keys of the present day for a desk that was found before.

        An upload may last past midnight, where another subkey's window begins. Only keys are looked
        at: what a desk or its quota says now is for those who begin now.
        """
        today = self._services.today
        if desk.day == today:
            return desk
        with self._services.db.write() as transaction:
            return _on_a_day(transaction, desk.slug, today)

    def _check_quota(self, transaction: Session, desk: Desk) -> None:
        """Refuse what is more than the desk takes a day. What is under way may still come in."""
        quota = desk.day_quota
        if quota is None:
            return
        today = self._services.today
        if deliveries.count_of_day(transaction, desk.slug, today, quota) >= quota:
            raise DeskFull

    def check_disk(self, *, for_files: bool) -> None:
        """Refuse files below one mark of free space, and letters below a lower one."""
        room = free(self._services.instance.places.home)
        coming = self._services.uploads.total_weight()
        taken = self._marks.take_files if for_files else self._marks.take_letters
        if not taken(room, coming if for_files else 0):
            raise DiskNearlyFull


def _on_a_day(transaction: Session, slug: str, day: date) -> OpenDesk:
    keys = desks.active_keys(transaction, slug, day)
    if not keys:
        raise HatchClosed
    key_set = desks.current_key_set(transaction, slug, day)
    return OpenDesk(slug, tuple(key.armored for key in keys), key_set.id, day)
