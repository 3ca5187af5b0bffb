"""What is searched for: words, and phrases in quotation marks, all of which must occur."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from viewing_station.errors import EmptySearchError, LongSearchError
from viewing_station.folding import fold

QUERY_LIMIT = 400  # characters: longer than any phrase that is remembered word by word
EXCERPT = 120  # characters of it, at most: two lines of a terminal
BEFORE = 40  # characters of it before the match
PIECE = 1024  # characters folded at once while a match is placed

_PARTS = re.compile(r'"([^"]*)"?|(\S+)')
_SPACES = re.compile(" +")


@dataclass(frozen=True)
class Term:
    """A word or a phrase, folded. A part of a word is enough: `cam` finds `caméra`."""

    words: tuple[str, ...]

    def place(self, folded: str) -> int:
        """Return where it begins in a folded text, or -1. A phrase may run over lines."""
        if len(self.words) == 1:
            return folded.find(self.words[0])
        if not all(word in folded for word in self.words):
            return -1
        found = re.search(" +".join(map(re.escape, self.words)), folded)
        return found.start() if found else -1


def read_query(query: str) -> list[Term]:
    """Return the terms of a query. Raises EmptySearchError, LongSearchError."""
    if len(query) > QUERY_LIMIT:
        raise LongSearchError(limit=QUERY_LIMIT)
    parts = [quoted or word for quoted, word in _PARTS.findall(query)]
    terms = [Term(tuple(fold(part).split())) for part in parts]
    if not any(term.words for term in terms):
        raise EmptySearchError
    return [term for term in terms if term.words]


def excerpt(text: str, terms: Sequence[Term]) -> str:
    """Return the text around the first match, on one line, with … where something is left out."""
    folded = fold(text)
    places = [place for term in terms if (place := term.place(folded)) >= 0]
    at = unfolded(text, min(places, default=0))
    start = max(0, at - BEFORE)
    if start:  # at a word's beginning, if there is one
        start = text.find(" ", start, at) + 1 or start
    end = start + EXCERPT - 2
    line = _SPACES.sub(" ", re.sub(r"\s", " ", text[start:end])).strip()
    return ("…" if start else "") + line + ("…" if end < len(text) else "")


def unfolded(text: str, place: int) -> int:
    """Return which character of a text became the one at `place` when it was folded."""
    passed = 0
    for start in range(0, len(text), PIECE):
        piece = text[start : start + PIECE]
        length = len(fold(piece))
        if passed + length > place:
            return start + _within(piece, place - passed)
        passed += length
    return len(text)


def _within(piece: str, place: int) -> int:
    passed = 0
    for index, character in enumerate(piece):
        passed += len(fold(character))
        if passed > place:
            return index
    return len(piece)
