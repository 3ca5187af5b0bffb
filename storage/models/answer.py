"""A desk's standard answers: texts that its reviewers wrote in advance, for quick replies."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import WITHOUT_ROWID, Base


class StandardAnswer(Base):
    """A text in both languages. It stands in the clear: nothing of a source belongs in it."""

    __tablename__ = "standard_answers"
    __table_args__ = (WITHOUT_ROWID,)

    id: Mapped[str] = mapped_column(primary_key=True)
    desk: Mapped[str] = mapped_column(ForeignKey("desks.slug"), index=True)
    title: Mapped[str]
    french: Mapped[str]
    english: Mapped[str]
