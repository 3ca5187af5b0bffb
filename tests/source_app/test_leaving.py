"""One press ends the session; another one also leads elsewhere."""

import pytest

from source_app.ways_out import USUAL
from storage import sessions as rows
from storage.models import SessionRow
from tests.source_app.conftest import Furnish
from tests.source_app.faults import fail_at, full
from tests.source_app.house import Browser, House

WIKIPEDIA, METEO = (line.split()[1] for line in USUAL[:2])


@pytest.fixture
def browser(house: House) -> Browser:
    browser = house.browser()
    browser.first_visit()
    return browser


def test_one_press_ends_the_session_and_leads_away(house: House, browser: Browser) -> None:
    answer = browser.post("/leave", to="0")
    assert (answer.status_code, answer.headers["Location"]) == (303, WIKIPEDIA)
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "vasistas=;" in answer.headers["Set-Cookie"]
    assert answer.headers["Referrer-Policy"] == "same-origin", "that page is not told"
    assert house.stored(SessionRow) == 0


def test_the_choice_holds_for_the_visit(browser: Browser) -> None:
    assert browser.post("/elsewhere", to="1").status_code == 303
    page = browser.get("/mailbox").text
    assert '<button name="to" value="1"' in page
    assert browser.post("/leave", to="1").headers["Location"] == METEO
    assert '<button name="to" value="0"' in browser.get("/").text


@pytest.mark.parametrize(
    "to", ["", "3", "-1", "00", "https://evil.example/", "//evil.example", "\u0661"]
)
def test_it_leads_nowhere_else(house: House, browser: Browser, to: str) -> None:
    assert browser.post("/elsewhere", to=to).status_code == 400
    answer = browser.post("/leave", to=to)
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert house.stored(SessionRow) == 0, "whoever presses is out all the same"


def test_a_form_may_lead_to_those_pages_and_to_no_others(house: House) -> None:
    policy = house.browser().get("/").headers["Content-Security-Policy"]
    (rule,) = (rule for rule in policy.split("; ") if rule.startswith("form-action"))
    assert rule.split()[1:] == [
        "'self'",
        "https://fr.wikipedia.org",
        "https://meteofrance.com",
        "https://duckduckgo.com",
    ]


def test_an_instance_names_its_own(furnish: Furnish) -> None:
    house = furnish(ways_out=("La Poste https://www.laposte.fr/outils",))
    answer = house.browser().post("/leave", to="0")
    assert answer.headers["Location"] == "https://www.laposte.fr/outils"
    assert "La Poste" in house.browser().get("/elsewhere").text


def test_the_page_that_follows_says_what_to_do_next(browser: Browser) -> None:
    page = browser.post("/leave").text
    assert "Nouvelle identité" in page
    assert "Rangez le papier" in page


def test_without_a_session_the_buttons_work_too(house: House) -> None:
    assert house.browser().post("/leave", to="0").headers["Location"] == WIKIPEDIA
    assert house.browser().post("/leave").status_code == 200


def test_a_page_opened_before_the_session_has_a_way_out_too(house: House, browser: Browser) -> None:
    answer = browser.client.post("/leave", data={"to": "0"}, headers={"Origin": "http://localhost"})
    assert answer.headers["Location"] == WIKIPEDIA
    assert house.stored(SessionRow) == 0


@pytest.mark.parametrize("origin", ["null", "http://evil.example", ""])
def test_another_site_ends_no_session(house: House, browser: Browser, origin: str) -> None:
    answer = browser.client.post("/leave", data={"to": "0"}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert house.stored(SessionRow) == 1


def test_a_full_disk_holds_nobody_back(
    house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.clock.forward(minutes=30)  # the session's time would be written anew
    fail_at(monkeypatch, rows, "touch", full())
    assert browser.post("/leave", to="0").headers["Location"] == WIKIPEDIA
    assert house.stored(SessionRow) == 0
