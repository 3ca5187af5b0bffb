"""Whoever destroys an instance waits for those who serve it, and keeps others out."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from admin.errors import AdminError
from admin.presence import alone_with, be_present


def test_many_may_serve_and_one_may_destroy(tmp_path: Path) -> None:
    first, second = be_present(tmp_path), be_present(tmp_path)
    with pytest.raises(AdminError, match="still serves"), alone_with(tmp_path, 0.1):
        raise AssertionError
    os.close(first)
    os.close(second)
    with alone_with(tmp_path, 0.1), pytest.raises(AdminError, match="being retired"):
        be_present(tmp_path)
    os.close(be_present(tmp_path))


def test_a_child_that_outlives_its_parent_counts(tmp_path: Path) -> None:
    held = be_present(tmp_path)
    with subprocess.Popen(["sleep", "1"], pass_fds=[held]):
        os.close(held)
        with pytest.raises(AdminError), alone_with(tmp_path, 0.1):
            raise AssertionError
        started = time.monotonic()
        with alone_with(tmp_path, 30):
            assert time.monotonic() - started < 20
