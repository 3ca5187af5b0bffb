"""What a server that came back from a backup still has to be told, desk by desk."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import WITHOUT_ROWID, Base


class Restoration(Base):
    """That the server came back from a backup made on `backed_up`, for one desk.

    `answered` once its station has brought again what the backup could not know.
    """

    __tablename__ = "restorations"
    __table_args__ = (WITHOUT_ROWID,)

    desk: Mapped[str] = mapped_column(ForeignKey("desks.slug"), primary_key=True)
    backed_up: Mapped[date]
    restored: Mapped[date]
    answered: Mapped[bool] = mapped_column(default=False)


class RestoredBundle(Base):
    """A bundle that said so: a courier that names it was written after its station had read it."""

    __tablename__ = "restored_bundles"
    __table_args__ = (WITHOUT_ROWID,)

    id: Mapped[str] = mapped_column(primary_key=True)
    desk: Mapped[str] = mapped_column(ForeignKey("desks.slug"))
