"""Files as tor wants them: their owner's alone, whole, and on the disk when named."""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HOLD_POLL_SECONDS = 0.05


def make_private_folder(path: Path) -> None:
    """Make a folder for its owner alone; tor refuses one that others can read."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in place in one step, 0600, whatever stood there before.

    What an interrupted command left of its draft is overwritten by the next.
    """
    part = path.with_name(f".{path.name}.part")  # tor reads names ending in .auth only
    with os.fdopen(_drafted(part), "wb") as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            raise
    sync_folder(path.parent)


def _drafted(part: Path) -> int:
    """Open an empty draft, and hold it for as long as it is open."""
    while True:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # Whoever held it before may have put it in its place meanwhile: it is no draft any more.
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), part.lstat()):
                os.ftruncate(descriptor, 0)
                return descriptor
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a file, and have the disk know it."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def destroy(path: Path) -> None:
    """Overwrite a file before it goes; one that is gone already is no error.

    What flash storage keeps of the old bytes is beyond any program.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(os.fstat(descriptor).st_size))
        file.flush()
        os.fsync(descriptor)
    remove(path)


def sync_folder(path: Path) -> None:
    """Have the disk know which names a folder holds."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def hold(lock: Path, patience: float = 0.0) -> int | None:
    """Hold a lock for as long as this process lives, or the descriptor given is open.

    None: another process holds it, and still does after so many seconds.
    """
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                os.close(descriptor)
                return None
            time.sleep(HOLD_POLL_SECONDS)
        else:
            return descriptor


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Hold a lock that other processes wait for; it ends with its holder."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
