"""Archives end exactly on their class, open anywhere, and are never rounded off half-way."""

import gc
import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.padding import KIB, files_class, letter_class
from formats.payload_writer import PADDING_NAME, PayloadWriter

Files = Sequence[tuple[str, bytes]]
SizeClass = Callable[[int], int]

needs_bsdtar = pytest.mark.skipif(
    shutil.which("bsdtar") is None, reason="bsdtar (of libarchive-tools) is not installed"
)

names = st.text(max_size=30) | st.sampled_from(["padding", "a.txt", "é — 🙂.pdf", "letter.json"])
contents = st.binary(max_size=200) | st.builds(bytes, st.integers(0, 40 * KIB))
file_lists = st.lists(st.tuples(names, contents), max_size=5)
size_classes = st.sampled_from([letter_class, files_class])


def archive(files: Files, size_class: SizeClass) -> bytes:
    """Write `files` in pieces of 1,000 bytes; check that the size told is the size."""
    pieces: list[bytes] = []
    writer = PayloadWriter(pieces.append, size_class)
    for name, content in files:
        member = writer.open_member(name)
        for at in range(0, len(content), 1000):
            member.write(content[at : at + 1000])
        writer.close_member()
    total = writer.finish()
    data = b"".join(pieces)
    assert len(data) == total
    return data


def size_with_empty_padding(data: bytes) -> int:
    """Return what zipfile alone would need for the members of `data` and an empty padding."""
    pieces: list[bytes] = []

    class Sink:
        def write(self, piece: bytes) -> int:
            pieces.append(piece)
            return len(piece)

        def flush(self) -> None:
            pass

    with zipfile.ZipFile(io.BytesIO(data)) as read, zipfile.ZipFile(Sink(), "w") as plain:  # type: ignore[call-overload]  # zipfile asks for less than its stub
        for info in read.infolist():
            with plain.open(zipfile.ZipInfo(info.filename), "w", force_zip64=True) as member:
                if info.filename != PADDING_NAME:
                    member.write(read.read(info))
    return sum(map(len, pieces))


@given(file_lists, size_classes)
def test_the_archive_is_as_large_as_its_class(files: Files, size_class: SizeClass) -> None:
    data = archive(files, size_class)
    assert len(data) == size_class(size_with_empty_padding(data))


@given(file_lists, size_classes)
def test_its_size_does_not_depend_on_what_it_holds(files: Files, size_class: SizeClass) -> None:
    others = [(name, os.urandom(len(content))) for name, content in files]
    assert len(archive(files, size_class)) == len(archive(others, size_class))


@given(file_lists, size_classes)
def test_zipfile_reads_what_was_written(files: Files, size_class: SizeClass) -> None:
    with zipfile.ZipFile(io.BytesIO(archive(files, size_class))) as read:
        *members, padding = read.infolist()
        assert [read.read(member) for member in members] == [content for _, content in files]
        assert padding.filename == PADDING_NAME
        assert not any(read.read(padding))


@given(
    st.lists(st.integers(0, 3000), max_size=6),
    st.integers(100, 20_000) | st.just(zipfile.ZIP64_LIMIT),
    st.integers(0, 8),
    size_classes,
)
def test_sizes_hold_where_zip64_records_begin(
    sizes: list[int], zip64_limit: int, count_limit: int, size_class: SizeClass
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zipfile, "ZIP64_LIMIT", zip64_limit)
        patch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", count_limit)
        data = archive([(f"{size}", bytes(size)) for size in sizes], size_class)
        needed = size_class(size_with_empty_padding(data))
    assert len(data) in (needed, size_class(needed + 1))
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        assert read.testzip() is None
        assert [info.file_size for info in read.infolist()[:-1]] == sizes


@pytest.mark.parametrize(
    ("zip64_limit", "size"), [(16_309, 16), (16_308, 32), (16_233, 32), (16_232, 16)]
)
def test_a_class_that_no_padding_reaches_gives_way_to_the_next(zip64_limit: int, size: int) -> None:
    """The directory of an empty archive of 16 KiB starts 75 bytes before the end, at 16,309.

    Past the limit ZIP64 end records are needed, 76 bytes more; in between 16 KiB is not reached.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zipfile, "ZIP64_LIMIT", zip64_limit)
        assert len(archive([], letter_class)) == size * KIB


@pytest.mark.parametrize("size_class", [letter_class, files_class])
def test_every_size_around_an_edge_lands_on_a_class(size_class: SizeClass) -> None:
    edge = 64 * KIB
    found = {len(archive([("a", bytes(size))], size_class)) for size in range(edge - 600, edge)}
    assert found == {edge, size_class(edge + 1)}


class Sparse:
    """A sink that writes zeros as holes, so that gigabytes take no disk."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")

    def __call__(self, data: bytes) -> None:
        if len(data) > KIB:
            self._file.seek(len(data), os.SEEK_CUR)
        else:
            self._file.write(data)

    def close(self) -> None:
        self._file.truncate()
        self._file.close()


