"""Runs one program on what a stranger sent, where it can reach nothing and leave nothing.

bubblewrap gives it no network, no home, no process but its own, and a folder in memory. What it is
to look at comes in over pipes and never lies on a disk; what it makes comes out over a pipe, and is
counted while it is read. No name that a source chose is among its words.
"""

import contextlib
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from viewing_station.errors import StationError
from viewing_station.sandbox_watch import Use, use_of

MIB = 1 << 20
PIECE = 256 << 10  # bytes read at once
SAID_LIMIT = 64 << 10  # bytes of what a program complains of; a line or two is looked at
FOLDER = "/work"  # inside: in memory, and all that can be written to
USER = 65534  # inside: nobody
PROCESSES = 256  # LibreOffice has two, with some twenty threads
FILES_OPEN = 256
LOOK_SECONDS = 0.2  # between two looks at what is in use: a fork bomb makes hundreds meanwhile
END_SECONDS = 5
WHY_LIMIT = 200  # characters of what bubblewrap says for itself

# What programs need of the machine, read-only. No home, no station, no /etc but these.
_FOLDERS = ("/usr",)
_LINKS = ("/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32")
_SETTINGS = (
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/libreoffice",
    "/etc/mime.types",
    "/var/cache/fontconfig",
)
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": FOLDER,
    "TMPDIR": FOLDER,
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "SAL_USE_VCLPLUGIN": "svp",  # LibreOffice without a screen
}


class SandboxError(StationError):
    """The program that was to look at it could not be run."""


class ToolMissingError(SandboxError):
    """{tool} is not installed here: the Debian package {package} brings it."""


class ToolFailedError(SandboxError):
    """The program that was to look at it gave up on it: it is damaged, or not what it seems."""

    def __init__(self, code: int, untrusted_said: str) -> None:
        """Keep what the program said: it tells causes apart, and is shown to nobody."""
        super().__init__()
        self.code, self.untrusted_said = code, untrusted_said


class NoSandboxError(SandboxError):
    """bubblewrap cannot shut programs in on this machine, so nothing is opened ({why})."""


class TooLargeError(SandboxError):
    """It is larger than {size} MiB, and too large to be looked at here."""


class TookTooLongError(SandboxError):
    """It took longer than {seconds} seconds to look at, and was stopped."""


class TooMuchError(SandboxError):
    """More came out of it than {size} MiB, and it was stopped."""


class TooManyProcessesError(SandboxError):
    """It started more than {count} programs at once, and was stopped."""


class TooMuchMemoryError(SandboxError):
    """It took more than {size} MiB of memory to look at, and was stopped."""


@dataclass(frozen=True)
class Limits:
    """What a program may use: wall-clock time, memory, room to write, and how much comes out.

    seconds: a person waits for it. memory: bytes of address space of each process. together: bytes
    in use by all processes. scratch: bytes of the folder in memory, what it is to look at among
    them. output: bytes that it may give.
    """

    seconds: float = 120
    memory: int = 4096 * MIB
    together: int = 3072 * MIB
    scratch: int = 1024 * MIB
    output: int = 2048 * MIB


@dataclass(frozen=True)
class Tool:
    """A program and the Debian package that brings it."""

    program: str
    package: str

    def require(self) -> None:
        """Raise ToolMissingError unless it is installed."""
        if shutil.which(self.program) is None:
            raise ToolMissingError(tool=self.program, package=self.package)


BUBBLEWRAP = Tool("bwrap", "bubblewrap")
SHELL = Tool("sh", "dash")  # for a program that writes into a file before it can be printed


