"""Destroys an instance: keys first, since without them the rest is noise to whoever finds it.

Every step finds what an earlier run has left of it, and goes on with that. Files are overwritten,
unlinked, and their folders synced; what flash storage keeps all the same, the threat model says.
"""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text

from admin.onions import paths_of
from admin.progress import Advance, meter
from admin.retiring.notice import NOTICE_NAME
from storage.blob_files import overwrite
from storage.connections import WRITING, make_engine, sqlite_path
from storage.models import Base
from tor.files import sync_folder
from web.config import CONFIG_NAME, load_config
from web.instance import Places

_KEPT = frozenset({NOTICE_NAME, ".served"})


def destroy(places: Places, *, closing: bool) -> None:
    """Destroy all of an instance, but for what its closing page needs if there is to be one.

    That is the key of the source onion service, of both in a move, and the entry guards of its tor.
    """
    spared = frozenset({*paths_of(places, "source"), places.tor_data} if closing else ())
    with meter("Destroying", sum(_size(path) for path in _files(places.home, spared))) as advance:
        for first in (places.keys, places.onions):
            _shred_all(first, spared, advance)
        _destroy_database(places, advance)
        for child in sorted(places.home.iterdir()):
            if child.name not in {*_KEPT, CONFIG_NAME}:
                _shred_all(child, spared, advance)
        # Last of all the configuration: it says where the database is. Half overwritten, it must
        # not pass for one.
        config = places.home / CONFIG_NAME
        if config.exists():
            _shred_all(config.rename(config.with_name(f".{CONFIG_NAME}.gone")), spared, advance)
    os.sync()


def _destroy_database(places: Places, advance: Advance) -> None:
    if not (places.home / CONFIG_NAME).exists():
        return  # it goes behind the database
    url = load_config(places.home).database
    if not url:
        return  # it is one of the home's files
    path = sqlite_path(url)
    if path is None:
        _drop_tables(url)
        return
    for suffix in ("", "-wal", "-shm"):
        _shred_all(path.with_name(path.name + suffix), frozenset(), advance)


def _drop_tables(url: str) -> None:
    engine = make_engine(url).execution_options(**{WRITING: True})
    try:
        with engine.begin() as connection:
            Base.metadata.drop_all(connection)
            connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    finally:
        engine.dispose()


def _shred_all(path: Path, spared: frozenset[Path], advance: Advance) -> None:
    """Destroy a file, or a folder with all that is in it but what is spared."""
    for file in list(_files(path, spared)):
        _shred(file, advance)
    if path.is_dir() and not path.is_symlink() and not _holds_spared(path, spared):
        shutil.rmtree(path)  # empty folders, sockets and links by now
    elif path.is_symlink() or (path.exists() and not path.is_dir()):
        path.unlink()
    sync_folder(path.parent)


def _shred(path: Path, advance: Advance) -> None:
    size = _size(path)
    file = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    try:
        overwrite(file)
    finally:  # a disk that cannot be written to can still forget
        os.close(file)
        path.unlink()
        sync_folder(path.parent)
    advance(size)


def _files(path: Path, spared: frozenset[Path]) -> Iterator[Path]:
    """Yield the regular files below a path, or the path itself; follow no link."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if path in spared or path.name in _KEPT:
        return
    if stat.S_ISREG(mode):
        yield path
    elif stat.S_ISDIR(mode):
        for child in sorted(path.iterdir()):
            yield from _files(child, spared)


def _holds_spared(path: Path, spared: frozenset[Path]) -> bool:
    return any(each == path or path in each.parents for each in spared)


def _size(path: Path) -> int:
    return path.lstat().st_size
