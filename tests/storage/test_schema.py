"""Models and migrations are the same schema, on both databases; others are refused."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from setuptools import find_packages
from sqlalchemy import Engine, text

import storage
from storage import desks
from storage.connections import WRITING, make_engine
from storage.engine import open_database
from storage.errors import NoDatabase, SchemaTooNew, SchemaTooOld
from storage.models import Base
from storage.schema import REVISIONS, upgrade


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'home' / 'vasistas.db'}"
    found = request.getfixturevalue("empty_postgres_url")
    assert isinstance(found, str)
    return found


def test_the_migrated_schema_is_that_of_the_models(empty_url: str) -> None:
    upgrade(empty_url)
    engine = make_engine(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_a_column_too_many_is_found(empty_url: str) -> None:
    upgrade(empty_url)
    engine = make_engine(empty_url)
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        connection.execute(text("ALTER TABLE deliveries ADD COLUMN source TEXT"))
        context = MigrationContext.configure(connection)
        assert len(compare_metadata(context, Base.metadata)) == 1
    engine.dispose()


def test_sqlite_has_the_very_same_words(tmp_path: Path) -> None:
    """`compare_metadata` sees neither checks, nor WITHOUT ROWID, nor partial indexes."""
    migrated, created = f"sqlite:///{tmp_path / 'm.db'}", f"sqlite:///{tmp_path / 'c.db'}"
    upgrade(migrated)
    engine = make_engine(created)
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        Base.metadata.create_all(connection)
    assert _words(make_engine(migrated)) == _words(engine)


def _words(engine: Engine) -> dict[str, list[str]]:
    query = text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    with engine.connect() as connection:
        found = {name: sql for name, sql in connection.execute(query) if "alembic" not in name}
    engine.dispose()
    return {name: sorted(sql.replace(",", "").split()) for name, sql in found.items()}


def test_upgrading_twice_changes_nothing_and_keeps_rows(url: str) -> None:
    db = open_database(url)
    with db.write() as s:
        desks.add_desk(s, "nord", "Nord")
    db.close()
    upgrade(url)
    db = open_database(url)
    with db.read() as s:
        assert [desk.slug for desk in desks.list_desks(s)] == ["nord"]
    db.close()


def test_an_older_schema_is_refused_and_names_the_command(url: str) -> None:
    _stamp(url, "DELETE FROM alembic_version")
    with pytest.raises(SchemaTooOld, match="vasistas upgrade"):
        open_database(url)


def test_a_newer_schema_is_refused(url: str) -> None:
    _stamp(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNew):
        open_database(url)


def test_a_database_without_any_table_is_refused(empty_postgres_url: str, tmp_path: Path) -> None:
    with pytest.raises(SchemaTooOld):
        open_database(empty_postgres_url)
    (tmp_path / "empty.db").touch()
    with pytest.raises(SchemaTooOld):
        open_database(f"sqlite:///{tmp_path / 'empty.db'}")


def test_opening_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase):
        open_database(f"sqlite:///{tmp_path / 'none.db'}")
    assert not (tmp_path / "none.db").exists()


def _stamp(url: str, statement: str) -> None:
    engine = make_engine(url)
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_only_its_owner_may_read_the_database(tmp_path: Path) -> None:
    path = tmp_path / "home" / "vasistas.db"
    upgrade(f"sqlite:///{path}")
    db = open_database(f"sqlite:///{path}")
    with db.write() as s:
        desks.add_desk(s, "nord", "Nord")
    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    db.close()
    assert modes == {"vasistas.db": 0o600, "vasistas.db-wal": 0o600, "vasistas.db-shm": 0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_revisions_are_the_files() -> None:
    here = Path(storage.__file__).parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(here))
    files = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(files)) == REVISIONS


def test_migrations_are_packaged() -> None:
    root = Path(storage.__file__).parent.parent
    assert {"storage.migrations", "storage.migrations.versions"} <= set(
        find_packages(str(root), include=["storage*"])
    )


def test_a_server_does_not_load_alembic() -> None:
    probe = "import sys, storage.engine, storage.sweeper; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0
