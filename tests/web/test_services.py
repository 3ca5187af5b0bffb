from datetime import UTC, datetime, timedelta

from tests.web.instances import Clock
from web.services import Services, utc_now


def test_today_is_the_day_in_utc(services: Services, clock: Clock) -> None:
    clock.now = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert services.today.isoformat() == "2026-12-31"
    clock.forward(seconds=1)
    assert services.today.isoformat() == "2027-01-01"


def test_the_usual_clock_is_aware_and_in_utc() -> None:
    assert utc_now().utcoffset() == timedelta(0)
