"""Files of the viewing station's store: encrypted in chunks, read from anywhere, never cut unseen.

XChaCha20-Poly1305 (libsodium's IETF construction) over chunks of 64 KiB. A chunk's nonce is the
file's own 16 random bytes, which the file begins with, and the chunk's index; its associated data
are the version and whether it is the last. (XChaCha20 makes a key of its own from the first 16
bytes of the nonce, so writing a file again under the same key repeats nothing.) A chunk altered,
moved, dropped or added does not open; neither does a file cut short, since its last chunk must
say that it is the last. In the manner of STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, 2015).
"""

import io
import secrets
from types import TracebackType
from typing import BinaryIO, Self

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_ABYTES as TAG_SIZE,
)
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt as decrypt,
)
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_encrypt as encrypt,
)
from nacl.exceptions import CryptoError as LibsodiumError

from crypto.errors import BadBox
from crypto.secret import Key

CHUNK_SIZE = 64 * 1024  # bytes of plaintext in each chunk but the last
PREFIX_SIZE = 16  # bytes: drawn for each file
INDEX_SIZE = 8  # bytes
VERSION = b"vs1-file"

_SEALED_CHUNK_SIZE = CHUNK_SIZE + TAG_SIZE


class FileKey(Key):
    """Seals one file of the store."""

    __slots__ = ()


def _nonce(prefix: bytes, index: int) -> bytes:
    return prefix + index.to_bytes(INDEX_SIZE, "big")


def _aad(*, last: bool) -> bytes:
    return VERSION + bytes([last])


class SealedFileWriter:
    """Writes a sealed file into `sink`, front to back.

    `close` is the commit: without it the file does not open. Used in a `with`, it closes on a
    clean exit only. The sink stays open, and is the caller's.
    """

    def __init__(self, sink: BinaryIO, key: FileKey) -> None:
        self._sink = sink
        self._key = key.reveal()
        self._prefix = secrets.token_bytes(PREFIX_SIZE)
        self._index = 0
        self._waiting = bytearray()
        self._closed = False
        sink.write(self._prefix)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close on a clean exit."""
        if kind is None:
            self.close()

    def write(self, data: bytes) -> int:
        """Seal more of the file; return the size of `data`."""
        if self._closed:
            raise ValueError("the sealed file is closed")
        self._waiting += data
        while len(self._waiting) > CHUNK_SIZE:  # a full chunk waits: it may be the last
            self._put(bytes(self._waiting[:CHUNK_SIZE]), last=False)
            del self._waiting[:CHUNK_SIZE]
        return len(data)

    def close(self) -> None:
        """Write the last chunk, which makes the file whole. A second time does nothing."""
        if not self._closed:
            self._put(bytes(self._waiting), last=True)
            self._waiting.clear()
            self._closed = True

    def _put(self, chunk: bytes, *, last: bool) -> None:
        nonce = _nonce(self._prefix, self._index)
        self._sink.write(encrypt(chunk, _aad(last=last), nonce, self._key))
        self._index += 1


class SealedFileReader(io.RawIOBase):
    """Reads a sealed file from anywhere in it; `source` is seekable and stays the caller's.

    Opening it proves its length: raises `BadBox` if the last chunk is not the last, and on
    reading any chunk that is not right.
    """

    def __init__(self, source: BinaryIO, key: FileKey) -> None:
        super().__init__()
        self._source = source
        self._key = key.reveal()
        chunks_size = source.seek(0, io.SEEK_END) - PREFIX_SIZE
        if chunks_size < TAG_SIZE:
            raise BadBox
        self._last = (chunks_size - 1) // _SEALED_CHUNK_SIZE
        source.seek(0)
        self._prefix = source.read(PREFIX_SIZE)
        self._index, self._chunk = self._last, self._open_chunk(self._last)
        self._size = self._last * CHUNK_SIZE + len(self._chunk)
        self._at = 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be read from anywhere."""
        return True

    def tell(self) -> int:
        """Return the place of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place, as files do; it may lie past the end."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if origin + offset < 0:
            raise ValueError("no place before the beginning")
        self._at = origin + offset
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer has no name before Python 3.12
        """Fill `buffer` as far as the present chunk goes; 0 at the end. Raises `BadBox`."""
        if self._at >= self._size:
            return 0
        index, offset = divmod(self._at, CHUNK_SIZE)
        if index != self._index:
            self._chunk = self._open_chunk(index)
            self._index = index
        piece = self._chunk[offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _open_chunk(self, index: int) -> bytes:
        self._source.seek(PREFIX_SIZE + index * _SEALED_CHUNK_SIZE)
        sealed = self._source.read(_SEALED_CHUNK_SIZE)
        try:
            return decrypt(
                sealed, _aad(last=index == self._last), _nonce(self._prefix, index), self._key
            )
        except (LibsodiumError, ValueError) as error:
            raise BadBox from error
