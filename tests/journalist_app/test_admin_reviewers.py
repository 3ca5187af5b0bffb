"""The pages of accounts: each change asks who asks, and a log-in is shown once."""

import re

import pytest

from journalist_app.signing_in import Attempt, SigningIn
from journalist_app.team import Team
from tests.journalist_app.house import PASSPHRASE, Browser, House


def proof(house: House, **changes: str) -> dict[str, str]:
    """Give what the admin types to prove who asks; each code serves once."""
    house.clock.forward(30)
    return {"passphrase": PASSPHRASE, "code": house.people["ada"].code(house.clock.now)} | changes


@pytest.fixture
def ada(house: House) -> Browser:
    return house.sign_in("ada")


def path(house: House, name: str, deed: str = "") -> str:
    return f"/admin/reviewers/{house.people[name].id}{deed}"


def test_accounts_are_listed_with_desks_and_role(house: House, ada: Browser) -> None:
    page = ada.get("/admin/reviewers").text

    for name, person in house.people.items():
        assert f'href="/admin/reviewers/{person.id}">{name}</a>' in page
    assert "Équipe nord, Équipe sud" in page
    assert page.count(">administre<") == 1


def test_a_new_account_is_shown_once_and_opens(house: House, ada: Browser) -> None:
    answer = ada.post("/admin/reviewers/add", name=" nour ", desk=["nord"], **proof(house))

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    words = " ".join(re.findall(r'<li class="mono">([a-z]+)</li>', answer.text))
    codes = re.findall(r"\d{5}(?: \d{5}){4}", answer.text)
    assert len(words.split()) == 7
    assert len(codes) == 10
    assert 'src="data:image/png;base64,' in answer.text
    known = SigningIn(house.services).judge(Attempt.typed("nour", words, codes[0]))
    assert known.codes_left == 9
    member = Team(house.services).member(known.id)
    assert (member.desks, member.admin) == (("nord",), False)
    listed = ada.get("/admin/reviewers").text + ada.get(f"/admin/reviewers/{known.id}").text
    assert words.split()[0] not in re.findall(r">(\w+)<", listed)


def test_a_reset_is_shown_once_and_the_old_ones_open_nothing(house: House, ada: Browser) -> None:
    lou = house.sign_in("lou")

    answer = ada.post(path(house, "lou", "/reset"), **proof(house))

    assert len(re.findall(r"\d{5}(?: \d{5}){4}", answer.text)) == 10
    assert lou.get("/").status_code == 303
    old = {"username": "lou", "passphrase": PASSPHRASE, "code": house.people["lou"].spare[0].text}
    assert lou.http.post("/login", data=old).status_code == 403


def test_desks_and_role_are_changed_at_once(house: House, ada: Browser) -> None:
    delivery, lou = house.add_delivery("sud"), house.sign_in("lou")

    answer = ada.post(path(house, "lou", "/change"), desk=["sud"], admin="1", **proof(house))

    assert answer.headers["Location"] == "/admin/reviewers"
    assert "Le compte est changé" in ada.get("/admin/reviewers").text
    assert delivery in lou.get("/").text
    assert lou.get("/admin/desks").status_code == 200


def test_a_removed_account_is_out_at_once(house: House, ada: Browser) -> None:
    lou = house.sign_in("lou")

    assert ada.post(path(house, "lou", "/remove"), **proof(house)).status_code == 303

    assert lou.get("/").status_code == 303
    assert ada.get(path(house, "lou")).status_code == 404


@pytest.mark.parametrize("deed", ["/change", "/reset", "/remove"])
@pytest.mark.parametrize("wrong", [{"code": "000000"}, {"passphrase": "wrong"}])
def test_a_session_alone_changes_nothing(
    house: House, ada: Browser, deed: str, wrong: dict[str, str]
) -> None:
    before = Team(house.services).members()

    answer = ada.post(path(house, "lou", deed), admin="1", **proof(house, **wrong))

    assert answer.status_code == 403
    assert 'href="#passphrase"' in answer.text
    assert Team(house.services).members() == before
    assert ada.post("/admin/reviewers/add", name="nour", **proof(house, **wrong)).status_code == 403
    assert Team(house.services).members() == before


@pytest.mark.parametrize("deed", ["/change", "/reset", "/remove"])
def test_ones_own_account_is_left_alone(house: House, ada: Browser, deed: str) -> None:
    answer = ada.post(path(house, "ada", deed), **proof(house))

    assert answer.status_code == 409
    assert "votre propre compte" in answer.text
    assert ada.get("/admin/reviewers").status_code == 200
    shown = ada.get(path(house, "ada")).text
    assert f'{path(house, "ada", "/reset")}"' not in shown
    assert f'{path(house, "ada", "/remove")}"' not in shown


@pytest.mark.parametrize("name", ["", "a b", "<b>", "x" * 41, "lou"])
def test_a_name_that_cannot_be_comes_back_to_be_corrected(
    house: House, ada: Browser, name: str
) -> None:
    answer = ada.post("/admin/reviewers/add", name=name, desk=["nord"], **proof(house))

    assert answer.status_code in {409, 422}
    assert 'href="#name"' in answer.text
    assert "<b>" not in answer.text
    assert 'value="nord" checked' in answer.text
    assert PASSPHRASE not in answer.text


@pytest.mark.parametrize("reviewer", ["0" * 32, "..", "é", "x" * 3000])
@pytest.mark.parametrize("deed", ["", "/change", "/reset", "/remove"])
def test_an_account_that_is_not_there_is_told(
    house: House, ada: Browser, reviewer: str, deed: str
) -> None:
    assert ada.get(f"/admin/reviewers/{reviewer}{deed}").status_code == 404
    if deed:
        answer = ada.post(f"/admin/reviewers/{reviewer}{deed}", **proof(house))
        assert answer.status_code == 404


def test_a_desk_that_is_not_there_is_told(house: House, ada: Browser) -> None:
    answer = ada.post(path(house, "lou", "/change"), desk=["none"], **proof(house))

    assert answer.status_code == 404
    assert Team(house.services).member(house.people["lou"].id).desks == ("nord",)
