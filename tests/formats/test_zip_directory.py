"""The directory of an archive is read within bounds, and every byte of it counts."""

import io
import struct
import zipfile
from collections.abc import Iterator, Sequence

import pytest

from formats.errors import FormatError, Malformed
from formats.padding import letter_class
from formats.payload import PayloadReader, PayloadWriter

MEMBERS = 10


def archive(files: Sequence[tuple[str, bytes]]) -> bytes:
    pieces: list[bytes] = []
    writer = PayloadWriter(pieces.append, letter_class)
    for name, content in files:
        writer.open_member(name).write(content)
        writer.close_member()
    writer.finish()
    return b"".join(pieces)


FILES = [("é.txt", b"first"), ("b.txt", b"second")]
SAMPLE = archive(FILES)


def read_all(data: bytes) -> list[tuple[str, bytes]]:
    reader = PayloadReader(io.BytesIO(data), MEMBERS)
    return [(member.name, reader.open(member.name).read()) for member in reader.members()]


def positions(data: bytes, signature: bytes) -> Iterator[int]:
    at = data.find(signature)
    while at >= 0:
        yield at
        at = data.find(signature, at + 1)


def unread_bytes(data: bytes) -> set[int]:
    """Return where versions, dates and attributes stand, and what the padding holds."""
    unread = set(range(data.index(b"padding") + 27, data.rindex(b"PK\7\x08")))
    for signature, fields in (
        (b"PK\3\4", [4, 5, 10, 11, 12, 13]),
        (b"PK\1\2", [4, 5, 6, 7, 12, 13, 14, 15, *range(36, 42)]),
        (b"PK\6\6", [12, 13, 14, 15]),
    ):
        unread |= {at + field for at in positions(data, signature) for field in fields}
    return unread


@pytest.mark.parametrize("zip64_limit", [zipfile.ZIP64_LIMIT, 100])
def test_every_byte_that_is_read_counts(zip64_limit: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zipfile, "ZIP64_LIMIT", zip64_limit)
        data = archive(FILES)
    unread = unread_bytes(data)
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 0x04
        if at in unread:
            if at % 100 == 0:
                assert len(read_all(bytes(changed))) == 2
            continue
        with pytest.raises(FormatError):
            read_all(bytes(changed))


class Counting(io.BytesIO):
    """A file that counts the bytes asked of it."""

    asked = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.asked += len(self.getvalue()) if size is None or size < 0 else size
        return super().read(size)


@pytest.mark.parametrize("count", [11, 12, 0xFFFE, 0xFFFF])
def test_absurd_counts_are_refused_unread(count: int) -> None:
    size = 50 * 1024 * 1024
    end = struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, count, count, size, 0, 0)
    file = Counting(bytes(size) + end)
    with pytest.raises(FormatError):
        PayloadReader(file, MEMBERS)
    assert file.asked < 100_000


def test_an_absurd_directory_is_refused_unread() -> None:
    size = 50 * 1024 * 1024
    end = struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, 2, 2, size, 0, 0)
    file = Counting(bytes(size) + end)
    with pytest.raises(Malformed):
        PayloadReader(file, MEMBERS)
    assert file.asked < 100_000


@pytest.mark.parametrize("flag", [0x01, 0x02, 0x20, 0x40, 0x800, 0x2000])
def test_flags_of_encryption_and_others_are_refused(flag: int) -> None:
    data = bytearray(archive([("a", b"x")]))
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = next(positions(bytes(data), signature)) + offset
        data[at : at + 2] = struct.pack("<H", 8 | flag)
    with pytest.raises(Malformed):
        PayloadReader(io.BytesIO(bytes(data)), MEMBERS)


def test_sizes_that_reach_past_the_member_are_refused() -> None:
    data = bytearray(SAMPLE)
    for at in positions(SAMPLE, b"PK\1\2"):
        for field in (20, 24):
            struct.pack_into("<L", data, at + field, 0x7FFFFFFF)
    with pytest.raises(Malformed):
        PayloadReader(io.BytesIO(bytes(data)), MEMBERS)


def with_end(data: bytes, *, entries: int = 0, size: int = 0, start: int = 0) -> bytes:
    """Return `data` with the end record's numbers raised by those given."""
    end = len(data) - 22
    fields = list(struct.unpack_from("<4sHHHHLLH", data, end))
    for at, more in ((3, entries), (4, entries), (5, size), (6, start)):
        fields[at] += more
    return data[:end] + struct.pack("<4sHHHHLLH", *fields)


@pytest.mark.parametrize("entries", [-3, -2, -1, 1, 2])
def test_a_directory_of_another_length_than_told_is_refused(entries: int) -> None:
    assert len(read_all(with_end(SAMPLE))) == 2
    with pytest.raises(Malformed):
        PayloadReader(io.BytesIO(with_end(SAMPLE, entries=entries)), MEMBERS)


def test_bytes_that_belong_to_nothing_are_refused() -> None:
    junk = b"PK\1\2"
    directory, end = SAMPLE.index(b"PK\1\2"), len(SAMPLE) - 22
    before = SAMPLE[:directory] + junk + SAMPLE[directory:]
    behind = SAMPLE[:end] + junk + SAMPLE[end:]
    for data in (
        with_end(before, start=len(junk)),
        with_end(before, size=len(junk)),
        with_end(behind, size=len(junk)),
        with_end(behind, start=len(junk)),
        behind,
    ):
        with pytest.raises(Malformed):
            PayloadReader(io.BytesIO(data), MEMBERS)


def zip64_sample(field: int, value: int) -> bytes:
    """Return a ZIP64 archive with one number of its end record changed; 0 changes none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zipfile, "ZIP64_LIMIT", 100)
        data = bytearray(archive([("a", b"first")]))
    if field:
        struct.pack_into("<Q", data, data.rindex(b"PK\6\6") + field, value)
    return bytes(data)


@pytest.mark.parametrize("field", [4, 24, 32, 40, 48])
@pytest.mark.parametrize("value", [0, 1, 7, 1 << 31, (1 << 63) - 1, (1 << 64) - 1])
def test_absurd_numbers_in_the_zip64_end_record_are_refused(field: int, value: int) -> None:
    assert read_all(zip64_sample(0, 0)) == [("a", b"first")]
    with pytest.raises(FormatError):
        PayloadReader(io.BytesIO(zip64_sample(field, value)), MEMBERS)


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("value", [0, 1 << 31, (1 << 63) - 1, (1 << 64) - 1])
def test_absurd_numbers_in_the_zip64_extra_field_are_refused(number: int, value: int) -> None:
    data = bytearray(zip64_sample(0, 0))
    extra = data.rindex(b"padding") + len(b"padding") + 4
    struct.pack_into("<Q", data, extra + 8 * number, value)
    with pytest.raises(FormatError):
        PayloadReader(io.BytesIO(bytes(data)), MEMBERS)


def test_sizes_that_no_file_reaches_are_refused() -> None:
    data = bytearray(zip64_sample(0, 0))
    extra = data.rindex(b"padding") + len(b"padding") + 4
    struct.pack_into("<QQ", data, extra, (1 << 64) - 1, (1 << 64) - 1)
    with pytest.raises(Malformed):
        PayloadReader(io.BytesIO(bytes(data)), MEMBERS)
