"""The reader takes what the plan writes, and refuses all else in bounded time and memory."""

import io
import tarfile
import tracemalloc
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.errors import FormatError, Malformed, TooLarge
from formats.manifest import MANIFEST_LIMIT, Member
from formats.tar_header import BLOCK, END, header
from formats.tarstream import TarLimits, TarPlan, TarReader

Contents = Sequence[tuple[str, bytes]]

LIMITS = TarLimits(members=10, member_size=1 << 20, total=4 << 20)
SIGNED: Contents = [("manifest.json", b"{}\n"), ("manifest.sig", b"s" * 64)]

member_names = st.from_regex("[a-z0-9][a-z0-9.-]{0,20}", fullmatch=True)
members_lists = st.lists(
    st.tuples(member_names, st.binary(max_size=1500)), max_size=6, unique_by=lambda one: one[0]
)


class Stream(io.RawIOBase):
    """What a socket or a pipe is: it can't seek, and gives less than was asked for."""

    def __init__(self, data: bytes, most: int = 100) -> None:
        super().__init__()
        self._data = io.BytesIO(data)
        self._most = most
        self.given = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        data = self._data.read(min(size, self._most))
        self.given += len(data)
        return data


def tar(contents: Contents) -> bytes:
    plan = TarPlan([(name, len(content)) for name, content in contents])
    return b"".join(plan.stream(lambda index: (contents[index][1],)))


def read_all(data: bytes, limits: TarLimits = LIMITS) -> list[tuple[str, bytes]]:
    reader = TarReader(Stream(data), limits)
    return [(name, stream.read()) for name, _size, stream in reader]


SAMPLE = tar([*SIGNED, ("a.gpg", b"first"), ("b.gpg", b"s" * 1000)])


@given(members_lists)
def test_what_was_written_is_read(contents: list[tuple[str, bytes]]) -> None:
    assert read_all(tar(contents)) == contents


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_typed_error(data: bytes) -> None:
    with pytest.raises(FormatError):
        read_all(data)


@given(st.integers(0, len(SAMPLE) - 1))
def test_a_file_cut_anywhere_is_refused(size: int) -> None:
    with pytest.raises(Malformed):
        read_all(SAMPLE[:size])


@given(st.data())
def test_a_byte_changed_outside_the_contents_is_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(SAMPLE) - 1))
    changed = bytearray(SAMPLE)
    changed[at] ^= data.draw(st.integers(1, 255))
    try:
        found = read_all(bytes(changed))
    except FormatError:
        return
    original = read_all(SAMPLE)
    assert [name for name, _ in found] == [name for name, _ in original]
    assert (
        sum(
            len(one) == len(other) and one != other
            for (_, one), (_, other) in zip(found, original, strict=True)
        )
        == 1
    )


def test_every_byte_outside_the_contents_counts() -> None:
    data = tar([("a", b"x" * 10), ("b", b"")])
    for at in {*range(len(data))} - {*range(BLOCK, BLOCK + 10)}:
        changed = bytearray(data)
        changed[at] ^= 0x04
        with pytest.raises(FormatError):
            read_all(bytes(changed))


def test_a_member_cut_short_is_no_member() -> None:
    for stream_size in (0, 1, 9):
        source = Stream(tar([("a", b"x" * 10)])[: BLOCK + stream_size])
        _name, _size, stream = next(iter(TarReader(source, LIMITS)))
        with pytest.raises(Malformed):
            stream.read()


def test_the_manifest_and_its_signature_come_first() -> None:
    reader = TarReader(Stream(SAMPLE), LIMITS)
    assert reader.read_manifest() == (b"{}\n", b"s" * 64)
    assert [(name, size) for name, size, _ in reader] == [("a.gpg", 5), ("b.gpg", 1000)]


@pytest.mark.parametrize(
    "contents",
    [
        [],
        SIGNED[:1],
        SIGNED[::-1],
        [SIGNED[0], ("a", b"s" * 64)],
        [("a", b""), *SIGNED],
        [SIGNED[0], ("manifest.sig", b"s" * 63)],
        [SIGNED[0], ("manifest.sig", b"s" * 65)],
        [SIGNED[0], ("manifest.sig", b"")],
    ],
)
def test_a_file_without_manifest_and_signature_is_refused(contents: Contents) -> None:
    with pytest.raises(Malformed):
        TarReader(io.BytesIO(tar(contents)), LIMITS).read_manifest()


def test_a_manifest_too_large_is_not_read() -> None:
    source = Stream(header("manifest.json", MANIFEST_LIMIT + 1) + bytes(10_000))
    with pytest.raises(TooLarge):
        TarReader(source, TarLimits(10, 1 << 40, 1 << 40)).read_manifest()
    assert source.given == BLOCK
    source = Stream(header("manifest.json", MANIFEST_LIMIT))
    with pytest.raises(Malformed):
        TarReader(source, TarLimits(10, 1 << 40, 1 << 40)).read_manifest()


