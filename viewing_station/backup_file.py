"""A backup's outer form: a line that says what it is, its wrapped key, and then one sealed file."""

import io
from typing import TYPE_CHECKING, BinaryIO, cast

from crypto.backup_key import WRAPPED_SIZE, new_backup_key, unwrap_backup_key
from crypto.errors import BadBox
from crypto.sealed_file import SealedFileReader, SealedFileWriter
from crypto.secret import Secret
from viewing_station.errors import BackupRefusedError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

FIRST_LINE = b"vasistas/station-backup/1\n"
HEADER_SIZE = len(FIRST_LINE) + WRAPPED_SIZE  # bytes
PIECE = 64 << 10  # bytes: a chunk of the sealed file


class SealedPart(io.RawIOBase):
    """The sealed file, which begins behind the header."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file

    def readable(self) -> bool:
        """Tell that this can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that this can be read from anywhere."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Read the next bytes into `buffer`; 0 at the end."""
        view = memoryview(buffer).cast("B")
        data = self._file.read(len(view))
        view[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, counted from where the sealed file begins."""
        base = HEADER_SIZE if whence == io.SEEK_SET else 0
        return self._file.seek(base + offset, whence) - HEADER_SIZE


def sealing(sink: BinaryIO, passphrase: Secret) -> SealedFileWriter:
    """Begin a backup in `sink`; what is written to what this returns is sealed."""
    key, wrapped = new_backup_key(passphrase)
    sink.write(FIRST_LINE + wrapped)
    return SealedFileWriter(sink, key)


def opening(file: BinaryIO, passphrase: Secret) -> BinaryIO:
    """Read what a backup holds. Raises BackupRefusedError; BadBox, later, where it was altered."""
    header = file.read(HEADER_SIZE)
    if not header.startswith(FIRST_LINE):
        raise BackupRefusedError(reason="it is no backup of a viewing station")
    try:
        key = unwrap_backup_key(passphrase, header[len(FIRST_LINE) :])
    except BadBox:
        reason = "that is not its passphrase, or its beginning is damaged"
        raise BackupRefusedError(reason=reason) from None
    try:
        sealed = SealedFileReader(cast("BinaryIO", SealedPart(file)), key)
    except BadBox:
        raise BackupRefusedError(reason="it is damaged or not whole") from None
    return io.BufferedReader(sealed, PIECE)
