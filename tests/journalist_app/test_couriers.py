"""Handing a courier over, page by page."""

import re
import secrets
import tempfile

import pytest
from werkzeug.test import TestResponse

from crypto.signing import SigningSeed, StationSigner
from journalist_app.courier_file import COURIER_MAX_BYTES
from journalist_app.refusals import (
    CourierDamaged,
    CourierMisaddressed,
    CourierMissing,
    CourierTooLarge,
    CourierUnsigned,
)
from storage import couriers, desks
from storage.errors import NoSuchBlob
from storage.models import Reply, SessionRow
from tests.journalist_app.house import Browser, Courier, House, read_bundle


def said(answer: TestResponse) -> str:
    """The page's text, without marks and with plain spaces."""
    body = answer.text.partition("<main")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("&#39;", "'").split())


def sentence(of: type[Exception]) -> str:
    text: str = of.sentence  # type: ignore[attr-defined]  # all refusals have one
    return " ".join(text.partition(".")[0].split())


def parcel(house: House) -> bytes | None:
    with house.services.db.read() as transaction:
        return transaction.query(SessionRow).one().parcel


def replies_stored(house: House) -> int:
    with house.services.db.read() as transaction:
        return transaction.query(Reply).count()


@pytest.fixture
def browser(house: House) -> Browser:
    return house.sign_in("lou")


def test_shown_first_then_done(house: House, browser: Browser) -> None:
    deliveries = [house.add_delivery("nord") for _ in range(3)]
    courier = house.courier("nord", [b"first", b"second"], deliveries[:2])

    shown = browser.hand_over(courier.file())

    assert shown.status_code == 200
    assert "2 réponses à remettre" in said(shown)
    assert "2 dépôts à effacer" in said(shown)
    assert "Équipe nord" in said(shown)
    assert replies_stored(house) == 0
    assert house.delivery(deliveries[0]) is not None

    done = browser.confirm()

    assert done.status_code == 200
    assert "2 réponses remises" in said(done)
    assert "2 dépôts effacés" in said(done)
    assert replies_stored(house) == 2
    here = [house.delivery(delivery) is not None for delivery in deliveries]
    assert here == [False, False, True]


def test_the_blobs_go_with_the_deliveries(house: House, browser: Browser) -> None:
    delivery = house.add_delivery("nord")
    blob = house.body_blob(delivery)
    browser.hand_over(house.courier("nord", [], [delivery]).file())
    browser.confirm()

    with pytest.raises(NoSuchBlob):
        house.services.blobs.open(blob)


def test_nothing_is_done_without_a_confirmation(house: House, browser: Browser) -> None:
    browser.hand_over(house.courier("nord", [b"box"]).file())

    assert browser.post("/courier").status_code == 400
    assert browser.post("/courier", confirm="0").status_code == 400
    assert replies_stored(house) == 0


def test_a_confirmation_of_nothing_is_told(browser: Browser) -> None:
    answer = browser.confirm()

    assert answer.status_code == 422
    assert sentence(CourierMissing) in said(answer)


def test_the_parcel_is_sealed_and_dropped_after_use(house: House, browser: Browser) -> None:
    box = secrets.token_bytes(500)
    courier = house.courier("nord", [box])
    browser.hand_over(courier.file())

    kept = parcel(house)

    assert kept is not None
    assert box not in kept
    assert courier.manifest.courier.encode() not in kept
    browser.confirm()
    assert parcel(house) is None
    assert browser.confirm().status_code == 422
    assert replies_stored(house) == 1


def test_a_confirmation_confirms_the_last_one_shown(house: House, browser: Browser) -> None:
    browser.hand_over(house.courier("nord", [b"one"]).file())
    browser.hand_over(house.courier("nord", [b"one", b"two", b"three"]).file())

    browser.confirm()

    assert replies_stored(house) == 3


def test_a_refused_one_leaves_the_one_shown_before(house: House, browser: Browser) -> None:
    browser.hand_over(house.courier("nord", [b"one"]).file())
    browser.hand_over(b"rubbish")

    assert "1 réponse remise" in said(browser.confirm())


def test_the_same_courier_twice_is_told_kindly(house: House, browser: Browser) -> None:
    file = house.courier("nord", [b"box"]).file()
    browser.hand_over(file)
    browser.confirm()

    again = browser.hand_over(file)

    assert again.status_code == 200
    assert "déjà été pris" in said(again)
    assert 'name="confirm"' not in again.text
    assert parcel(house) is None
    assert replies_stored(house) == 1


