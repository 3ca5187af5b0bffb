"""A fresh instance for each test."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.blobs import BlobStore
from storage.engine import open_database
from storage.schema import upgrade
from tests.journalist_app.house import House


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "vasistas.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> BlobStore:
    """One store for all tests: making its folders durable costs more than most tests."""
    return BlobStore(tmp_path_factory.mktemp("blobs"))


@contextmanager
def built(
    home: Path, empty_database: Path, blobs: BlobStore, *, quick_replies: bool = False
) -> Iterator[House]:
    home.mkdir(mode=0o700)
    places = home / "vasistas.db"
    shutil.copy(empty_database, places)
    (home / "run" / "gnupg").mkdir(mode=0o700, parents=True)
    db = open_database(f"sqlite:///{places}")
    try:
        yield House.build(home, db, blobs, quick_replies=quick_replies)
    finally:
        db.close()


@pytest.fixture
def house(tmp_path: Path, empty_database: Path, blobs: BlobStore) -> Iterator[House]:
    """Two desks: `lou` is of one, `max` of the other, `sam` of both, the admin `ada` of none."""
    with built(tmp_path / "home", empty_database, blobs) as house:
        furnish(house)
        yield house


@pytest.fixture
def talking_house(tmp_path: Path, empty_database: Path, blobs: BlobStore) -> Iterator[House]:
    """The same where quick replies are allowed."""
    with built(tmp_path / "home", empty_database, blobs, quick_replies=True) as house:
        furnish(house)
        yield house


def furnish(house: House) -> None:
    house.add_desk("nord")
    house.add_desk("sud")
    house.add_reviewer("lou", "nord")
    house.add_reviewer("max", "sud")
    house.add_reviewer("sam", "nord", "sud")
    house.add_reviewer("ada", admin=True)
