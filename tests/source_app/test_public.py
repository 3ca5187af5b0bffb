import json
from datetime import timedelta

import pytest

from crypto.deskkeys import read_desk_key
from formats.identity import decode_identity
from storage import desks
from storage.models import DeskState
from tests.crypto.gnupg_home import GnupgHome
from tests.source_app.house import DESK, CalendarKeys, House, new_keys


def test_the_keys_page_shows_every_fingerprint_in_groups(house: House) -> None:
    house.add_desk("nord", key=False)
    page = house.browser().get("/keys").text
    fingerprint = house.desk.fingerprint
    groups = " ".join(fingerprint[at : at + 4] for at in range(0, 40, 4))
    assert page.count(groups) == 1
    assert "Aucune clé utilisable" in page
    assert f'href="/keys/{DESK}.asc"' in page
    assert 'href="/keys/nord.asc"' not in page


def test_the_key_file_can_be_sealed_to_and_holds_nothing_secret(house: House) -> None:
    answer = house.browser().get(f"/keys/{DESK}.asc")
    assert answer.mimetype == "application/pgp-keys"
    assert b"PRIVATE" not in answer.data
    stranger = GnupgHome()
    try:
        stranger.gpg("--import", given=answer.data)
        fingerprint = house.desk.fingerprint
        trusting = ("--trust-model", "always", "-r", fingerprint)
        sealed = stranger.gpg(*trusting, "--encrypt", given=b"sealed by its source")
    finally:
        stranger.close()
    assert house.desk.home.gpg("--decrypt", given=sealed) == b"sealed by its source"


@pytest.mark.parametrize("slug", ["nowhere", "VILLE", "%00", "..", "é", "x" * 500])
def test_a_desk_that_is_not_there_has_no_keys_and_is_no_fault(
    house: House, slug: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert house.browser().get(f"/keys/{slug}.asc").status_code == 404
    assert capsys.readouterr().err == ""


def test_a_closed_desk_has_vanished_and_a_retired_key_with_it(house: House) -> None:
    house.add_desk("nord")
    with house.services.db.write() as transaction:
        desks.set_state(transaction, "nord", DeskState.CLOSED)
        desks.retire_key(transaction, DESK, house.desk.fingerprint)
    browser = house.browser()
    assert "Équipe nord" not in browser.get("/keys").text + browser.get("/").text
    assert browser.get("/keys/nord.asc").status_code == 404
    assert browser.get(f"/keys/{DESK}.asc").status_code == 404
    assert house.desk.fingerprint[:4] not in browser.get("/keys").text


def test_without_a_desk_the_pages_still_stand(house: House) -> None:
    with house.services.db.write() as transaction:
        desks.set_state(transaction, DESK, DeskState.CLOSED)
    browser = house.browser()
    assert "Aucune équipe ne reçoit" in browser.get("/keys").text
    assert browser.get("/").status_code == 200


def test_the_public_identity_is_the_one_that_stations_pin(house: House) -> None:
    answer = house.browser().get("/instance.json")
    assert answer.mimetype == "application/json"
    identity = decode_identity(answer.data)
    instance = house.services.instance
    assert identity.instance == instance.config.instance
    assert identity.signing_key == instance.signer.public
    assert set(json.loads(answer.data)) == {"format", "instance", "name", "signing_key"}


def test_the_guidance_is_read_with_and_without_a_session(house: House) -> None:
    assert "Pas depuis le bureau" in house.browser().get("/safety").text
    assert "Not from work" in house.browser("en").get("/safety").text
    assert house.visit(new_keys()).get("/safety").status_code == 200


def test_of_a_calendar_the_subkey_of_the_day_is_given_under_one_fingerprint(
    weekly: House,
) -> None:
    assert isinstance(weekly.desk, CalendarKeys)
    fingerprint = weekly.desk.fingerprint
    groups = " ".join(fingerprint[at : at + 4] for at in range(0, 40, 4))
    found = []
    for _ in range(2):
        browser = weekly.browser()
        assert groups in browser.get("/keys").text
        key = read_desk_key(browser.get(f"/keys/{DESK}.asc").data, weekly.services.today)
        found.append((key.fingerprint, key.expires))
        weekly.clock.forward(days=1)
    tomorrow = weekly.services.today - timedelta(days=1)
    assert found == [(fingerprint, tomorrow), (fingerprint, tomorrow + timedelta(days=7))]
