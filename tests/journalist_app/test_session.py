from flask import g

from journalist_app.session import RECENT_BUNDLES, RecentBundle, Visit
from storage import desks, reviewers
from tests.journalist_app.house import House


def test_a_visit_is_read_back_as_it_was() -> None:
    visit = Visit("en", notices=["À lire"], bundles=[RecentBundle("0" * 32, "v.tar", 3, 12_345)])

    assert Visit.decode(visit.encode()) == visit


def test_a_visits_repr_holds_no_token() -> None:
    visit = Visit("fr")

    assert visit.csrf not in repr(visit)


def test_only_the_last_bundles_are_remembered_newest_first() -> None:
    visit = Visit("fr")
    for number in range(RECENT_BUNDLES + 2):
        visit.remember_bundle(RecentBundle(str(number), "v.tar", 1, 1))

    assert [made.id for made in visit.bundles] == ["6", "5", "4", "3", "2"]


def test_a_notice_is_shown_once(house: House) -> None:
    first, second = house.add_delivery("nord"), house.add_delivery("nord")
    browser = house.sign_in("lou")
    browser.post("/deliveries/delete", id=[first, second], confirm="1")

    assert "2 dépôts ont été effacés" in browser.get("/").text
    assert "2 dépôts ont été effacés" not in browser.get("/").text


def test_a_page_of_an_error_does_not_use_up_a_notice(house: House) -> None:
    delivery = house.add_delivery("nord")
    browser = house.sign_in("lou")
    browser.post("/deliveries/delete", id=delivery, confirm="1")

    browser.get("/nowhere")

    assert "1 dépôt a été effacé" in browser.get("/").text


def test_a_reviewer_who_was_removed_is_out_at_once(house: House) -> None:
    browser = house.sign_in("lou")
    with house.services.db.write() as transaction:
        reviewers.remove_reviewer(transaction, house.people["lou"].id)

    assert browser.get("/").status_code == 303


def test_a_desk_given_or_taken_counts_at_once(house: House) -> None:
    delivery = house.add_delivery("sud")
    browser = house.sign_in("lou")
    assert delivery not in browser.get("/").text
    with house.services.db.write() as transaction:
        reviewers.set_desks(transaction, house.people["lou"].id, ["nord", "sud"])
    assert delivery in browser.get("/").text

    with house.services.db.write() as transaction:
        reviewers.set_desks(transaction, house.people["lou"].id, [])
    page = browser.get("/").text
    assert delivery not in page
    assert "Aucune équipe" in page


def test_desks_stand_in_the_order_of_their_names(house: House) -> None:
    with house.services.db.write() as transaction:
        desks.add_desk(transaction, "aaa", "Zone")
        reviewers.set_desks(transaction, house.people["lou"].id, ["aaa", "nord", "sud"])
    app = house.app()
    browser = house.sign_in("lou", app)

    with browser.http as client:
        client.get("/")
        assert list(g.reviewer.desks) == ["nord", "sud", "aaa"]
