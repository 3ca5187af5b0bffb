"""The codename: eight words, seven drawn and one that checks them.

DESIGN.md, "Codename". Seven words carry 90.4 bits; the eighth tells a mistyped codename without
any look-up, and carries the version: each makes it under a label of its own.
"""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

from crypto.codename_versions import FIRST, VERSIONS, CodenameVersion
from crypto.errors import NotACodename
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

    @property
    def version(self) -> CodenameVersion:
        """What its check word says; raises `NotACodename` if that is right under no version."""
        found = _version(self.words)
        if found is None:
            raise NotACodename("checksum", WORDS)
        return found


def check_word(drawn: Sequence[str], language: Language, version: CodenameVersion = FIRST) -> str:
    """Return the eighth word for seven normalised ones."""
    digest = hashlib.blake2b(
        " ".join(drawn).encode("ascii"),
        digest_size=CHECK_SIZE,
        person=version.check.value,
    ).digest()
    listed = words(language)
    return listed[int.from_bytes(digest, "big") % len(listed)]


def generate(language: Language, version: CodenameVersion = FIRST) -> Codename:
    """Draw a new codename from the list of `language`.

    One in some 7,772 would be taken for one of an earlier version, and is drawn anew: on return,
    each set of words has exactly one version.
    """
    while True:
        drawn = [secrets.choice(words(language)) for _ in range(DRAWN_WORDS)]
        made = Codename([*drawn, check_word(drawn, language, version)])
        if made.version is version:
            return made


def parse(text: str) -> Codename:
    """Return the codename that `text` says; raise `NotACodename`.

    It is valid if it is right, in any version, under any list that holds all eight words. No
    look-up is made.
    """
    typed = normalise(text).split(" ") if text.strip() else []
    if len(typed) != WORDS:
        raise NotACodename("length", len(typed))
    if not _holding(typed):
        nearest = min((_unknown(typed, language) for language in LANGUAGES), key=len)
        raise NotACodename("unknown", WORDS, nearest)
    if _version(typed) is None:
        raise NotACodename("checksum", WORDS)
    return Codename(typed)


def contains_codename(text: str) -> bool:
    """Tell whether eight words in a row, anywhere in `text`, are a valid codename.

    Whatever is no letter between them is passed over: numbering, punctuation, new lines.
    """
    found = _LETTERS.findall(normalise(text))
    return any(
        _is_right(window, language, version)
        for language in LANGUAGES
        for window in _windows(found, language)
        for version in VERSIONS
    )


def _unknown(typed: Sequence[str], language: Language) -> tuple[int, ...]:
    """Return the places, from 1, of the words that the list does not hold."""
    known = positions(language)
    return tuple(place for place, word in enumerate(typed, start=1) if word not in known)


def _holding(typed: Sequence[str]) -> list[Language]:
    return [language for language in LANGUAGES if not _unknown(typed, language)]


def _version(typed: Sequence[str]) -> CodenameVersion | None:
    """Return the first version under which these eight words are right, in any list."""
    holding = _holding(typed)
    for version in VERSIONS:
        if any(_is_right(typed, language, version) for language in holding):
            return version
    return None


def _is_right(typed: Sequence[str], language: Language, version: CodenameVersion) -> bool:
    return check_word(typed[:DRAWN_WORDS], language, version) == typed[DRAWN_WORDS]


def _windows(found: Sequence[str], language: Language) -> Iterator[list[str]]:
    """Yield every run of eight words that all stand in the list."""
    known = positions(language)
    for is_known, run in groupby(found, key=known.__contains__):
        if is_known:
            listed = list(run)
            starts = range(len(listed) - WORDS + 1)
            yield from (listed[start : start + WORDS] for start in starts)
