"""The block before each member: as it always was, and as other programs read it."""

import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.tar_header import BLOCK, LARGEST, filling, header, is_member_name

member_names = st.from_regex("[a-z0-9][a-z0-9.-]{0,98}", fullmatch=True)
KNOWN = (
    b"k7qm-3vtx-9fwd.letter.gpg".ljust(100, b"\0")
    + b"0000600\0"
    + b"0000000\0" * 2
    + b"00000040470\0"
    + b"00000000000\0"
    + b"012327\0 "
    + b"0"
    + bytes(100)
    + b"ustar  \0"
).ljust(BLOCK, b"\0")


def test_a_header_is_written_as_it_always_was() -> None:
    """GNU tar writes the same (the checksum is from there, less its owner's name).

    Readers compare whole blocks: were tarfile to write another, old files would not open.
    """
    assert header("k7qm-3vtx-9fwd.letter.gpg", 0o40470) == KNOWN


@given(member_names, st.integers(0, LARGEST))
def test_tarfile_reads_it(name: str, size: int) -> None:
    block = header(name, size)
    assert len(block) == BLOCK
    info = tarfile.TarInfo.frombuf(block, "ascii", "strict")
    assert (info.name, info.size, info.mode, info.mtime) == (name, size, 0o600, 0)
    assert (info.uid, info.gid, info.uname, info.gname) == (0, 0, "", "")
    assert info.isreg()


@pytest.mark.parametrize(
    ("size", "field"),
    [
        (0, b"00000000000\0"),
        ((8 << 30) - 1, b"77777777777\0"),
        (8 << 30, b"\x80\0\0\0\0\0\0\x02\0\0\0\0"),
    ],
)
def test_sizes_past_eight_gib_are_in_base_256(size: int, field: bytes) -> None:
    assert header("a", size)[124:136] == field


@given(st.integers(0, LARGEST))
def test_filling_ends_on_a_block(size: int) -> None:
    assert 0 <= filling(size) < BLOCK
    assert (size + filling(size)) % BLOCK == 0


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", ".a", "-a", "a/b", "/a", "../a", "A", "a b", "é", "a\n", "a\0", "a" * 100],
)
def test_what_no_member_is_called(name: str) -> None:
    assert is_member_name("manifest.json")
    assert is_member_name("a" * 99)
    assert not is_member_name(name)
