"""The tables, as typed SQLAlchemy models; a file for each family of entities."""

from storage.models.answer import StandardAnswer
from storage.models.base import Base
from storage.models.carriage import Bundle, CourierTaken, ItemTaken, QuickCopy
from storage.models.delivery import Delivery, Envelope, EnvelopeKind, OldHead
from storage.models.desk import (
    Desk,
    DeskKey,
    DeskState,
    KeySet,
    KeySetMember,
    KeyWindow,
    StationKey,
)
from storage.models.history import HistoryHead, HistoryLine
from storage.models.people import (
    LogInWait,
    RecoveryCode,
    Reviewer,
    ReviewerDesk,
    SessionRow,
    Visitor,
)
from storage.models.reply import Reply
from storage.models.restoration import Restoration, RestoredBundle
from storage.models.upkeep import Chore, IntakeDay, QueuedDeletion, RowKind

__all__ = [
    "Base",
    "Bundle",
    "Chore",
    "CourierTaken",
    "Delivery",
    "Desk",
    "DeskKey",
    "DeskState",
    "Envelope",
    "EnvelopeKind",
    "HistoryHead",
    "HistoryLine",
    "IntakeDay",
    "ItemTaken",
    "KeySet",
    "KeySetMember",
    "KeyWindow",
    "LogInWait",
    "OldHead",
    "QueuedDeletion",
    "QuickCopy",
    "RecoveryCode",
    "Reply",
    "Restoration",
    "RestoredBundle",
    "Reviewer",
    "ReviewerDesk",
    "RowKind",
    "SessionRow",
    "StandardAnswer",
    "StationKey",
    "Visitor",
]
