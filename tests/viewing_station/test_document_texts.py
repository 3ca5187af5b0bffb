"""Texts found in documents are kept up to a limit."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.store_key import MasterKey
from viewing_station.document_texts import TEXT_LIMIT, DocumentText, DocumentTexts
from viewing_station.records import make_records, open_records


@pytest.fixture
def texts(tmp_path: Path) -> Iterator[DocumentTexts]:
    master = MasterKey.new()
    make_records(tmp_path / "station.db", master)
    with open_records(tmp_path / "station.db", master) as records:
        yield DocumentTexts(records)


def test_a_text_comes_back_as_it_was(texts: DocumentTexts) -> None:
    texts.put("one", 1, "Marché\nno 12")
    texts.put("one", 2, "autre")
    assert texts.get("one", 1) == DocumentText("one", 1, "Marché\nno 12")
    assert texts.get("one", 3) is None
    assert {text.number for text in texts.all()} == {1, 2}


def test_a_second_one_takes_the_place_of_the_first(texts: DocumentTexts) -> None:
    texts.put("one", 1, "before")
    texts.put("one", 1, "after")
    assert [text.text for text in texts.all()] == ["after"]


def test_what_is_too_long_is_cut_and_says_so(texts: DocumentTexts) -> None:
    kept = texts.put("one", 1, "x" * (TEXT_LIMIT + 1))
    assert (len(kept.text), kept.cut) == (TEXT_LIMIT, True)
    assert texts.get("one", 1) == kept
    assert not texts.put("one", 1, "x" * TEXT_LIMIT).cut


def test_what_is_no_unicode_is_kept_readable(texts: DocumentTexts) -> None:
    assert texts.put("one", 1, "a\ud800b").text == "a?b"


def test_a_text_does_not_show_in_a_repr(texts: DocumentTexts) -> None:
    assert "secret" not in repr(texts.put("one", 1, "secret"))
