import secrets
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.codename import (
    WORDS,
    Codename,
    check_word,
    contains_codename,
    generate,
    normalise,
    parse,
)
from crypto.codename_versions import VERSIONS, CodenameVersion
from crypto.errors import NotACodename
from crypto.wordlists import LANGUAGES, Language, words

Vectors = Callable[[str], Any]
LANGUAGE = st.sampled_from(LANGUAGES)
ONE, TWO = VERSIONS
each_version = pytest.mark.parametrize("version", VERSIONS, ids=["1", "2"])


def codenames(language: Language) -> st.SearchStrategy[Codename]:
    drawn = st.lists(st.sampled_from(words(language)), min_size=7, max_size=7)
    made = st.tuples(drawn, st.sampled_from(VERSIONS))
    return made.map(lambda both: Codename([*both[0], check_word(both[0], language, both[1])]))


def test_normalisation_matches_the_vectors(vectors: Vectors) -> None:
    for text, normalised in vectors("codename")["normalised"].items():
        assert normalise(text) == normalised


def test_codenames_of_the_vectors_are_valid(vectors: Vectors) -> None:
    for case in vectors("codename")["valid"]:
        assert parse(" ".join(case["words"])).words == tuple(case["words"])
        assert check_word(case["words"][:7], case["language"]) == case["words"][7]


def test_codenames_are_recognised_however_they_are_typed(vectors: Vectors) -> None:
    for case in vectors("codename")["typed"]:
        assert parse(case["text"]).text == " ".join(case["words"])


def test_what_is_no_codename_is_told_with_its_reason(vectors: Vectors) -> None:
    for case in vectors("codename")["malformed"]:
        with pytest.raises(NotACodename) as caught:
            parse(case["text"])
        told = caught.value
        assert told.reason == case["reason"], case
        assert told.count == case["count"], case
        assert list(told.unknown_positions) == case["unknown"], case


def test_the_refusal_holds_none_of_the_words(vectors: Vectors) -> None:
    for case in vectors("codename")["malformed"]:
        with pytest.raises(NotACodename) as caught:
            parse(case["text"])
        shown = repr(caught.value) + str(vars(caught.value))
        assert not any(word in shown for word in case["text"].split() if len(word) > 3)


def test_a_pasted_codename_is_found(vectors: Vectors) -> None:
    for text in vectors("codename")["containing"]:
        assert contains_codename(text), text
    for text in vectors("codename")["not_containing"]:
        assert not contains_codename(text), text


def test_version_2_is_known_by_its_check_word_alone(vectors: Vectors) -> None:
    known = vectors("codename_v2")
    for case in known["valid"]:
        assert parse(" ".join(case["words"])).version is TWO
        assert check_word(case["words"][:7], case["language"], TWO) == case["words"][7]
    for case in vectors("codename")["valid"]:
        assert parse(" ".join(case["words"])).version is ONE
    for text in known["containing"]:
        assert contains_codename(text), text
    for text in known["not_containing"]:
        assert not contains_codename(text), text


def test_what_is_right_in_both_versions_stays_of_the_first(vectors: Vectors) -> None:
    """Whoever holds such words drew them before there was a second version."""
    for words_ in vectors("codename_v2")["version_1"]:
        assert parse(" ".join(words_)).version is ONE
    twice = vectors("codename_v2")["version_1"][-1]
    assert {check_word(twice[:7], "fr", version) for version in VERSIONS} == {twice[7]}


def test_what_is_of_no_version_is_told_with_its_reason(vectors: Vectors) -> None:
    for case in vectors("codename_v2")["malformed"]:
        with pytest.raises(NotACodename) as caught:
            parse(case["text"])
        told = (caught.value.reason, caught.value.count, list(caught.value.unknown_positions))
        assert told == (case["reason"], case["count"], case["unknown"]), case
    text = vectors("codename_v2")["malformed"][3]["text"]
    with pytest.raises(NotACodename):
        _ = Codename(text.split()).version


def test_words_that_version_1_takes_for_its_own_are_drawn_anew_for_version_2(
    vectors: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else such a source would return to version 1's root, and find nothing."""
    twice, other = vectors("codename_v2")["version_1"][-1], list(generate("fr", TWO).words)
    drawn = iter([*twice[:7], *other[:7]])
    monkeypatch.setattr(secrets, "choice", lambda _: next(drawn))
    assert generate("fr", TWO).words == tuple(other)
    again = iter(twice[:7])
    monkeypatch.setattr(secrets, "choice", lambda _: next(again))
    assert generate("fr", ONE).words == tuple(twice)


def test_a_codename_shows_in_no_repr() -> None:
    codename = generate("fr")
    assert codename.words[0] not in repr(codename)
    assert codename.words[0] not in f"{codename}"


@each_version
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_generated_codename_is_valid_and_found(
    language: Language, version: CodenameVersion
) -> None:
    codename = generate(language, version)
    assert codename.version is version
    assert parse(codename.text).version is version
    assert len(codename.words) == WORDS
    assert set(codename.words) <= set(words(language))
    assert parse(codename.text) == codename
    assert contains_codename(f"mon code: {codename.text}.")
    assert generate(language) != codename


@given(LANGUAGE.flatmap(codenames), st.data())
@settings(max_examples=50)
def test_accents_capitals_and_separators_make_no_difference(
    codename: Codename, data: st.DataObject
) -> None:
    separator = st.sampled_from([" ", "\n", "\t ", "-", " - ", "\u2011", "\u00a0", "\u3000"])
    accent = st.sampled_from(["", "\u0301", "\u0308", "\u0327"])
    letter = st.sampled_from([str.upper, str.lower])
    typed = "".join(
        data.draw(separator) if c == " " else data.draw(letter)(c) + data.draw(accent)
        for c in codename.text
    )
    assert parse(typed) == codename
    assert parse(unicodedata.normalize("NFC", typed)) == codename


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_but_one_in_a_list_of_wrong_words_are_told(language: Language) -> None:
    typed = list(generate(language).words)
    told = 0
    for wrong in words(language)[:1000]:
        try:
            parse(" ".join([*typed[:3], wrong, *typed[4:]]))
        except NotACodename:
            told += 1
    assert told >= 990  # one in 7,772 is right by chance


@given(st.text(max_size=300))
def test_no_text_breaks_the_parser(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text) or not text.isascii()
    contains_codename(text)
    try:
        parsed = parse(text)
    except NotACodename:
        return
    assert len(parsed.words) == WORDS


def test_a_longest_message_of_list_words_is_searched_quickly() -> None:
    text = " ".join(secrets.choice(words("en")[:1000]) for _ in range(14_000))[:100_000]
    contains_codename(text)  # 14,000 windows of eight, each with its checksum
