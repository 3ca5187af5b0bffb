"""How long a desk keeps and how much it takes: within bounds, and written down."""

import pytest

from journalist_app.desk_limits import DAYS_MAX, QUOTA_MAX, BadDays, BadQuota, DeskLimits
from journalist_app.keeping_refusals import NoSuchDesk
from storage import desks, history
from tests.journalist_app.house import House


def told(house: House) -> list[tuple[str, str | None]]:
    with house.services.db.read() as transaction:
        head = history.head(transaction)
        lines = history.back(transaction, head.hash, 10) if head else []
    return [(placed.line.deed, placed.line.who) for placed in lines]


def test_limits_are_set_and_taken_away_and_each_change_is_written_down(house: House) -> None:
    limits = DeskLimits(house.services, "ada")

    limits.set_retention("nord", collected=DAYS_MAX, arrived=1)
    limits.set_quota("nord", QUOTA_MAX)

    with house.services.db.read() as transaction:
        desk = desks.get_desk(transaction, "nord")
    assert (desk.keep_collected_days, desk.keep_days) == (DAYS_MAX, 1)
    assert desk.day_quota == QUOTA_MAX
    DeskLimits(house.services).set_retention("nord", collected=None, arrived=None)
    assert told(house) == [
        ("retention-set", None),
        ("quota-set", "ada"),
        ("retention-set", "ada"),
    ]


@pytest.mark.parametrize("days", [0, -1, DAYS_MAX + 1, 1 << 80])
def test_days_out_of_bounds_change_nothing(house: House, days: int) -> None:
    for limits in ({"collected": days, "arrived": 3}, {"collected": 3, "arrived": days}):
        with pytest.raises(BadDays):
            DeskLimits(house.services).set_retention("nord", **limits)
    assert told(house) == []


@pytest.mark.parametrize("quota", [0, -1, QUOTA_MAX + 1])
def test_a_quota_out_of_bounds_changes_nothing(house: House, quota: int) -> None:
    with pytest.raises(BadQuota):
        DeskLimits(house.services).set_quota("nord", quota)
    assert told(house) == []


def test_a_desk_that_is_not_there(house: House) -> None:
    with pytest.raises(NoSuchDesk):
        DeskLimits(house.services).set_quota("est", 3)
    with pytest.raises(NoSuchDesk):
        DeskLimits(house.services).set_retention("est", collected=None, arrived=None)
    assert told(house) == []
