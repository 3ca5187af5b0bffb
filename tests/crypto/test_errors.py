import inspect
from typing import get_args

import pytest

from crypto import errors
from crypto.errors import BadDeskKey, CryptoError, KeyFault, NotACodename


def test_every_error_of_the_room_has_one_base_and_a_sentence() -> None:
    classes = [c for _, c in inspect.getmembers(errors, inspect.isclass) if c is not CryptoError]
    assert all(issubclass(c, CryptoError) and c.__doc__ for c in classes)


@pytest.mark.parametrize("reason", get_args(KeyFault))
def test_a_bad_desk_key_says_why(reason: KeyFault) -> None:
    assert str(BadDeskKey(reason)).endswith(".")
    assert BadDeskKey(reason).reason == reason


def test_no_codename_says_where_to_look_and_no_word() -> None:
    error = NotACodename("unknown", 8, (2, 5))
    assert (error.reason, error.count, error.unknown_positions) == ("unknown", 8, (2, 5))
