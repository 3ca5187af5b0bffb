import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from flask import Flask, g
from hypothesis import given
from hypothesis import strategies as st

from web.languages import LANGUAGES, choose_language, link, load_catalogues, set_up_languages

ROOT = Path(__file__).parents[2]
ROOMS = ["web", "source_app", "admin/landing"]

NEGOTIATED = {
    None: "fr",
    "": "fr",
    "fr": "fr",
    "en": "en",
    "EN": "en",
    "Fr-FR": "fr",
    "en-US,en;q=0.5": "en",
    "EN-us": "en",
    "de,en;q=0.8,fr;q=0.5": "en",
    "de,fr;q=0.8,en;q=0.9": "en",
    "de,nl": "fr",
    "*": "fr",
    "x-klingon": "fr",
    "fr;q=abc": "fr",
    ", ,;;q=": "fr",
    ",".join(["de"] * 20) + ",en": "fr",  # past what is looked at
    "en" * 2000: "fr",
}


@pytest.fixture(scope="module")
def app() -> Flask:
    made = Flask("spoken", static_folder=None)
    set_up_languages(made, load_catalogues([ROOT / "web" / "translations"]), "fr")
    made.add_url_rule("/", "home", lambda: g.language + " " + link("/keys"))
    return made


@pytest.mark.parametrize(("header", "language"), NEGOTIATED.items())
def test_the_browser_says_which_language(app: Flask, header: str | None, language: str) -> None:
    headers = {} if header is None else {"Accept-Language": header}
    assert app.test_client().get("/", headers=headers).text.split()[0] == language


@given(st.text(st.characters(max_codepoint=255), max_size=80))
def test_any_header_gives_a_language_that_there_is(app: Flask, header: str) -> None:
    environ = {"HTTP_ACCEPT_LANGUAGE": header}
    with app.test_request_context("/", environ_overrides=environ):
        assert choose_language("fr") in LANGUAGES


@pytest.mark.parametrize(
    ("asked", "language"), [("fr", "fr"), ("en", "en"), ("de", "en"), ("EN", "en"), ("", "en")]
)
def test_the_link_goes_before_the_browser(app: Flask, asked: str, language: str) -> None:
    headers = {"Accept-Language": "en"}
    answer = app.test_client().get("/", query_string={"l": asked}, headers=headers)
    assert answer.text == f"{language} /keys?l={language}"


def test_within_a_session_links_carry_no_language(app: Flask) -> None:
    with app.test_request_context("/"):
        g.language, g.open_session = "en", object()
        assert link("/keys") == "/keys"


Text = tuple[str, ...]  # one, or singular and plural


@cache
def written(room: str) -> dict[Text, set[str]]:
    """The texts that a room's templates and code mark, with where they stand."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel's
    keywords = {**DEFAULT_KEYWORDS, "mark": None}
    found: dict[Text, set[str]] = {}
    for place, _, message, _, _ in extract_from_dir(ROOT / room, methods, options, keywords):
        found.setdefault(_text(message), set()).add(place)
    return found


@cache
def catalogue(room: str) -> Catalog:
    with (ROOT / room / "translations" / "en.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


def translated(room: str) -> dict[Text, Text]:
    return {_text(message.id): _text(message.string) for message in catalogue(room) if message.id}


def _text(message: Any) -> Text:
    return (message,) if isinstance(message, str) else tuple(message)


@pytest.mark.parametrize("room", ROOMS)
def test_every_text_has_its_translation(room: str) -> None:
    known = set(translated(room)) | set(translated("web"))
    missing = {text: places for text, places in written(room).items() if text not in known}
    assert not missing
    assert len(written(room)) > 15


@pytest.mark.parametrize("room", ROOMS)
def test_no_translation_is_left_over_or_doubtful(room: str) -> None:
    assert not set(translated(room)) - set(written(room))
    assert not [message.id for message in catalogue(room) if message.id and message.fuzzy]
    assert not catalogue(room).obsolete


@pytest.mark.parametrize("room", ROOMS)
def test_no_text_is_translated_twice(room: str) -> None:
    if room != "web":
        assert not set(translated(room)) & set(translated("web"))


@pytest.mark.parametrize("room", ROOMS)
def test_a_translation_says_all_that_its_text_says(room: str) -> None:
    for french, english in translated(room).items():
        assert len(english) == len(french)
        for there, here in zip(french, english, strict=True):
            assert here.strip()
            assert _places(here) == _places(there)
            assert _ending(here) == _ending(there), here


def _places(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)s|%.", text))


def _ending(text: str) -> str:
    return text[-1] if text[-1] in ".?!:" else ""


@pytest.mark.parametrize("room", ROOMS)
def test_both_languages_are_written_as_they_are_printed(room: str) -> None:
    for french, english in translated(room).items():
        for text in french:
            assert "'" not in text, "French takes its own apostrophe"
            assert not re.search(r"[^\s\u00a0\u202f][?!;:»](\s|$)", text), text
        for text in english:
            assert "'" not in text
            assert not re.search(r"\s[?!;:]", text), text


def test_numbers_choose_their_form() -> None:
    texts = load_catalogues([ROOT / room / "translations" for room in ROOMS])
    one, many = next(text for text in translated("source_app") if len(text) == 2)
    for language in LANGUAGES:
        spoken = texts.of(language)
        assert spoken.ngettext(one, many, 1) != spoken.ngettext(one, many, 2)
    assert texts.of("fr").ngettext(one, many, 1) == one
    assert texts.of("en").ngettext(one, many, 3) != many


def test_what_an_app_does_not_say_itself_is_looked_up_in_the_shared_catalogue() -> None:
    texts = load_catalogues([ROOT / room / "translations" for room in ROOMS])
    assert texts.of("en").gettext("Continuer") == "Continue"  # of web
    assert texts.of("en").gettext("Quitter") == "Leave"  # of source_app
    assert texts.of("fr").gettext("Quitter") == "Quitter"
