"""Folders short enough for unix sockets, and 0700 as tor wants them."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Machines that run the tests are shared: an example is judged by what it shows, not its time.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def short() -> Iterator[Path]:
    """Give a folder with a path short enough for a unix socket."""
    folder = Path(tempfile.mkdtemp(prefix="va-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
