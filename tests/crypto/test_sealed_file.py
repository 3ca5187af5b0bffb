import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.errors import BadBox
from crypto.sealed_file import CHUNK_SIZE, PREFIX_SIZE, FileKey, SealedFileReader, SealedFileWriter

KEY = FileKey(bytes(range(32)))
SEALED_CHUNK = CHUNK_SIZE + 16


def sealed(data: bytes, key: FileKey = KEY) -> bytes:
    sink = io.BytesIO()
    with SealedFileWriter(sink, key) as writer:
        writer.write(data)
    return sink.getvalue()


def opened(whole: bytes, key: FileKey = KEY) -> bytes:
    return io.BufferedReader(SealedFileReader(io.BytesIO(whole), key)).read()


def test_files_are_those_of_the_vectors(
    vectors: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = vectors("store")
    prefix = bytes.fromhex(case["prefix"])
    monkeypatch.setattr("crypto.sealed_file.secrets.token_bytes", lambda _: prefix)
    for size, expected in case["files"].items():
        data = hashlib.shake_256(b"file").digest(int(size))
        whole = sealed(data, FileKey(bytes.fromhex(case["file_key"])))
        assert len(whole) == expected["size"]
        assert hashlib.sha256(whole).hexdigest() == expected["sha256"]


SIZES = st.sampled_from([0, 1, 100, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 3 * CHUNK_SIZE])


@given(SIZES, st.lists(st.integers(1, 2 * CHUNK_SIZE), max_size=5))
@settings(max_examples=40)
def test_what_is_written_in_pieces_is_read_again(size: int, pieces: list[int]) -> None:
    data = hashlib.shake_256(b"data").digest(size)
    sink, at = io.BytesIO(), 0
    writer = SealedFileWriter(sink, KEY)
    for piece in [*pieces, size]:
        at += writer.write(data[at : at + piece])
    writer.close()
    writer.close()
    assert opened(sink.getvalue()) == data


@given(st.integers(0, 200_000), st.integers(0, 70_000))
@settings(max_examples=40)
def test_it_reads_from_anywhere(place: int, size: int) -> None:
    data = hashlib.shake_256(b"data").digest(180_000)
    reader = io.BufferedReader(SealedFileReader(io.BytesIO(sealed(data)), KEY))
    assert reader.seek(place) == place
    assert reader.read(size) == data[place : place + size]
    assert reader.seek(-10, io.SEEK_END) == 179_990
    assert reader.read() == data[-10:]


def test_seeking_knows_its_bounds() -> None:
    reader = SealedFileReader(io.BytesIO(sealed(b"12345")), KEY)
    assert (reader.seekable(), reader.readable(), reader.writable()) == (True, True, False)
    assert reader.read(2) == b"12"
    assert reader.seek(1, io.SEEK_CUR) == reader.tell() == 3
    with pytest.raises(ValueError, match="before the beginning"):
        reader.seek(-1)
    assert reader.seek(100) == 100
    assert reader.read(1) == b""


@pytest.mark.parametrize("size", [0, 1, CHUNK_SIZE, 2 * CHUNK_SIZE, 2 * CHUNK_SIZE + 5])
def test_a_file_cut_short_anywhere_is_told_at_once(size: int) -> None:
    whole = sealed(bytes(size))
    cuts = {0, 1, PREFIX_SIZE, PREFIX_SIZE + 16, PREFIX_SIZE + SEALED_CHUNK}
    cuts |= {PREFIX_SIZE + 2 * SEALED_CHUNK, len(whole) - 1, len(whole) - 16}
    for cut in {cut for cut in cuts if cut < len(whole)}:
        with pytest.raises(BadBox):
            SealedFileReader(io.BytesIO(whole[:cut]), KEY)


def test_a_file_that_was_not_closed_does_not_open() -> None:
    sink = io.BytesIO()
    with pytest.raises(ZeroDivisionError), SealedFileWriter(sink, KEY) as writer:
        _write_then_fail(writer)
    with pytest.raises(BadBox):
        SealedFileReader(io.BytesIO(sink.getvalue()), KEY)


def _write_then_fail(writer: SealedFileWriter) -> None:
    writer.write(bytes(3 * CHUNK_SIZE))
    raise ZeroDivisionError


def test_chunks_cannot_be_moved_dropped_repeated_or_added() -> None:
    whole = sealed(bytes(3 * CHUNK_SIZE))
    prefix, chunks = whole[:PREFIX_SIZE], whole[PREFIX_SIZE:]
    one, two, three = (chunks[at : at + SEALED_CHUNK] for at in range(0, len(chunks), SEALED_CHUNK))
    assert opened(prefix + one + two + three) == bytes(3 * CHUNK_SIZE)
    for order in (
        [two, one, three],
        [one, three],
        [one, one, two, three],
        [one, two, three, three],
    ):
        with pytest.raises(BadBox):
            opened(prefix + b"".join(order))


def test_chunks_cannot_come_from_another_file_under_the_same_key() -> None:
    mine, other = sealed(bytes(2 * CHUNK_SIZE)), sealed(bytes(2 * CHUNK_SIZE))
    at = PREFIX_SIZE + SEALED_CHUNK
    with pytest.raises(BadBox):
        opened(mine[:at] + other[at:])
    assert mine[PREFIX_SIZE:at] != other[PREFIX_SIZE:at]  # no key stream is used twice


@pytest.mark.parametrize("at", [0, PREFIX_SIZE, PREFIX_SIZE + 70_000, -1])
def test_an_altered_file_is_told_no_later_than_where_it_is_altered(at: int) -> None:
    whole = bytearray(sealed(bytes(3 * CHUNK_SIZE)))
    whole[at] ^= 1
    with pytest.raises(BadBox):
        opened(bytes(whole))


def test_another_key_opens_nothing() -> None:
    with pytest.raises(BadBox):
        opened(sealed(b"letter"), FileKey(bytes(32)))


def test_a_closed_file_takes_no_more() -> None:
    writer = SealedFileWriter(io.BytesIO(), KEY)
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.write(b"more")


@given(st.binary(max_size=200))
def test_no_bytes_open_by_chance(whole: bytes) -> None:
    with pytest.raises(BadBox):
        opened(whole)
