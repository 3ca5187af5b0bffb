"""The stage on which commands are killed."""

from collections.abc import Callable, Iterator

import pytest

pytest.register_assert_rewrite("tests.interruptions.stage")

from tests.interruptions.stage import Runner, Stage, staged  # noqa: E402  once it is registered


@pytest.fixture(scope="session")
def runner() -> Iterator[Runner]:
    runner = Runner()
    yield runner
    runner.close()


@pytest.fixture
def stage(runner: Runner, record_property: Callable[[str, object], None]) -> Iterator[Stage]:
    with staged(runner) as stage:
        yield stage
        record_property("writes", stage.points)
