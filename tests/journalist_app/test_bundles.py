"""Bundles over HTTP: the download, its headers, and taking it up again."""

import re

import pytest

from journalist_app import collecting
from journalist_app.bundle_stream import BundleStream
from journalist_app.collecting import Collecting, Wanted
from journalist_app.refusals import BundleTooLarge, NothingChosen, NothingNew, SeveralDesks
from journalist_app.session import CurrentReviewer
from storage import bundles, deletions
from storage.errors import NoSuchBlob
from storage.models import Bundle
from tests.journalist_app.house import Browser, House, read_bundle
from web.figures import show_size


def sentence(of: type[Exception]) -> str:
    text: str = of.sentence  # type: ignore[attr-defined]  # all refusals have one
    return text.partition(".")[0].replace("'", "&#39;")


def made(browser: Browser, **fields: str | list[str]) -> tuple[bytes, str]:
    answer = browser.post("/bundle", **fields)
    assert answer.status_code == 200
    return answer.data, read_bundle(answer.data).manifest.bundle


def test_the_download_is_a_tar_of_the_announced_size(house: House) -> None:
    delivery = house.add_delivery("nord", files=70_000)

    answer = house.sign_in("lou").post("/bundle", id=delivery)

    assert answer.mimetype == "application/x-tar"
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    name = re.fullmatch(
        r'attachment; filename="vasistas-nord-([0-9a-f]{8})\.tar"',
        answer.headers["Content-Disposition"],
    )
    assert name is not None
    read = read_bundle(answer.data)
    assert read.manifest.bundle.startswith(name[1])
    assert list(read.members) == [f"{delivery}.files.gpg", f"{delivery}.letter.gpg"]


def test_letters_only(house: House) -> None:
    delivery = house.add_delivery("nord", files=70_000)

    file, _ = made(house.sign_in("lou"), id=delivery, letters_only="1")

    assert list(read_bundle(file).members) == [f"{delivery}.letter.gpg"]


def test_the_same_id_twice_is_one(house: House) -> None:
    delivery = house.add_delivery("nord")

    file, _ = made(house.sign_in("lou"), id=[delivery, delivery])

    assert list(read_bundle(file).members) == [f"{delivery}.letter.gpg"]


def test_all_new(house: House) -> None:
    ids = sorted(house.add_delivery("nord") for _ in range(3))
    browser = house.sign_in("sam")

    file, _ = made(browser, all_new="1")

    assert list(read_bundle(file).members) == [f"{delivery}.letter.gpg" for delivery in ids]
    again = browser.post("/bundle", all_new="1")
    assert again.status_code == 409
    assert sentence(NothingNew) in again.text


def test_all_new_of_one_of_several_desks(house: House) -> None:
    house.add_delivery("nord")
    house.add_delivery("sud")
    browser = house.sign_in("sam")

    refused = browser.post("/bundle", all_new="1")
    file, _ = made(browser, all_new="1", desk="sud")

    assert refused.status_code == 422
    assert sentence(SeveralDesks) in refused.text
    assert read_bundle(file).manifest.desk == "sud"


def test_a_mixed_selection_is_refused_with_a_sentence(house: House) -> None:
    ids = [house.add_delivery("nord"), house.add_delivery("sud")]

    answer = house.sign_in("sam").post("/bundle", id=ids)

    assert answer.status_code == 422
    assert sentence(SeveralDesks) in answer.text


def test_an_empty_selection_is_refused_with_a_sentence(house: House) -> None:
    answer = house.sign_in("lou").post("/bundle")

    assert answer.status_code == 422
    assert sentence(NothingChosen) in answer.text


@pytest.mark.parametrize("untrusted_id", ["", "x", "../../etc", "K7QM-3VTX-9FWD", "é" * 500])
def test_what_is_no_id_is_refused(house: House, untrusted_id: str) -> None:
    assert house.sign_in("lou").post("/bundle", id=untrusted_id).status_code == 400


def test_the_row_is_marked_before_the_first_byte(house: House) -> None:
    delivery = house.add_delivery("nord")
    browser = house.sign_in("lou")

    data = {"csrf_token": browser.token, "id": delivery}
    answer = browser.http.post("/bundle", data=data, buffered=False)

    row = house.delivery(delivery)
    assert row is not None
    assert row.collected_day == house.today
    with house.services.db.read() as transaction:
        assert transaction.query(Bundle).count() == 1
    answer.close()


def test_a_bundle_can_be_had_again_to_the_byte(house: House) -> None:
    house.add_delivery("nord", files=70_000)
    browser = house.sign_in("lou")
    file, bundle = made(browser, all_new="1")

    again = browser.get(f"/bundle/{bundle}")

    assert again.status_code == 200
    assert again.data == file
    assert again.headers["Accept-Ranges"] == "bytes"


def test_the_list_offers_to_take_a_download_up_again(house: House) -> None:
    house.add_delivery("nord", files=70_000)
    browser = house.sign_in("lou")
    _, bundle = made(browser, all_new="1")

    page = browser.get("/").text

    assert f'href="/bundle/{bundle}"' in page
    assert f"vasistas-nord-{bundle[:8]}.tar" in page


@pytest.mark.parametrize(
    "wanted", ["bytes=0-0", "bytes=1-2", "bytes=511-513", "bytes=40000-", "bytes=-1024"]
)
def test_a_part_is_that_part(house: House, wanted: str) -> None:
    house.add_delivery("nord", files=70_000)
    browser = house.sign_in("lou")
    file, bundle = made(browser, all_new="1")

    part = browser.get(f"/bundle/{bundle}", Range=wanted)

    assert part.status_code == 206
    found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", part.headers["Content-Range"])
    assert found is not None
    first, last, size = (int(number) for number in found.groups())
    assert size == len(file)
    assert part.data == file[first : last + 1]
    assert int(part.headers["Content-Length"]) == len(part.data)


