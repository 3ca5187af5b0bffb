import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from storage import sessions
from storage.engine import open_database
from storage.models import SessionRow, Visitor


def expired_session(url: str) -> None:
    db = open_database(url)
    with db.write() as transaction:
        row = sessions.NewSession(id=b"a" * 32, kind=Visitor.SOURCE, box=b"", expires=1, ends=1)
        sessions.put(transaction, row)
    db.close()


def is_swept(url: str) -> bool:
    db = open_database(url)
    with db.read() as transaction:
        found = transaction.get(SessionRow, b"a" * 32)
    db.close()
    return found is None


endings: dict[str, Callable[[subprocess.Popen[bytes], int], None]] = {
    "SIGTERM": lambda process, _: process.send_signal(signal.SIGTERM),
    "SIGINT": lambda process, _: process.send_signal(signal.SIGINT),
    "lifeline": lambda _, lifeline: os.close(lifeline),
}


@pytest.mark.parametrize("end", endings.values(), ids=endings.keys())
def test_it_sweeps_at_once_and_stops_when_told(
    home: Path, end: Callable[[subprocess.Popen[bytes], int], None]
) -> None:
    url = f"sqlite:///{home}/vasistas.db"
    expired_session(url)
    read, write = os.pipe()
    command = [sys.executable, "-m", "admin.serving.sweeper_process", "--home", str(home)]
    with subprocess.Popen([*command, "--lifeline", str(read)], pass_fds=[read]) as process:
        os.close(read)
        deadline = time.monotonic() + 20
        while not is_swept(url):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        end(process, write)
        assert process.wait(10) == 0
    if end is not endings["lifeline"]:
        os.close(write)
