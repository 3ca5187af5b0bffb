"""Small private files that are put in another's place whole, and what they held before destroyed.

The rename is the commit. Around it, two names may stand beside the file: `.NAME.new`, which is not
in force yet, and `.NAME.gone`, which is to be destroyed. Whatever a power cut leaves of them,
`tidy` clears away.
"""

import os
from pathlib import Path

from storage.blob_files import overwrite


def write_private(path: Path, data: bytes) -> None:
    """Create `path` 0600 with `data`, on the disk when this returns; never overwrites."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_private(path: Path, data: bytes) -> None:
    """Put `data` in the place of what `path` holds, if it holds anything, and destroy that."""
    tidy(path)
    coming, gone = _coming(path), _gone(path)
    write_private(coming, data)
    if path.exists():
        os.link(path, gone)
    coming.replace(path)
    _sync(path.parent)
    tidy(path)


def replace_public(path: Path, data: bytes) -> None:
    """Put `data` in the place of what `path` holds; that was public, and may still be read."""
    coming = _coming(path)
    coming.unlink(missing_ok=True)
    write_private(coming, data)
    coming.replace(path)
    _sync(path.parent)


def tidy(path: Path) -> None:
    """Destroy what an interrupted `replace_private` left beside `path`. Two names are looked at."""
    for rest in (_coming(path), _gone(path)):
        if not rest.exists():
            continue
        # Before the rename, what is to be destroyed is still the file in force.
        if not (path.exists() and rest.samefile(path)):
            _zero(rest)
        rest.unlink()
        _sync(path.parent)


def is_tidy(path: Path) -> bool:
    """Tell whether nothing is left beside `path`."""
    return not (_coming(path).exists() or _gone(path).exists())


def _coming(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def _gone(path: Path) -> Path:
    return path.with_name(f".{path.name}.gone")


def _zero(path: Path) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
    try:
        overwrite(handle)
    finally:
        os.close(handle)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