def test_a_broken_download_is_mended_byte_for_byte(house: House) -> None:
    house.add_delivery("nord", files=700_000)
    browser = house.sign_in("lou")
    file, bundle = made(browser, all_new="1")
    etag = browser.get(f"/bundle/{bundle}").headers["ETag"]

    rest = browser.get(f"/bundle/{bundle}", **{"Range": "bytes=123457-", "If-Range": etag})

    assert file[:123_457] + rest.data == file


def test_a_part_of_another_file_is_not_given(house: House) -> None:
    house.add_delivery("nord")
    browser = house.sign_in("lou")
    file, bundle = made(browser, all_new="1")

    answer = browser.get(f"/bundle/{bundle}", **{"Range": "bytes=5-", "If-Range": '"other"'})

    assert answer.status_code == 200
    assert answer.data == file


@pytest.mark.parametrize("wanted", ["bytes=99999999-", "bytes=0-1,4-5", "bytes=5-4", "bytes=x"])
def test_no_other_range_is_given(house: House, wanted: str) -> None:
    house.add_delivery("nord")
    browser = house.sign_in("lou")
    file, bundle = made(browser, all_new="1")

    answer = browser.get(f"/bundle/{bundle}", Range=wanted)

    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(file)}"
    assert answer.mimetype == "text/html"


def test_a_bundle_whose_delivery_was_deleted_is_gone(house: House) -> None:
    delivery, _ = house.add_delivery("nord"), house.add_delivery("nord")
    browser = house.sign_in("lou")
    _, bundle = made(browser, all_new="1")
    with house.services.db.write() as transaction:
        deletions.delete_deliveries(transaction, [delivery])

    answer = browser.get(f"/bundle/{bundle}")

    assert answer.status_code == 404
    with house.services.db.read() as transaction:
        assert bundles.get(transaction, bundle) is None, "it would name what was deleted"


@pytest.mark.parametrize("untrusted_id", ["x", "0" * 32, "0" * 31 + "G", "%2e%2e"])
def test_an_unknown_bundle_is_not_found(house: House, untrusted_id: str) -> None:
    assert house.sign_in("lou").get(f"/bundle/{untrusted_id}").status_code == 404


def test_a_missing_blob_makes_the_transfer_fall_short(house: House) -> None:
    """The head of the answer promises more than comes, so the browser says that it broke off."""
    delivery = house.add_delivery("nord", files=700_000)
    house.services.blobs.delete(house.body_blob(delivery))
    browser = house.sign_in("lou")

    data = {"csrf_token": browser.token, "id": delivery}
    answer = browser.http.post("/bundle", data=data, buffered=False)
    sent: list[bytes] = []
    with pytest.raises(NoSuchBlob):
        sent.extend(answer.iter_encoded())

    assert answer.status_code == 200
    assert 0 < sum(map(len, sent)) < int(answer.headers["Content-Length"])


def test_head_sends_no_body(house: House) -> None:
    house.add_delivery("nord")
    browser = house.sign_in("lou")
    file, bundle = made(browser, all_new="1")

    answer = browser.http.head(f"/bundle/{bundle}")

    assert answer.data == b""
    assert int(answer.headers["Content-Length"]) == len(file)


def shown(browser: Browser, **fields: str | list[str]) -> str:
    answer = browser.post("/bundle", show="1", **fields)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    return answer.text


def test_what_it_would_hold_and_its_size_are_said_first(house: House) -> None:
    ids = [house.add_delivery("nord", files=3 << 20), house.add_delivery("nord")]
    browser = house.sign_in("lou")

    page = shown(browser, id=ids)

    assert "Emporter 2 dépôts" in page
    assert "2 lettres et les fichiers d’un dépôt" in page
    for delivery in ids:
        found = house.delivery(delivery)
        assert found is not None
        assert found.collected_day is None
        assert f'name="id" value="{delivery}"' in page
    with house.services.db.read() as transaction:
        assert transaction.query(Bundle).count() == 0
    for letters_only in ({}, {"letters_only": "1"}):
        size = int(browser.post("/bundle", id=ids, **letters_only).headers["Content-Length"])
        assert f"({show_size(size, 'fr')})" in page


def test_the_size_said_is_that_of_the_download_to_the_byte(house: House) -> None:
    ids = tuple(sorted(house.add_delivery("nord", files=70_000) for _ in range(3)))
    reviewer = CurrentReviewer(house.people["lou"].id, "lou", {"nord": "nord"})
    maker = Collecting(house.services)

    foreseen = BundleStream(house.services, maker.foresee(reviewer, Wanted(ids)))
    done = BundleStream(house.services, maker.make(reviewer, Wanted(ids)))

    assert foreseen.size == done.size


def test_all_new_ones_are_shown_too(house: House) -> None:
    house.add_delivery("nord")
    house.add_delivery("sud")
    browser = house.sign_in("sam")

    page = shown(browser, all_new="1", desk="sud")

    assert "Emporter 1 dépôt" in page
    assert 'name="all_new"' in page
    assert 'name="desk" value="sud"' in page
    assert browser.post("/bundle", show="1", all_new="1").status_code == 422
    assert browser.post("/bundle", show="1").status_code == 422
    assert (
        house.sign_in("max").post("/bundle", show="1", desk="nord", all_new="1").status_code == 404
    )


def test_more_than_a_bundle_holds_is_refused_in_words(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "DELIVERIES_LIMIT", 2)
    ids = house.add_rows("nord", house.today, 3)

    answer = house.sign_in("lou").post("/bundle", id=ids)

    assert answer.status_code == 422
    assert sentence(BundleTooLarge) in answer.text
