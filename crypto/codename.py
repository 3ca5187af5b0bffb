"""The codename: eight words, seven drawn and one that checks them.

DESIGN.md, "Codename". Seven words carry 90.4 bits; the eighth tells a mistyped codename without
any look-up, and carries the version, since version 2 will use another label.
"""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

from crypto.errors import NotACodename
from crypto.labels import Label
from crypto.secret import Secret
from crypto.wordlists import LANGUAGES, Language, positions, words

DRAWN_WORDS = 7  # 7 * log2(7772) = 90.47 bits
WORDS = DRAWN_WORDS + 1
CHECK_SIZE = 8  # bytes: 64 bits, so that the reduction by the list's size is even to 1 in 2**51

# Everything that Unicode calls a dash, and the soft hyphen that a copied text may hold.
_HYPHENS = "\\-\u00ad\u058a\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_SEPARATORS = re.compile(rf"[\s{_HYPHENS}]+")
_LETTERS = re.compile(r"[a-z]+")


def normalise(text: str) -> str:
    """Return `text` in the one form that is hashed, however it was typed.

    NFKD, no combining marks, lower case; hyphens and white space become one space, none at the
    ends.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
    return _SEPARATORS.sub(" ", plain).strip(" ")


class Codename(Secret):
    """Eight words of one list, the last of which checks the others."""

    __slots__ = ()

    def __init__(self, words: Sequence[str]) -> None:
        """Take eight words, already normalised and checked: use `generate` or `parse`."""
        super().__init__(" ".join(words).encode("ascii"))

    @property
    def text(self) -> str:
        """The normalised words, joined by one space: what the root is derived from."""
        return self.reveal().decode("ascii")

    @property
    def words(self) -> tuple[str, ...]:
        """The eight words."""
        return tuple(self.text.split(" "))


def check_word(drawn: Sequence[str], language: Language) -> str:
    """Return the eighth word for seven normalised ones."""
    digest = hashlib.blake2b(
        " ".join(drawn).encode("ascii"),
        digest_size=CHECK_SIZE,
        person=Label.CODENAME_CHECK.value,
    ).digest()
    listed = words(language)
    return listed[int.from_bytes(digest, "big") % len(listed)]


def generate(language: Language) -> Codename:
    """Draw a new codename from the list of `language`."""
    drawn = [secrets.choice(words(language)) for _ in range(DRAWN_WORDS)]
    return Codename([*drawn, check_word(drawn, language)])


def parse(text: str) -> Codename:
    """Return the codename that `text` says; raise `NotACodename`.

    It is valid if it is right under any list that holds all eight words. No look-up is made.
    """
    typed = normalise(text).split(" ") if text.strip() else []
    if len(typed) != WORDS:
        raise NotACodename("length", len(typed))
    holding = [language for language in LANGUAGES if not _unknown(typed, language)]
    if not holding:
        nearest = min((_unknown(typed, language) for language in LANGUAGES), key=len)
        raise NotACodename("unknown", WORDS, nearest)
    if not any(_is_right(typed, language) for language in holding):
        raise NotACodename("checksum", WORDS)
    return Codename(typed)


def contains_codename(text: str) -> bool:
    """Tell whether eight words in a row, anywhere in `text`, are a valid codename.

    Whatever is no letter between them is passed over: numbering, punctuation, new lines.
    """
    found = _LETTERS.findall(normalise(text))
    return any(
        _is_right(window, language)
        for language in LANGUAGES
        for window in _windows(found, language)
    )


def _unknown(typed: Sequence[str], language: Language) -> tuple[int, ...]:
    """Return the places, from 1, of the words that the list does not hold."""
    known = positions(language)
    return tuple(place for place, word in enumerate(typed, start=1) if word not in known)


def _is_right(typed: Sequence[str], language: Language) -> bool:
    return check_word(typed[:DRAWN_WORDS], language) == typed[DRAWN_WORDS]


def _windows(found: Sequence[str], language: Language) -> Iterator[list[str]]:
    """Yield every run of eight words that all stand in the list."""
    known = positions(language)
    for is_known, run in groupby(found, key=known.__contains__):
        if is_known:
            listed = list(run)
            starts = range(len(listed) - WORDS + 1)
            yield from (listed[start : start + WORDS] for start in starts)
