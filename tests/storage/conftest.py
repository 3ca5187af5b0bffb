"""One database a test, of either kind, with the present schema; and a directory of blobs."""

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from storage.blobs import BlobStore
from storage.engine import Database, open_database
from storage.schema import upgrade
from tests.storage.cluster import cluster, programs

_numbers = itertools.count()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "vasistas.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    where = programs()
    if where is None:
        pytest.skip("PostgreSQL's server (initdb, postgres) is not installed on this machine")
    with cluster(where) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute("CREATE DATABASE template_vasistas")
    upgrade(_named(postgres_server, "template_vasistas"))
    return "template_vasistas"


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    with _database_from(postgres_server, "template0") as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    with _database_from(postgres_server, postgres_template) as url:
        yield url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "home" / "vasistas.db"
    path.parent.mkdir(mode=0o700)
    shutil.copy(sqlite_template, path)  # with its mode
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    found = request.getfixturevalue(f"{request.param}_url")
    assert isinstance(found, str)
    return found


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    yield from _opened(url)


@pytest.fixture
def sqlite_db(sqlite_url: str) -> Iterator[Database]:
    yield from _opened(sqlite_url)


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 2 MiB."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    where = tmp_path / "small"
    where.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "none", str(where)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("this machine lets not even root mount a tmpfs")
    yield where
    subprocess.run(["umount", str(where)], check=True)


@contextmanager
def _database_from(server: str, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    yield _named(server, name)
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _named(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string()


def _opened(url: str) -> Iterator[Database]:
    database = open_database(url)
    yield database
    database.close()
