"""The third schema marks what is answered already, and takes no envelope along with a column."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from storage import schema
from storage.connections import WRITING, make_engine

MIGRATIONS = schema.__file__.replace("schema.py", "migrations")
ROWS = [
    "INSERT INTO desks (slug, name, state) VALUES ('nord', 'Nord', 'open')",
    "INSERT INTO key_sets VALUES ('k', 'nord')",
    """INSERT INTO deliveries (id, desk, day, nonce, tag, reply_key, starred) VALUES
       ('a', 'nord', '2026-11-20', :a, :tag, :tag, :no),
       ('b', 'nord', '2026-11-20', :b, :tag, :tag, :no)""",
    """INSERT INTO envelopes VALUES
       ('a', 'letter', 1, 'k', 'a', 1, :tag, :tag, :tag),
       ('b', 'letter', 1, 'k', 'b', 1, :tag, :tag, :tag)""",
    "INSERT INTO replies VALUES ('r', 'nord', '2026-11-21', :a, :tag, :tag)",
]
VALUES = {"a": b"a" * 16, "b": b"b" * 16, "tag": b"t" * 16, "no": False}


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "sqlite":
        return make_engine(f"sqlite:///{request.getfixturevalue('tmp_path') / 'vasistas.db'}")
    return make_engine(str(request.getfixturevalue("empty_postgres_url")))


def migrate(connection: Connection, target: str, *, back: bool = False) -> None:
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    config.attributes["connection"] = connection
    (command.downgrade if back else command.upgrade)(config, target)


def test_what_was_answered_before_is_marked_and_nothing_is_lost(engine: Engine) -> None:
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        migrate(connection, "0002")
        for row in ROWS:
            names = [name for name in VALUES if f":{name}" in row]
            connection.execute(text(row), {name: VALUES[name] for name in names})
        migrate(connection, "0003")
        marks = connection.execute(text("SELECT id, answered FROM deliveries ORDER BY id")).all()
        assert [(name, bool(answered)) for name, answered in marks] == [("a", True), ("b", False)]
        assert connection.scalar(text("SELECT count(*) FROM envelopes")) == 2
        migrate(connection, "0002", back=True)
        assert connection.scalar(text("SELECT count(*) FROM envelopes")) == 2
    engine.dispose()
