from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest

from admin.custody.codenames import draw_version
from admin.serving.circuit_ledger import _SPENT, LONGEST_WAIT_SECONDS
from crypto.codename import generate, parse
from crypto.codename_versions import VERSIONS
from crypto.sessionbox import SessionCookie, SessionKind, session_id
from crypto.wordlists import LANGUAGES, Language, words
from source_app import recognition
from source_app.session import COOKIE_NAME
from storage import desks
from storage.models import Delivery, DeskState, SessionRow
from storage.models.base import Base
from tests.source_app.house import DESK, PAGE, Browser, House, Page, new_keys
from tests.web.through_tor import CIRCUIT, ONION, Counted, named, through_tor
from web.circuits import Spent

ONE, TWO = VERSIONS


def test_the_first_page_sets_no_cookie_and_asks_for_none(house: House) -> None:
    for path in ("/", "/?l=en", "/return", "/safety", "/keys"):
        answer = house.browser().get(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert house.stored(SessionRow) == 0


def test_a_first_visit_gets_a_codename_of_its_language(house: House) -> None:
    for language in LANGUAGES:
        browser = house.browser(language)
        codename = browser.first_visit()
        assert parse(codename).text == codename
        assert set(codename.split()) <= set(words(language))
        assert house.session(browser).language == language


def test_the_version_chosen_is_drawn_at_once_and_both_find_their_own(house: House) -> None:
    first, second = house.browser(), house.browser()
    old = first.first_visit()
    draw_version(house.services, TWO)
    new = second.first_visit()
    assert [parse(words_).version for words_ in (old, new)] == [ONE, TWO]
    for browser, codename in ((first, old), (second, new)):
        browser.deliver("x")
        again = house.browser()
        assert again.post("/return", codename=codename).status_code == 303
        assert house.session(again).deliveries == house.session(browser).deliveries
        assert len(house.session(again).deliveries) == 1
    assert set(house.session(first).deliveries).isdisjoint(house.session(second).deliveries)


def test_a_codename_of_version_2_is_typed_back_and_kept_out_of_messages(house: House) -> None:
    draw_version(house.services, TWO)
    browser = house.browser()
    codename = browser.first_visit()
    wrong = [*codename.split()[:7], "zzz"]
    assert browser.post("/copy", copy=" ".join(wrong)).status_code == 422
    assert browser.post("/copy", copy=codename.upper()).status_code == 303
    refused = browser.deliver(f"mon nom : {codename}")
    assert refused.status_code == 422
    assert house.delivery_ids() == []
    told = house.browser().post("/return", codename=" ".join(wrong))
    assert told.status_code == 422
    assert "zzz" in told.text


def test_nothing_at_rest_tells_which_version_a_codename_has(house: House) -> None:
    """Rows of both are of one form and size, and no table has a column for it."""
    columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
    }
    assert not [name for name in columns if "version" in name or "codename" in name]
    sizes = []
    for version in VERSIONS:
        draw_version(house.services, version)
        browser = house.browser()
        browser.first_visit()
        known = set(house.delivery_ids())
        browser.deliver("x")
        (name,) = set(house.delivery_ids()) - known
        row = house.row(name)
        bare = {column.name: getattr(row, column.name) for column in Delivery.__table__.columns}
        told = {
            key: len(value) if isinstance(value, str | bytes) else value
            for key, value in bare.items()
        }
        cookie = browser.client.get_cookie(COOKIE_NAME)
        assert cookie is not None
        session = session_id(SessionCookie.from_text(cookie.value), SessionKind.SOURCE)
        with house.services.db.read() as transaction:
            told["session"] = len(transaction.get_one(SessionRow, session).box)
        sizes.append(told)
    assert sizes[0] == sizes[1]


def test_every_first_visit_gets_another_codename(house: House) -> None:
    assert len({house.browser().first_visit() for _ in range(20)}) == 20


def test_a_second_codename_ends_the_session_of_the_first(house: House) -> None:
    browser = house.browser()
    first = browser.first_visit()
    cookie = browser.client.get_cookie(COOKIE_NAME)
    second = browser.first_visit()
    assert first != second
    assert house.stored(SessionRow) == 1
    assert cookie is not None
    old = house.browser()
    old.client.set_cookie(COOKIE_NAME, cookie.value)
    assert old.get("/deliver").status_code == 403


def test_of_two_desks_the_one_chosen_first_is_the_default(house: House) -> None:
    house.add_desk("nord")
    browser = house.browser()
    browser.first_visit("nord")
    assert '<option value="nord" selected>' in browser.get("/deliver").text
    browser.deliver("x")
    assert house.row(house.delivery_ids()[0]).desk == "nord"


