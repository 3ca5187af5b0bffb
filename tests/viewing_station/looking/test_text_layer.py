"""What reading a page gives is words that stand on it, or none."""

import io

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewing_station.looking import text_layer
from viewing_station.looking.pixels import Raster
from viewing_station.looking.rebuild import PdfOfPages
from viewing_station.looking.text_layer import Word, _word, read_words, text_of
from viewing_station.sandbox import Tool, ToolMissingError

PAGE = Raster(100, 50, b"\xff" * 15_000)
ROW = ["5", "1", "1", "1", "1", "1", "10", "20", "30", "10", "96.5", "Marché"]
cells = st.text(max_size=20) | st.integers(-500, 500).map(str) | st.sampled_from(ROW)


def test_a_row_is_a_word_in_its_place() -> None:
    assert _word(ROW, PAGE) == Word("Marché", 10, 20, 30, 10, ("1", "1", "1", "1"))


@pytest.mark.parametrize(
    ("at", "cell"),
    [(0, "4"), (6, "-1"), (6, "71"), (7, "41"), (8, "0"), (8, "nan"), (9, "1e99"), (11, " \t\x1b")],
)
def test_a_row_of_something_else_is_none(at: int, cell: str) -> None:
    assert _word([*ROW[:at], cell, *ROW[at + 1 :]], PAGE) is None


@given(st.lists(cells, min_size=12, max_size=12).map(lambda row: ["5", *row[1:]]))
def test_any_row_is_a_printable_word_within_the_page_or_none(row: list[str]) -> None:
    word = _word(row, PAGE)
    if word is None:
        return
    assert word.text.isprintable()
    assert word.left + word.width <= PAGE.width
    assert word.top + word.height <= PAGE.height
    pdf = PdfOfPages()
    pdf.add(PAGE, [word])
    file = io.BytesIO()
    pdf.write(file)
    with pikepdf.open(file) as copy:
        operators = [str(i.operator) for i in pikepdf.parse_content_stream(copy.pages[0])]
    assert operators == ["q", "cm", "Do", "Q", "BT", "Tr", "Tf", "Tz", "Tm", "Tj", "ET"]


def test_lines_and_paragraphs_are_kept() -> None:
    places = [("a", "1", "1"), ("b", "1", "1"), ("c", "1", "2"), ("d", "2", "1")]
    words = tuple(Word(text, 0, 0, 1, 1, ("1", "1", p, line)) for text, p, line in places)
    assert text_of(words) == "a b\nc\n\nd"


def test_an_empty_page_has_no_words() -> None:
    assert read_words(PAGE, 150) == ()


def test_a_language_that_lacks_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_layer, "LANGUAGES", "xyz")
    with pytest.raises(ToolMissingError, match="Debian package tesseract-ocr-fra"):
        read_words(PAGE, 150)
    monkeypatch.setattr(text_layer, "TESSERACT", Tool("no-such-reader", "tesseract-ocr"))
    with pytest.raises(ToolMissingError, match="no-such-reader"):
        read_words(PAGE, 150)
