"""The desk's keys are listed."""

from crypto.fingerprint import spaced
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import TODAY


def test_the_key_made_by_init_is_listed(reviewer: Reviewer) -> None:
    [key] = reviewer.json("key", "list")
    assert len(key["fingerprint"]) == 40
    assert key["made"] == TODAY.isoformat()
    assert spaced(key["fingerprint"]) in reviewer.run("key", "list").stdout