def test_taken_by_someone_else_meanwhile_is_told_kindly(house: House, browser: Browser) -> None:
    courier = house.courier("nord", [b"box"])
    browser.hand_over(courier.file())
    with house.services.db.write() as transaction:
        couriers.take(transaction, courier.manifest.courier, "nord", house.today)

    done = browser.confirm()

    assert done.status_code == 200
    assert "déjà été pris" in said(done)
    assert replies_stored(house) == 0


def test_items_offered_again_are_counted(house: House, browser: Browser) -> None:
    courier = house.courier("nord", [b"box"], [house.add_delivery("nord")])
    browser.hand_over(courier.file())
    browser.confirm()

    again = browser.hand_over(courier.again().file())

    assert "2 demandes déjà faites" in said(again)
    assert "rien de nouveau" in said(again)


def test_what_is_gone_is_counted(house: House, browser: Browser) -> None:
    courier = house.courier("nord", [], ["0000-0000-0000"])

    assert "1 dépôt à effacer qui n’est déjà plus là" in said(browser.hand_over(courier.file()))
    assert "1 dépôt n’était déjà plus là" in said(browser.confirm())


def test_the_next_bundle_acknowledges_it(house: House, browser: Browser) -> None:
    house.add_delivery("nord")
    courier = house.courier("nord", [b"box"])
    browser.hand_over(courier.file())
    browser.confirm()

    bundle = read_bundle(browser.post("/bundle", all_new="1").data)

    assert bundle.manifest.couriers_taken == (courier.manifest.courier,)


def test_a_station_removed_since_counts_for_nothing(house: House, browser: Browser) -> None:
    browser.hand_over(house.courier("nord", [b"box"]).file())
    with house.services.db.write() as transaction:
        desks.remove_station(transaction, "nord")

    done = browser.confirm()

    assert done.status_code == 422
    assert sentence(CourierUnsigned) in said(done)
    assert replies_stored(house) == 0
    assert parcel(house) is None


def test_another_session_cannot_confirm_it(house: House, browser: Browser) -> None:
    browser.hand_over(house.courier("nord", [b"box"]).file())

    assert house.sign_in("sam").confirm().status_code == 422
    assert replies_stored(house) == 0


def unsigned(house: House) -> Courier:
    courier = house.courier("nord", [b"box"])
    courier.signer = StationSigner(SigningSeed.new())
    return courier


def test_each_hostile_file_is_refused_with_its_sentence(house: House, browser: Browser) -> None:
    theirs = house.add_delivery("sud")
    files = [
        (b"rubbish", CourierDamaged),
        (house.courier("nord", [b"box"]).file()[:-2000], CourierDamaged),
        (unsigned(house).file(), CourierUnsigned),
        (house.courier("sud", [b"box"]).file(), CourierUnsigned),
        (house.courier("nord", [b"box"], instance="0" * 32).file(), CourierMisaddressed),
        (house.courier("nord", [b"box"], [theirs]).file(), CourierMisaddressed),
        (bytes(COURIER_MAX_BYTES + 1), CourierTooLarge),
        (bytes(COURIER_MAX_BYTES + (1 << 20)), CourierTooLarge),
        (b"", CourierMissing),
    ]
    for file, refusal in files:
        answer = browser.hand_over(file)
        assert 400 <= answer.status_code < 500
        assert sentence(refusal) in said(answer)
        assert parcel(house) is None
    assert replies_stored(house) == 0
    assert house.delivery(theirs) is not None


def test_a_wrong_token_stops_the_reading_there(house: House, browser: Browser) -> None:
    answer = browser.hand_over(house.courier("nord", [b"box"]).file(), token="0" * 32)

    assert answer.status_code == 403
    assert parcel(house) is None


def test_a_blob_that_cannot_be_erased_now_is_left_for_the_sweeper(
    house: House, browser: Browser
) -> None:
    delivery = house.add_delivery("nord")
    blob = house.body_blob(delivery)
    browser.hand_over(house.courier("nord", [], [delivery]).file())

    with house.services.blobs.open(blob):
        done = browser.confirm()

    assert "1 dépôt effacé" in said(done)
    assert house.delivery(delivery) is None


def test_nothing_is_spooled_to_a_file(
    house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A courier of a megabyte: werkzeug's own reader would put it into a temporary file."""
    monkeypatch.setattr(tempfile, "tempdir", str(house.services.instance.places.home / "none"))
    boxes = [secrets.token_bytes(60_000) for _ in range(20)]

    assert "20 réponses" in said(browser.hand_over(house.courier("nord", boxes).file()))


def test_the_form_names_the_limit(browser: Browser) -> None:
    page = browser.get("/courier")

    assert "64 Mio" in said(page)
    assert COURIER_MAX_BYTES == 64 << 20
