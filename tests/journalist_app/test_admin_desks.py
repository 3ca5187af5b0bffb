"""The pages of desks: made, paused, resumed and closed."""

from datetime import timedelta

import pytest

from journalist_app.desk_keeping import DeskKeeping
from storage import desks
from storage.key_windows import NewWindow, put_windows
from storage.models import DeskState
from tests.journalist_app.house import Browser, House


@pytest.fixture
def ada(house: House) -> Browser:
    return house.sign_in("ada")


def state(house: House, slug: str = "nord") -> DeskState:
    return DeskKeeping(house.services).find(slug).state


def test_a_desk_is_added_and_shown(house: House, ada: Browser) -> None:
    answer = ada.post("/admin/new-desk", slug="ouest", name="Équipe « Ouest »")

    assert answer.headers["Location"] == "/admin/desks/ouest"
    page = ada.get("/admin/desks/ouest").text
    assert "Équipe « Ouest »" in page
    assert "Aucune clé n’est en service" in page
    assert "Aucun poste n’est enregistré" in page
    assert "Équipe « Ouest »" in ada.get("/admin/desks").text


def test_a_desk_may_be_called_add(ada: Browser) -> None:
    assert ada.post("/admin/new-desk", slug="add", name="x").status_code == 303
    assert ada.get("/admin/desks/add").status_code == 200


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"slug": "Nord!", "name": "x"}, "slug"),
        ({"slug": "", "name": "x"}, "slug"),
        ({"slug": "ouest", "name": " "}, "name"),
        ({"slug": "ouest", "name": "a\u202eb"}, "name"),
        ({"slug": "nord", "name": "<b>"}, "name"),
    ],
)
def test_what_cannot_be_comes_back_to_be_corrected(
    house: House, ada: Browser, fields: dict[str, str], field: str
) -> None:
    answer = ada.post("/admin/new-desk", **fields)

    assert answer.status_code in {409, 422}
    assert f'href="#{field}"' in answer.text
    assert "<b>" not in answer.text
    assert len(DeskKeeping(house.services).list_desks()) == 2


def test_a_desk_pauses_and_resumes(house: House, ada: Browser) -> None:
    assert ada.post("/admin/desks/nord/state", state="paused").status_code == 303
    assert state(house) is DeskState.PAUSED
    assert "en pause" in ada.get("/admin/desks/nord").text
    ada.post("/admin/desks/nord/state", state="open")
    assert state(house) is DeskState.OPEN
    assert state(house, "sud") is DeskState.OPEN


def test_closing_asks_first(house: House, ada: Browser) -> None:
    answer = ada.post("/admin/desks/nord/state", state="closed")

    assert answer.status_code == 200
    assert state(house) is DeskState.OPEN
    assert ada.post("/admin/desks/nord/state", state="closed", confirm="1").status_code == 303
    assert state(house) is DeskState.CLOSED


def test_a_state_that_is_none_is_refused(house: House, ada: Browser) -> None:
    for untrusted in ("", "ajar", "OPEN"):
        assert ada.post("/admin/desks/nord/state", state=untrusted).status_code == 400
    assert ada.post("/admin/desks/none/state", state="paused").status_code == 404
    assert ada.get("/admin/desks/none").status_code == 404
    assert state(house) is DeskState.OPEN


def test_where_there_is_no_desk_the_page_says_what_one_is(house: House, ada: Browser) -> None:
    from sqlalchemy import text  # noqa: PLC0415  to take away what every other test needs

    with house.services.db.write() as transaction:
        for table in ("reviewer_desks", "station_keys", "desk_keys", "desks"):
            transaction.execute(text(f"DELETE FROM {table}"))  # noqa: S608  our own four words

    assert "Il n’y a pas encore d’équipe" in ada.get("/admin/desks").text


def with_end(house: House, days: int) -> str:
    """Show the page of a desk whose key expires in so many days."""
    with house.services.db.write() as transaction:
        expires = house.today + timedelta(days=days)
        desks.add_key(transaction, "nord", "N" * 40, "armored", expires)
    return house.sign_in("ada").get("/admin/desks/nord").text


@pytest.mark.parametrize("days", [60, 30, 7, 2])
def test_a_key_near_its_end_is_spoken_of(house: House, days: int) -> None:
    page = with_end(house, days)
    assert f"Elle expire dans {days} jours." in page
    listed = house.sign_in("ada").get("/admin/desks").text
    assert f"dont une finit dans {days} jours" in listed


def test_a_key_that_lasts_is_not_spoken_of(house: House) -> None:
    assert "Elle expire dans" not in with_end(house, 61)


def test_a_calendars_end_and_its_holes_are_spoken_of(house: House) -> None:
    day = house.today
    windows = [
        NewWindow("S" * 40, day, day + timedelta(20), "cut"),
        NewWindow("T" * 40, day + timedelta(30), day + timedelta(400), "cut"),
    ]
    with house.services.db.write() as transaction:
        desks.add_key(transaction, "nord", "N" * 40, "armored", day + timedelta(400))
        put_windows(transaction, "nord", "N" * 40, windows, day)
    page = house.sign_in("ada").get("/admin/desks/nord").text
    assert "Son calendrier finit dans 20 jours." in page
    house.clock.forward(25 * 86_400)
    page = house.sign_in("ada").get("/admin/desks/nord").text
    assert "son calendrier laisse ce jour de côté" in page
    assert "Aucune clé n’est en service" in page
