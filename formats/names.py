"""File names and texts that a stranger chose, made harmless to keep and to show."""

import unicodedata
from collections.abc import Iterable

NAME_LIMIT = 255  # bytes of UTF-8: what Linux, and with it every archive tool here, takes

# A name is read this far from either end, so that a hostile one costs no time; what survives
# is far shorter.
_LOOKED_AT = 1024  # characters
_EXTENSION_LIMIT = 32  # bytes; a longer "extension" is part of a sentence

_REPLACEMENT = "_"
_SEPARATORS = frozenset("/\\")
_FOLDERS = frozenset({"", ".", ".."})

# Unicode's general categories of what acts on a screen or a path and does not show: control,
# format (right-to-left overrides, zero-width characters, tags), lone surrogates, and the
# separators of lines and paragraphs.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

# Joiners hide and reorder nothing, and Persian as well as many emoji need them.
_JOINERS = frozenset("\u200c\u200d")
_SEEN_IN_TEXT = _JOINERS | frozenset("\n\t")

# Unicode's controls and directional overrides (UAX #9): settled, whatever else it may add.
_CONTROLS = frozenset(map(chr, [*range(0x20), *range(0x7F, 0xA0)])) | frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def safe_name(untrusted: str) -> str:
    """Return `untrusted` as a name that opens no folder and shows what it is.

    Path separators and everything unseen are replaced by `_`; what goes past NAME_LIMIT bytes is
    cut, but for the extension. The rest stays as its owner wrote it. Never empty; safe names
    come back unchanged.
    """
    if len(untrusted) > 2 * _LOOKED_AT:
        untrusted = untrusted[:_LOOKED_AT] + untrusted[-_LOOKED_AT:]
    name = "".join(map(_replaced, untrusted))
    return _fitted(_REPLACEMENT if name in _FOLDERS else name)


def can_be_carried(name: str) -> bool:
    """Tell whether `name` can name a file in an archive; true of all that `safe_name` gives.

    It rests on nothing that a later Unicode may change: an old station must never refuse what
    a newer server sealed.
    """
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return False
    fits = name not in _FOLDERS and size <= NAME_LIMIT
    return fits and not (_SEPARATORS | _CONTROLS) & set(name)


def all_distinct(names: Iterable[str]) -> bool:
    """Tell whether no two of `names` are the same."""
    listed = list(names)
    return len(set(listed)) == len(listed)


class Names:
    """The names of one archive: each safe, and no two the same in any case."""

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._taken = {_folded(name) for name in reserved}
        self._numbers: dict[str, int] = {}

    def add(self, untrusted: str) -> str:
        """Return `untrusted` made safe and, if it was taken, numbered: `x (2).pdf`."""
        wanted = name = safe_name(untrusted)
        number = self._numbers.get(_folded(wanted), 1)
        while _folded(name) in self._taken:
            number += 1
            name = _numbered(wanted, number)
        # Remembered, or a thousand files of one name would cost half a million attempts.
        self._numbers[_folded(wanted)] = number
        self._taken.add(_folded(name))
        return name


def visible(text: str, *, multiline: bool = False) -> str:
    """Return `text` for a terminal: what is unseen stands as its code point, `⟨U+202E⟩`.

    With `multiline`, line ends, tabs and the joiners of emoji and Persian stay.
    """
    kept = _SEEN_IN_TEXT if multiline else frozenset()
    if multiline:
        text = text.replace("\r\n", "\n")
    return "".join(
        f"⟨U+{ord(character):04X}⟩"
        if _is_unseen(character) and character not in kept
        else character
        for character in text
    )


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN


def _replaced(character: str) -> str:
    if character in _SEPARATORS or (_is_unseen(character) and character not in _JOINERS):
        return _REPLACEMENT
    return character


def _fitted(name: str, reserve: str = "") -> str:
    """Cut `name` so that it fits with `reserve`, which goes in before the extension."""
    stem, extension = _parted(name)
    room = NAME_LIMIT - len((reserve + extension).encode())
    if len(stem.encode()) > room:
        stem = stem.encode()[:room].decode(errors="ignore")
    return stem + reserve + extension


def _numbered(name: str, number: int) -> str:
    return _fitted(name, reserve=f" ({number})")


def _parted(name: str) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    if stem and len(extension.encode()) < _EXTENSION_LIMIT:
        return stem, dot + extension
    return name, ""


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name.casefold())
