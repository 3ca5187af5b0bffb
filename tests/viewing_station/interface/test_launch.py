"""The real program on a real terminal, and without one."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.viewing_station.interface.terminal import PROGRAM, Terminal
from tests.viewing_station.reviewer import PASSPHRASE, Reviewer

Three = list[str]


@pytest.fixture
def environment(reviewer: Reviewer, tmp_path: Path) -> dict[str, str]:
    """As a reviewer has it, with a home and temporary files of one's own to look into."""
    for name in ("home", "tmp", "here"):
        (tmp_path / name).mkdir()
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path.cwd()),
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "tmp"),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "VIEWING_STATION_HOME": str(reviewer.home),
    }


def start(
    tmp_path: Path,
    environment: dict[str, str],
    *words: str,
    wrapper: Sequence[str] = (),
    size: tuple[int, int] = (100, 30),
) -> Terminal:
    return Terminal(words, environment, tmp_path / "here", wrapper=wrapper, size=size)


def test_a_reviewer_reads_answers_and_leaves(
    reviewer: Reviewer, three: Three, environment: dict[str, str], tmp_path: Path
) -> None:
    with start(tmp_path, environment) as terminal:
        terminal.until("Passphrase:")
        terminal.type(PASSPHRASE + "\n")
        screen = terminal.until("The tender was written by the bidder.")
        assert "3 threads · 3 new" in screen
        terminal.type("\x1b[B")
        terminal.until("Cameras at the school gate.")
        terminal.type("\r")
        terminal.until("2 new")
        terminal.type("r")
        terminal.until("characters left")
        terminal.type("Reçu, merci.")
        terminal.until("Reçu, merci.")
        terminal.type("\x13")
        terminal.until("This is what will be sealed")
        terminal.type("\r")
        terminal.until("Sealed for")
        terminal.type("q")
        assert terminal.end() == 0
    assert terminal.raw.decode().count("\x1b[?1049h") == terminal.raw.decode().count("\x1b[?1049l")
    entries = reviewer.json("show", three[1])["entries"]
    assert [entry["text"] for entry in entries] == ["Cameras at the school gate.", "Reçu, merci."]
    # What was on the screen is on no disk: not in the folders that programs write to.
    written = [path for name in ("home", "tmp", "here") for path in (tmp_path / name).rglob("*")]
    assert [path for path in written if path.is_file()] == []


NAMESPACE = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]


def test_it_starts_reads_and_replies_in_a_network_namespace_without_interfaces(
    reviewer: Reviewer, three: Three, environment: dict[str, str], tmp_path: Path
) -> None:
    assert shutil.which("unshare")
    words = ("--passphrase-file", str(reviewer.passphrase_file))
    with start(tmp_path, environment, *words, wrapper=NAMESPACE) as terminal:
        terminal.until("The tender was written by the bidder.")
        # Nothing listens, and nothing is connected: asyncio's pair, by which a loop wakes itself,
        # is all there is.
        assert inet_sockets(terminal.pid) == []
        assert len(sockets(terminal.pid)) == 2
        terminal.type("r")
        terminal.until("characters left")
        terminal.type("Yes.\x13")
        terminal.until("This is what will be sealed")
        terminal.type("\r")
        terminal.until("Sealed for")
        assert inet_sockets(terminal.pid) == []
        terminal.type("q")
        assert terminal.end() == 0
    assert reviewer.json("show", three[0])["entries"][-1]["text"] == "Yes."


def sockets(pid: int) -> list[str]:
    found = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        target = str(link.readlink())
        if target.startswith("socket:"):
            found.append(target[len("socket:[") : -1])
    return found


def inet_sockets(pid: int) -> list[str]:
    """Return those sockets of a process that are in the tables of its network namespace."""
    listed = [
        line.split()[9]
        for table in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6")
        if (path := Path(f"/proc/{pid}/net/{table}")).exists()
        for line in path.read_text().splitlines()[1:]
    ]
    return [inode for inode in sockets(pid) if inode in listed]


