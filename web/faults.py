"""Our own faults, told to the admin without a word about whom they happened to.

A fault is named by its class and its place in the code, once per place and process: never its
message, its arguments, the request or the time.
"""

import sys
import threading
import traceback
from pathlib import Path

_seen: set[str] = set()
_lock = threading.Lock()


def report_fault(error: BaseException) -> None:
    """Write one line to standard error the first time a fault happens at its place."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    line = f"fault: {type(error).__name__} at {place}"
    with _lock:
        if line in _seen:
            return
        _seen.add(line)
    print(line, file=sys.stderr, flush=True)  # noqa: T201  the admin's only word of it
