"""The fourth schema adds what desks say of themselves, and takes nothing along."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from storage import schema
from storage.connections import WRITING, make_engine

MIGRATIONS = schema.__file__.replace("schema.py", "migrations")
DESK = "INSERT INTO desks (slug, name, state, day_quota) VALUES ('nord', 'Nord', 'open', 7)"


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "sqlite":
        return make_engine(f"sqlite:///{request.getfixturevalue('tmp_path') / 'vasistas.db'}")
    return make_engine(str(request.getfixturevalue("empty_postgres_url")))


def _go(connection: Connection, target: str, *, back: bool = False) -> None:
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    config.attributes["connection"] = connection
    (command.downgrade if back else command.upgrade)(config, target)


def test_a_desk_stays_as_it_was_and_says_nothing_yet(engine: Engine) -> None:
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        _go(connection, "0003")
        connection.execute(text(DESK))
        _go(connection, "0004")
        row = connection.execute(text("SELECT name, day_quota, city, languages FROM desks")).one()
        assert tuple(row) == ("Nord", 7, None, None)
        _go(connection, "0003", back=True)
        assert connection.scalar(text("SELECT day_quota FROM desks")) == 7
    engine.dispose()
