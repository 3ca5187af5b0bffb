"""Bodies of requests as a server hands them over: in pieces of any size, some of them cut."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from web.body import Body


class Pieces:
    """A `wsgi.input` that gives its pieces as they come, never more at once than asked for."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = [piece for piece in pieces if piece]
        self.asked: list[int] = []

    def read(self, size: int) -> bytes:
        self.asked.append(size)
        if not self._pieces or size == 0:
            return b""
        piece = self._pieces.pop(0)
        if len(piece) > size:
            self._pieces.insert(0, piece[size:])
        return piece[:size]

    @property
    def rest(self) -> bytes:
        return b"".join(self._pieces)


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    """Cut `data` at some places."""
    marks = [0, *sorted(min(place, len(data)) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(marks)]


cuts = st.lists(st.integers(0, 4000), max_size=30)


def environ(pieces: Iterable[bytes], length: int | str | None) -> dict[str, Any]:
    given: dict[str, Any] = {"wsgi.input": Pieces(pieces)}
    if length is not None:
        given["CONTENT_LENGTH"] = str(length)
    return given


def body_of(data: bytes, places: Sequence[int] = ()) -> Body:
    """Give a whole body that comes in pieces."""
    return Body(environ(cut(data, places), len(data)))


def read_all(body: Body) -> bytes:
    return b"".join(iter(body.read, b""))
