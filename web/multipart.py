"""A multipart form as a stream of parts, in the order in which they were sent.

No part is kept: whoever asks for a part reads it before asking for the next one. The parsing
is the `multipart` library's; this module adds the caps and the checks that the end is the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from multipart import (
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
    PushMultipartParser,
    parse_options_header,
)

from web.body import Body
from web.errors import BadForm, BodyTooLarge, TooManyParts, Truncated

HEADER_MAX_BYTES = 8 << 10  # a part's header holds a file name: 255 characters, quoted
HEADERS_MAX = 8  # RFC 7578 section 4.8 knows three


@dataclass(frozen=True)
class Part:
    """One field of the form. `filename` is None for a plain field."""

    name: str
    filename: str | None = field(repr=False)
    chunks: Iterator[bytes]

    def text(self, max_bytes: int) -> str:
        """Read the whole field as UTF-8 of at most `max_bytes`, line ends made plain."""
        held = bytearray()
        for chunk in self.chunks:
            held += chunk
            if len(held) > max_bytes:
                raise BodyTooLarge
        try:
            return held.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise BadForm from None


def read_parts(body: Body, content_type: str, max_parts: int) -> Iterator[Part]:
    """Yield the parts of `body`; raises Truncated unless the form was whole to its last byte."""
    parser = _parser(content_type, max_parts)
    events = _events(body, parser)
    for event in events:
        if isinstance(event, MultipartSegment):
            chunks = _chunks(events)
            yield Part(event.name or "", event.filename, chunks)
            for _ in chunks:  # what the caller left unread
                pass


def _parser(content_type: str, max_parts: int) -> PushMultipartParser:
    kind, options = parse_options_header(content_type)
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise BadForm
    try:
        return PushMultipartParser(
            options["boundary"],
            max_header_size=HEADER_MAX_BYTES,
            max_header_count=HEADERS_MAX,
            max_segment_count=max_parts,
            strict=False,  # strictness depends on how the network cuts the chunks
        )
    except MultipartError:
        raise BadForm from None


def _events(
    body: Body, parser: PushMultipartParser
) -> Iterator[MultipartSegment | bytes | bytearray | None]:
    try:
        while chunk := body.read():
            yield from parser.parse(chunk)
    except ParserLimitReached:
        raise TooManyParts from None
    except MultipartError:
        raise BadForm from None
    try:
        parser.close()
    except MultipartError:
        # Only the closing boundary tells a whole form from one that was cut.
        raise Truncated from None


def _chunks(events: Iterator[MultipartSegment | bytes | bytearray | None]) -> Iterator[bytes]:
    for event in events:
        if event is None:
            return
        if isinstance(event, MultipartSegment):
            raise BadForm
        yield bytes(event) if isinstance(event, bytearray) else event
    raise Truncated
