"""The payloads of files: each a sealed file under a random name, with a key of its own.

A name is never used twice, so neither is a key. A payload that is being written ends in `.part`;
what ends so when a command begins was left by one that was cut off, and goes.
"""

import io
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from crypto.sealed_file import FileKey, SealedFileReader, SealedFileWriter
from crypto.store_key import MasterKey, derive_file_key
from viewing_station.home import PRIVATE_FILE, destroy_file, sync_folder

NAME_SIZE = 16  # bytes, drawn at random
UNFINISHED = ".part"
PIECE = 64 << 10  # bytes read at once: a chunk


@dataclass(frozen=True)
class Draft:
    """A sealed file that is being written."""

    name: str
    path: Path
    sink: BinaryIO
    writer: SealedFileWriter

    def write(self, data: bytes) -> None:
        """Seal more."""
        self.writer.write(data)

    def finish(self) -> None:
        """Seal the last chunk and see it to the disk."""
        self.writer.close()
        self.sink.flush()
        os.fsync(self.sink.fileno())


class Vault:
    """The sealed files of a station."""

    def __init__(self, folder: Path, master: MasterKey) -> None:
        self._folder = folder
        self._master = master

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """Write a sealed file; unless it is kept, nothing of it stays."""
        name = secrets.token_hex(NAME_SIZE)
        path = self._folder / (name + UNFINISHED)
        try:
            handle = os.open(
                path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE
            )
            with os.fdopen(handle, "wb") as sink:
                yield Draft(name, path, sink, SealedFileWriter(sink, self._key(name)))
        finally:
            path.unlink(missing_ok=True)

    def reading(self, draft: Draft) -> AbstractContextManager[BinaryIO]:
        """Read a draft back once it is finished. Raises BadBox."""
        return self._plain(draft.path, draft.name)

    def keep(self, draft: Draft) -> str:
        """Give the draft its place; the name returned finds it again."""
        draft.path.rename(self._folder / draft.name)
        sync_folder(self._folder)
        return draft.name

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Read a sealed file. Raises BadBox, in the middle too, where it was altered."""
        return self._plain(self._folder / name, name)

    def sweep(self, kept: Iterable[str]) -> None:
        """Overwrite and delete what nobody knows: what was let go, or left by a command cut off."""
        known = set(kept)
        for path in self._folder.iterdir():
            if path.name not in known:
                destroy_file(path)

    def _key(self, name: str) -> FileKey:
        return derive_file_key(self._master, name)

    @contextmanager
    def _plain(self, path: Path, name: str) -> Iterator[BinaryIO]:
        with path.open("rb") as source, SealedFileReader(source, self._key(name)) as raw:
            yield io.BufferedReader(raw, PIECE)
