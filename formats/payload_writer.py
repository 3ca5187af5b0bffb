"""Writing the archive inside an envelope, as a stream that ends exactly on its size class."""

import stat
import struct
import zipfile
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import IO, cast

from formats.names import Names

PADDING_NAME = "padding"

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that ZIP can write
_PRIVATE_FILE = (stat.S_IFREG | 0o600) << 16  # where Info-ZIP keeps Unix modes
_UNIX = 3  # APPNOTE 4.4.2: how the modes are to be read, whatever machine wrote them

# Sizes in bytes of what zipfile writes around the data, from APPNOTE.TXT 6.3.10.
_LOCAL_HEADER = 30 + 20  # 4.3.7, and a ZIP64 extra field with both sizes (4.5.3)
_DESCRIPTOR = 24  # 4.3.9, with signature and 8-byte sizes
_DIRECTORY_ENTRY = 46  # 4.3.12
_EXTRA_HEADER = 4  # 4.5.1
_EXTRA_NUMBER = 8  # 4.5.3
_END = 22  # 4.3.16
_ZIP64_END = 56 + 20  # 4.3.14 and 4.3.15

_LOCAL = struct.Struct("<4s5H3I2H")  # 4.3.7
_ZIP64_EXTRA = struct.Struct("<HHQQ")  # 4.5.3
_ZIP64_VERSION = 45  # 4.4.3.2
_UTF8 = 1 << 11  # 4.4.4
_DAY_1980 = 1 << 5 | 1  # 4.4.6: the first of January
_IN_EXTRA = 0xFFFFFFFF  # 4.4.8

_ZEROS = bytes(256 << 10)


