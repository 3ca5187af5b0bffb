from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from admin import onion_rotation
from admin.checks.onion_check import WARNED_DAYS, check_onions
from tests.admin.moving import announced, begun
from web.services import Services


def found(services: Services, days: int = 0) -> list[str]:
    later = services.now() + timedelta(days)
    return [problem.said for problem in check_onions(replace(services, now=lambda: later))]


def test_without_a_move_nothing_is_wrong(services: Services) -> None:
    assert found(services) == []


def test_an_end_nobody_was_told_of_is_a_problem_two_weeks_before(
    services: Services, tmp_path: Path
) -> None:
    begun(services, days=30)
    assert found(services, 30 - WARNED_DAYS - 1) == []
    (said,) = found(services, 30 - WARNED_DAYS)
    assert f"ends in {WARNED_DAYS} days, and no source was told" in said
    (past,) = found(services, 33)
    assert "past by 3 days" in past
    announced(services, tmp_path)
    assert found(services, 20) == []


@pytest.mark.parametrize("app", ["source", "journalist"])
def test_an_old_address_that_should_have_ended_is_told(
    services: Services, tmp_path: Path, app: str
) -> None:
    begun(services, app, days=3)
    if app == "source":
        announced(services, tmp_path)
    assert found(services, 4) == []
    (said,) = found(services, 5)
    assert "`onion retire` ends it" in said


def test_a_key_that_is_still_to_be_destroyed_is_told(services: Services) -> None:
    begun(services)
    onion_rotation.cancel(services.instance.places, "source")
    (said,) = found(services)
    assert "not destroyed yet" in said
