"""A place where a command is killed at each of its writes in turn, and run again."""

import hashlib
import json
import operator
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.interruptions.runner import RESUMED

ADMIN, STATION = "admin.cli:main", "viewing_station.cli:main"
LOOK, PREPARE = "tests.interruptions.looking", "tests.interruptions.preparing"
MEMORY = Path("/dev/shm")  # noqa: S108  where waiting for a disk would only cost time
MOST = 2_000  # writes: past this a case is no small one, or never ends


@dataclass(frozen=True)
class Run:
    """How a run ended, and what it said."""

    code: int
    out: str
    err: str
    killed: bool = False
    writes: tuple[str, ...] = ()


class Runner:
    """The process that runs the commands; see `runner.py`."""

    def __init__(self) -> None:
        words = [sys.executable, "-m", "tests.interruptions.runner"]
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, **asked: object) -> Run:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        return Run(**told | {"writes": tuple(told.get("writes", ()))})

    def close(self) -> None:
        with self._process as process:
            assert process.stdin
            process.stdin.close()


@dataclass(frozen=True)
class Command:
    """A command line: `{root}` in its words is where it acts."""

    program: str
    words: tuple[str, ...]
    stdin: str = ""


@dataclass
class Stage:
    """A folder `root` in which a case is made ready, and stands anew before each run."""

    runner: Runner
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    points: int = 0
    shards: int = 2  # folders of an instance's blobs: 256 would each be made and copied each time

    @property
    def root(self) -> Path:
        return self.folder / "at"

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def station_home(self) -> Path:
        return self.root / "st"

    @property
    def passphrase(self) -> Path:
        return self.root / "passphrase"

    def vasistas(self, *words: str | Path) -> Command:
        return Command(ADMIN, ("--home", str(self.home), *map(str, words)))

    def station(self, *words: str | Path, stdin: str = "") -> Command:
        given = ("--home", str(self.station_home), "--passphrase-file", str(self.passphrase))
        return Command(STATION, (*given, *map(str, words)), stdin)

    def run(self, command: Command) -> Run:
        """Run a command to its end."""
        return self._ask(command, way="plain")

    def did(self, command: Command) -> str:
        """Run a command that must end well; return what it printed."""
        done = self.run(command)
        assert done.code == 0, done
        return done.out

    def look(self, what: str, *words: str | Path) -> Any:
        """See how something stands; see `looking.py`."""
        return json.loads(self.did(Command(f"{LOOK}:{what}", tuple(map(str, words)))))

    def prepared(self, what: str, *words: str | Path) -> str:
        """Make something a case begins with; see `preparing.py`."""
        return self.did(Command(f"{PREPARE}:{what}", tuple(map(str, words))))

    def killed(self, command: Command, point: int, *, after: bool = False) -> Run:
        """Run a command that is killed at its `point`th write, if it comes so far."""
        return self._ask(command, way="traced", point=point, after=after)

    def counted(self, command: Command) -> int:
        """Run a command to its end under strace; return how many writes that saw."""
        log = self.folder / "strace"
        log.unlink(missing_ok=True)
        done = self._ask(command, way="strace", log=str(log))
        assert done.code == 0, done
        lines = log.read_text("utf-8", "replace").splitlines()
        return sum(self._is_write(line) for line in lines)

    def _is_write(self, line: str) -> bool:
        """Tell whether a line of strace's tells of a write here. Names are printed whole."""
        if RESUMED in line or not re.search(rf'[<"]{re.escape(str(self.root))}[/>"(]', line):
            return False
        return "openat(" not in line or "O_CREAT" in line or "O_TRUNC" in line

    def _ask(self, command: Command, **way: object) -> Run:
        given = {"root": str(self.root), "point": None, "after": False} | way
        given |= {"program": command.program, "words": command.words, "stdin": command.stdin}
        return self.runner.ask(**given, environment=self.environment, shards=self.shards)

    def keep(self, name: str) -> None:
        """Keep the present state under a name."""
        self.root.rename(self.folder / name)

    def stand(self, name: str) -> None:
        """Stand as a state that was kept."""
        clear(self.root)
        copy(self.folder / name, self.root)


def copy(old: Path, new: Path) -> None:
    subprocess.run(["cp", "-a", "--reflink=auto", old, new], check=True)


def clear(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


@contextmanager
def staged(runner: Runner) -> Iterator[Stage]:
    place = MEMORY if MEMORY.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="vi-", dir=place)).resolve()
    stage = Stage(runner, folder, {"TMPDIR": str(folder), "GNUPGHOME": str(folder / "none")})
    stage.root.mkdir(0o700)
    try:
        yield stage
    finally:
        shutil.rmtree(folder)


Look = Callable[[Path], Any]