@pytest.mark.parametrize("slug", ["nowhere", "closed", "<script>"])
def test_a_desk_that_is_not_there_gives_the_choice_again(house: House, slug: str) -> None:
    house.add_desk("closed")
    with house.services.db.write() as transaction:
        desks.set_state(transaction, "closed", DeskState.CLOSED)
    answer = house.browser().post("/codename", desk=slug)
    assert answer.status_code == 422
    assert "Choisissez à qui" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert house.stored(SessionRow) == 0


def test_a_paused_desk_still_lets_a_source_begin_and_says_so(house: House) -> None:
    house.add_desk("nord")
    with house.services.db.write() as transaction:
        desks.set_state(transaction, "nord", DeskState.PAUSED)
    browser = house.browser()
    assert "(ne reçoit pas en ce moment)" in browser.get("/").text
    assert browser.post("/codename", desk="nord").status_code == 303


def returned(browser: Browser, typed: str) -> tuple[int, str]:
    answer = browser.post("/return", codename=typed)
    return answer.status_code, answer.text


typings: dict[str, Callable[[str], str]] = {
    "as noted": lambda text: text,
    "capitals": lambda text: text.upper(),
    "accents": lambda text: text.replace("e", "é").replace("c", "ç"),
    "hyphens": lambda text: text.replace(" ", "-"),
    "lines and tabs": lambda text: "\n" + text.replace(" ", "\t\r\n ") + "  ",
}


@pytest.mark.parametrize("typing", typings.values(), ids=typings.keys())
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_codename_opens_its_mailbox_however_it_is_typed(
    house: House, language: Language, typing: Callable[[str], str]
) -> None:
    codename = generate(language).text
    status, _ = returned(house.browser(), typing(codename))
    assert status == 303


def test_every_well_formed_codename_opens_a_mailbox_and_they_look_alike(house: House) -> None:
    """Nobody learns whether a codename is in use."""
    browser = house.browser()
    used = browser.first_visit()
    browser.deliver("x")
    browser.post("/mailbox/delivery/withdraw", id=house.delivery_ids()[0])
    seen = []
    for codename in (used, generate("fr").text):
        again = house.browser()
        answer = again.post("/return", codename=codename)
        box = again.get("/mailbox")
        seen.append(
            (answer.status_code, answer.data, box.data.replace(again.token.encode(), b"token"))
        )
    assert seen[0] == seen[1]


def test_a_mistyped_codename_is_told_what_is_wrong_without_a_look_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the codename was looked up")

    monkeypatch.setattr(recognition, "derive_root", never)
    good = generate("fr").text.split()
    wrong = {
        "vous en avez écrit 7": " ".join(good[:7]),
        "vous en avez écrit 0": " ",
        "le mot 3, «\u00a0xyzzy\u00a0»": " ".join([*good[:2], "xyzzy", *good[3:]]),
        "le mot 8, «\u00a0plugh\u00a0»": " ".join(["xyzzy", *good[1:7], "plugh"]),
    }
    for reason, typed in wrong.items():
        status, text = returned(house.browser(), typed)
        assert status == 422
        assert reason in text
        assert f">{typed}</textarea>" in text
        assert "Rien n’a été cherché" in text
    assert house.stored(SessionRow) == 0


def test_words_in_the_wrong_order_do_not_go_together(house: House) -> None:
    good = generate("fr").text.split()
    while good[0] == good[1]:
        good = generate("fr").text.split()
    status, text = returned(house.browser(), " ".join([good[1], good[0], *good[2:]]))
    assert status == 422
    assert "ils ne vont pas ensemble" in text


def test_what_was_typed_is_given_back_escaped_and_within_bounds(house: House) -> None:
    status, text = returned(house.browser(), '"><b>' * 1_000)
    assert status == 422
    assert "<b>" not in text
    assert len(text.encode()) == 65_536


def test_eight_endless_words_are_told_of_within_bounds(house: House) -> None:
    status, text = returned(house.browser(), " ".join(["x" * 1_000] * 8))
    assert status == 422
    assert f"le mot 8, «\u00a0{'x' * 40}\u00a0»" in text
    assert len(text.encode()) == 65_536


