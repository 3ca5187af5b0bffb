"""A fresh instance for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.web.instances import Clock, found_template, settled
from web.services import Services

# Machines that run the tests are shared: an example is judged by what it shows, not its time.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found_template(tmp_path_factory.mktemp("founded"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(template: Path, tmp_path: Path, clock: Clock) -> Iterator[Services]:
    with settled(template, tmp_path / "home", clock) as services:
        yield services
