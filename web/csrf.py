"""The token that binds a form to its session."""

import hmac
import secrets

from web.errors import BadToken

TOKEN_BYTES = 16
TOKEN_MAX_CHARACTERS = 64


def new_token() -> str:
    """Draw a token: 32 hexadecimal digits."""
    return secrets.token_hex(TOKEN_BYTES)


def check_token(expected: str, untrusted_token: str) -> None:
    """Raise BadToken unless the form's token is the session's."""
    if not hmac.compare_digest(expected.encode(), untrusted_token.encode("utf-8", "replace")):
        raise BadToken
