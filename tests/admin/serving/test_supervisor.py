"""The supervisor is mostly the journeys' matter; here is what they would not see."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from admin.errors import AdminError
from admin.serving import supervisor
from admin.serving.addresses import Address
from admin.serving.shape import THREADS, WORKERS
from admin.serving.supervisor import Announce, Child
from web.config import Config


def test_the_word_that_all_is_ready_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Announce()({"source": Address(port=80), "journalist": Address(path=Path("/run/j"))})
    assert capsys.readouterr().out == "ready source=127.0.0.1:80 journalist=unix:/run/j\n"


def test_uploads_leave_threads_for_everyone_else() -> None:
    """Even if the system gave all uploads to one worker."""
    assert Config("x", "x").uploads_at_once < THREADS
    assert WORKERS >= 2


def test_a_child_that_ends_before_it_is_ready_is_told() -> None:
    read, write = os.pipe()
    process = subprocess.Popen([sys.executable, "-c", ""])
    child = Child("source", process, write)
    os.close(write)
    try:
        with pytest.raises(AdminError, match="The source process could not start"):
            supervisor._await_ready(child, read, deadline=time.monotonic() + 20, parts=1)
    finally:
        os.close(read)
        process.wait()


def test_a_child_that_is_not_ready_in_time_is_told() -> None:
    read, write = os.pipe()
    process = subprocess.Popen(["true"])
    try:
        with pytest.raises(AdminError, match="did not start within 30 s"):
            supervisor._await_ready(Child("source", process, write), read, 0, parts=1)
    finally:
        os.close(read)
        os.close(write)
        process.wait()


def test_a_child_that_will_not_stop_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.2)
    deaf = "import signal as s, time; s.signal(15, s.SIG_IGN); print(flush=True); time.sleep(30)"
    process = subprocess.Popen(
        [sys.executable, "-c", deaf], stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    read, write = os.pipe()
    supervisor._stop([Child("source", process, write)])
    assert process.returncode == -9
    assert os.read(read, 1) == b""  # and its lifeline is cut
    os.close(read)
