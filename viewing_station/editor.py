"""Has a text written in the reviewer's editor, in a folder that is memory and no disk.

The editor must be given a file. It lies on a tmpfs, in a folder that is the editor's home as well,
so that swap files, backups and histories of what was typed lie there too, and all of it goes when
the editor ends. What this cannot prevent: a kernel that swaps memory out to a disk, and an editor
that is told to write elsewhere.
"""

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from viewing_station.errors import EditorError, NoMemoryFolderError
from viewing_station.home import PRIVATE_FILE

IN_MEMORY = ("tmpfs", "ramfs")
SHARED_MEMORY = "/dev/shm"  # noqa: S108  # the folder made there is new, and its owner's alone
FALLBACKS = ("editor", "nano", "vi")  # Debian's own choice first


def edited(text: str, name: str, limit: int) -> bytes:
    """Return what the reviewer made of `text`: `limit` bytes at most, and one more where it was.

    Raises NoMemoryFolderError, EditorError.
    """
    with _memory_folder() as folder:
        file = folder / name
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        with os.fdopen(handle, "wb") as sink:
            sink.write(text.encode())
        _edit(file, folder)
        with file.open("rb") as source:
            return source.read(limit + 1)


def _edit(file: Path, home: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name[:4] != "XDG_"}
    environment |= {"HOME": str(home), "TMPDIR": str(home)}
    command = _command()
    try:
        ended = subprocess.run([*command, str(file)], env=environment, cwd=home, check=False)
    except OSError as error:
        raise EditorError(editor=command[0], why=error.strerror) from None
    if ended.returncode != 0 or not file.is_file():
        raise EditorError(editor=command[0], why="it ended without a text")


def _command() -> list[str]:
    chosen = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")
    if chosen:
        return chosen
    found = next((name for name in FALLBACKS if shutil.which(name)), None)
    if found is None:
        raise EditorError(editor=FALLBACKS[0], why="it is not installed")
    return [found]


@contextmanager
def _memory_folder() -> Iterator[Path]:
    for parent in (os.environ.get("XDG_RUNTIME_DIR"), f"/run/user/{os.getuid()}", SHARED_MEMORY):
        if parent and os.access(parent, os.W_OK | os.X_OK) and _is_memory(Path(parent)):
            with tempfile.TemporaryDirectory(prefix="viewing-station-", dir=parent) as folder:
                yield Path(folder)
            return
    raise NoMemoryFolderError


def _is_memory(folder: Path) -> bool:
    """Tell whether a folder lies on a file system in memory (proc(5), mountinfo)."""
    device = folder.stat().st_dev
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines():
        place, _, kind = line.partition(" - ")
        if place.split()[2] == wanted:
            return kind.split()[0] in IN_MEMORY
    return False
