from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from werkzeug.test import TestResponse

from crypto import gpg
from crypto.codename import generate
from crypto.wordlists import Language
from source_app import intake as intake_module
from source_app import recognition
from source_app.refusals import (
    CodenameInMessage,
    DayFull,
    DeskMissing,
    DeskPaused,
    DiskNearlyFull,
    HatchClosed,
    MessageTooLong,
    MessageTooShort,
    NothingToDeliver,
    NotSealed,
    Refusal,
    TooManyDeliveries,
)
from storage import deliveries, desks
from storage.blob_files import FileWriter
from storage.models import DeskState
from tests.source_app.conftest import Furnish
from tests.source_app.faults import broken, fail_at, full
from tests.source_app.house import DESK, Browser, House, Page, new_keys
from tests.web.forms import BOUNDARY, KIND, Field, encode, part
from tests.web.streams import Pieces
from web.errors import (
    BadForm,
    BadToken,
    BodyTooLarge,
    Busy,
    RequestRefused,
    Stalled,
    TooManyParts,
    Truncated,
)

MESSAGE = "Un <long> message, que l’on ne veut pas écrire deux fois."
FILE = ("plan.pdf", b"x" * 200_000)


def assert_refused(
    house: House, answer: TestResponse, refusal: type[RequestRefused] | type[Busy]
) -> Page:
    page = Page(answer.text)
    assert answer.status_code == refusal.status
    assert refusal.sentence in answer.text.replace("&#39;", "'")
    assert "Votre dépôt n’est pas parti" in answer.text
    house.assert_nothing_kept()
    return page


def state(slug: str, to: DeskState) -> Callable[[House], object]:
    def change(house: House) -> None:
        with house.services.db.write() as transaction:
            desks.set_state(transaction, slug, to)

    return change


def retire(house: House) -> None:
    with house.services.db.write() as transaction:
        desks.retire_key(transaction, DESK, house.desk.fingerprint)


HOUSES: dict[str, tuple[dict[str, Any], Callable[[House], object], type[Refusal]]] = {
    "desk paused": ({}, state(DESK, DeskState.PAUSED), DeskPaused),
    "desk closed": ({}, state(DESK, DeskState.CLOSED), DeskMissing),
    "second desk": ({}, lambda house: house.add_desk("nord"), DeskMissing),
    "no key": ({}, retire, HatchClosed),
    "disk": ({"files_floor_bytes": 1 << 60}, lambda _: None, DiskNearlyFull),
    "quota": ({"day_max_bytes": 100_000}, lambda _: None, DayFull),
    "short": ({"first_message_min_characters": 500}, lambda _: None, MessageTooShort),
    "long": ({"message_max_characters": 56}, lambda _: None, MessageTooLong),
}


@pytest.mark.parametrize(("settings", "prepare", "refusal"), HOUSES.values(), ids=HOUSES.keys())
def test_a_house_that_cannot_take_it_says_why(
    furnish: Furnish,
    settings: dict[str, Any],
    prepare: Callable[[House], object],
    refusal: type[Refusal],
) -> None:
    house = furnish(**settings)
    browser = house.visit(codename=generate("fr").text)
    browser.get("/deliver")
    prepare(house)
    page = assert_refused(house, browser.deliver(MESSAGE, [FILE]), refusal)
    if refusal is not DayFull:  # told by the announced length, before the message is read
        assert page.message.removeprefix("\n") == MESSAGE


def test_a_desk_that_was_chosen_and_then_closed_is_missing(house: House) -> None:
    browser = house.visit(codename=generate("fr").text, desk=DESK)
    house.add_desk("nord")
    state(DESK, DeskState.CLOSED)(house)
    assert_refused(house, browser.deliver(MESSAGE), DeskMissing)


def test_the_desk_of_the_form_goes_before_the_one_chosen_first(house: House) -> None:
    house.add_desk("nord")
    browser = house.visit(new_keys(), desk=DESK)
    browser.deliver(MESSAGE, desk="nord")
    browser.deliver(MESSAGE)
    assert {house.row(delivery).desk for delivery in house.delivery_ids()} == {"nord", DESK}


@pytest.mark.parametrize("message", ["", " ", "\n\t\u00a0 \r\n"])
def test_nothing_is_no_delivery(house: House, message: str) -> None:
    browser = house.visit(new_keys())
    assert_refused(house, browser.deliver(message), NothingToDeliver)


def test_a_short_first_message_is_asked_for_once(furnish: Furnish) -> None:
    house = furnish(first_message_min_characters=20)
    browser = house.visit(codename=generate("fr").text)
    assert_refused(house, browser.deliver("court", [FILE]), MessageTooShort)
    assert browser.deliver("un message assez long").status_code == 303
    assert browser.deliver("court").status_code == 303


