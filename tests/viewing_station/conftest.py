"""Stations to work at, and small servers to send them bundles."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import settings

from crypto import store_key
from tests.crypto.conftest import NewHome
from tests.crypto.gnupg_home import GnupgHome
from tests.viewing_station.reviewer import PASSPHRASE, Reviewer
from tests.viewing_station.small_server import SmallServer, Source

# What a process of its own runs first, to open a station that was made with cheap passphrases.
CHEAP = [
    "from crypto import store_key",
    "store_key.PASSES, store_key.MEMORY = 1, 64 * 1024",
]

# Machines that run the tests are shared: an example is judged by what it shows, not its time.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def cheap_passphrases() -> Iterator[None]:
    """The passphrase's cost is crypto's matter; here it would be paid some hundred times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_key, "PASSES", 1)
        patch.setattr(store_key, "MEMORY", 64 * 1024)
        # Nor is the machine's own station, if it has one, any matter of the tests.
        patch.delenv("VIEWING_STATION_HOME", raising=False)
        patch.delenv("VIEWING_STATION_PASSPHRASE_FILE", raising=False)
        yield


@pytest.fixture(scope="session")
def gnupg_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The empty home that sealing needs."""
    home = tmp_path_factory.mktemp("sealing")
    home.chmod(0o700)
    return home


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory, gnupg_home: Path) -> tuple[Path, SmallServer]:
    """A new station, and the server it trusts. Tests work on copies of both."""
    folder = tmp_path_factory.mktemp("founded")
    server = SmallServer(gnupg_home)
    reviewer = new_reviewer(folder)
    (folder / "instance.json").write_bytes(server.identity.encode())
    reviewer.run("init", "--desk", server.desk, "--instance", str(folder / "instance.json"))
    server.desk_keys = [(reviewer.home / "demo-openpgp.asc").read_text()]
    return reviewer.home, server


@pytest.fixture
def new_home() -> Iterator[NewHome]:
    """Make homes of gpg: keys of others, and readers who have no code of ours."""
    homes: list[GnupgHome] = []

    def make(passphrase: str = "") -> GnupgHome:
        homes.append(GnupgHome(passphrase))
        return homes[-1]

    yield make
    for home in homes:
        home.close()


@pytest.fixture
def server(founded: tuple[Path, SmallServer]) -> SmallServer:
    return founded[1]


@pytest.fixture
def reviewer(tmp_path: Path, founded: tuple[Path, SmallServer]) -> Reviewer:
    """Someone at a station of the server's desk that has opened nothing yet."""
    reviewer = new_reviewer(tmp_path)
    shutil.copytree(founded[0], reviewer.home)
    return reviewer


@pytest.fixture
def stranger(tmp_path: Path, server: SmallServer) -> Reviewer:
    """Someone at a new station, with other keys, for the same desk of the same instance."""
    folder = tmp_path / "stranger"
    folder.mkdir()
    stranger = new_reviewer(folder)
    (folder / "instance.json").write_bytes(server.identity.encode())
    stranger.run("init", "--desk", server.desk, "--instance", str(folder / "instance.json"))
    return stranger


@pytest.fixture(scope="session")
def cut_off() -> Sequence[str]:
    """Return the words before a command that leave it without a network."""
    for words in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        if shutil.which("unshare") and not subprocess.run([*words, "true"], check=False).returncode:
            return words
    pytest.skip("this machine lets nobody make an empty network namespace")


@pytest.fixture
def source() -> Source:
    return Source()


def new_reviewer(folder: Path) -> Reviewer:
    passphrase_file = folder / "passphrase"
    passphrase_file.write_text(PASSPHRASE + "\n")
    return Reviewer(folder / "station", passphrase_file)
