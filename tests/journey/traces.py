"""Looking for a source's words where they must not be: files, database, processes.

The needles are searched as UTF-8, UTF-16, hexadecimal and base64 at each of its three offsets,
in any case; a codename also word by word, two neighbours at a time.
"""

import base64
import os
import stat
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

BATCH = 500  # files a grep


def needles_of(texts: Iterable[str]) -> set[bytes]:
    """Give all forms of the texts, lower-cased, that a search should find."""
    found: set[bytes] = set()
    for text in texts:
        raw = text.encode()
        found |= {raw.lower(), text.encode("utf-16-le").lower(), raw.hex().encode()}
        for offset in range(3):
            encoded = base64.b64encode(b"\0" * offset + raw)
            # The characters at both ends depend on what stands around the text.
            found.add(encoded[4:-4].lower() if offset else encoded[:-4].lower())
    return {needle for needle in found if len(needle) >= 8}


def needles_of_codename(codename: str) -> set[bytes]:
    """Give the codename whole and each pair of neighbouring words, in several spellings."""
    pairs = [" ".join(pair) for pair in pairwise(codename.split())]
    joined = ["+".join(codename.split()), "-".join(codename.split()), codename]
    return needles_of([*joined, *pairs])


def in_files(
    folders: Iterable[Path], needles: set[bytes], since: float, others: Callable[[Path], bool]
) -> list[Path]:
    """Search every regular file below the folders that changed after `since`, names included.

    Folders that are `others` are passed over: what tests beside this one wrote.

    `since` (unix seconds) is compared with the change time, which nobody can set: what did not
    change after the canaries were drawn cannot hold them.
    """
    files = [path for folder in folders for path in _files(folder, since, others)]
    named = [path for path in files if any(n in os.fsencode(path).lower() for n in needles)]
    return named + _grep(files, needles)


def in_processes(pids: Iterable[int], needles: set[bytes]) -> list[tuple[int, bytes]]:
    """Search the command lines and environments of processes."""
    found = []
    for pid in pids:
        for name in ("cmdline", "environ"):
            try:
                content = Path(f"/proc/{pid}/{name}").read_bytes().lower()
            except (FileNotFoundError, ProcessLookupError):
                continue
            found += [(pid, needle) for needle in needles if needle in content]
    return found


def _files(folder: Path, since: float, others: Callable[[Path], bool]) -> Iterator[Path]:
    for parent, below, names in os.walk(folder):
        below[:] = [name for name in below if not others(Path(parent, name))]
        for name in names:
            path = Path(parent, name)
            try:
                status = path.lstat()
            except FileNotFoundError:
                continue  # it went while we looked
            if stat.S_ISREG(status.st_mode) and status.st_ctime >= since:
                yield path


def _grep(files: Sequence[Path], needles: set[bytes]) -> list[Path]:
    # grep takes its patterns from a pipe, so that no file and no command line holds them.
    command = ["grep", "-aFil", "--null", "--no-messages", "-f", "-", "--"]
    found: list[Path] = []
    for start in range(0, len(files), BATCH):
        batch = [str(path) for path in files[start : start + BATCH]]
        done = subprocess.run(
            [*command, *batch], input=b"\n".join(needles), capture_output=True, check=False,
            env={"LC_ALL": "C"},
        )  # fmt: skip
        found += [Path(os.fsdecode(name)) for name in done.stdout.split(b"\0") if name]
    return found
