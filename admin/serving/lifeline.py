"""A child ends with its parent, even one that was killed: it holds the read end of a pipe."""

import os
import signal
import threading


def end_with_parent(lifeline: int) -> None:
    """Send this process SIGTERM when the other end of `lifeline` is closed."""
    threading.Thread(target=_wait, args=(lifeline,), name="lifeline", daemon=True).start()


def _wait(lifeline: int) -> None:
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)
