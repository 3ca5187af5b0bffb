"""The tables, as typed SQLAlchemy models; a file for each family of entities."""

from storage.models.base import Base
from storage.models.carriage import Bundle, CourierTaken, ItemTaken, QuickCopy
from storage.models.delivery import Delivery, Envelope, EnvelopeKind
from storage.models.desk import Desk, DeskKey, DeskState, KeySet, KeySetMember, StationKey
from storage.models.people import Reviewer, ReviewerDesk, SessionRow, Visitor
from storage.models.reply import Reply
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
    "IntakeDay",
    "ItemTaken",
    "KeySet",
    "KeySetMember",
    "QueuedDeletion",
    "QuickCopy",
    "Reply",
    "Reviewer",
    "ReviewerDesk",
    "RowKind",
    "SessionRow",
    "StationKey",
    "Visitor",
]
