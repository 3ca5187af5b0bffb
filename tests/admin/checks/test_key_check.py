from datetime import timedelta

import pytest

from admin.checks.key_check import check_keys
from storage import desks
from storage.models import DeskState
from web.services import Services


def found(services: Services, days: int | None) -> list[str]:
    expires = None if days is None else services.today + timedelta(days=days)
    with services.db.write() as transaction:
        desks.add_desk(transaction, "nord", "Nord")
        desks.add_key(transaction, "nord", "A" * 40, "armored", expires)
    return [problem.said for problem in check_keys(services)]


@pytest.mark.parametrize("days", [None, 61, 700])
def test_a_key_that_lasts_is_no_problem(services: Services, days: int | None) -> None:
    assert found(services, days) == []


@pytest.mark.parametrize(
    ("days", "within"), [(60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (1, 7)]
)
def test_a_key_near_its_end_is_named_with_the_days_left(
    services: Services, days: int, within: int
) -> None:
    (said,) = found(services, days)
    assert "A" * 40 in said
    assert f"in {days} days (within {within})" in said


@pytest.mark.parametrize("days", [0, -3])
def test_a_desk_without_a_usable_key_is_named(services: Services, days: int) -> None:
    (said,) = found(services, days)
    assert said.startswith("Desk nord has no usable key")


def test_a_closed_desk_needs_no_key(services: Services) -> None:
    found(services, -3)
    with services.db.write() as transaction:
        desks.set_state(transaction, "nord", DeskState.CLOSED)
    assert list(check_keys(services)) == []
