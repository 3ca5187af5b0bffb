"""Bringing a database to the present schema, and refusing one that is not there.

Alembic is imported only where a database is migrated: the server, and each child that tests a
mailbox, would otherwise pay for it at every start.
"""

import os
from pathlib import Path

from sqlalchemy import Engine, inspect, text

from storage.connections import WRITING, make_engine, sqlite_path
from storage.errors import SchemaTooNew, SchemaTooOld

# All revisions of migrations/versions/, oldest first; a test holds this to the files.
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")


def upgrade(url: str) -> None:
    """Create the database if it is not there, and migrate it to the present schema.

    SQLite's file is made 0600, its directory 0700 if it has to be made.
    """
    if (path := sqlite_path(url)) is not None:
        _create_private(path)
    engine = make_engine(url)
    try:
        _migrate(engine)
    finally:
        engine.dispose()


def check_schema(engine: Engine) -> None:
    """Raise SchemaTooOld or SchemaTooNew unless the database has the present schema."""
    with engine.connect() as connection:
        version = None
        if inspect(connection).has_table("alembic_version"):
            version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if version is None or version in REVISIONS[:-1]:
        raise SchemaTooOld
    if version != REVISIONS[-1]:
        raise SchemaTooNew


def _create_private(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # SQLite gives WAL and shared memory the mode of the file itself.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _migrate(engine: Engine) -> None:
    from alembic import command  # noqa: PLC0415 - see the module's docstring
    from alembic.config import Config  # noqa: PLC0415 - see the module's docstring

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
