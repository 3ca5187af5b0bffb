"""Inserting what is new, and naming many ids."""

from hypothesis import given
from hypothesis import strategies as st

from storage.engine import Database
from storage.models import Desk, DeskState
from storage.statements import in_batches, insert_new


@given(st.lists(st.text()), st.integers(1, 9))
def test_batches_hold_all_ids_in_order(ids: list[str], size: int) -> None:
    batches = list(in_batches(iter(ids), size))
    assert [id_ for batch in batches for id_ in batch] == ids
    assert all(1 <= len(batch) <= size for batch in batches)


def test_a_row_that_is_there_stays(db: Database) -> None:
    with db.write() as s:
        row = {"slug": "nord", "name": "first", "state": DeskState.OPEN}
        assert insert_new(s, Desk, row)
        assert not insert_new(s, Desk, row | {"name": "second"})
        assert s.get_one(Desk, "nord").name == "first"
