"""A reply: a reviewer's text and where it was written, padded so that its length does not tell."""

from dataclasses import dataclass, field
from enum import Enum

from formats.errors import Malformed, TooLarge
from formats.padding import pad_reply, unpad_reply

REPLY_LIMIT = 8000  # characters (code points); some four pages

_FIRST_WORD = "vasistas/reply/1"


class Origin(Enum):
    """Where a reply was written: on the air-gapped station, or online by a reviewer."""

    STATION = "station"
    ONLINE = "online"


@dataclass(frozen=True)
class ReplyText:
    """A reply in clear: at most REPLY_LIMIT characters. Raises TooLarge past them."""

    origin: Origin
    text: str = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.text) > REPLY_LIMIT:
            raise TooLarge("reply")


def encode_reply(reply: ReplyText) -> bytes:
    """Return `vasistas/reply/1 ORIGIN`, a newline and the text in UTF-8, padded to its class.

    Raises Malformed if the text is none (lone surrogates).
    """
    try:
        content = f"{_FIRST_WORD} {reply.origin.value}\n{reply.text}".encode()
    except UnicodeEncodeError:
        raise Malformed("reply's text") from None
    return pad_reply(content)


def decode_reply(padded: bytes) -> ReplyText:
    """Read what `encode_reply` gives. Raises Malformed or TooLarge for any other bytes."""
    first_line, newline, text = unpad_reply(padded).partition(b"\n")
    origin = _ORIGINS.get(first_line)
    if origin is None or not newline:
        raise Malformed("reply's first line")
    try:
        return ReplyText(origin, text.decode("utf-8"))
    except UnicodeDecodeError:
        raise Malformed("reply's text") from None


_ORIGINS = {f"{_FIRST_WORD} {origin.value}".encode(): origin for origin in Origin}
