"""Texts are compared without accents and case, the fast way and the general one alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewing_station.folding import fold, fold_any

WINDOWS = [chr(code) for code in range(0x2300) if chr(code).encode("cp1252", "ignore")]
french = st.text(st.sampled_from(WINDOWS))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Vidéosurveillance", "videosurveillance"),
        ("L’ŒUVRE de la MÉTROPOLE", "l'oeuvre de la metropole"),
        ("e\u0301te\u0301", "ete"),
        ("ﬁchier", "fichier"),
        ("Straße", "strasse"),
        ("10\u00a0000\tEUR\n", "10 000 eur "),
        ("vidéo\u00adsurveil\u200blance", "videosurveillance"),
        ("Łódź İstanbul", "lodz istanbul"),
        ("Камера كاميرا 📷", "камера كاميرا 📷"),
    ],
)
def test_what_reads_the_same_becomes_the_same(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("character", WINDOWS)
def test_the_fast_way_knows_each_character_as_the_general_one(character: str) -> None:
    assert fold(character) == fold_any(character)
    assert fold(f"a{character}b") == fold_any(f"a{character}b")


@given(st.one_of(french, st.text()))
def test_both_ways_agree_on_every_text(text: str) -> None:
    assert fold(text) == fold_any(text)


@given(st.text())
def test_a_folded_text_is_as_long_as_its_folded_characters(text: str) -> None:
    assert len(fold(text)) == sum(len(fold(character)) for character in text)


def test_what_is_no_text_at_all_is_folded_all_the_same() -> None:
    assert fold("\udcff a") == "\udcff a"
