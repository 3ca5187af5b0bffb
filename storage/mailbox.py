"""The rows that a returning codename is tested against: all of them, as fast as they can be read.

Nothing narrows the test: a row that said whose it is would be the table of sources. It runs in
a child process, over an index that holds nothing else.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import date

from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.orm import Session

from storage.models import RowKind

TestRow = tuple[str, bytes, bytes]  # id, nonce, tag

_TESTS = {
    RowKind.DELIVERY: "SELECT id, nonce, tag FROM deliveries WHERE day >= :since",
    RowKind.REPLY: "SELECT id, nonce, tag FROM replies WHERE day >= :since",
}


def rows_to_test(
    s: Session, since_day: date | None, chunk: int = 1000
) -> Iterator[tuple[RowKind, list[TestRow]]]:
    """Yield the kind and the (id, nonce, tag) of at most `chunk` rows at a time.

    `since_day`: only rows of that day and later ones; None: all. No more than `chunk` rows are
    held in memory, whatever the tables hold.
    """
    since = (since_day or date.min).isoformat()
    for kind, sql in _TESTS.items():
        cursor, mark = _cursor(s)
        with closing(cursor):
            cursor.execute(sql.replace(":since", mark), (since,))
            while rows := list(cursor.fetchmany(chunk)):
                yield kind, rows


def _cursor(s: Session) -> tuple[DBAPICursor, str]:
    """Return a cursor that leaves its rows with the database, and the mark of a parameter in it.

    The driver's own, for its plain tuples: to make Row objects costs as much as the reading.
    """
    driver = s.connection().connection
    if s.get_bind().dialect.name == "sqlite":
        return driver.cursor(), "?"
    return driver.cursor("rows_to_test"), "%s"
