"""The fifth schema adds a table, keeps every envelope, and goes again without a trace."""

import pytest
from sqlalchemy import Engine, text

from storage.connections import WRITING
from tests.storage.test_inbox_migration import ROWS, VALUES, engine, migrate

__all__ = ["engine"]  # the fixture, on both databases


@pytest.mark.usefixtures("engine")
def test_envelopes_stay_as_they_are(engine: Engine) -> None:
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        migrate(connection, "0004")
        for row in ROWS:
            names = [name for name in VALUES if f":{name}" in row]
            connection.execute(text(row), {name: VALUES[name] for name in names})
        before = connection.execute(text("SELECT * FROM envelopes ORDER BY delivery")).all()
        migrate(connection, "0005")
        insert = "INSERT INTO old_heads VALUES ('a', 'letter', 'k', :tag, :tag)"
        connection.execute(text(insert), {"tag": VALUES["tag"]})
        connection.execute(text("DELETE FROM deliveries WHERE id = 'a'"))
        assert connection.scalar(text("SELECT count(*) FROM old_heads")) == 0
        migrate(connection, "0004", back=True)
        after = connection.execute(text("SELECT * FROM envelopes ORDER BY delivery")).all()
        assert after == before[1:]
    engine.dispose()
