"""The pictures of the inbox: a list in all its states, and what can be done from it."""

import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from playwright.sync_api import Page

from tests.journey.house import House

DESK, EMPTY_DESK = "demo", "vide"
DELIVERIES = 9
FILES = [("plan.pdf", bytes(180_000))]


class Camera(Protocol):
    """A window, and what it takes."""

    page: Page

    def take(self, name: str) -> None:
        """Take the whole page's picture."""


def furnish(house: House, reviewer: str) -> None:
    """Deliver, collect, star, answer; then spread the deliveries over some days."""
    for number in range(DELIVERIES):
        source = house.source().first_visit(DESK)
        source.deliver("Le lot 2 sera notifié avant la délibération.", FILES if number % 3 else [])
    _spread_over_days(house)
    with tempfile.TemporaryDirectory() as folder:
        _carry(house, reviewer, Path(folder))
    house("desk", "retention", DESK, "--collected", "30", "--arrived", "180")


def _spread_over_days(house: House) -> None:
    with closing(sqlite3.connect(house.home / "vasistas.db")) as database, database:
        ids = [row[0] for row in database.execute("SELECT id FROM deliveries ORDER BY id")]
        for number, delivery in enumerate(ids):
            day = datetime.now(UTC).date() - timedelta(days=number // 2)
            database.execute("UPDATE deliveries SET day = ? WHERE id = ?", (str(day), delivery))


def _carry(house: House, name: str, folder: Path) -> None:
    reviewer = house.reviewer(name)
    listed = reviewer.deliveries()
    station = house.stations[DESK]
    station("open", reviewer.bundle(folder / "bundle.tar", id=listed[4:]))
    station("reply", station.threads()[0]["id"], stdin="Bien reçu, merci.")
    station("courier", folder / "courier.tar")
    reviewer.courier(folder / "courier.tar")
    token = {"csrf_token": reviewer.token}
    reviewer.http.post("/deliveries/star", data={**token, "id": listed[2:6:3]})
    texts = {
        "title": "Accusé de réception",
        "french": "Vos documents sont bien arrivés. Nous vous écrirons ici d’ici deux semaines.",
        "english": "Your documents have arrived. We will write to you here within two weeks.",
    }
    reviewer.http.post("/answers", data={**token, "desk": DESK, **texts})


def walk(house: House, camera: Camera) -> None:
    """Go from the list through each thing that can be done; the session is there already."""
    page, today = camera.page, datetime.now(UTC).date()
    page.goto("/")
    camera.take("reviewers-list")
    _from_the_list(camera, "Emporter", "reviewers-bundle")
    _from_the_list(camera, "Effacer", "reviewers-delete")
    _from_the_list(camera, "Répondre", "reviewers-reply", ticked=1)
    page.goto("/?state=answered&starred=1&day=2020-01-01")
    camera.take("reviewers-list-nothing")
    _flood(camera, today)
    for name in ("history", "answers"):
        page.goto(f"/{name}")
        if page.locator("details").count():
            page.locator("summary").last.click()
        camera.take(f"reviewers-{name}")
    with tempfile.TemporaryDirectory() as folder:
        _courier(house, camera, Path(folder) / "courier.tar")


def _from_the_list(camera: Camera, button: str, name: str, ticked: int = 3) -> None:
    page = camera.page
    page.goto("/")
    for box in page.locator("[name=id]").all()[:ticked]:
        box.check()
    places = {
        "Emporter": ".bar .main",
        "Effacer": ".bar .grave",
        "Répondre": ".bar [formaction$=reply]",
    }
    page.click(places[button])
    camera.take(name)


def _flood(camera: Camera, today: date) -> None:
    page = camera.page
    page.goto(f"/?day={today}&desk={DESK}")
    page.click(".flood summary")
    camera.take("reviewers-day")
    page.click(".flood button")
    camera.take("reviewers-clear")


def _courier(house: House, camera: Camera, path: Path) -> None:
    page, station = camera.page, house.stations[DESK]
    station("reply", station.threads()[0]["id"], stdin="Encore une question.")
    station("courier", path)
    page.goto("/courier")
    camera.take("reviewers-courier")
    page.set_input_files("#courier", path)
    page.click("main button")
    camera.take("reviewers-courier-shown")
    page.click("main button")
    camera.take("reviewers-courier-done")
    page.goto("/courier")
    page.set_input_files("#courier", {"name": "x.tar", "mimeType": "", "buffer": b"x"})
    page.click("main button")
    camera.take("reviewers-courier-refused")
