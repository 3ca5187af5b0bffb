"""The reader takes what the writer writes, and refuses all else in bounded time and memory."""

import io
import sys
import zipfile
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.errors import FormatError, Malformed, TooLarge
from formats.padding import files_class, letter_class
from formats.payload import Member, PayloadReader, PayloadWriter

MEMBERS = 10

names = st.text(max_size=30) | st.sampled_from(["padding", "a.txt", "é — 🙂.pdf"])
file_lists = st.lists(st.tuples(names, st.binary(max_size=300)), max_size=5)


def archive(files: Sequence[tuple[str, bytes]]) -> bytes:
    pieces: list[bytes] = []
    writer = PayloadWriter(pieces.append, letter_class)
    for name, content in files:
        writer.open_member(name).write(content)
        writer.close_member()
    writer.finish()
    return b"".join(pieces)


SAMPLE = archive([("é.txt", b"first"), ("b.txt", b"second")])


def read_all(data: bytes) -> list[tuple[str, bytes]]:
    reader = PayloadReader(io.BytesIO(data), MEMBERS)
    return [(member.name, reader.open(member.name).read()) for member in reader.members()]


@given(file_lists)
def test_what_was_written_is_read(files: list[tuple[str, bytes]]) -> None:
    assert [content for _, content in read_all(archive(files))] == [content for _, content in files]


def test_members_are_listed_without_the_padding() -> None:
    reader = PayloadReader(io.BytesIO(SAMPLE), MEMBERS)
    assert reader.members() == (Member("é.txt", 5), Member("b.txt", 6))
    with pytest.raises(KeyError):
        reader.open("padding")


@given(st.integers(100, 20_000), st.integers(0, 4), st.integers(0, 5000))
def test_zip64_records_are_read_wherever_they_begin(
    zip64_limit: int, count_limit: int, size: int
) -> None:
    files = [("é.txt", bytes(size)), ("b.txt", b"second")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zipfile, "ZIP64_LIMIT", zip64_limit)
        patch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", count_limit)
        data = archive(files)
    assert read_all(data) == files


def test_members_can_be_read_in_turn_and_in_pieces() -> None:
    large = bytes(range(256)) * 1000
    reader = PayloadReader(io.BytesIO(archive([("a", large), ("b", b"second")])), MEMBERS)
    first, second = reader.open("a"), reader.open("b")
    pieces = [first.read(100_000), second.read(3), first.read(100_000), second.read(), first.read()]
    assert pieces[0] + pieces[2] + pieces[4] == large
    assert pieces[1] + pieces[3] == b"second"
    assert not first.seekable()


