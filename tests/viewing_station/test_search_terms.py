"""A query is words and phrases, and a match is shown with what stands around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewing_station.errors import EmptySearchError, LongSearchError
from viewing_station.folding import fold
from viewing_station.search_terms import EXCERPT, QUERY_LIMIT, excerpt, read_query, unfolded


def words(query: str) -> list[tuple[str, ...]]:
    return [term.words for term in read_query(query)]


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("Caméra", [("camera",)]),
        (" caméra  LYON ", [("camera",), ("lyon",)]),
        ('"place de la  Mairie" élu', [("place", "de", "la", "mairie"), ("elu",)]),
        ('élu "place de', [("elu",), ("place", "de")]),
        ('a""b', [('a""b',)]),
        ('"" x', [("x",)]),
    ],
)
def test_a_query_is_words_and_phrases(query: str, terms: list[tuple[str, ...]]) -> None:
    assert words(query) == terms


@pytest.mark.parametrize("query", ["", "  ", '""', '" "', "\u0301", "\u200b"])
def test_nothing_cannot_be_searched_for(query: str) -> None:
    with pytest.raises(EmptySearchError):
        read_query(query)


def test_a_query_has_a_limit() -> None:
    assert read_query("x" * QUERY_LIMIT)
    with pytest.raises(LongSearchError):
        read_query("x" * (QUERY_LIMIT + 1))


def test_a_phrase_may_run_over_lines() -> None:
    [term] = read_query('"place de la mairie"')
    assert term.place(fold("la Place de\r\n la\tMAIRIE")) == 3
    assert term.place(fold("place la de mairie")) == -1


@given(st.text(max_size=3000), st.text(min_size=1, max_size=5), st.text(max_size=3000))
def test_a_place_is_found_again_in_the_text_as_it_was(before: str, word: str, after: str) -> None:
    text = before + word + after
    place = len(fold(before))
    expected = len(before)
    while expected < len(text) and not fold(text[expected]):
        expected += 1  # what was dropped has no place
    assert unfolded(text, place) == expected


@given(st.text(max_size=500), st.text(max_size=500), st.sampled_from(["caméra", "ŒUVRE", "ﬁn"]))
def test_an_excerpt_is_one_short_line_that_holds_the_match(
    before: str, after: str, word: str
) -> None:
    shown = excerpt(f"{before} {word} {after}", read_query(word))
    assert len(shown) <= EXCERPT
    assert "\n" not in shown
    assert fold(word) in fold(shown)


def test_an_excerpt_says_where_it_was_cut() -> None:
    text = "mot " * 100 + "caméra " + "mot " * 100
    shown = excerpt(text, read_query("camera"))
    assert shown.startswith("…mot ")
    assert shown.endswith("…")
    assert excerpt("la caméra", read_query("camera")) == "la caméra"
