import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.csrf import TOKEN_MAX_CHARACTERS, check_token, new_token
from web.errors import BadToken


def test_a_token_is_taken_once_and_every_time() -> None:
    token = new_token()
    check_token(token, token)
    check_token(token, token)


def test_tokens_are_drawn_and_fit_their_cap() -> None:
    drawn = {new_token() for _ in range(200)}
    assert len(drawn) == 200
    assert all(len(token) == 32 <= TOKEN_MAX_CHARACTERS for token in drawn)


@given(st.text(st.characters()))
def test_anything_else_is_refused(untrusted: str) -> None:
    token = new_token()
    for wrong in (untrusted, f"{untrusted}x{token}", f"{token}{untrusted}x", f"{token}\ud800"):
        with pytest.raises(BadToken):
            check_token(token, wrong)