def members_found(members: Sequence[Member], data: bytes = SAMPLE) -> list[tuple[str, bytes]]:
    reader = TarReader(io.BytesIO(data), LIMITS)
    reader.read_manifest()
    return [(member.name, stream.read()) for member, stream in reader.exactly(members)]


def test_exactly_the_members_of_the_manifest() -> None:
    members = [Member("a.gpg", 5), Member("b.gpg", 1000)]
    assert members_found(members) == [("a.gpg", b"first"), ("b.gpg", b"s" * 1000)]


@pytest.mark.parametrize(
    "members",
    [
        [],
        [Member("a.gpg", 5)],
        [Member("b.gpg", 1000), Member("a.gpg", 5)],
        [Member("a.gpg", 5), Member("b.gpg", 999)],
        [Member("a.gpg", 5), Member("c.gpg", 1000)],
        [Member("a.gpg", 5), Member("b.gpg", 1000), Member("c.gpg", 0)],
        [Member("a.gpg", 5), Member("b.gpg", 1000), Member("", -1)],
    ],
)
def test_missing_and_extra_members_are_refused(members: list[Member]) -> None:
    with pytest.raises(Malformed):
        members_found(members)


def test_what_is_not_read_is_passed_over() -> None:
    reader = TarReader(Stream(SAMPLE), LIMITS)
    assert [stream.read(2) for _name, _size, stream in reader] == [b"{}", b"ss", b"fi", b"ss"]


def test_a_stream_serves_only_until_the_next_member() -> None:
    reader = iter(TarReader(io.BytesIO(SAMPLE), LIMITS))
    _name, _size, stream = next(reader)
    next(reader)
    with pytest.raises(ValueError, match="closed"):
        stream.read()


def test_after_the_end_there_is_nothing() -> None:
    reader = TarReader(io.BytesIO(SAMPLE), LIMITS)
    assert len(list(reader)) == 4
    assert list(reader) == []


def info(**fields: object) -> bytes:
    """Return a header that tarfile writes, of a regular file as ours are but for `fields`."""
    made = tarfile.TarInfo("a.gpg")
    made.mode = 0o600
    for name, value in fields.items():
        setattr(made, name, value)
    return made.tobuf(format=tarfile.GNU_FORMAT)


def test_an_unchanged_header_is_taken() -> None:
    """So the refusals below have the reasons that they name."""
    assert read_all(info() + END) == [("a.gpg", b"")]
    assert read_all(info(size=1) + b"x".ljust(BLOCK, b"\0") + END) == [("a.gpg", b"x")]


def forged(at: int, field: bytes) -> bytes:
    """Return a header with `field` put in at `at` and its checksum made right."""
    block = bytearray(info())
    block[at : at + len(field)] = field
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


HOSTILE = {
    "a symbolic link": info(type=tarfile.SYMTYPE, linkname="/etc/passwd"),
    "a hard link": info(type=tarfile.LNKTYPE, linkname="a"),
    "a link's name in a file": info(linkname="/etc/passwd"),
    "a folder": info(type=tarfile.DIRTYPE),
    "a pipe": info(type=tarfile.FIFOTYPE),
    "a character device": info(type=tarfile.CHRTYPE, devmajor=1, devminor=3),
    "a block device": info(type=tarfile.BLKTYPE, devmajor=8),
    "an old regular file": info(type=tarfile.AREGTYPE),
    "a contiguous file": info(type=tarfile.CONTTYPE),
    "a sparse file": info(type=tarfile.GNUTYPE_SPARSE),
    "a long name": info(name="a" * 101),
    "a long link": info(linkname="a" * 101),
    "a pax header": info(type=tarfile.XHDTYPE, size=20),
    "an absurd pax header": info(type=tarfile.XHDTYPE, size=1 << 60),
    "a global pax header": info(type=tarfile.XGLTYPE, size=20),
    "an unknown type": info(type=b"Z"),
    "an absolute path": info(name="/a"),
    "a parent path": info(name="../a"),
    "a path": info(name="a/b"),
    "a hidden name": info(name=".a"),
    "no name": info(name=""),
    "a name in another encoding": info(name="é"),
    "a name with more behind": forged(0, b"a\0/etc/passwd"),
    "a name in two parts": forged(345, b"etc"),
    "an owner": info(uid=1000),
    "a group": info(gname="root"),
    "a time": info(mtime=1),
    "rights": info(mode=0o4755),
    "a negative size": info(size=-1),
    "a size in base 256 that needs none": forged(124, b"\x80" + bytes(11)),
    "a size in base 256 with more bits": forged(124, b"\x81" + bytes(11)),
    "a size that is no number": forged(124, b"0000000000x\0"),
    "a size with spaces": forged(124, b"          0\0"),
    "a size without an end": forged(124, b"000000000000"),
    "an empty size": forged(124, bytes(12)),
    "another magic": forged(257, b"ustar\x0000"),
    "a wrong checksum": info().replace(b"ustar", b"Ustar"),
    "text behind": forged(511, b"x"),
}


