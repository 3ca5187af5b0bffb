"""Plain tar files, as bundles and couriers use them: any range of one as a stream.

Every member is a regular file of mode 0600 with no owner and no time, so the whole layout
follows from names and sizes, and a download can be taken up again at any byte.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from formats.errors import WrongSize, check
from formats.manifest import Member
from formats.tar_header import BLOCK, END, LARGEST, filling, header, is_member_name
from formats.tar_reader import TarLimits, TarReader

__all__ = ["Member", "TarLimits", "TarPlan", "TarReader"]

Pieces = Iterable[bytes]


class TarPlan:
    """A tar file that is known by its members' names and sizes in bytes, in their order.

    Raises Malformed for names that members may not have, or that come twice.
    """

    def __init__(self, members: Sequence[tuple[str, int]]) -> None:
        self.members = tuple(Member(*member) for member in members)
        check(
            name=all(is_member_name(member.name) for member in self.members),
            names=len({member.name for member in self.members}) == len(self.members),
            size=all(0 <= member.size <= LARGEST for member in self.members),
        )
        self.size = len(END) + sum(map(_section_size, self.members))

    def header(self, index: int) -> bytes:
        """Return the block that stands before the member at `index`."""
        return header(*self.members[index])

    def stream(
        self, contents: Callable[[int], Pieces], start: int = 0, end: int | None = None
    ) -> Iterator[bytes]:
        """Return the bytes from `start` up to, not including, `end`, in pieces as they come.

        `contents(index)` gives a member's bytes from its beginning; it is asked only for
        members that the range touches. Raises ValueError for a range outside the file, and
        WrongSize, while streaming, if a member has more or fewer bytes than planned.
        """
        stop = self.size if end is None else end
        if not 0 <= start <= stop <= self.size:
            raise ValueError("a range outside the file")
        return self._range(contents, start, stop)

    def _range(self, contents: Callable[[int], Pieces], start: int, stop: int) -> Iterator[bytes]:
        position = 0
        for index, member in enumerate(self.members):
            size = _section_size(member)
            if start < position + size and position < stop:
                section = self._section(contents, index)
                yield from _window(section, start - position, stop - position)
            position += size
        yield from _window((END,), start - position, stop - position)

    def _section(self, contents: Callable[[int], Pieces], index: int) -> Iterator[bytes]:
        """Yield all that belongs to a member; its contents are asked for when needed."""
        size = self.members[index].size
        yield self.header(index)
        yield from _exactly(contents(index), size)
        yield bytes(filling(size))


def _section_size(member: Member) -> int:
    return BLOCK + member.size + filling(member.size)


def _exactly(pieces: Pieces, size: int) -> Iterator[bytes]:
    """Pass `pieces` on if they have `size` bytes together. Raises WrongSize."""
    left = size
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise WrongSize
        yield piece
    if left:
        raise WrongSize


def _window(pieces: Pieces, start: int, stop: int) -> Iterator[bytes]:
    """Yield what lies between `start` and `stop`, counted from the first piece's first byte."""
    position = 0
    for piece in pieces:
        cut = piece[max(0, start - position) : max(0, stop - position)]
        if cut:
            yield cut
        position += len(piece)
        if position >= stop:
            return