class MemberWriter:
    """A file being written into the archive, under `name`."""

    def __init__(
        self, name: str, file: IO[bytes], passing: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self.name = name
        self._file = file
        self._passing = passing

    def write(self, data: bytes) -> None:
        """Add `data` to the file. Raises ValueError once the member is closed."""
        with self._passing():
            self._file.write(data)


class PayloadWriter:
    """Writes an archive into `sink`: every byte once, in order, large pieces uncopied.

    `size_class` gives the size to pad to, as `letter_class` and `files_class` do. Members are
    written one after another: `open_member`, writes, `close_member`; then `finish`. After an
    exception, or once given up, a writer passes nothing on: neither a later call nor the
    garbage collector can round off half an archive so that it looks whole.
    Raises ValueError if calls come in another order.
    """

    def __init__(self, sink: Callable[[bytes], None], size_class: Callable[[int], int]) -> None:
        self._outlet = _Outlet(sink)
        self._size_class = size_class
        self._archive = _Archive(cast("IO[bytes]", self._outlet), "w")
        self._names = Names(reserved=(PADDING_NAME,))
        self._file: IO[bytes] | None = None
        self._directory_size = 0  # bytes that the closed members will take in the directory
        self._usable = True

    def open_member(self, name: str) -> MemberWriter:
        """Begin a file under `name` made safe and unique, which the result's `name` tells."""
        with self._passing():
            unique = self._names.add(name)
            self._file = self._open(unique)
        return MemberWriter(unique, self._file, self._passing)

    def close_member(self) -> None:
        """End the file that was opened last."""
        with self._passing():
            if self._file is None:
                raise ValueError("no member is open")
            self._file.close()
            self._file = None
            written = self._archive.filelist[-1]
            self._directory_size += _directory_entry(
                len(written.filename.encode()), written.file_size, written.header_offset
            )

    def finish(self) -> int:
        """Write padding and directory. Returns the archive's size in bytes: its class."""
        with self._passing():
            total, padding = self._plan()
            with self._open(PADDING_NAME) as file:
                for at in range(0, padding, len(_ZEROS)):
                    file.write(_ZEROS[: padding - at])
            self._archive.close()
            if self._outlet.offset != total:
                raise ValueError("zipfile wrote records of other sizes than were counted")
        self._usable = False
        return total

    @contextmanager
    def _passing(self) -> Iterator[None]:
        """Let bytes out for the length of one call, and never again if it fails."""
        if not self._usable:
            raise ValueError("this archive is finished or was given up")
        self._usable = False
        self._outlet.passes = True
        try:
            yield
        finally:
            self._outlet.passes = False
        self._usable = True

    def _open(self, name: str) -> IO[bytes]:
        info = _Zip64Info(name, _EPOCH)
        info.external_attr = _PRIVATE_FILE
        info.create_system = _UNIX
        return self._archive.open(info, "w", force_zip64=True)

    def _plan(self) -> tuple[int, int]:
        """Return the archive's total size, a class, and the size of the padding that makes it.

        Each byte of padding makes the archive at least a byte larger, so the right number can
        be searched for. Where ZIP64 records begin to be needed, one byte of padding adds up
        to a hundred, and a class could fall in between; then it is the next.
        """
        total = self._size_class(self._total(0))
        while True:
            padding = bisect_left(range(total), total, key=self._total)
            if self._total(padding) == total:
                return total, padding
            total = self._size_class(total + 1)

    def _total(self, padding: int) -> int:
        """Return the archive's size if it ended with `padding` bytes of padding."""
        name_size = len(PADDING_NAME)
        offset = self._outlet.offset
        directory_start = offset + _LOCAL_HEADER + name_size + padding + _DESCRIPTOR
        directory = self._directory_size + _directory_entry(name_size, padding, offset)
        large = max(directory_start, directory) > zipfile.ZIP64_LIMIT
        many = len(self._archive.filelist) + 1 > zipfile.ZIP_FILECOUNT_LIMIT
        return directory_start + directory + _END + (_ZIP64_END if large or many else 0)


def _directory_entry(name_size: int, size: int, offset: int) -> int:
    """Return how many bytes a member takes in the directory: past 2 GiB, ZIP64 extras."""
    numbers = 2 * (size > zipfile.ZIP64_LIMIT) + (offset > zipfile.ZIP64_LIMIT)
    extra = _EXTRA_HEADER + numbers * _EXTRA_NUMBER if numbers else 0
    return _DIRECTORY_ENTRY + name_size + extra


class _Zip64Info(zipfile.ZipInfo):
    """A member whose local header says in all its places that it is ZIP64.

    zipfile itself left version and sizes at 20 and 0 until Python 3.11.4; readers differ on that.
    """

    def FileHeader(self, zip64: bool | None = None) -> bytes:  # noqa: FBT001, N802  zipfile's own
        """Return the local header: sizes and CRC follow the data (4.4.4, 4.4.8, 4.5.3)."""
        del zip64  # always
        self.extract_version = self.create_version = _ZIP64_VERSION
        name = self.filename.encode()
        flags = self.flag_bits | (0 if name.isascii() else _UTF8)
        header = (_ZIP64_VERSION, flags, zipfile.ZIP_STORED, 0, _DAY_1980, 0, _IN_EXTRA, _IN_EXTRA)
        extra = _ZIP64_EXTRA.pack(1, 2 * _EXTRA_NUMBER, 0, 0)
        return _LOCAL.pack(b"PK\3\4", *header, len(name), len(extra)) + name + extra


class _Archive(zipfile.ZipFile):
    """A ZipFile that the garbage collector does not finish: it would write the directory."""

    def __del__(self) -> None:
        """Leave an unfinished archive unfinished."""


class _Outlet:
    """Where zipfile writes: a stream that cannot seek, and that is shut between calls.

    zipfile's member handles write a last record when they are collected; it ends here.
    """

    def __init__(self, sink: Callable[[bytes], None]) -> None:
        self._sink = sink
        self.offset = 0
        self.passes = False

    def write(self, data: bytes) -> int:
        """Pass `data` on and count it, or drop it when shut."""
        if self.passes:
            self._sink(data)
            self.offset += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""
