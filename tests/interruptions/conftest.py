"""The stage on which commands are killed."""

from collections.abc import Iterator

import pytest

pytest.register_assert_rewrite("tests.interruptions.stage")

from tests.interruptions.stage import Runner, Stage, staged  # noqa: E402  once it is registered


@pytest.fixture(scope="session")
def runner() -> Iterator[Runner]:
    runner = Runner()
    yield runner
    runner.close()


@pytest.fixture
def stage(runner: Runner, request: pytest.FixtureRequest) -> Iterator[Stage]:
    with staged(runner) as stage:
        yield stage
        request.node.user_properties.append(("writes", stage.points))
