"""The word lists that ship with the program, pinned by SHA-256 in a test.

Their order is part of the codename's checksum: a list may never change, only a new one come.
"""

import functools
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["fr", "en"]

LANGUAGES: tuple[Language, ...] = ("fr", "en")


def words(language: Language) -> tuple[str, ...]:
    """Return the list, in its order: some 7,770 words of `[a-z]+`."""
    return _read(language)


def positions(language: Language) -> Mapping[str, int]:
    """Return each word's place in its list, from 0."""
    return _indexed(language)


@functools.cache
def _read(language: Language) -> tuple[str, ...]:
    if language not in LANGUAGES:
        raise ValueError("no word list in this language")
    text = resources.files("crypto.words").joinpath(f"{language}.txt").read_text("ascii")
    return tuple(text.splitlines())


@functools.cache
def _indexed(language: Language) -> Mapping[str, int]:
    return MappingProxyType({word: place for place, word in enumerate(_read(language))})
