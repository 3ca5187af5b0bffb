"""The ninth schema adds the windows of desk keys, keeps every row, and goes without a trace."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Row, text

from storage.connections import WRITING
from tests.storage.test_inbox_migration import ROWS, VALUES, engine, migrate

__all__ = ["engine"]  # the fixture, on both databases


def rows(connection: Connection) -> list[Sequence[Row[Any]]]:
    tables = ("SELECT * FROM envelopes", "SELECT * FROM desk_keys", "SELECT * FROM key_sets")
    return [connection.execute(text(table)).all() for table in tables]


@pytest.mark.usefixtures("engine")
def test_keys_and_envelopes_stay_as_they_are(engine: Engine) -> None:
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        migrate(connection, "0005")
        key = "INSERT INTO desk_keys VALUES ('nord', 'F', 'armored', NULL, :no)"
        for row in [*ROWS, key]:
            names = [name for name in VALUES if f":{name}" in row]
            connection.execute(text(row), {name: VALUES[name] for name in names})
        before = rows(connection)
        migrate(connection, "0007")
        window = "INSERT INTO desk_key_windows VALUES ('nord', 'S', 'F', '2026-11-30', NULL, 'cut')"
        connection.execute(text(window))
        migrate(connection, "0005", back=True)
        assert rows(connection) == before
    engine.dispose()
