"""The English catalogue holds each text of the app, and no other."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import journalist_app
import web

FOLDER = Path(journalist_app.__file__).parent
SHARED = Path(web.__file__).parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None}

Text: TypeAlias = "str | tuple[str, ...]"


def texts_of(folder: Path) -> set[Text]:
    options = {"**/templates/**.html": {"trimmed": "true"}}
    found = extract_from_dir(folder, METHODS, options, keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found}


def catalogue(folder: Path) -> Catalog:
    with (folder / "translations" / "en.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


def messages() -> Iterator[Message]:
    return (message for message in catalogue(FOLDER) if message.id)


def forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)  # type: ignore[arg-type]  # a pair


def test_every_text_is_translated() -> None:
    assert texts_of(FOLDER) - {message.id for message in messages()} == set()


def test_nothing_is_translated_that_is_not_said() -> None:
    assert {message.id for message in messages()} - texts_of(FOLDER) == set()


def test_the_shared_catalogue_holds_the_shared_texts() -> None:
    said = {message.id for message in catalogue(SHARED) if message.id}

    assert texts_of(SHARED) <= said


@pytest.mark.parametrize("message", list(messages()), ids=lambda message: forms(message.id)[0])
def test_a_translation_says_all_with_the_same_blanks(message: Message) -> None:
    french, english = forms(message.id), forms(message.string)

    assert len(french) == len(english)
    for source, target in zip(french, english, strict=True):
        assert target.strip()
        assert set(re.findall(r"%\(\w+\)s", source)) == set(re.findall(r"%\(\w+\)s", target))


def test_french_is_set_with_unbreakable_spaces() -> None:
    texts = [form for message in messages() for form in forms(message.id)]

    assert [text for text in texts if re.search(r" [:;?!»]|« ", text)] == []
    assert [text for text in texts if "'" in text] == []
