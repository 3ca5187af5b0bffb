"""Queries: a desk's standard answers."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from storage.models import StandardAnswer
from storage.statements import rows_changed


@dataclass(frozen=True, kw_only=True)
class NewAnswer:
    """A standard answer to keep."""

    id: str
    desk: str
    title: str
    french: str
    english: str


def of_desks(s: Session, desks: Iterable[str]) -> Sequence[StandardAnswer]:
    """Return the answers of these desks, by desk and title."""
    theirs = select(StandardAnswer).where(StandardAnswer.desk.in_(list(desks)))
    in_order = (StandardAnswer.desk, StandardAnswer.title, StandardAnswer.id)
    return s.scalars(theirs.order_by(*in_order)).all()


def get(s: Session, answer: str) -> StandardAnswer | None:
    """Return an answer, None if it is not here (any more)."""
    return s.get(StandardAnswer, answer)


def count(s: Session, desk: str) -> int:
    """Return how many answers a desk has."""
    theirs = select(func.count()).where(StandardAnswer.desk == desk)
    return s.scalars(theirs).one()


def add(s: Session, new: NewAnswer) -> None:
    """Keep a new answer."""
    s.execute(insert(StandardAnswer), asdict(new))


def change(s: Session, answer: NewAnswer) -> bool:
    """Put new texts in the place of an answer's, at the same desk; False if it is not here."""
    same = update(StandardAnswer).where(
        StandardAnswer.id == answer.id, StandardAnswer.desk == answer.desk
    )
    texts = {"title": answer.title, "french": answer.french, "english": answer.english}
    return bool(rows_changed(s, same.values(texts)))


def remove(s: Session, answer: str, desk: str) -> bool:
    """Remove a desk's answer; False if it is not here."""
    same = delete(StandardAnswer).where(StandardAnswer.id == answer, StandardAnswer.desk == desk)
    return bool(rows_changed(s, same))
