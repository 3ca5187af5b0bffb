"""The second schema takes the throttle over as it stands, and keeps every reviewer."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from storage import log_in_waits, recovery_codes, reviewers, schema
from storage.connections import WRITING, make_engine
from storage.engine import open_database
from tests.storage.rows import NOW

MIGRATIONS = schema.__file__.replace("schema.py", "migrations")


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('tmp_path') / 'vasistas.db'}"
    return str(request.getfixturevalue("empty_postgres_url"))


def _go(engine: Engine, target: str) -> None:
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        config.attributes["connection"] = connection
        going_back = target == "0001"
        (command.downgrade if going_back else command.upgrade)(config, target)


def _first_schema_with_a_reviewer(url: str) -> Engine:
    engine = make_engine(url)
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        row = {"box": b"box", "at": NOW}
        statement = text(
            "INSERT INTO reviewers VALUES ('r', 'ada', 'fr', '1', 'h', :box, 0, 7, :at)"
        )
        connection.execute(statement, row)
    return engine


def test_who_waited_before_waits_after(empty_url: str) -> None:
    _first_schema_with_a_reviewer(empty_url).dispose()
    schema.upgrade(empty_url)
    db = open_database(empty_url)
    with db.write() as s:
        row = log_in_waits.hold(s, "r")
        assert (row.failures, row.retry_at) == (7, NOW)
        log_in_waits.count(s, log_in_waits.NOBODY, 0)  # nobody has a row from the start
        assert recovery_codes.left(s, "r") == 0
        found = reviewers.by_name(s, "ada")
        assert found is not None
        assert (found.id, found.admin, found.totp_box) == ("r", True, b"box")
    db.close()


def test_going_back_keeps_the_reviewers(empty_url: str) -> None:
    engine = _first_schema_with_a_reviewer(empty_url)
    _go(engine, "0002")
    _go(engine, "0001")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT name FROM reviewers WHERE failures = 0")) == "ada"
    engine.dispose()
