"""An instance as the admin has it: a folder, and commands that act on it."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from admin.cli import main
from tests.crypto.gnupg_home import GnupgHome
from tests.web.instances import Clock, found_template, settled
from web.services import Services

# Machines that run the tests are shared: an example is judged by what it shows, not its time.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# The keys of tests are made on this day, whatever the machine's clock says.
KEY_DAY = "20260101T000000"


@dataclass(frozen=True)
class Outcome:
    """What a command left: its exit code and what it said."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


@dataclass(frozen=True)
class KeyFiles:
    """A desk's files as its admin is given them, and one that must never be given."""

    public: Path
    other: Path
    secret: Path
    fingerprint: str


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found_template(tmp_path_factory.mktemp("founded"))


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeyFiles]:
    home, folder = GnupgHome(), tmp_path_factory.mktemp("keys")
    found = KeyFiles(
        folder / "desk.asc",
        folder / "other.asc",
        folder / "secret.asc",
        home.make_key("Desk", "cv25519", clock=KEY_DAY),
    )
    other = home.make_key("Other", "cv25519", clock=KEY_DAY)
    found.public.write_text(home.public(found.fingerprint))
    found.other.write_text(home.public(other))
    found.secret.write_bytes(home.gpg("--armor", "--export-secret-keys", found.fingerprint))
    yield found
    home.close()


@pytest.fixture
def home(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "home"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(template: Path, tmp_path: Path, clock: Clock) -> Iterator[Services]:
    with settled(template, tmp_path / "opened", clock) as services:
        yield services


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `vasistas` with exactly these words."""
    monkeypatch.delenv("VASISTAS_HOME", raising=False)

    def run(*words: str | Path) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["vasistas", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        assert "Traceback" not in said.err + said.out
        return Outcome(code, said.out, said.err)

    return run


@pytest.fixture
def vasistas(bare: Command, home: Path) -> Command:
    """Run `vasistas` on the instance."""

    def run(*words: str | Path) -> Outcome:
        return bare("--home", home, *words)

    return run


@pytest.fixture
def short() -> Iterator[Path]:
    """Give a folder with a path short enough for a unix socket."""
    folder = Path(tempfile.mkdtemp(prefix="va-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
