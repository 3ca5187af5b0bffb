"""What journeys share: one served house for those that only look, and documents to deliver."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto import root as codename_root
from crypto import store_key
from tests.journey.house import Files, House

# Read when tests are collected, before those of any room make their own derivations cheap.
TRUE_COSTS = [
    (module, name, getattr(module, name))
    for module, name in ((codename_root, "argon2id"), (store_key, "PASSES"), (store_key, "MEMORY"))
]

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"


@pytest.fixture(autouse=True)
def true_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Derive in this process as the processes of a journey do, whatever ran here before."""
    for module, name, value in TRUE_COSTS:
        monkeypatch.setattr(module, name, value)


@pytest.fixture
def root() -> Iterator[Path]:
    """Give a folder with a short path: unix sockets and gpg's agent need one."""
    folder = Path(tempfile.mkdtemp(prefix="vas-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def furnished() -> Iterator[House]:
    """Make an instance with one desk and one reviewer, once; journeys work on copies."""
    folder = Path(tempfile.mkdtemp(prefix="vas-", dir="/tmp"))
    made = House.found(folder)
    made.add_desk("ville", "Surveillance en ville")
    made.add_reviewer("alex", "ville")
    yield made
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def house(furnished: House, root: Path) -> Iterator[House]:
    """Give an instance with one desk and one reviewer, not yet served."""
    copied = furnished.copy(root)
    yield copied
    if copied.process is not None:
        copied.kill()


@pytest.fixture(scope="session")
def samples() -> Files:
    """Give the realistic documents that lie beside the project, if they do."""
    if not SAMPLES.is_dir():
        pytest.skip("the sample documents are not beside the project (../shared/samples)")
    return [(path.name, path.read_bytes()) for path in sorted(SAMPLES.iterdir())]


@pytest.fixture
def documents() -> Files:
    """Give small documents of our own, with names and contents that try the way."""
    return [
        ("Délibération n° 12 — vidéo.txt", "Séance du 14 mars.\r\n".encode()),
        ("vide.dat", b""),
        ("vide.dat", b"\x00" * 70_000),
        ("--boundary\r\n.bin", b"\r\n--\r\n--boundary--\r\n" * 999),
        ("日本語 🗼.bin", bytes(range(256)) * 513),
    ]
