"""A way out is named by its number, and by nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from source_app.ways_out import USUAL, way_named, ways_out


def test_the_usual_ones_are_taken_where_none_are_named() -> None:
    usual = ways_out(())
    assert [way.name for way in usual] == ["Wikipédia", "Météo-France", "DuckDuckGo"]
    assert usual == ways_out(USUAL)
    assert usual[0].origin == "https://fr.wikipedia.org"


def test_a_name_may_have_spaces() -> None:
    (way,) = ways_out(["La Poste https://www.laposte.fr/outils"])
    assert (way.name, way.url) == ("La Poste", "https://www.laposte.fr/outils")


@given(st.text())
def test_only_a_number_names_one(text: str) -> None:
    found = way_named(ways_out(()), text)
    assert (found is not None) == (text in {"0", "1", "2"})
