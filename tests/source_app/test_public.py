import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from admin.custody.signing_key import rotate_signing
from crypto.deskkeys import read_desk_key
from formats.identity import decode_identity
from formats.succession import decode_succession
from storage import desks
from storage.models import DeskState
from tests.crypto.gnupg_home import GnupgHome
from tests.source_app.house import DESK, PAGE, Browser, CalendarKeys, House, new_keys
from tests.web.through_tor import ONION, through_tor
from web.onion import Announced, OnionNames, Overlap

NEW = "b" * 56 + ".onion"
UNTIL = date(2026, 12, 30)
TOLD = Announced(
    b'{"key": 1}\n', "ab" * 32, b'{"signature": 1}\n', ONION, NEW, date(2026, 11, 30), UNTIL
)


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


def test_a_new_signing_key_is_published_at_once_with_its_succession(house: House) -> None:
    browser, before = house.browser(), house.services.instance.signer.public
    assert browser.get("/succession.json").status_code == 404
    rotate_signing(house.services)
    new = house.services.instance.signer.public
    assert decode_identity(browser.get("/instance.json").data).signing_key == new
    answer = browser.get("/succession.json")
    assert answer.mimetype == "application/json"
    assert list(decode_succession(answer.data).keys) == [before, new]


def test_the_guidance_is_read_with_and_without_a_session(house: House) -> None:
    assert "Pas depuis le bureau" in house.browser().get("/safety").text
    assert "Not from work" in house.browser("en").get("/safety").text
    assert house.visit(new_keys()).get("/safety").status_code == 200


def moving(house: House, told: Announced, *, announced: bool) -> House:
    """Give the house while its address moves."""
    names = OnionNames(ONION, Overlap(NEW, UNTIL, announced=announced))
    services = replace(house.services, onion=lambda: names, announcements=lambda: told)
    return House(services, house.clock, house.desk)


PATHS = ("/", "/return", "/keys", "/safety", "/elsewhere", "/nowhere", "/deliver", "/mailbox?p=9")


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "Ce service change d’adresse."), ("en", "This service is changing its address.")],
)
def test_each_page_at_the_old_address_shows_the_new_one_and_keeps_its_size(
    house: House, language: str, said: str
) -> None:
    browser = Browser(through_tor(moving(house, TOLD, announced=True).app), language)
    for path in PATHS:
        answer = browser.get(path)
        assert f"http://{NEW}" in answer.text, path
        assert said in answer.text
        assert "2026" in answer.text
        assert len(answer.data) == PAGE
    assert f'href="http://{NEW}' not in browser.get("/").text, "copied, and not followed"


def test_at_the_new_address_and_elsewhere_no_page_speaks_of_a_move(house: House) -> None:
    app = moving(house, TOLD, announced=True).app
    tor = through_tor(app)
    for path in PATHS:
        assert "change d’adresse." not in tor.get(path, base_url=f"http://{NEW}/").text, path
    app.test_client_class = None
    here = app.test_client().get("/")
    assert "change d’adresse." not in here.text
    assert here.headers["Onion-Location"] == f"http://{ONION}/"


def test_before_it_is_announced_nobody_is_told_though_both_are_answered(house: House) -> None:
    client = through_tor(moving(house, Announced(), announced=False).app)
    for host in (ONION, NEW):
        for path in PATHS:
            answer = client.get(path, base_url=f"http://{host}/")
            assert NEW not in answer.text
            assert "announcement." not in answer.text.replace(".announcement {", "")
        assert client.get("/", base_url=f"http://{host}/").status_code == 200
    for file in ("/announcement.json", "/announcement-key.json"):
        assert client.get(file).status_code == 404


def test_the_announcement_is_there_to_be_verified_by_hand(house: House) -> None:
    client = through_tor(moving(house, TOLD, announced=True).app)
    page = client.get("/keys").text
    assert "{&#34;signature&#34;: 1}" in page
    assert "abab abab" in page
    assert f"http://{ONION}" in page
    for file, content in (
        ("/announcement.json", TOLD.announcement),
        ("/announcement-key.json", TOLD.key),
    ):
        answer = client.get(file)
        assert (answer.data, answer.mimetype) == (content, "application/json")


def test_the_key_is_there_before_any_move(house: House) -> None:
    known = Announced(TOLD.key, TOLD.key_fingerprint)
    services = replace(house.services, announcements=lambda: known)
    browser = House(services, house.clock, house.desk).browser()
    assert "abab abab" in browser.get("/keys").text
    assert "announcement.json" not in browser.get("/keys").text
    assert browser.get("/announcement-key.json").data == TOLD.key
    assert browser.get("/announcement.json").status_code == 404


def test_a_move_changes_the_pages_of_an_app_that_runs(house: House) -> None:
    now = [OnionNames(ONION)]
    services = replace(house.services, onion=lambda: now[0])
    client = through_tor(House(services, house.clock, house.desk).app)
    assert client.get("/", base_url=f"http://{NEW}/").status_code == 400
    now[0] = OnionNames(ONION, Overlap(NEW, UNTIL, announced=True))
    assert client.get("/", base_url=f"http://{NEW}/").status_code == 200
    now[0] = OnionNames(NEW)
    assert client.get("/", base_url=f"http://{ONION}/").status_code == 400


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