def test_the_longest_message_passes_whatever_its_characters(furnish: Furnish) -> None:
    house = furnish(message_max_characters=1000)
    browser = house.visit(new_keys())
    for message in ("🗼" * 1000, "\n" * 999 + "x", "é" * 1000):
        assert browser.deliver(message).status_code == 303
    assert len(house.delivery_ids()) == 3


@pytest.mark.parametrize("size", [1001, 4001, 300_000])
def test_one_character_more_is_too_long(furnish: Furnish, size: int) -> None:
    house = furnish(message_max_characters=1000)
    browser = house.visit(new_keys())
    answer = browser.deliver("x" * size)
    page = assert_refused(house, answer, MessageTooLong)
    kept = page.message.removeprefix("\n")
    assert kept in {"x" * size, ""}
    # The page never says that a message is below which is not.
    assert ("encore ci-dessous" in answer.text) == bool(kept)


disguises: dict[str, Callable[[str], str]] = {
    "as it is": lambda name: name,
    "within a sentence": lambda name: f"Mon nom de code est : « {name} ». Merci.",
    "numbered": lambda name: "\n".join(
        f"{number}. {word}" for number, word in enumerate(name.split(), 1)
    ),
    "numbered as on the page": lambda name: "".join(
        f"{number} {word}\r\n" for number, word in enumerate(name.split(), 1)
    ),
    "on lines": lambda name: name.replace(" ", "\n"),
    "in capitals": lambda name: name.upper(),
    "with accents": lambda name: name.replace("e", "é").replace("a", "à").title(),
    "with dashes": lambda name: name.replace(" ", " – "),
    "with commas": lambda name: name.replace(" ", ", "),
    "in wide letters": lambda name: "".join(chr(ord(c) + 0xFEE0) if c != " " else c for c in name),
    "quoted": lambda name: "> " + name.replace(" ", "\n> "),
}


@pytest.mark.parametrize("disguise", disguises.values(), ids=disguises.keys())
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_codename_in_the_message_is_refused(
    house: House, language: Language, disguise: Callable[[str], str]
) -> None:
    codename = generate(language).text
    browser = house.visit(codename=generate("fr").text)  # anyone's, not only one's own
    message = disguise(codename)
    page = assert_refused(house, browser.deliver(message, [FILE]), CodenameInMessage)
    assert page.message.split() == message.split()
    assert house.session(browser).keys is None  # refused before anything was derived


def test_eight_words_that_are_no_codename_pass(house: House) -> None:
    words = generate("fr").text.split()
    browser = house.visit(new_keys())
    assert browser.deliver(" ".join([*words[1:], words[0]])).status_code == 303
    assert browser.deliver(" ".join(words[:7])).status_code == 303


BAD_FORMS: dict[str, tuple[Callable[[Browser], bytes | list[Field]], type[RequestRefused]]] = {
    "forged token": (
        lambda _: [Field("csrf_token", b"f" * 32), Field("message", b"x")],
        BadToken,
    ),
    "no token": (lambda _: [Field("message", b"x")], BadToken),
    "empty form": (lambda _: [], BadToken),
    "file before message": (
        lambda browser: [
            browser.form("")[0],
            Field("files", b"x" * 100_000, "a"),
            Field("message", b"x"),
        ],
        BadForm,
    ),
    "unknown field after a file": (
        lambda browser: [*browser.form("x", [FILE]), Field("admin", b"1")],
        BadForm,
    ),
    "no closing boundary": (
        lambda browser: encode(browser.form("x", [FILE])).removesuffix(
            b"--" + BOUNDARY + b"--\r\n"
        ),
        Truncated,
    ),
    "cut in a header": (
        lambda browser: encode(browser.form("x", [FILE]))[: -len(encode([])) - 200_090],
        Truncated,
    ),
    "too many files": (
        lambda browser: browser.form("x", [("a", b"1")] * 1001),
        TooManyParts,
    ),
    "a nested form's end": (
        lambda browser: b"".join(map(part, browser.form("x"))) + b"--" + BOUNDARY + b"xyz",
        BadForm,
    ),
}


@pytest.mark.parametrize(("form", "refusal"), BAD_FORMS.values(), ids=BAD_FORMS.keys())
def test_a_form_that_is_not_ours_or_not_whole_is_refused(
    house: House,
    form: Callable[[Browser], bytes | list[Field]],
    refusal: type[RequestRefused],
) -> None:
    browser = house.visit(new_keys())
    assert_refused(house, browser.send(form(browser)), refusal)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "", KIND[:20]])
def test_another_kind_of_form_is_refused(house: House, kind: str) -> None:
    browser = house.visit(new_keys())
    assert_refused(house, browser.send(encode(browser.form("x")), kind), BadForm)


def test_a_thousand_files_pass(house: House) -> None:
    browser = house.visit(new_keys())
    assert browser.deliver("", [("a.txt", b"1")] * 1000).status_code == 303
    assert len(house.letter(house.delivery_ids()[0])["files"]) == 1000


