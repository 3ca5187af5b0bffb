"""Each way in which an envelope is not believed has its words."""

import pytest

from crypto.errors import NotForUs, OpenFailed
from formats.errors import Malformed, TooLarge
from viewing_station.trouble import OverflowingError, TroubleError, told


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (NotForUs(), "sealed to no key"),
        (OpenFailed(), "damaged or was altered"),
        (OverflowingError(), "far more than its size allows"),
        (Malformed("x"), "has not the form"),
        (TooLarge("x"), "has not the form"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"), "has not the form"),
    ],
)
def test_what_went_wrong_is_said(error: Exception, word: str) -> None:
    with pytest.raises(TroubleError, match=word) as trouble, told("letter"):
        raise error
    assert "its letter envelope" in str(trouble.value)


def test_what_is_no_lie_goes_through() -> None:
    with pytest.raises(OSError, match="disk"), told("files"):
        raise OSError(28, "disk full")
    with told("files"):
        pass
