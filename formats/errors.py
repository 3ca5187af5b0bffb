"""Why bytes were not taken, or could not be made."""


class FormatError(Exception):
    """The file could not be read or written."""


class Malformed(FormatError):
    """The file is damaged, or is not what it claims to be."""


class TooLarge(FormatError):
    """The file is larger, or holds more, than this program accepts."""


class WrongSize(FormatError):
    """A stored file no longer has the size that was noted for it."""


def check(**rules: bool) -> None:
    """Raise `Malformed` naming the first rule that does not hold.

    The message carries the field's name and never its value, which may be a secret or hostile.
    """
    for name, holds in rules.items():
        if not holds:
            raise Malformed(f"{name} is not as it should be")
