"""A desk with something to publish."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.viewing_station.publishing.house import Desk
from tests.viewing_station.publishing.house import desk as new_desk
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer


@pytest.fixture
def desk(reviewer: Reviewer, server: SmallServer) -> Desk:
    return new_desk(reviewer, server)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 1 MiB."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    where = tmp_path / "small"
    where.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "none", str(where)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("this machine lets not even root mount a tmpfs")
    yield where
    subprocess.run(["umount", str(where)], check=True)
