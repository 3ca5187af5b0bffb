"""File names and texts that a stranger chose, made harmless to keep and to show."""

import unicodedata
from collections.abc import Iterable

NAME_LIMIT = 255  # bytes of UTF-8: what Linux, and with it every archive tool here, takes

# A name is read this far from either end, so that a hostile one costs no time; what survives
# is far shorter.
_LOOKED_AT = 1024  # characters
_EXTENSION_LIMIT = 32  # bytes; a longer "extension" is part of a sentence

_REPLACEMENT = "_"
_SEPARATORS_AND_WILDCARDS = frozenset('/\\<>:"|?*')  # the last seven: Windows refuses them

# Unicode's general categories of what acts on a screen or a path and does not show: control,
# format (right-to-left overrides, zero-width characters, tags), lone surrogates, and the
# separators of lines and paragraphs.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

# Joiners hide and reorder nothing, and Persian as well as many emoji need them.
_SEEN_IN_TEXT = frozenset("\n\t\u200c\u200d")

_SPACES = "".join(filter(str.isspace, map(chr, range(0x3001))))

# "Naming Files, Paths, and Namespaces", Microsoft: these open a device, whatever the extension.
_DEVICES = frozenset({"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}) | {
    port + digit for port in ("COM", "LPT") for digit in "0123456789¹²³"
}


def safe_name(untrusted: str) -> str:
    """Return `untrusted` as a file name that any system takes and that shows what it is.

    Replaced by `_`: path separators, characters Windows refuses, everything unseen, and a
    leading dot, so that no file is hidden. Cut: spaces around, trailing dots, and what goes
    past NAME_LIMIT bytes, but for the extension. The rest stays as it was, in NFC. Never
    empty; safe names come back unchanged.
    """
    if len(untrusted) > 2 * _LOOKED_AT:
        untrusted = untrusted[:_LOOKED_AT] + untrusted[-_LOOKED_AT:]
    composed = unicodedata.normalize("NFC", untrusted)
    name = _fitted(_trimmed("".join(map(_replaced, composed))))
    if name.partition(".")[0].rstrip(_SPACES).upper() in _DEVICES:
        name = _fitted(_REPLACEMENT + name)
    return name


def is_safe_name(name: str) -> bool:
    """Tell whether `name` is one that `safe_name` gives."""
    return safe_name(name) == name


def all_distinct(names: Iterable[str]) -> bool:
    """Tell whether all `names` can lie in one folder, on systems that ignore case as well."""
    folded = [_folded(name) for name in names]
    return len(set(folded)) == len(folded)


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
    if character in _SEPARATORS_AND_WILDCARDS or _is_unseen(character):
        return _REPLACEMENT
    return character


def _trimmed(name: str) -> str:
    name = name.lstrip(_SPACES).rstrip(_SPACES + ".")
    if name.startswith("."):
        return _REPLACEMENT + name[1:]
    return name or _REPLACEMENT


def _fitted(name: str, reserve: str = "") -> str:
    """Cut `name` so that it fits with `reserve`, which goes in before the extension."""
    stem, extension = _parted(name)
    room = NAME_LIMIT - len((reserve + extension).encode())
    if len(stem.encode()) > room:
        stem = stem.encode()[:room].decode(errors="ignore")
    return (stem + reserve + extension).rstrip(_SPACES + ".")


def _numbered(name: str, number: int) -> str:
    return _fitted(name, reserve=f" ({number})")


def _parted(name: str) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    if stem and len(extension.encode()) < _EXTENSION_LIMIT:
        return stem, dot + extension
    return name, ""


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name.casefold())