def stream(browser: Browser, pieces: Any, length: int) -> TestResponse:
    return browser.client.post(
        "/deliver",
        environ_overrides={
            "CONTENT_TYPE": KIND,
            "CONTENT_LENGTH": str(length),
            "wsgi.input": pieces,
        },
    )


def test_a_connection_that_is_cut_leaves_nothing(house: House) -> None:
    browser = house.visit(new_keys())
    whole = encode(browser.form(MESSAGE, [("a", b"x" * 2_000_000)]))
    for kept in (10, 300, 500_000, len(whole) - 1):
        answer = stream(browser, Pieces([whole[:kept]]), len(whole))
        assert_refused(house, answer, Truncated)


class Stalling(Pieces):
    """Gives its pieces, then nothing more within the socket's patience."""

    def read(self, size: int) -> bytes:
        piece = super().read(size)
        if not piece:
            raise TimeoutError
        return piece


def test_a_sender_that_stalls_is_told_so(house: House) -> None:
    browser = house.visit(new_keys())
    whole = encode(browser.form(MESSAGE, [("a", b"x" * 2_000_000)]))
    page = assert_refused(house, stream(browser, Stalling([whole[:900_000]]), len(whole)), Stalled)
    assert page.message.strip() == MESSAGE


def test_a_delivery_past_the_limit_is_told_by_its_length_and_drained(furnish: Furnish) -> None:
    house = furnish(delivery_max_bytes=1_000_000)
    browser = house.visit(new_keys())
    whole = encode(browser.form(MESSAGE, [("a", b"x" * 3_000_000)]))
    pieces = Pieces([whole, b"next request"])
    answer = stream(browser, pieces, len(whole))
    page = assert_refused(house, answer, BodyTooLarge)
    assert pieces.rest == b"next request"
    assert page.message.strip() == MESSAGE


def test_when_too_many_are_under_way_the_next_is_told_when_to_come_back(furnish: Furnish) -> None:
    house = furnish(uploads_at_once=1)
    browser = house.visit(new_keys())
    held = house.services.uploads.acquire()
    assert held is not None
    with held:
        answer = browser.deliver(MESSAGE, [FILE])
    assert_refused(house, answer, TooManyDeliveries)
    assert browser.deliver(MESSAGE, [FILE]).status_code == 303


def test_when_the_derivations_are_busy_a_first_delivery_is_told_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognition, "QUEUE_SECONDS", 0.05)
    browser = house.visit(codename=generate("fr").text)
    with ExitStack() as held:
        while slot := house.services.derivations.acquire():
            held.enter_context(slot)
        page = assert_refused(house, browser.deliver(MESSAGE, [FILE]), Busy)
    assert page.message.strip() == MESSAGE
    assert browser.deliver(MESSAGE).status_code == 303


FAILING: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], type[Refusal]]] = {
    "disk full while a file comes": (
        lambda patch: fail_at(patch, FileWriter, "write", full()),
        DiskNearlyFull,
    ),
    "disk full at the commit": (
        lambda patch: fail_at(patch, FileWriter, "commit", full()),
        DiskNearlyFull,
    ),
    "disk full in the database": (
        lambda patch: fail_at(patch, deliveries, "insert_delivery", full()),
        DiskNearlyFull,
    ),
    "disk broken while a file comes": (
        lambda patch: fail_at(patch, FileWriter, "write", broken()),
        NotSealed,
    ),
    "no gpg": (
        lambda patch: patch.setattr(gpg, "ENVIRONMENT", {"PATH": "/nonexistent"}),
        NotSealed,
    ),
}


@pytest.mark.parametrize(("inject", "refusal"), FAILING.values(), ids=FAILING.keys())
def test_a_failure_of_ours_gives_the_message_back(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    inject: Callable[[pytest.MonkeyPatch], None],
    refusal: type[Refusal],
) -> None:
    browser = house.visit(new_keys())
    with monkeypatch.context() as patch:
        inject(patch)
        page = assert_refused(house, browser.deliver(MESSAGE, [FILE]), refusal)
    assert page.message.strip() == MESSAGE
    assert browser.deliver(MESSAGE, [FILE]).status_code == 303


def test_an_error_that_nobody_foresaw_is_a_page_and_one_line_without_words(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = house.visit(new_keys())
    fail_at(monkeypatch, intake_module, "new_nonce", ArithmeticError(MESSAGE))
    answer = browser.deliver(MESSAGE, [FILE])
    said = capsys.readouterr()
    assert answer.status_code == 500
    assert "de notre côté" in answer.text
    assert said.out == ""
    assert said.err.startswith("fault: ArithmeticError at ")
    assert MESSAGE not in said.err
    house.assert_nothing_kept()


def test_a_session_without_codename_and_keys_seals_nothing(house: House) -> None:
    assert_refused(house, house.visit().deliver(MESSAGE), NotSealed)
