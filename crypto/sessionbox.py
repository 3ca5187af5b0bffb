"""Sessions: the cookie finds the row and opens its box; neither alone does.

DESIGN.md, "Sessions". Sources' and reviewers' sessions differ in their labels only, so that a
cookie of one kind finds and opens nothing of the other.
"""

import base64
import binascii
import enum
import secrets
from typing import Self

from nacl.bindings import sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError as LibsodiumError
from nacl.secret import SecretBox

from crypto.errors import BadBox
from crypto.kinds import SessionId
from crypto.labels import Label, derive
from crypto.secret import Key

NAME_SIZE = 8  # bytes: enough to tell a person's few sessions apart
PADDING = 4096  # bytes: a session's box tells at most roughly how much its mailbox holds


class SessionKind(enum.Enum):
    """Whose session it is, with the labels of its id and of its key."""

    SOURCE = (Label.SOURCE_SESSION_ID, Label.SOURCE_SESSION_KEY)
    REVIEWER = (Label.REVIEWER_SESSION_ID, Label.REVIEWER_SESSION_KEY)


class SessionCookie(Key):
    """The 32 random bytes that a browser holds until it leaves."""

    __slots__ = ()

    @classmethod
    def new(cls) -> Self:
        """Draw a cookie."""
        return cls(secrets.token_bytes(cls.SIZE))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a cookie's value as it comes from a browser; raise `BadBox` if it is not one."""
        try:
            value = base64.b64decode(text.encode("ascii") + b"=", altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError) as error:
            raise BadBox from error
        if len(value) != cls.SIZE or base64.urlsafe_b64encode(value)[:-1] != text.encode():
            raise BadBox  # another size, or another spelling of the same bytes
        return cls(value)

    def to_text(self) -> str:
        """Return the 43 characters (URL-safe base64, no padding) of a cookie's value."""
        return base64.urlsafe_b64encode(self.reveal()).rstrip(b"=").decode("ascii")


def session_id(cookie: SessionCookie, kind: SessionKind) -> SessionId:
    """Return the 32 bytes under which the session's row is kept."""
    return SessionId(derive(cookie, kind.value[0]))


def session_name(cookie: SessionCookie, other: SessionId) -> str:
    """Return what a page of this session calls another one of its owner: 16 hexadecimal digits.

    It opens nothing, and outside of this session it means nothing.
    """
    return derive(cookie, Label.REVIEWER_SESSION_NAME, other)[:NAME_SIZE].hex()


def seal_session(cookie: SessionCookie, kind: SessionKind, data: bytes) -> bytes:
    """Return a libsodium SecretBox of `data`, padded to a multiple of `PADDING`."""
    return bytes(_box(cookie, kind).encrypt(sodium_pad(data, PADDING)))


def open_session(cookie: SessionCookie, kind: SessionKind, box: bytes) -> bytes:
    """Return what was sealed; raise `BadBox`."""
    try:
        return sodium_unpad(_box(cookie, kind).decrypt(box), PADDING)
    except (LibsodiumError, ValueError) as error:
        raise BadBox from error


def _box(cookie: SessionCookie, kind: SessionKind) -> SecretBox:
    return SecretBox(derive(cookie, kind.value[1]))
