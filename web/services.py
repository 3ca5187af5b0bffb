"""What `admin serve` hands to an app. Nothing in an app reads a global or the environment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from storage.blob_protocol import Blobs
from storage.engine import Database
from storage.slots import HostSlots
from web.circuits import Circuits, NoCircuits
from web.instance import Instance
from web.onion import Announcements, Onion, nothing_announced
from web.progress import ProgressBoard


def utc_now() -> datetime:
    """Give the present time, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Services:
    """The instance's parts that an app works with.

    `derivations` bounds the Argon2id runs and mailbox tests under way on this host, and
    `uploads` the deliveries, each weighted by the bytes it announced. `progress` must be the same
    memory in all processes of the app. `onion` and `announcements` tell what holds at this moment.
    """

    instance: Instance
    db: Database
    blobs: Blobs
    derivations: HostSlots
    uploads: HostSlots
    circuits: Circuits = field(default_factory=NoCircuits)
    progress: ProgressBoard = field(default_factory=ProgressBoard)
    onion: Onion | None = None
    announcements: Announcements = nothing_announced
    now: Callable[[], datetime] = utc_now

    @property
    def today(self) -> date:
        """Today's day in UTC: the finest grain at which anything is kept."""
        return self.now().date()
