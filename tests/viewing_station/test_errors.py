"""Every failure is a sentence, and what strangers wrote cannot disturb it."""

import re
import string

import pytest

from viewing_station import trouble
from viewing_station.errors import StationError

assert trouble  # its classes are counted as well


def every_class() -> list[type[StationError]]:
    return StationError.__subclasses__()


@pytest.mark.parametrize("kind", every_class())
def test_it_is_a_sentence(kind: type[StationError]) -> None:
    fields = {field for _, field, _, _ in string.Formatter().parse(kind.__doc__ or "") if field}
    sentence = str(kind(**dict.fromkeys(fields, "X\x1b\n\u202e")))
    assert sentence[0].isupper() or sentence.startswith("X")
    assert sentence.endswith(".")
    assert re.search(r"[\x00-\x1f\u202e{}]", sentence) is None
