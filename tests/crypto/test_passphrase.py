from collections.abc import Callable
from typing import Any

import pytest
from argon2 import extract_parameters
from argon2.exceptions import InvalidHashError
from argon2.profiles import RFC_9106_LOW_MEMORY

from crypto.passphrase import (
    DUMMY_HASH,
    Passphrase,
    hash_passphrase,
    new_passphrase,
    verify_passphrase,
)
from crypto.wordlists import LANGUAGES, Language, words


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_passphrase_has_seven_listed_words(language: Language) -> None:
    drawn = new_passphrase(language).text.split(" ")
    assert len(drawn) == 7
    assert set(drawn) <= set(words(language))


def test_a_hash_made_elsewhere_is_verified_however_it_is_typed(
    vectors: Callable[[str], Any],
) -> None:
    case = vectors("reviewer")
    assert verify_passphrase(case["hash"], Passphrase.from_text(case["passphrase"]))
    assert not verify_passphrase(case["hash"], Passphrase.from_text(case["passphrase"] + "x"))


def test_a_hash_verifies_its_passphrase_only_and_has_its_own_salt() -> None:
    passphrase = new_passphrase("fr")
    stored = hash_passphrase(passphrase)
    assert verify_passphrase(stored, passphrase)
    assert not verify_passphrase(stored, new_passphrase("fr"))
    assert hash_passphrase(passphrase) != stored
    assert passphrase.text not in stored + repr(passphrase)


def test_an_unknown_name_costs_what_a_known_one_does() -> None:
    assert extract_parameters(DUMMY_HASH) == RFC_9106_LOW_MEMORY
    assert extract_parameters(hash_passphrase(new_passphrase("en"))) == RFC_9106_LOW_MEMORY
    assert not verify_passphrase(DUMMY_HASH, Passphrase.from_text(""))


def test_a_stored_hash_that_is_none_is_our_error_and_no_wrong_passphrase() -> None:
    with pytest.raises(InvalidHashError):
        verify_passphrase("not a hash", new_passphrase("en"))
