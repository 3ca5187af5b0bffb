import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from crypto.secret import Secret
from tests.crypto.gnupg_home import GnupgHome

# A busy machine makes an example slow, not wrong.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

NewHome = Callable[..., GnupgHome]
VECTORS = Path(__file__).parent.parent / "vectors"


@pytest.fixture(scope="session")
def vectors() -> Callable[[str], Any]:
    def read(name: str) -> Any:
        return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))

    return read


@pytest.fixture
def today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


@pytest.fixture
def new_home() -> Iterator[NewHome]:
    """Make homes of gpg whose agents do not outlive the test."""
    homes: list[GnupgHome] = []

    def make(passphrase: str = "") -> GnupgHome:
        homes.append(GnupgHome(passphrase))
        return homes[-1]

    yield make
    for home in homes:
        home.close()


@dataclass(frozen=True)
class Desk:
    home: GnupgHome
    key: str
    other_key: str
    passphrase: Secret


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    """A desk's private keys: one on a curve, one of RSA."""
    home = GnupgHome("the desk's passphrase")
    curve = home.make_key("Desk", "cv25519")
    rsa = home.make_key("Second desk key", "rsa3072")
    passphrase = Secret(home.passphrase.encode())
    yield Desk(home, home.public(curve), home.public(rsa), passphrase)
    home.close()


@pytest.fixture
def seal_home(tmp_path: Path) -> Path:
    """The empty private directory that sealing is given, and leaves empty."""
    home = tmp_path / "gpg"
    home.mkdir(mode=0o700)
    return home
