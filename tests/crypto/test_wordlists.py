import hashlib
import math
import re
from importlib import resources

import pytest

from crypto import words as words_folder
from crypto.codename import DRAWN_WORDS, normalise
from crypto.wordlists import LANGUAGES, Language, positions, words

# A changed list would refuse every codename given so far. Never change these; add a version.
PINNED: dict[Language, tuple[int, str]] = {
    "fr": (7775, "5700af4f584edcb552662cef97d791c07327fbafb6ef0c85003ba05d67e228fc"),
    "en": (7772, "18586c092f641ecd1a471dd6ab35618ab69f0aa7483486424f7caf0996d06259"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_is_the_pinned_one(language: Language) -> None:
    data = resources.files(words_folder).joinpath(f"{language}.txt").read_bytes()
    assert (len(words(language)), hashlib.sha256(data).hexdigest()) == PINNED[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_plain_unique_and_their_own_normalisation(language: Language) -> None:
    listed = words(language)
    assert len(set(listed)) == len(listed)
    assert all(re.fullmatch("[a-z]+", word) and normalise(word) == word for word in listed)
    assert all(listed[place] == word for word, place in positions(language).items())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_drawn_words_carry_90_bits(language: Language) -> None:
    assert DRAWN_WORDS * math.log2(len(words(language))) > 90.4


def test_a_language_without_a_list_is_refused() -> None:
    with pytest.raises(ValueError, match="no word list"):
        words("../../etc/passwd")  # type: ignore[arg-type]  # what a wrong caller would do


def test_the_lists_come_with_their_licences() -> None:
    licences = resources.files(words_folder).joinpath("LICENCES.txt").read_text("utf-8")
    assert "CC-BY-3.0" in licences
    assert "CC0-1.0" in licences
