from typing import Any

import pytest
from flask import Flask

from journalist_app.chosen import chosen_ids, visible
from journalist_app.refusals import NothingChosen
from journalist_app.session import CurrentReviewer
from tests.journalist_app.house import House
from web.errors import BadForm


def chosen(*ids: str) -> list[str]:
    form: dict[str, Any] = {"id": list(ids)}
    with Flask("form").test_request_context(method="POST", data=form):
        return chosen_ids()


def test_each_id_once_in_their_order() -> None:
    ids = ["zzzz-zzzz-zzzz", "0000-0000-0000", "zzzz-zzzz-zzzz"]

    assert chosen(*ids) == ["0000-0000-0000", "zzzz-zzzz-zzzz"]


def test_none_is_told() -> None:
    with pytest.raises(NothingChosen):
        chosen()


def test_one_bad_id_spoils_the_form() -> None:
    with pytest.raises(BadForm):
        chosen("0000-0000-0000", "0000-0000-000O")


def test_only_the_reviewers_desks_are_seen(house: House) -> None:
    mine, theirs = house.add_delivery("nord"), house.add_delivery("sud")
    reviewer = CurrentReviewer(house.people["lou"].id, "lou", {"nord": "Nord"})

    with house.services.db.read() as transaction:
        found = visible(transaction, reviewer, [mine, theirs, "0000-0000-0000"])

    assert [delivery.id for delivery in found] == [mine]