@dataclass(frozen=True)
class Case:
    """A command to be killed at each write.

    `look`: says how what it changes stands, below a root; it must stand as before the command or
    as after it whenever the command is killed, but for `half`, a state in between that is meant.
    `done`: what else is to be seen when it was run again. `already`: how a rerun may refuse, with
    exit 1, where the first run had done all. `never`: what no file may hold in the clear.
    `twice`: the names of files that may be there once more.
    `same`: whether it stands as after one run, where twice is not once.
    """

    command: Command
    look: Look
    done: Callable[[Run], None] = lambda _: None
    already: str | None = None
    half: Callable[[Any, Any, Any], bool] = lambda _before, _after, _found: False
    never: str = ""
    twice: str = r"(?!)"
    same: Callable[[Any, Any], bool] = operator.eq


def exhaust(stage: Stage, case: Case) -> None:
    """Kill the case's command at each of its writes, and see what each leaves.

    The state as the stage stands is where each run begins. Each run is of a fresh copy.
    """
    stage.keep("before")
    stage.stand("before")
    counted = stage.counted(case.command)
    names, after = names_in(stage.root), case.look(stage.root)
    stage.stand("before")
    before = case.look(stage.root)
    points, seen = 0, set[bytes]()
    for point in range(1, MOST):
        stage.stand("before")
        run = stage.killed(case.command, point)
        if not run.killed:
            assert run.code == 0, run
            break
        points += 1
        left = digest_of(stage.root)
        if left in seen:  # to the byte what was shown to complete before
            continue
        seen.add(left)
        with told(f"killed before write {point}, {run.writes[-1]}"):
            _between(stage, case, before, after)
            _again(stage, case, after, names)
    assert points == len(run.writes)
    with told("run to its end"):
        _again(stage, case, after, names)
    stage.stand("before")
    run = stage.killed(case.command, points, after=True)
    assert run.killed
    with told("killed after its last write"):
        _again(stage, case, after, names)
    assert points == counted, run.writes
    assert points > 0
    stage.points = points


def _between(stage: Stage, case: Case, before: Any, after: Any) -> None:
    """See that the state is the old or the new one. Looking may change it: look at a copy."""
    stage.keep("left")
    copy(stage.folder / "left", stage.root)
    if case.never:
        files = [path for path in stage.root.rglob("*") if path.is_file()]
        assert not [path for path in files if case.never.encode() in path.read_bytes()]
    found = case.look(stage.root)
    if found != before and not case.half(before, after, found):
        assert found == after
    clear(stage.root)
    (stage.folder / "left").rename(stage.root)


def _again(stage: Stage, case: Case, after: Any, names: set[str]) -> None:
    """Run it again, and see that it completes and that nothing is left beside."""
    run = stage.run(case.command)
    if case.already and run.code == 1:
        assert re.search(case.already, run.err), run
    else:
        assert run.code == 0, run
        case.done(run)
    there = names_in(stage.root)
    assert case.same(case.look(stage.root), after)
    assert {name for name in there if not re.search(case.twice, name)} == names


LOCK = re.compile(r"/\.#lk\S+$")
RANDOM = re.compile(r"[0-9A-Fa-f]{16,}|[a-z2-7]{56}")  # ids, and onion addresses
# What SQLite keeps beside a database that is open, and GnuPG beside a keyring that is in use.
PASSING = re.compile(
    r"(-wal|-shm|-journal|/random_seed|/trustdb.gpg|~|\.lock|\.kbx\.tmp|/S\.[\w.-]+)$|/\.#lk"
)


def digest_of(root: Path) -> bytes:
    """Tell a state from others: all names, modes and contents.

    Left out is what nobody relies on: SQLite's `-shm`, built anew when a database is opened; what
    fills the folder in which a backup is prepared, cleared before it is used; the process ids in
    GnuPG's locks; and how much of its list of trust is written, where not all is.
    """
    found = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.name.endswith("-shm") or "/run/backup/" in str(path):
            continue
        name = LOCK.sub("lock", str(path))
        about: tuple[object, ...] = (name, stat.S_IFMT(path.lstat().st_mode))
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if path.name == "trustdb.gpg":
                content = content[:1]
            elif name != str(path) or name.endswith(".lock"):
                content = b""
            about += (path.stat().st_mode, len(content), content)
        found.update(repr(about).encode())
    return found.digest()


def names_in(root: Path) -> set[str]:
    """Give all names below a folder, random ones alike, without what comes and goes."""
    found = [str(path.relative_to(root)) for path in root.rglob("*")]
    return {RANDOM.sub("#", name) for name in found if not PASSING.search(name)}


@contextmanager
def told(what: str) -> Iterator[None]:
    """Say where a failure was."""
    try:
        yield
    except AssertionError as failed:
        failed.add_note(what)
        raise


def instance(stage: Stage) -> Look:
    """Give how the instance on a stage stands."""
    return lambda _root: stage.look("instance", stage.home)


def station(stage: Stage, *passphrases: Path) -> Look:
    """Give how the station on a stage stands, and which of some passphrases opens it."""
    tried = passphrases or (stage.passphrase,)
    return lambda _root: stage.look("station", stage.station_home, *tried)
