"""Running what `make run` and `make onion-demo` run once all is installed."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from tests.journey.house import tree

PROJECT = Path(__file__).parents[2]


def free_port() -> int:
    """Find a port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def end(process: subprocess.Popen[str]) -> None:
    """Press Ctrl-C, as a terminal does: the whole foreground group gets it."""
    below = tree(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(30) == 0
    assert process.stdout is not None
    process.stdout.close()
    until = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in below):
        assert time.monotonic() < until, "a process outlived Ctrl-C"
        time.sleep(0.05)
