"""What is wrong with one delivery of a bundle, while the others are opened all the same."""

from collections.abc import Iterator
from contextlib import contextmanager

from crypto.errors import NotForUs, OpenFailed
from formats.errors import FormatError
from viewing_station.errors import StationError


class TroubleError(StationError):
    """{what}."""


class OverflowingError(StationError):
    """More came out of the envelope than was put in."""


@contextmanager
def told(kind: str) -> Iterator[None]:
    """Say in words why an envelope of this kind, `letter` or `files`, was not believed.

    Turns what opening and parsing raise into TroubleError.
    """
    try:
        yield
    except NotForUs:
        what = f"its {kind} envelope is sealed to no key that is held here"
    except OpenFailed:
        what = f"its {kind} envelope is damaged or was altered"
    except OverflowingError:
        what = f"its {kind} envelope holds far more than its size allows"
    except (FormatError, UnicodeDecodeError):
        what = f"its {kind} envelope opens, but what it holds has not the form it should have"
    else:
        return
    raise TroubleError(what=what)
