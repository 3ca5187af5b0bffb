"""Reading a tar file that a stranger may have made, from a stream that cannot seek.

Only what `TarPlan` writes is taken: each header is read for its name and size, written again,
and must come out the same. So there are no links, devices, sparse files, extended headers,
paths, owners, negative sizes or second spellings to think about.
"""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from formats.errors import Malformed, TooLarge, check
from formats.manifest import MANIFEST_LIMIT, MANIFEST_NAME, SIGNATURE_NAME, SIGNATURE_SIZES
from formats.member import Member
from formats.reading import Readable, read_exactly
from formats.tar_header import BLOCK, END, filling, header, is_member_name

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_RECORD = 20 * BLOCK  # bytes: GNU tar and tarfile fill the file's end with zeros up to this
_PIECE = 256 << 10  # bytes read at once of a member that is passed over
_OCTAL = re.compile(rb"[0-7]{11}\0")
_BASE_256 = 0x80  # GNU tar manual, "Extensions to the Standard": the first byte says so


@dataclass(frozen=True)
class TarLimits:
    """What a tar file may hold: how many members, bytes in one, and bytes in all together."""

    members: int
    member_size: int
    total: int


class TarReader:
    """The members of the tar file in `source`, one after another, in bounded memory.

    `source` need not seek, and may give less than asked.
    Raises Malformed on anything that `TarPlan` does not write, or if the file ends early or
    goes on after its end; TooLarge past `limits`.
    """

    def __init__(self, source: Readable, limits: TarLimits) -> None:
        self._source = source
        self._limits = limits
        self._names: set[str] = set()
        self._total = 0
        self._ended = False
        self._member = _MemberStream(source, 0)

    def read_manifest(self) -> tuple[bytes, bytes]:
        """Return the first two members: the manifest, and its signature (64 bytes, or two of them).

        Neither says anything until the signature has been verified.
        """
        manifest = self._expect(MANIFEST_NAME)
        if manifest.size > MANIFEST_LIMIT:
            raise TooLarge(MANIFEST_NAME)
        manifest_bytes = read_exactly(self._member, manifest.size)
        signature = self._expect(SIGNATURE_NAME)
        check(signature=signature.size in SIGNATURE_SIZES)
        return manifest_bytes, read_exactly(self._member, signature.size)

    def __iter__(self) -> Iterator[tuple[str, int, BinaryIO]]:
        """Yield name, size and a stream for each further member.

        A stream serves until the next member is asked for; what was not read is passed over.
        """
        while (member := self._next()) is not None:
            stream = io.BufferedReader(self._member)
            yield member.name, member.size, stream
            stream.close()

    def exactly(self, members: Iterable[Member]) -> Iterator[tuple[Member, BinaryIO]]:
        """Yield the `members` of a verified manifest, each with its stream.

        Raises Malformed if the file's further members are not these, in this order.
        """
        found = iter(self)
        for member in members:
            further = next(found, None)
            if further is None or further[:2] != member:
                raise Malformed(f"{member.name} is not where it should be")
            yield member, further[2]
        check(end=next(found, None) is None)

    def _expect(self, name: str) -> Member:
        member = self._next()
        if member is None or member.name != name:
            raise Malformed(f"{name} is not where it should be")
        return member

    def _next(self) -> Member | None:
        """Pass over what is left of a member; return the next, or None at the end."""
        if self._ended:
            return None
        self._member.pass_over()
        block = read_exactly(self._source, BLOCK)
        if not any(block):
            self._check_end()
            self._ended = True
            return None
        member = _parsed(block)
        self._count(member)
        self._member = _MemberStream(self._source, member.size)
        return member

    def _count(self, member: Member) -> None:
        check(names=member.name not in self._names)
        self._names.add(member.name)
        self._total += member.size
        if (
            len(self._names) > self._limits.members
            or member.size > self._limits.member_size
            or self._total > self._limits.total
        ):
            raise TooLarge("members")

    def _check_end(self) -> None:
        rest = read_exactly(self._source, len(END) - BLOCK)
        while piece := self._source.read(_RECORD):
            rest += piece
            check(end=len(rest) <= _RECORD)
        check(end=not any(rest))


def _parsed(block: bytes) -> Member:
    """Return the name and size that a header gives. Raises Malformed unless it is ours."""
    raw_name, raw_size = block[:100].rstrip(b"\0"), block[124:136]
    if raw_size[0] == _BASE_256:
        size = int.from_bytes(raw_size[1:], "big")
    else:
        check(size=_OCTAL.fullmatch(raw_size) is not None)
        size = int(raw_size[:-1], 8)
    check(name=raw_name.isascii() and is_member_name(raw_name.decode("ascii")))
    member = Member(raw_name.decode("ascii"), size)
    check(header=header(*member) == block)
    return member


class _MemberStream(io.RawIOBase):
    """The bytes of one member, as they come from the file."""

    def __init__(self, source: Readable, size: int) -> None:
        super().__init__()
        self._source = source
        self._left = size
        self._filling = filling(size)

    def readable(self) -> bool:
        """Tell that this can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Read the next bytes into `buffer`; 0 at the end."""
        view = memoryview(buffer).cast("B")
        data = self._take(len(view))
        view[: len(data)] = data
        return len(data)

    def pass_over(self) -> None:
        """Read what is left, and the zeros after it."""
        while self._take(_PIECE):
            pass
        check(filling=not any(read_exactly(self._source, self._filling)))

    def _take(self, size: int) -> bytes:
        if not self._left:
            return b""
        data = self._source.read(min(size, self._left))
        if not data:
            raise Malformed("it ends too early")
        self._left -= len(data)
        return data