class ShortReads(io.BytesIO):
    """A file that gives seven bytes at a time, as a sealed file may give a chunk."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(7, size) if size is not None and size >= 0 else 7)


def test_a_file_may_give_less_than_was_asked() -> None:
    reader = PayloadReader(ShortReads(SAMPLE), MEMBERS)
    assert reader.open("b.txt").read() == b"second"


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda data: data + SAMPLE[-200:]))
def test_any_bytes_are_a_typed_error(data: bytes) -> None:
    with pytest.raises(FormatError):
        PayloadReader(io.BytesIO(data), MEMBERS)


@given(st.data())
def test_an_archive_with_a_byte_changed_reads_the_same_or_is_refused(data: st.DataObject) -> None:
    changed = bytearray(SAMPLE)
    padding = SAMPLE.index(b"padding") + 27
    directory = SAMPLE.rindex(b"PK\7\x08")
    at = data.draw(st.integers(0, padding) | st.integers(directory, len(SAMPLE) - 1))
    changed[at] = data.draw(st.integers(0, 255))
    try:
        files = read_all(bytes(changed))
    except FormatError:
        return
    assert files == [("é.txt", b"first"), ("b.txt", b"second")]


@given(st.integers(0, len(SAMPLE) - 1))
def test_an_archive_cut_anywhere_is_refused(size: int) -> None:
    with pytest.raises(Malformed):
        PayloadReader(io.BytesIO(SAMPLE[:size]), MEMBERS)


@pytest.mark.parametrize("cut", [slice(1, None), slice(30, None), slice(0, None)])
def test_an_archive_that_does_not_start_at_the_first_byte_is_refused(cut: slice) -> None:
    with pytest.raises(Malformed):
        PayloadReader(io.BytesIO(b"#!" + SAMPLE[cut]), MEMBERS)


def test_bytes_after_the_end_are_refused() -> None:
    with pytest.raises(Malformed):
        PayloadReader(io.BytesIO(SAMPLE + b"\0"), MEMBERS)


def test_what_the_padding_holds_is_not_looked_at() -> None:
    changed = bytearray(SAMPLE)
    changed[SAMPLE.index(b"padding") + 1000] = 1
    assert read_all(bytes(changed)) == [("é.txt", b"first"), ("b.txt", b"second")]


def test_a_member_whose_bytes_changed_is_refused_at_its_end() -> None:
    data = SAMPLE.replace(b"second", b"sekond")
    stream = PayloadReader(io.BytesIO(data), MEMBERS).open("b.txt")
    with pytest.raises(Malformed, match="damaged"):
        stream.read()


def test_an_empty_member_has_a_checksum_too() -> None:
    data = archive([("a", b"")])
    crc_in_directory = data.index(b"PK\1\2") + 16
    crc_in_descriptor = data.index(b"PK\7\x08") + 4
    for at in (crc_in_directory, crc_in_descriptor):
        data = data[:at] + b"\1\0\0\0" + data[at + 4 :]
    with pytest.raises(Malformed, match="damaged"):
        PayloadReader(io.BytesIO(data), MEMBERS).open("a").read()


def test_more_members_than_allowed_are_too_many() -> None:
    data = archive([(f"{number}", b"") for number in range(4)])
    assert len(PayloadReader(io.BytesIO(data), 4).members()) == 4
    with pytest.raises(TooLarge):
        PayloadReader(io.BytesIO(data), 3)


def foreign(build: Callable[[zipfile.ZipFile], object], **options: int) -> bytes:
    """Return an archive that zipfile makes, with data descriptors as ours have them."""
    pieces: list[bytes] = []

    class Sink:
        def write(self, piece: bytes) -> int:
            pieces.append(bytes(piece))
            return len(piece)

        def flush(self) -> None:
            pass

    with zipfile.ZipFile(Sink(), "w", **options) as made:  # type: ignore[call-overload]  # zipfile asks for less than its stub
        build(made)
    return b"".join(pieces)


def write(made: zipfile.ZipFile, *file_names: str, method: int = zipfile.ZIP_STORED) -> None:
    for name in file_names:
        info = zipfile.ZipInfo(name)
        info.compress_type = method
        with made.open(info, "w", force_zip64=True) as member:
            member.write(b"x" * 100)


def comment(made: zipfile.ZipFile) -> None:
    write(made, "a", "padding")
    made.comment = b"hello"


def member_comment(made: zipfile.ZipFile) -> None:
    write(made, "a", "padding")
    made.infolist()[0].comment = b"hello"


def extra_field(made: zipfile.ZipFile) -> None:
    write(made, "a", "padding")
    made.infolist()[0].extra = b"\xfe\xca\0\0"


def without_zip64(made: zipfile.ZipFile) -> None:
    with made.open(zipfile.ZipInfo("a"), "w") as member:
        member.write(b"x")
    write(made, "padding")


def one_name_twice(made: zipfile.ZipFile) -> None:
    write(made, "a", "padding")
    made.infolist()[0].filename = "padding"


def swapped(made: zipfile.ZipFile) -> None:
    write(made, "a", "b", "padding")
    made.filelist[0], made.filelist[1] = made.filelist[1], made.filelist[0]


def overlapping(made: zipfile.ZipFile) -> None:
    write(made, "a", "b", "padding")
    made.filelist[1].header_offset = 0


def gap(made: zipfile.ZipFile) -> None:
    write(made, "a", "b", "padding")
    del made.filelist[1]


FOREIGN: dict[str, Callable[[zipfile.ZipFile], object]] = {
    "no member": lambda _made: None,
    "no padding": lambda made: write(made, "a"),
    "padding not last": lambda made: write(made, "padding", "a"),
    "padding twice": lambda made: write(made, "padding", "padding"),
    "padding spelt otherwise": lambda made: write(made, "a", "Padding"),
    "deflated": lambda made: write(made, "a", "padding", method=zipfile.ZIP_DEFLATED),
    "lzma": lambda made: write(made, "a", "padding", method=zipfile.ZIP_LZMA),
    "a parent path": lambda made: write(made, "../a", "padding"),
    "an absolute path": lambda made: write(made, "/a", "padding"),
    "a folder": lambda made: write(made, "a/", "padding"),
    "a backslash": lambda made: write(made, "a\\b", "padding"),
    "a reversed name": lambda made: write(made, "a\u202eb", "padding"),
    "a comment": comment,
    "a member's comment": member_comment,
    "an extra field": extra_field,
    "no ZIP64 header": without_zip64,
    "other names outside than inside": one_name_twice,
    "members in another order": swapped,
    "members that overlap": overlapping,
    "a member not in the directory": gap,
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("build", FOREIGN.values(), ids=FOREIGN.keys())
def test_archives_that_are_not_ours(build: Callable[[zipfile.ZipFile], object]) -> None:
    with pytest.raises(Malformed):
        PayloadReader(io.BytesIO(foreign(build)), MEMBERS)


@pytest.mark.skipif(
    sys.version_info < (3, 11, 4), reason="until then zipfile wrote another local header"
)
def test_an_archive_of_another_maker_in_our_form_is_taken() -> None:
    """So the refusals above have the reasons that they name."""
    data = foreign(lambda made: write(made, "a", "é", "padding"))
    assert read_all(data) == [("a", b"x" * 100), ("é", b"x" * 100)]


def test_an_archive_written_to_a_file_has_no_descriptors_and_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        write(made, "a", "padding")
    with pytest.raises(Malformed):
        PayloadReader(file, MEMBERS)


def test_a_files_archive_is_read_as_well() -> None:
    pieces: list[bytes] = []
    writer = PayloadWriter(pieces.append, files_class)
    writer.open_member("a").write(bytes(200_000))
    writer.close_member()
    writer.finish()
    reader = PayloadReader(io.BytesIO(b"".join(pieces)), 1)
    assert reader.members() == (Member("a", 200_000),)
