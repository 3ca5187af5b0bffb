"""A command that is killed at any moment loses nothing that was acknowledged before.

It alone is killed here, and what it had started goes on for a while; `tests/interruptions` kills
all at once, at each write.

Each is killed with SIGKILL, which nothing can catch: before each of the steps that Python tells of
(a file opened, renamed or deleted, a program started, a database opened), and at random times,
SQLite's commits among them. Then the next command works, and nothing lies in the clear.
"""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.viewing_station.canaries import found_in
from tests.viewing_station.reviewer import PASSPHRASE, Reviewer, agents_of
from tests.viewing_station.small_server import SmallServer, Source

CHILD = """
import os, signal, sys
point = int(sys.argv.pop(1))
from crypto import store_key
store_key.PASSES, store_key.MEMORY = 1, 64 * 1024
from viewing_station.cli import main
seen = 0
def hook(event, _):
    global seen
    if event in ("open", "os.rename", "os.remove", "sqlite3.connect", "subprocess.Popen"):
        seen += 1
        if seen == point:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
try:
    main()
finally:
    os.write(2, f"steps: {seen}".encode())
"""
SECRET = "canari-interrompu"
STEPS = 12  # at which a command is killed, spread over all that it has
MOMENTS = 8  # random times at which it is killed
PATIENCE = 60  # seconds for a command


@dataclass
class Desk:
    """A station that is worked at by commands which may be killed, and what they acknowledged."""

    reviewer: Reviewer
    server: SmallServer
    source: Source
    temporary: Path
    replies: set[str] = field(default_factory=set)
    messages: set[str] = field(default_factory=set)

    def start(self, *words: str, text: str = "", point: int = 0) -> "subprocess.Popen[bytes]":
        place = ["--home", str(self.reviewer.home)]
        place += ["--passphrase-file", str(self.reviewer.passphrase_file)]
        command = [sys.executable, "-c", CHILD, str(point), *place, *words]
        environment = os.environ | {"TMPDIR": str(self.temporary)}
        child = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )  # fmt: skip
        assert child.stdin
        child.stdin.write(text.encode())
        child.stdin.close()
        child.stdin = None
        return child

    def killed(self, *words: str, text: str = "", point: int = 0, after: float = 0) -> bool:
        """Run a command that may be killed; return whether it came to its end all the same."""
        child = self.start(*words, text=text, point=point)
        try:
            output, complaint = child.communicate(timeout=after or PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            output, complaint = child.communicate()
        assert child.returncode in (0, -signal.SIGKILL), output + complaint
        return child.returncode == 0

    def measure(self, *words: str, text: str = "") -> tuple[int, float]:
        """Run a command to its end; return its steps, and the seconds it took."""
        begun = time.monotonic()
        with self.start(*words, text=text) as child:
            output, complaint = child.communicate(timeout=PATIENCE)
        assert child.returncode == 0, output + complaint
        return int(complaint.rpartition(b"steps: ")[2]), time.monotonic() - begun

    def holds_all(self) -> None:
        """See that the next commands work, and that all acknowledged things are there."""
        [thread] = self.reviewer.json("threads")
        entries = self.reviewer.json("show", thread["id"])["entries"]
        texts = [(entry["kind"], entry["text"]) for entry in entries]
        for kind, acknowledged in (("reply", self.replies), ("delivery", self.messages)):
            there = [text for its, text in texts if its == kind]
            assert acknowledged <= set(there)
            assert len(there) == len(set(there))
        assert found_in(self.reviewer.home, [SECRET, PASSPHRASE]) == []
        assert found_in(self.temporary, [SECRET, PASSPHRASE]) == []

    def is_quiet(self) -> None:
        """See that no agent is left: ours wait for the end of the command that started them."""
        deadline = time.monotonic() + 20
        while agents_of(self.reviewer.home):
            assert time.monotonic() < deadline
            time.sleep(0.1)


@pytest.fixture
def desk(reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "tmp").mkdir()
    desk = Desk(reviewer, server, source, tmp_path / "tmp")
    reviewer.open(server.bundle(server.receive(source, f"{SECRET} 0", {f"{SECRET}.txt": b"x"})))
    desk.messages.add(f"{SECRET} 0")
    yield desk
    desk.is_quiet()


def kills(steps: int, seconds: float) -> Iterator[dict[str, Any]]:
    """Yield when to kill a command of so many steps and seconds."""
    for number in range(STEPS):
        yield {"point": max(1, steps - number * max(1, steps // STEPS))}
    for _ in range(MOMENTS):
        share = secrets.randbelow(900) / 1000
        yield {"after": (0.2 + share) * seconds}


def interrupt(
    desk: Desk, call: Callable[[str], tuple[list[str], str]], acknowledge: Callable[[str], None]
) -> None:
    """Kill a command again and again, each time with another text in it."""
    first, text = call(f"{SECRET} first")
    steps, seconds = desk.measure(*first, text=text)
    acknowledge(f"{SECRET} first")
    for number, when in enumerate(kills(steps, seconds)):
        content = f"{SECRET} {number + 1}"
        words, text = call(content)
        if desk.killed(*words, text=text, **when):
            acknowledge(content)
        desk.holds_all()
    last, text = call(f"{SECRET} last")
    desk.measure(*last, text=text)
    acknowledge(f"{SECRET} last")
    desk.holds_all()


@pytest.mark.slow
def test_an_opening(desk: Desk) -> None:
    """A bundle that was cut off is opened again, and then holds what it should, once."""

    def call(text: str) -> tuple[list[str], str]:
        envelopes = desk.server.receive(desk.source, text, {"a.txt": text.encode() * 9000})
        return ["open", str(desk.reviewer.keep(desk.server.bundle(envelopes)))], ""

    interrupt(desk, call, desk.messages.add)
    outcomes = desk.reviewer.json("open", str(desk.reviewer.home.parent / "bundle.tar"))
    assert [outcome["state"] for outcome in outcomes] == ["known"]
    out = desk.reviewer.home.parent / "out"
    desk.reviewer.run("export", desk.reviewer.thread(), str(out))
    assert len(list((desk.reviewer.home / "files").glob("*.part"))) == 0
