import os
import signal
import subprocess
import sys

WAITING = """
import sys, time
from admin.serving.lifeline import end_with_parent
end_with_parent(int(sys.argv[1]))
print("waiting", flush=True)
time.sleep(30)
"""


def child(lifeline: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WAITING, str(lifeline)]
    started = subprocess.Popen(command, pass_fds=[lifeline], stdout=subprocess.PIPE)
    assert started.stdout is not None
    assert started.stdout.readline() == b"waiting\n"
    return started


def test_a_child_ends_when_the_other_end_is_closed_and_not_before() -> None:
    read, write = os.pipe()
    with child(read) as waiting:
        os.close(read)
        assert waiting.poll() is None
        os.close(write)
        assert waiting.wait(10) == -signal.SIGTERM


def test_a_child_ends_with_a_parent_that_was_killed() -> None:
    read, write = os.pipe()
    holder = subprocess.Popen(["sleep", "30"], pass_fds=[write])
    with child(read) as waiting:
        os.close(read)
        os.close(write)
        assert waiting.poll() is None
        holder.kill()
        holder.wait()
        assert waiting.wait(10) == -signal.SIGTERM
