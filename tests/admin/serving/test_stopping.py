"""A signal sets the flag, and the wait ends soon after."""

import os
import signal
import subprocess
import sys
import time

PROGRAM = (
    "from admin.serving.stopping import Stop\n"
    "stop = Stop()\n"
    "print('waiting', flush=True)\n"
    "print(stop.wait(60), flush=True)\n"
)


def test_a_wait_ends_soon_after_the_signal() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        waiting = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True
        )
        with waiting:
            assert waiting.stdout is not None
            assert waiting.stdout.readline() == "waiting\n"
            started = time.monotonic()
            os.kill(waiting.pid, number)
            assert waiting.stdout.readline() == "True\n"
            assert time.monotonic() - started < 5


def test_a_wait_without_a_signal_ends_by_itself() -> None:
    short = PROGRAM.replace("60", "0.1")
    done = subprocess.run([sys.executable, "-c", short], capture_output=True, text=True, check=True)
    assert done.stdout == "waiting\nFalse\n"
