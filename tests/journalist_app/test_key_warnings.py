from datetime import date, timedelta

import pytest

from journalist_app.key_warnings import warned_within

DAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("left", "within"),
    [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-5, 7), (None, None)],
)
def test_a_keys_end_is_spoken_of_60_30_and_7_days_ahead(
    left: int | None, within: int | None
) -> None:
    expires = None if left is None else DAY + timedelta(days=left)
    assert warned_within(expires, DAY) == within