def test_when_it_is_busy_the_codename_is_given_back_and_was_not_tried(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognition, "QUEUE_SECONDS", 0.05)
    codename = generate("fr").text
    browser = house.browser()
    with ExitStack() as held:
        while slot := house.services.derivations.acquire():
            held.enter_context(slot)
        answer = browser.post("/return", codename=codename)
    assert answer.status_code == 503
    assert f">{codename}</textarea>" in answer.text
    assert "n’a pas encore été essayé" in answer.text
    assert browser.post("/return", codename=codename).status_code == 303


def test_returning_needs_no_token_and_ends_the_session_that_was(house: House) -> None:
    browser = house.browser()
    browser.first_visit()
    browser.token = ""
    assert browser.post("/return", codename=generate("fr").text).status_code == 303
    assert house.stored(SessionRow) == 1


def test_leaving_ends_the_session_and_has_the_browser_forget(house: House) -> None:
    browser = house.visit(new_keys())
    value = browser.client.get_cookie(COOKIE_NAME)
    answer = browser.post("/leave")
    assert answer.status_code == 200
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert house.stored(SessionRow) == 0
    assert value is not None
    browser.client.set_cookie(COOKIE_NAME, value.value)
    assert browser.get("/mailbox").status_code == 403


def test_leaving_needs_the_token_of_the_session_if_there_is_one(house: House) -> None:
    browser = house.visit(new_keys())
    token, browser.token = browser.token, "0" * 32
    assert browser.post("/leave").status_code == 403
    assert browser.get("/mailbox").status_code == 200
    browser.token = token
    assert browser.post("/leave").status_code == 200
    assert browser.post("/leave").status_code == 200  # already gone: the same page


@pytest.mark.parametrize("language", ["fr", "en"])
def test_without_a_session_the_language_travels_in_the_links(house: House, language: str) -> None:
    browser = house.browser("de")
    answer = browser.get(f"/language/{language}")
    assert answer.headers["Location"] == f"/?l={language}"
    assert "Set-Cookie" not in answer.headers
    page = browser.get(f"/?l={language}").text
    assert f'<html lang="{language}" ' in page
    for place in ("/codename", "/return", "/safety", "/keys", "/leave"):
        assert f'"{place}?l={language}"' in page
    left = browser.client.post(f"/leave?l={language}").text
    assert f'<html lang="{language}" ' in left


@pytest.mark.parametrize("path", ["/", "/return", "/safety", "/keys", "/elsewhere"])
def test_before_a_session_a_page_leads_to_itself_in_the_other_language(
    house: House, path: str
) -> None:
    browser = house.browser()
    for language, other in (("fr", "en"), ("en", "fr")):
        shown = browser.get(f"{path}?l={language}").text
        assert f'href="{path}?l={other}"' in shown
        assert f'<html lang="{other}" ' in browser.get(f"{path}?l={other}").text


def test_a_page_without_an_address_of_its_own_leads_to_the_first_one(house: House) -> None:
    client = house.browser().client
    for answer in (client.get("/nowhere?l=fr"), client.post("/codename?l=fr", data={"desk": "x"})):
        assert answer.status_code >= 400
        assert 'href="/?l=en"' in answer.text


def test_within_a_session_the_language_is_the_sessions(house: House) -> None:
    browser = house.visit(new_keys())
    assert browser.get("/language/en").headers["Location"] == "/mailbox"
    assert '<html lang="en" ' in browser.get("/mailbox").text
    assert "?l=" not in browser.get("/mailbox").text
    browser.get("/language/xx")
    assert '<html lang="en" ' in browser.get("/deliver").text


def test_a_first_visit_that_changes_the_language_keeps_its_codename(house: House) -> None:
    browser = house.browser()
    codename = browser.first_visit()
    assert browser.get("/language/en").headers["Location"] == "/deliver"
    assert " ".join(browser.page("/deliver").codename.split()) == codename


def test_a_form_sent_by_another_site_is_refused(house: House) -> None:
    for path in ("/codename", "/return", "/leave", "/deliver"):
        answer = house.browser().client.post(path, headers={"Origin": "http://evil.example"})
        assert answer.status_code == 403
        assert "vient d’un autre site" in answer.text
    assert house.stored(SessionRow) == 0


def test_the_desk_of_a_single_desk_house_is_known(house: House) -> None:
    browser = house.browser()
    browser.first_visit()
    assert house.session(browser).desk == DESK
    assert Page(browser.get("/deliver").text).message.strip() == ""


@dataclass
class Onion:
    """The house behind an onion service: its circuits are counted, and nobody sleeps."""

    house: House
    counted: Counted
    slept: list[float]

    def browser(self, circuit: int = CIRCUIT) -> Browser:
        return Browser(through_tor(self.house.app, circuit))


