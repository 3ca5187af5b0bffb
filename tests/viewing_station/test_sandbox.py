"""What runs inside reaches nothing and leaves nothing, and is ended in time."""

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from viewing_station import sandbox
from viewing_station.sandbox import (
    MIB,
    Limits,
    NoSandboxError,
    TookTooLongError,
    Tool,
    TooLargeError,
    ToolFailedError,
    ToolMissingError,
    TooMuchError,
    collected,
    run,
    run_python,
)

SHELL = Tool("sh", "dash")


def said(script: str, limits: Limits | None = None, **files: bytes) -> str:
    taken, sink = collected(MIB)
    given = {name: io.BytesIO(content) for name, content in files.items()}
    run(SHELL, ["-c", script], sink, files=given, limits=limits)
    return taken.decode()


def test_it_reads_what_it_is_given_and_prints_what_it_makes() -> None:
    assert said("cat first second", first=b"one ", second=b"two" * 100_000).startswith("one two")


def test_it_has_no_network() -> None:
    assert said("tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '").split() == ["lo"]
    script = "import socket; socket.create_connection(('127.0.0.1', 9), 1)"
    with pytest.raises(ToolFailedError):
        run_python(script, [], lambda _: None)


def test_it_sees_no_home_no_station_and_no_passwords(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    seen = said(f"ls -d /home/* /root /etc/shadow /etc/passwd {tmp_path} 2>/dev/null || true")
    assert seen == ""


def test_it_runs_as_nobody_and_cannot_write_but_in_memory(tmp_path: Path) -> None:
    assert said("id -u").strip() == "65534"
    assert said("touch /usr/x /etc/x 2>/dev/null || echo no").strip() == "no"
    said("echo plain > /work/note; echo plain > /tmp/note")
    assert not Path("/work/note").exists()
    assert not Path("/tmp/note").exists()  # noqa: S108  the machine's own


def test_its_environment_says_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIEWING_STATION_PASSPHRASE_FILE", "/secret")
    assert "secret" not in said("env")
    assert said("hostname").strip() == "station"


def test_it_sees_no_process_but_its_own() -> None:
    numbers = said("ls /proc | grep '^[0-9]' | wc -l")
    assert int(numbers) < 8


@pytest.mark.parametrize("script", ["sleep 60", "while :; do :; done", "sleep 60 & sleep 60"])
def test_what_takes_too_long_is_ended_whole(script: str) -> None:
    began = time.monotonic()
    with pytest.raises(TookTooLongError, match="1 seconds"):
        said(f"exec 2>&-; {script}", Limits(seconds=1))
    assert time.monotonic() - began < 10


def test_what_prints_too_much_is_ended() -> None:
    with pytest.raises(TooMuchError):
        run(SHELL, ["-c", "yes"], lambda _: None, limits=Limits(output=MIB))


def test_what_fills_its_room_or_its_memory_fails_alone() -> None:
    with pytest.raises(ToolFailedError) as failed:
        said("head -c 200000000 /dev/zero > big", Limits(scratch=16 * MIB))
    assert "No space left" in failed.value.untrusted_said
    hungry = "x = bytearray(2_000_000_000)"
    with pytest.raises(ToolFailedError):
        run_python(hungry, [], lambda _: None, limits=Limits(memory=512 * MIB))


def test_a_file_larger_than_its_room_is_told_to_be_too_large() -> None:
    with pytest.raises(TooLargeError, match="larger than 1 MiB"):
        said("true", Limits(scratch=MIB), big=b"x" * (3 * MIB))


def test_where_no_sandbox_can_be_made_nothing_is_opened(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sandbox, "_FOLDERS", ("/usr", str(tmp_path / "nowhere")))
    with pytest.raises(NoSandboxError, match="cannot shut programs in on this machine"):
        said("echo ran")


def test_a_program_that_fails_says_its_code_and_shows_nothing() -> None:
    with pytest.raises(ToolFailedError) as failed:
        said("echo 'Jean Dupont' >&2; exit 7")
    assert failed.value.code == 7
    assert "Dupont" not in str(failed.value)
    assert "Dupont" in failed.value.untrusted_said


def test_a_tool_that_is_not_here_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ToolMissingError, match=r"no-such-tool.*Debian package nothing"):
        run(Tool("no-such-tool", "nothing"), [], lambda _: None)
    monkeypatch.setattr(sandbox, "BUBBLEWRAP", Tool("no-bwrap", "bubblewrap"))
    with pytest.raises(ToolMissingError, match="bubblewrap"):
        said("true")


def test_what_a_source_of_bytes_raises_comes_back() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            del size
            raise OSError(5, "pulled out")

    with pytest.raises(OSError, match="pulled out"):
        run(SHELL, ["-c", "cat file"], lambda _: None, files={"file": Broken()})


def test_no_plaintext_touches_a_disk(tmp_path: Path) -> None:
    """Every file that is opened for writing while it runs lies in memory, inside."""
    script = tmp_path / "look.py"
    script.write_text(
        "import io\nfrom viewing_station.sandbox import Tool, run\n"
        "run(Tool('sh', 'dash'), ['-c', 'cp document copy; cat copy'], lambda _: None,"
        " files={'document': io.BytesIO(b'canary' * 9999)})\n"
    )
    log = tmp_path / "log"
    trace = ["strace", "-f", "-qq", "-o", str(log), "-e", "trace=open,openat,creat"]
    root = Path(__file__).parents[2]
    subprocess.run(
        [*trace, sys.executable, str(script)],
        check=True,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    written = [
        line
        for line in log.read_text().splitlines()
        if ("O_WRONLY" in line or "O_RDWR" in line) and " = -1 " not in line
    ]
    allowed = (
        '"/work/',
        '"/newroot/',
        '"/dev/',
        '"/proc/',
        '"copy"',
        "uid_map",
        "gid_map",
        "setgroups",
    )
    assert written
    strange = [line for line in written if not any(place in line for place in allowed)]
    own = ('"work/', '"self/', '"sys/')  # bubblewrap's, below a folder that it holds open
    assert not [line for line in strange if not any(place in line for place in own)], strange


def test_when_its_caller_is_killed_nothing_goes_on(tmp_path: Path) -> None:
    script = (
        "from viewing_station.sandbox import Tool, run, Limits\n"
        "run(Tool('sh', 'dash'), ['-c', 'echo up; sleep 4242'], lambda _: print('up', flush=True))"
    )
    root = Path(__file__).parents[2]
    caller = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert caller.stdout is not None
    assert caller.stdout.readline() == b"up\n"
    caller.send_signal(signal.SIGKILL)
    caller.wait()
    caller.stdout.close()
    until = time.monotonic() + 10
    while b"sleep\x004242" in _all_commands():
        assert time.monotonic() < until
        time.sleep(0.05)


def _all_commands() -> bytes:
    found = b""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found += (process / "cmdline").read_bytes()
        except OSError:
            continue
    return found


def test_what_prints_without_end_is_ended_in_time_too() -> None:
    with pytest.raises(TookTooLongError):
        run(SHELL, ["-c", "yes"], lambda _: None, limits=Limits(seconds=0.5, output=1 << 50))


def test_a_pipe_can_be_its_standard_input() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as feed, os.fdopen(writing, "wb") as source:
        source.write(b"through a pipe")
        source.close()
        taken, sink = collected(MIB)
        run(SHELL, ["-c", "cat"], sink, feed=feed)
    assert taken == b"through a pipe"