DEVELOPERS = {
    "TEXTUAL": "debug,devtools",
    "TEXTUAL_LOG": "log",
    "TEXTUAL_DEBUG": "1",
    "TEXTUAL_SCREENSHOT": "0",
    "TEXTUAL_SCREENSHOT_LOCATION": ".",
    "TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver",
    "TEXTUAL_PRESS": "q",
}


def test_no_setting_of_textuals_writes_what_is_shown_to_the_disk(
    reviewer: Reviewer, three: Three, environment: dict[str, str], tmp_path: Path
) -> None:
    words = ("--passphrase-file", str(reviewer.passphrase_file))
    with start(tmp_path, environment | DEVELOPERS, *words) as terminal:
        terminal.until("The tender was written by the bidder.")
        terminal.type("r")
        terminal.until("characters left")
        terminal.type("Canary")
        terminal.until("Canary")
        terminal.type("\x03")
        terminal.until("A reply is not sealed yet")
        terminal.type("x")
        assert terminal.end() == 0
    written = [path for name in ("home", "tmp", "here") for path in (tmp_path / name).rglob("*")]
    assert [path for path in written if path.is_file()] == []


def test_a_wrong_passphrase_is_one_sentence_and_opens_nothing(
    reviewer: Reviewer, three: Three, environment: dict[str, str], tmp_path: Path
) -> None:
    with start(tmp_path, environment) as terminal:
        terminal.until("Passphrase:")
        terminal.type("not the passphrase\n")
        assert terminal.end() == 1
    assert "error: That is not this station's passphrase." in terminal.screen()
    assert b"\x1b[?1049h" not in terminal.raw


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_what_was_begun_is_kept(
    reviewer: Reviewer,
    three: Three,
    environment: dict[str, str],
    tmp_path: Path,
    number: signal.Signals,
) -> None:
    words = ("--passphrase-file", str(reviewer.passphrase_file))
    with start(tmp_path, environment, *words) as terminal:
        terminal.until("The tender was written by the bidder.")
        terminal.type("r")
        terminal.until("characters left")
        terminal.type("Half")
        terminal.until("Half")
        terminal.signal(number)
        assert terminal.end() == 128 + number
    with start(tmp_path, environment, *words) as terminal:
        terminal.until("reply begun")
        terminal.type("q")
        assert terminal.end() == 0


def test_other_commands_are_refused_while_it_is_open(
    reviewer: Reviewer, three: Three, environment: dict[str, str], tmp_path: Path
) -> None:
    words = ("--passphrase-file", str(reviewer.passphrase_file))
    with start(tmp_path, environment, *words) as terminal:
        terminal.until("The tender was written by the bidder.")
        said = reviewer.refusal("threads")
        assert said == (
            "The station is in use: its full screen is open, or another command is at work. "
            "Try again when that has ended."
        )
        terminal.type("q")
        assert terminal.end() == 0
    assert len(reviewer.json("threads")) == 3


@pytest.mark.slow
def test_it_closes_by_itself(
    reviewer: Reviewer, three: Three, environment: dict[str, str], tmp_path: Path
) -> None:
    words = ("--passphrase-file", str(reviewer.passphrase_file), "--close-after", "1")
    begun = time.monotonic()
    with start(tmp_path, environment, *words) as terminal:
        terminal.until("The tender was written by the bidder.")
        assert terminal.end() == 0
    assert time.monotonic() - begun > 55
    assert "Closed after 1 minutes without a key." in terminal.screen()


def run(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )


def test_without_a_terminal_it_names_the_commands(environment: dict[str, str]) -> None:
    done = run(environment)
    assert done.returncode == 2
    assert done.stdout == ""
    said = done.stderr.splitlines()[-1]
    assert said.startswith("Error: The full screen needs a terminal; without one, use a command:")
    assert all(name in said for name in ("open", "threads", "show", "reply", "courier"))


def test_plain_commands_do_not_load_it() -> None:
    code = "import sys, viewing_station.cli; print('textual' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "False\n"
