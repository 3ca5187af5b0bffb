"""What multiplies, or takes memory in many processes, is ended as a whole."""

import os
import time

import pytest

from viewing_station.sandbox import (
    MIB,
    Limits,
    Tool,
    ToolFailedError,
    TooManyProcessesError,
    TooMuchMemoryError,
    run,
    run_python,
)
from viewing_station.sandbox_watch import Use, use_of

SHELL = Tool("sh", "dash")


def test_what_starts_processes_without_end_is_ended() -> None:
    began = time.monotonic()
    # Each lives on, so that counting does not depend on the moment: 400 are more than may be.
    script = "for i in $(seq 400); do sleep 30 & done; wait"
    with pytest.raises((TooManyProcessesError, ToolFailedError)) as ended:
        run(SHELL, ["-c", script], lambda _: None, limits=Limits(seconds=60))
    if isinstance(ended.value, ToolFailedError):
        assert "fork" in ended.value.untrusted_said
    assert time.monotonic() - began < 30


def test_what_multiplies_is_ended() -> None:
    """As many at once as a fork bomb makes in a moment; a real one would hold up other tests."""
    began = time.monotonic()
    many = "n=0; while [ $n -lt 700 ]; do sleep 30 & n=$((n+1)); done; wait"
    # For root it is our count that ends it; for others the kernel's limit comes first.
    with pytest.raises((TooManyProcessesError, ToolFailedError)) as ended:
        run(SHELL, ["-c", many], lambda _: None, limits=Limits(seconds=60))
    if isinstance(ended.value, ToolFailedError):
        assert "fork" in ended.value.untrusted_said
    assert time.monotonic() - began < 25


def test_memory_taken_by_several_processes_is_added_up() -> None:
    script = "import os, time\nfor _ in range(3): os.fork()\nx = b'x' * 100_000_000; time.sleep(30)"
    with pytest.raises(TooMuchMemoryError, match="400 MiB"):
        run_python(script, [], lambda _: None, limits=Limits(seconds=60, together=400 * MIB))


def test_this_very_process_is_seen() -> None:
    use = use_of(os.getpid())
    assert use.processes >= 1
    assert use.memory > MIB


def test_a_process_that_has_ended_takes_nothing() -> None:
    assert use_of(2**22 + 1) == Use(1, 0)