def test_past_two_and_four_gib(tmp_path: Path) -> None:
    path = tmp_path / "large.zip"
    sink = Sparse(path)
    writer = PayloadWriter(sink, files_class)
    zeros = bytes(1 << 20)
    for size in (2200, 2100, 1):  # MiB: past 2 GiB in one, past 4 GiB before the last
        member = writer.open_member("large")
        for _ in range(size):
            member.write(zeros)
        writer.close_member()
    total = writer.finish()
    sink.close()
    assert total == path.stat().st_size == files_class(total)
    with zipfile.ZipFile(path) as read:
        assert [info.file_size >> 20 for info in read.infolist()] == [2200, 2100, 1, 50]
        assert read.infolist()[2].header_offset > 1 << 32
        with read.open("large (3)") as member_file:
            assert member_file.read() == zeros
    listing = subprocess.run(
        ["unzip", "-l", str(path)], capture_output=True, check=True, text=True
    ).stdout
    assert f"{2200 << 20} " in listing
    subprocess.run(["unzip", "-tqq", str(path), "large (3)"], check=True)


SAMPLES: Files = [
    ("réunion 14 mars — notes.txt", "Élu·e·s".encode()),
    ("🙂.bin", os.urandom(70_000)),
    ("padding", b"not ours"),
    ("letter.json", b"{}"),
    ("vide", b""),
]
EXTRACTED = {
    "réunion 14 mars — notes.txt": SAMPLES[0][1],
    "🙂.bin": SAMPLES[1][1],
    "padding (2)": b"not ours",
    "letter.json": b"{}",
    "vide": b"",
}


@pytest.mark.parametrize(
    "command",
    [
        ["unzip", "-q", "payload.zip"],
        pytest.param(["bsdtar", "-xf", "payload.zip"], marks=needs_bsdtar),
    ],
)
def test_other_programs_extract_it(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "payload.zip").write_bytes(archive(SAMPLES, files_class))
    environment = {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
    subprocess.run(["unzip", "-tqq", "payload.zip"], cwd=tmp_path, env=environment, check=True)
    done = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert (done.stdout, done.stderr) == (b"", b"")
    for name, content in EXTRACTED.items():
        assert (tmp_path / name).read_bytes() == content
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_nothing_tells_when_or_where_it_was_written() -> None:
    data = archive(SAMPLES, files_class)
    assert data == archive(SAMPLES, files_class)
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        for info in read.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.compress_type == zipfile.ZIP_STORED
            assert (info.create_system, info.external_attr >> 16) == (3, 0o100600)


def test_large_writes_pass_through_uncopied() -> None:
    pieces: list[bytes] = []
    piece = os.urandom(256 * KIB)
    writer = PayloadWriter(pieces.append, files_class)
    member = writer.open_member("a")
    member.write(piece)
    member.write(piece)
    assert [written is piece for written in pieces[-2:]] == [True, True]


def test_a_member_tells_the_name_it_got() -> None:
    writer = PayloadWriter(lambda _data: None, files_class)
    told = []
    for name in ("../a.txt", "PADDING", ".._A.txt"):
        told.append(writer.open_member(name).name)
        writer.close_member()
    assert told == [".._a.txt", "PADDING (2)", ".._A (2).txt"]


def half_an_archive(pieces: list[bytes]) -> PayloadWriter:
    writer = PayloadWriter(pieces.append, files_class)
    writer.open_member("a").write(b"half")
    return writer


def test_a_writer_given_up_writes_no_more() -> None:
    pieces: list[bytes] = []
    writer = half_an_archive(pieces)
    before = list(pieces)
    del writer
    gc.collect()
    assert pieces == before
    writer = PayloadWriter(pieces.append, files_class)
    writer.open_member("a")
    writer.close_member()
    before = list(pieces)
    del writer
    gc.collect()
    assert pieces == before


def test_after_a_failed_write_nothing_more_passes() -> None:
    pieces: list[bytes] = []

    def sink(data: bytes) -> None:
        if data == b"disk full":
            raise OSError
        pieces.append(data)

    writer = PayloadWriter(sink, files_class)
    member = writer.open_member("a")
    with pytest.raises(OSError):  # noqa: PT011, the sink's own error, which has no text
        member.write(b"disk full")
    before = list(pieces)
    for call in (writer.close_member, writer.finish, lambda: member.write(b"more")):
        with pytest.raises(ValueError, match="given up"):
            call()
    assert pieces == before


def test_calls_in_another_order_are_refused() -> None:
    for wrong in (PayloadWriter.finish, lambda writer: writer.open_member("b")):
        writer = half_an_archive([])
        with pytest.raises(ValueError, match="open"):
            wrong(writer)
    with pytest.raises(ValueError, match="no member is open"):
        PayloadWriter(lambda _data: None, files_class).close_member()
    writer = PayloadWriter(lambda _data: None, files_class)
    member = writer.open_member("a")
    writer.close_member()
    with pytest.raises(ValueError, match="closed"):
        member.write(b"late")


def test_a_finished_archive_takes_nothing_more() -> None:
    writer = PayloadWriter(lambda _data: None, files_class)
    assert writer.finish() == 64 * KIB
    for call in (writer.finish, lambda: writer.open_member("a")):
        with pytest.raises(ValueError, match="finished"):
            call()
