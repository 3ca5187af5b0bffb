"""The commands of a calendar, as a reviewer types them."""

from datetime import timedelta

import pytest

from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import TODAY, SmallServer
from tests.viewing_station.weekly import FIRST, after, opened
from viewing_station.key_calendar import carry_on


def test_a_calendar_is_made_listed_and_carried_on(reviewer: Reviewer) -> None:
    said = reviewer.run("key", "calendar", "--weeks", "3").stdout
    assert "3 subkeys made" in said
    assert "demo-openpgp.asc" in said
    until = (TODAY + timedelta(days=28)).isoformat()
    made = reviewer.json("key", "calendar", "--until", until)
    assert [each["state"] for each in made] == ["now", "coming", "coming", "coming"]
    assert (made[0]["begins"], made[0]["ends"]) == (
        TODAY.isoformat(),
        (TODAY + timedelta(days=7)).isoformat(),
    )
    listed = reviewer.run("key", "calendar", "--list").stdout
    assert "sealed to now" in listed
    assert reviewer.json("key", "calendar", "--list") == made
    keys = reviewer.json("key", "list")
    assert keys[-1]["fingerprint"] == made[0]["key"]
    assert keys[-1]["expires"] == until


def test_weeks_and_a_day_are_not_both_said(reviewer: Reviewer) -> None:
    reviewer.run("key", "calendar", "--weeks", "3", "--until", "2030-01-01", code=2)
    reviewer.run("key", "calendar", "--every", "0", code=2)
    reviewer.run("key", "tidy", "--grace", "1", code=2)
    assert reviewer.json("key", "calendar", "--list") == []


@pytest.fixture
def weekly(reviewer: Reviewer) -> Reviewer:
    with opened(reviewer.home) as station:
        carry_on(station, FIRST, after(70), 7)
    return reviewer


def test_open_destroys_what_is_due_and_says_so(weekly: Reviewer, server: SmallServer) -> None:
    before = weekly.json("key", "tidy")
    assert before["destroyed"] == []
    assert {each["state"] for each in before["waiting"]} == {"untold"}
    assert "waits for a bundle of a later day" in weekly.run("key", "tidy").stdout
    said = weekly.open(server.bundle([], held=())).stdout
    assert "4 old subkeys destroyed" in said  # of weeks 1 to 4: the fifth ended 25 days ago
    states = [each["state"] for each in weekly.json("key", "calendar", "--list")]
    assert states == [*["destroyed"] * 4, *["grace"] * 4, "now", "coming"]


def test_another_grace_time_is_kept_and_tidy_acts_on_it(
    weekly: Reviewer, server: SmallServer
) -> None:
    weekly.open(server.bundle([], held=()))
    done = weekly.json("key", "tidy", "--grace", "10")
    assert len(done["destroyed"]) == 3
    assert "Nothing is due" in weekly.run("key", "tidy").stdout