def run(  # noqa: PLR0913  three of them by their names
    tool: Tool,
    words: Sequence[str],
    sink: Callable[[bytes], object],
    *,
    files: Mapping[str, BinaryIO] | None = None,
    feed: BinaryIO | None = None,
    limits: Limits | None = None,
) -> None:
    """Run `tool` with these words; `sink` gets what it prints, piece by piece.

    files: what it finds under these names in its folder; the names are ours, never the source's.
    feed: the end of a pipe that is its standard input. Nothing that the sink was given may be used
    unless this returns. Raises ToolMissingError, NoSandboxError, ToolFailedError, TooLargeError,
    TookTooLongError, TooMuchError, TooManyProcessesError, TooMuchMemoryError; and what reading the
    files or the sink raises.
    """
    BUBBLEWRAP.require()
    tool.require()
    _run([tool.program, *words], sink, _Given(files or {}, feed), limits or Limits())


def run_python(
    script: str,
    words: Sequence[str],
    sink: Callable[[bytes], object],
    *,
    files: Mapping[str, BinaryIO] | None = None,
    limits: Limits | None = None,
) -> None:
    """Run a script of ours with our libraries inside, for what a library reads best. As `run`."""
    BUBBLEWRAP.require()
    command = [sys.executable, "-I", "-c", script, *words]
    prefixes = {sys.prefix, sys.base_prefix}
    _run(command, sink, _Given(files or {}, libraries=sorted(prefixes)), limits or Limits())


