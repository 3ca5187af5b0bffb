"""Errors name the field that is wrong and never what it held."""

import pytest

from formats.errors import FormatError, Malformed, TooLarge, WrongSize, check


def test_check_passes_when_every_rule_holds() -> None:
    check(name=True, size=True)


def test_check_names_the_first_rule_that_does_not_hold() -> None:
    with pytest.raises(Malformed, match=r"^size is not as it should be$"):
        check(name=True, size=False, hash=False)


@pytest.mark.parametrize("kind", [Malformed, TooLarge, WrongSize])
def test_every_error_is_a_format_error_with_a_sentence_for_people(kind: type[Exception]) -> None:
    assert issubclass(kind, FormatError)
    assert kind.__doc__ is not None
    assert kind.__doc__.endswith(".")
