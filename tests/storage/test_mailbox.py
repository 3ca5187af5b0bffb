"""Every row is tested, in bounded pieces, over an index that holds nothing else."""

from datetime import timedelta

import pytest

from storage import mailbox, replies
from storage.engine import Database
from storage.models import RowKind
from tests.storage.rows import DAY, add_delivery, add_desk, new_reply


@pytest.mark.parametrize("chunk", [1, 3, 1000])
def test_all_deliveries_and_replies_are_there_once(db: Database, chunk: int) -> None:
    with db.write() as s:
        key_set = add_desk(s)
        old = [add_delivery(s, key_set, day=DAY - timedelta(1)) for _ in range(4)]
        new = [add_delivery(s, key_set) for _ in range(4)]
        answers = [new_reply() for _ in range(5)]
        for answer in answers:
            assert replies.insert_reply(s, answer)
    with db.read() as s:
        every = [(kind, row) for kind, rows in mailbox.rows_to_test(s, None, chunk) for row in rows]
        later = [(kind, row) for kind, rows in mailbox.rows_to_test(s, DAY, chunk) for row in rows]
        assert all(len(rows) <= chunk for _, rows in mailbox.rows_to_test(s, None, chunk))

    def wanted(*deliveries: object) -> set[object]:
        sent = {(RowKind.DELIVERY, (d.id, d.nonce, d.tag)) for d in [*old, *new] if d in deliveries}
        return sent | {(RowKind.REPLY, (r.id, r.nonce, r.tag)) for r in answers}

    assert set(every) == wanted(*old, *new)
    assert set(later) == wanted(*new)
    assert len(every) == 13


def test_nothing_is_yielded_of_an_empty_store(db: Database) -> None:
    with db.read() as s:
        assert list(mailbox.rows_to_test(s, None)) == []


def test_only_the_covering_index_is_read(sqlite_db: Database) -> None:
    with sqlite_db.read() as s:
        for sql in mailbox._TESTS.values():
            statement = "EXPLAIN QUERY PLAN " + sql.replace(":since", "'2026-01-01'")
            ((_, _, _, step),) = s.connection().exec_driver_sql(statement).all()
            assert "USING COVERING INDEX" in step