def collected(limit: int) -> tuple[bytearray, Callable[[bytes], object]]:
    """Return a buffer and a sink that fills it, up to `limit` bytes; raises TooMuchError."""
    taken = bytearray()

    def sink(piece: bytes) -> None:
        if len(taken) + len(piece) > limit:
            raise TooMuchError(size=limit // MIB)
        taken.extend(piece)

    return taken, sink


@dataclass(frozen=True)
class _Given:
    """What a program gets: files of its own, a pipe to read, folders of libraries to see."""

    files: Mapping[str, BinaryIO]
    feed: BinaryIO | None = None
    libraries: Sequence[str] = ()


def _run(
    command: Sequence[str], sink: Callable[[bytes], object], given: _Given, limits: Limits
) -> None:
    # In this order, so that the end comes the other way round: the program is ended, then nobody
    # reads the pipes any more, so that whoever still fills one stops, and is waited for.
    with ExitStack() as ending:
        pipes = {name: os.pipe() for name in given.files}
        filled = {n: ending.enter_context(os.fdopen(p[1], "wb", 0)) for n, p in pipes.items()}
        threads = ending.enter_context(ThreadPoolExecutor(max(1, len(pipes)), "feeding"))
        emptied = {n: ending.enter_context(os.fdopen(p[0], "rb", 0)) for n, p in pipes.items()}
        inside = {name: pipe.fileno() for name, pipe in emptied.items()}
        words = [*_bubblewrap(inside, limits, given.libraries), "--", *_limited(limits), *command]
        process = ending.enter_context(_started(words, list(inside.values()), given.feed))
        ending.callback(_end, process)
        for pipe in emptied.values():
            pipe.close()
        feeding = [threads.submit(_feed, given.files[name], pipe) for name, pipe in filled.items()]
        said = _read(process, sink, limits)
        for fed in feeding:
            fed.result()
        if process.wait() != 0:
            raise _failure(process.returncode, said, limits)


def _bubblewrap(files: Mapping[str, int], limits: Limits, libraries: Sequence[str]) -> list[str]:
    words = ["bwrap", "--unshare-all", "--unshare-user", "--uid", str(USER), "--gid", str(USER)]
    words += ["--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"]
    words += ["--hostname", "station", "--disable-userns"]
    # Before the libraries, which may lie in folders of the same names.
    words += ["--size", str(limits.scratch), "--tmpfs", "/tmp"]  # noqa: S108  inside
    words += ["--size", str(limits.scratch), "--tmpfs", FOLDER]
    for folder in (*_FOLDERS, *libraries):
        words += ["--ro-bind", folder, folder]
    for link in _LINKS:
        if Path(link).is_symlink():
            words += ["--symlink", str(Path(link).readlink()), link]
        elif Path(link).exists():
            words += ["--ro-bind", link, link]
    for setting in _SETTINGS:
        words += ["--ro-bind-try", setting, setting]
    words += ["--proc", "/proc", "--dev", "/dev"]
    words += ["--chdir", FOLDER]
    for name, value in _ENVIRONMENT.items():
        words += ["--setenv", name, value]
    for name, reading in files.items():
        words += ["--perms", "0644", "--file", str(reading), f"{FOLDER}/{name}"]
    return words


def _limited(limits: Limits) -> list[str]:
    """Say what each process inside may use (prlimit of util-linux, which Debian always has)."""
    return [
        "prlimit",
        f"--as={limits.memory}",
        f"--cpu={int(limits.seconds * 4) + 1}",  # of several threads at once
        f"--nproc={PROCESSES}",
        f"--nofile={FILES_OPEN}",
        "--core=0",
        "--",
    ]


def _started(
    command: Sequence[str], passed: Sequence[int], feed: BinaryIO | None
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL if feed is None else feed,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=passed,
        start_new_session=True,  # a Ctrl-C is ours to carry out
    )


def _feed(source: BinaryIO, pipe: BinaryIO) -> None:
    """Give all of a file, and its end; a program that has seen enough is no error here."""
    with pipe, contextlib.suppress(BrokenPipeError):
        while piece := source.read(PIECE):
            left = memoryview(piece)
            while left:
                left = left[pipe.write(left) :]


def _read(process: subprocess.Popen[bytes], sink: Callable[[bytes], object], limits: Limits) -> str:
    """Pass on what it prints, within the limits; return the beginning of what it complains of."""
    said = bytearray()
    left = limits.output
    for is_output, piece in _pieces(process, limits):
        if is_output:
            left -= len(piece)
            if left < 0:
                raise TooMuchError(size=limits.output // MIB)
            sink(piece)
        elif len(said) < SAID_LIMIT:
            said += piece[: SAID_LIMIT - len(said)]
    return said.decode("utf-8", "replace")


def _pieces(process: subprocess.Popen[bytes], limits: Limits) -> Iterator[tuple[bool, bytes]]:
    if process.stdout is None or process.stderr is None:  # both were asked for
        return
    output, complaints = process.stdout.fileno(), process.stderr.fileno()
    waiting = [output, complaints]
    until = time.monotonic() + limits.seconds
    looking = time.monotonic() + LOOK_SECONDS
    while waiting:
        ready, _, _ = select.select(waiting, [], [], LOOK_SECONDS)
        now = time.monotonic()
        if now >= until:
            raise TookTooLongError(seconds=int(limits.seconds))
        if now >= looking:
            _check(use_of(process.pid), limits)
            looking = now + LOOK_SECONDS
        for end in ready:
            piece = os.read(end, PIECE)
            if piece:
                given = time.monotonic()
                yield end == output, piece
                until += time.monotonic() - given  # what we do with it is no time of its own
            else:
                waiting.remove(end)


def _check(use: Use, limits: Limits) -> None:
    if use.processes > PROCESSES:
        raise TooManyProcessesError(count=PROCESSES)
    if use.memory > limits.together:
        raise TooMuchMemoryError(size=limits.together // MIB)


def _failure(code: int, untrusted_said: str, limits: Limits) -> SandboxError:
    """Tell whether bubblewrap failed, which says its name first, or the program inside."""
    if not untrusted_said.startswith("bwrap: "):
        return ToolFailedError(code, untrusted_said)
    if "No space left" in untrusted_said:  # for what it was to copy inside
        return TooLargeError(size=limits.scratch // MIB)
    return NoSandboxError(why=untrusted_said.splitlines()[0][:WHY_LIMIT])


def _end(process: subprocess.Popen[bytes]) -> None:
    """See it gone: killing bubblewrap ends the first process inside, and with it all others."""
    if process.poll() is None:
        process.kill()
    process.wait(END_SECONDS)
