"""The network for a whole test session.

A test module asks for it by `pytest_plugins = ["tests.tor_network.fixture"]`; imported by name
into several conftests it would be as many networks.
"""

import shutil
from collections.abc import Iterator

import pytest

from tests.tor_network.network import TorNetwork

PROGRAMS = ("tor", "tor-gencert", "setpriv")


@pytest.fixture(scope="session")
def tor_network() -> Iterator[TorNetwork]:
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        pytest.skip(f"a private Tor network needs {' and '.join(missing)}, not installed here")
    with TorNetwork() as network:
        yield network
