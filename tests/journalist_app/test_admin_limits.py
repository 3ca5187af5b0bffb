"""The page of what a desk keeps and takes."""

import pytest

from storage import desks
from tests.journalist_app.house import PASSPHRASE, Browser, House

PATH = "/admin/desks/nord/limits"


@pytest.fixture
def ada(house: House) -> Browser:
    return house.sign_in("ada")


def proof(house: House, **changes: str) -> dict[str, str]:
    house.clock.forward(30)
    return {"passphrase": PASSPHRASE, "code": house.people["ada"].code(house.clock.now)} | changes


def limits(house: House, slug: str = "nord") -> tuple[int | None, int | None, int | None]:
    with house.services.db.read() as transaction:
        desk = desks.get_desk(transaction, slug)
    return desk.keep_collected_days, desk.keep_days, desk.day_quota


def test_limits_are_set_shown_and_taken_away(house: House, ada: Browser) -> None:
    answer = ada.post(PATH, collected=" 30 ", arrived="180", quota="500", **proof(house))

    assert answer.headers["Location"] == "/admin/desks/nord"
    assert limits(house) == (30, 180, 500)
    assert limits(house, "sud") == (None, None, None)
    page = ada.get(PATH).text
    assert all(f'value="{number}"' in page for number in (30, 180, 500))
    ada.post(PATH, **proof(house))
    assert limits(house) == (None, None, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"collected": "0"},
        {"collected": "3651"},
        {"arrived": "-1"},
        {"arrived": "1.5"},
        {"arrived": "٣"},
        {"collected": "30", "quota": "0"},
        {"collected": "30", "quota": "1000001"},
        {"collected": "30", "quota": "9" * 5000},
    ],
)
def test_what_is_no_limit_changes_none_of_them(
    house: House, ada: Browser, fields: dict[str, str]
) -> None:
    answer = ada.post(PATH, **fields, **proof(house))

    assert answer.status_code == 422
    assert 'class="problem"' in answer.text
    assert limits(house) == (None, None, None)


@pytest.mark.parametrize("wrong", [{"code": "000000"}, {"passphrase": "wrong"}])
def test_a_session_alone_sets_none(house: House, ada: Browser, wrong: dict[str, str]) -> None:
    answer = ada.post(PATH, collected="1", **proof(house, **wrong))

    assert answer.status_code == 403
    assert 'value="1"' in answer.text
    assert limits(house) == (None, None, None)


def test_a_desk_that_is_not_there_is_told(house: House, ada: Browser) -> None:
    assert ada.get("/admin/desks/none/limits").status_code == 404
    assert ada.post("/admin/desks/none/limits", **proof(house)).status_code == 404
