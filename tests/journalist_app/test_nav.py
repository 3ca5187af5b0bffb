"""The number of new deliveries, on pages whatever has happened."""

import pytest
from flask import g

from journalist_app.nav import NewCounts
from journalist_app.session import CurrentReviewer
from storage import listing
from storage.errors import DatabaseBusy
from storage.listing import COUNTED_AT_MOST
from tests.journalist_app.house import House


def as_(house: House, name: str, *desks: str) -> None:
    g.reviewer = CurrentReviewer(house.people[name].id, name, dict.fromkeys(desks, "x"))


def test_it_counts_ones_own_desks_once_a_request(house: House) -> None:
    house.add_rows("nord", house.today, 2)
    house.add_rows("sud", house.today, 1)
    counts = NewCounts(house.services)
    with house.app().test_request_context():
        as_(house, "sam", "nord", "sud")
        assert counts.by_desk() == {"nord": 2, "sud": 1}
        house.add_rows("nord", house.today, 5)
        assert counts.total() == 3
        assert not counts.is_capped()
    with house.app().test_request_context():
        as_(house, "lou", "nord")
        assert counts.total() == 7


def test_nobody_has_no_number(house: House) -> None:
    with house.app().test_request_context():
        g.reviewer = None
        assert NewCounts(house.services).total() == 0


def test_a_number_at_the_cap_is_known_for_one(house: House) -> None:
    house.add_rows("nord", house.today, COUNTED_AT_MOST)
    with house.app().test_request_context():
        as_(house, "lou", "nord")
        assert NewCounts(house.services).is_capped()


def test_a_page_that_tells_of_a_fault_does_not_fail_by_it(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def busy(*_: object) -> None:
        raise DatabaseBusy

    monkeypatch.setattr(listing, "count_new", busy)

    answer = house.sign_in("lou").get("/nowhere")

    assert answer.status_code == 404
    assert "Cette page n’existe pas" in answer.text
    assert "fault: DatabaseBusy" in capsys.readouterr().err