@pytest.fixture
def onion(house: House, monkeypatch: pytest.MonkeyPatch) -> Onion:
    counted = Counted()
    slept: list[float] = []
    monkeypatch.setattr("web.circuits.time.sleep", slept.append)
    services = replace(house.services, circuits=counted, onion=named)
    return Onion(House(services, house.clock, house.desk), counted, slept)


def test_through_tor_a_source_walks_in_by_the_onion_address(onion: Onion) -> None:
    browser = onion.browser()
    answer = browser.get("/")
    assert answer.status_code == 200
    assert "Onion-Location" not in answer.headers
    browser.first_visit()
    assert browser.deliver("Bonjour.").status_code == 303
    assert browser.get("/mailbox").status_code == 200
    assert onion.slept == []


def test_through_tor_no_other_name_is_answered_and_a_gateway_is_told_of(onion: Onion) -> None:
    client = onion.browser().client
    for host in ("localhost", "b" * 56 + ".onion", f"{ONION}.gateway.example"):
        assert client.get("/", base_url=f"http://{host}/").status_code == 400
    answer = client.get("/", headers={"X-Tor2Web": "1"})
    assert answer.status_code == 403
    assert len(answer.data) == PAGE
    assert "Set-Cookie" not in answer.headers


def test_whoever_comes_another_way_is_shown_the_onion_address(onion: Onion) -> None:
    onion.house.app.test_client_class = None
    answer = onion.house.app.test_client().get("/return")
    assert answer.headers["Onion-Location"] == f"http://{ONION}/"


def test_a_circuit_that_tries_codenames_is_answered_late_then_refused_then_closed(
    onion: Onion,
) -> None:
    free, grace = _SPENT[Spent.CODENAME].free, _SPENT[Spent.CODENAME].grace
    browser = onion.browser()
    for _ in range(free):
        assert returned(browser, generate("fr").text)[0] == 303
    assert onion.slept == []
    for _ in range(grace):
        assert returned(browser, generate("fr").text)[0] == 303
    assert onion.slept == sorted(onion.slept)
    assert len(onion.slept) == grace
    assert onion.slept[-1] == LONGEST_WAIT_SECONDS
    assert onion.counted.closed == []

    codename = generate("fr").text
    answer = browser.post("/return", codename=codename)
    assert answer.status_code == 503
    assert codename in answer.text  # eight words need not be typed again
    assert len(answer.data) == PAGE
    assert onion.counted.closed == [CIRCUIT]

    assert returned(onion.browser(CIRCUIT + 1), codename)[0] == 303  # another circuit


def test_a_guess_that_is_refused_costs_no_derivation_and_starts_no_session(
    onion: Onion, monkeypatch: pytest.MonkeyPatch
) -> None:
    while not onion.counted.closed:
        onion.counted.spend(CIRCUIT, Spent.CODENAME)

    def derived(*_given: object) -> None:
        pytest.fail("the codename was derived")

    monkeypatch.setattr(recognition.Recogniser, "derive", derived)
    answer = onion.browser().post("/return", codename=generate("fr").text)
    assert answer.status_code == 503
    assert "Set-Cookie" not in answer.headers
    assert onion.house.stored(SessionRow) == 0


def test_a_mistyped_codename_is_not_counted(onion: Onion) -> None:
    """It costs nothing, and whoever mistypes often is no one who guesses."""
    for _ in range(30):
        assert returned(onion.browser(), "un deux trois")[0] == 422
    assert onion.counted.asked == []


def test_a_circuit_that_begins_visit_after_visit_is_refused_and_nothing_is_stored(
    onion: Onion,
) -> None:
    allowance = _SPENT[Spent.FIRST_VISIT]
    for _ in range(allowance.free + allowance.grace):
        assert onion.browser().post("/codename").status_code == 303
    stored = onion.house.stored(SessionRow)
    answer = onion.browser().post("/codename")
    assert answer.status_code == 503
    assert "Set-Cookie" not in answer.headers
    assert len(answer.data) == PAGE
    assert onion.house.stored(SessionRow) == stored
    assert onion.counted.closed == [CIRCUIT]
    assert len(onion.slept) == allowance.grace + 1
    assert onion.browser(CIRCUIT + 1).post("/codename").status_code == 303


def test_without_tor_nobody_is_counted(house: House) -> None:
    counted = Counted()
    services = replace(house.services, circuits=counted, onion=named)
    local = House(services, house.clock, house.desk)
    for _ in range(_SPENT[Spent.FIRST_VISIT].free + 3):
        local.browser().first_visit()
    assert counted.asked == []