@pytest.mark.parametrize("block", HOSTILE.values(), ids=HOSTILE.keys())
def test_members_that_are_not_plain_files_are_refused(block: bytes) -> None:
    with pytest.raises(Malformed):
        read_all(block + bytes(BLOCK) + END)


def test_pax_archives_are_refused() -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as made:
        made.addfile(tarfile.TarInfo("é" * 60))
    with pytest.raises(Malformed):
        read_all(file.getvalue())


def test_one_name_twice_is_refused() -> None:
    once = header("a", 0)
    with pytest.raises(Malformed):
        read_all(once + once + END)
    with pytest.raises(Malformed):
        read_all(tar(SIGNED)[: -len(END)] + header("manifest.json", 0) + END)


def test_filling_that_is_not_zeros_is_refused() -> None:
    with pytest.raises(Malformed):
        read_all(header("a", 1) + b"x" + bytes(510) + b"y" + END)


@pytest.mark.parametrize("zeros", [0, BLOCK, 9 * 1024])
def test_the_end_may_be_filled_to_a_record(zeros: int) -> None:
    assert read_all(END + bytes(zeros)) == []


@pytest.mark.parametrize("members", range(19))
def test_what_tarfile_fills_up_is_taken(members: int) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as made:
        for number in range(members):
            member = tarfile.TarInfo(f"m{number}")
            member.mode = 0o600
            made.addfile(member)
    assert len(read_all(file.getvalue(), TarLimits(20, 0, 0))) == members


@pytest.mark.parametrize(
    "rest",
    [
        b"",
        bytes(511),
        header("a", 0) + END,
        bytes(BLOCK) + b"x",
        bytes(BLOCK) + bytes(5000) + b"x",
        bytes(BLOCK) + tar(SIGNED),
        bytes(20_000),
    ],
    ids=["one block", "cut", "one zero block", "a byte", "a byte later", "a second tar", "zeros"],
)
def test_ends_that_are_none(rest: bytes) -> None:
    with pytest.raises(Malformed):
        read_all(bytes(BLOCK) + rest)


@pytest.mark.parametrize(
    "limits",
    [TarLimits(2, 1000, 2000), TarLimits(3, 99, 2000), TarLimits(3, 1000, 299)],
    ids=["members", "member", "total"],
)
def test_limits(limits: TarLimits) -> None:
    data = tar([(name, bytes(100)) for name in "abc"])
    assert len(read_all(data, TarLimits(3, 100, 300))) == 3
    with pytest.raises(TooLarge):
        read_all(data, limits)


@pytest.mark.parametrize("size", [1 << 21, 1 << 33, 1 << 62, (1 << 88) - 1])
def test_absurd_sizes_are_refused_unread(size: int) -> None:
    source = Stream(header("a", size) + bytes(10_000))
    with pytest.raises(TooLarge):
        next(iter(TarReader(source, LIMITS)))
    assert source.given == BLOCK


class Endless(io.RawIOBase):
    """A file that goes on for ever, made as it is read."""

    def __init__(self, block: Callable[[int], bytes]) -> None:
        super().__init__()
        self._block = block
        self.blocks = 0

    def read(self, size: int = -1, /) -> bytes:
        self.blocks += 1
        return self._block(self.blocks)[:size]


def test_a_million_members_are_too_many_soon() -> None:
    source = Endless(lambda number: header(f"m{number}", 0))
    with pytest.raises(TooLarge):
        list(TarReader(source, LIMITS))
    assert source.blocks == LIMITS.members + 1


def test_a_large_member_is_passed_over_in_little_memory() -> None:
    size = 64 << 20
    zeros = bytes(1 << 20)
    blocks = {1: header("a", size)}
    source = Endless(lambda number: blocks.get(number, zeros))
    reader = iter(TarReader(source, TarLimits(1, size, size)))
    tracemalloc.start()
    try:
        _name, _size, stream = next(reader)
        assert stream.read(10) == bytes(10)
        with pytest.raises(Malformed):  # the zeros go on after the end
            next(reader)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert source.blocks > 200
    assert peak < 2 << 20
