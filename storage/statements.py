"""What the queries share: inserting what is new, counting what changed, naming many ids."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult, Delete, Update, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models import Base

# SQLite takes 32,766 variables a statement; this many keep a statement short to parse.
IDS_IN_ONE = 1000

T = TypeVar("T")
Insert = sqlite.Insert | postgresql.Insert


def insert_for(s: Session, model: type[Base]) -> Insert:
    """Return an INSERT for this session's database, to add what is to happen on a conflict."""
    if s.get_bind().dialect.name == "sqlite":
        return sqlite.insert(model)
    return postgresql.insert(model)


def insert_new(s: Session, model: type[Base], row: Mapping[str, Any]) -> bool:
    """Insert a row unless there is one; return whether it was inserted."""
    statement = insert_for(s, model).values(**row).on_conflict_do_nothing()
    # Asked for by RETURNING: psycopg gives no count of rows here.
    return s.execute(statement.returning(literal_column("1"))).first() is not None


def rows_changed(s: Session, statement: Update | Delete) -> int:
    """Execute an UPDATE or a DELETE; return how many rows it found."""
    return cast("CursorResult[Any]", s.execute(statement)).rowcount


def in_batches(ids: Iterable[T], size: int = IDS_IN_ONE) -> Iterator[list[T]]:
    """Split ids into lists that one statement can name."""
    rest = iter(ids)
    while batch := list(islice(rest, size)):
        yield batch
