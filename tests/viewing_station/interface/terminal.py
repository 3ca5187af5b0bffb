"""A real terminal: the program runs on a pty of its own; keys go in, and a screen comes out."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.cells import cell_len

# The stations of these tests have cheap passphrases (see tests/viewing_station/conftest.py).
PROGRAM = """
from crypto import store_key
from viewing_station.cli import main
store_key.PASSES, store_key.MEMORY = 1, 64 * 1024
main()
"""
PATIENCE = 60.0  # seconds, on a machine that others use as well


class Terminal:
    """Runs `viewing-station` with some words; what it draws is read as a terminal would."""

    def __init__(
        self,
        words: Sequence[str],
        environment: dict[str, str],
        folder: Path,
        *,
        wrapper: Sequence[str] = (),
        size: tuple[int, int] = (100, 30),
    ) -> None:
        self.raw = b""
        self.code: int | None = None
        self._size = size
        self._pid, self._handle = pty.fork()
        if self._pid == 0:
            # A background job of a shell ignores Ctrl-C, and so would what it starts.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            os.chdir(folder)
            command = [*wrapper, sys.executable, "-c", PROGRAM, *words]
            os.execvpe(command[0], command, environment)  # noqa: S606 - no shell is wanted
        window = struct.pack("HHHH", size[1], size[0], 0, 0)
        fcntl.ioctl(self._handle, termios.TIOCSWINSZ, window)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.code is None:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._handle)

    @property
    def pid(self) -> int:
        return self._pid

    def type(self, keys: str) -> None:
        os.write(self._handle, keys.encode())

    def until(self, text: str) -> str:
        """Read until the screen shows `text`; return the screen."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.screen():
            assert time.monotonic() < deadline, f"no {text!r} in\n{self.screen()}"
            assert self._read() or text in self.screen(), f"it ended:\n{self.screen()}"
        return self.screen()

    def end(self) -> int:
        """Read until the program ends; return its exit code."""
        while self._read():
            pass
        _, status = os.waitpid(self._pid, 0)
        self.code = os.waitstatus_to_exitcode(status)
        return self.code

    def signal(self, number: int) -> None:
        os.kill(self._pid, number)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._handle], [], [], 1.0)
        if not ready:
            return True
        try:
            data = os.read(self._handle, 1 << 16)
        except OSError:  # the other end was closed
            return False
        self.raw += data
        return bool(data)

    def screen(self) -> str:
        """Return what a terminal would show of all that was written so far."""
        return drawn(self.raw.decode(errors="replace"), *self._size)


def drawn(text: str, width: int, height: int) -> str:
    """Draw text with the few sequences that are used: moving, and the start of a line."""
    cells = [[" "] * width for _ in range(height)]
    row = column = at = 0
    while at < len(text):
        character = text[at]
        if character == "\x1b":
            at, kind, arguments = _sequence(text, at)
            if kind == "H":
                numbers = [int(each or 1) for each in arguments.split(";")] if arguments else [1, 1]
                row, column = numbers[0] - 1, numbers[1] - 1
            continue
        at += 1
        if character == "\r":
            column = 0
        elif character == "\n":
            row += 1
        elif character >= " ":
            if row < height and column < width:
                cells[row][column] = character
            column += cell_len(character)
    return "\n".join("".join(line).rstrip() for line in cells)


def _sequence(text: str, at: int) -> tuple[int, str, str]:
    """Return where an escape sequence ends, its kind and its arguments."""
    if text[at + 1 : at + 2] != "[":
        end = at + 2
        if text[at + 1 : at + 2] in "]P_^":
            while end < len(text) and text[end] not in "\x07\\":
                end += 1
            end += 1
        return end, "", ""
    end = at + 2
    while end < len(text) and not "@" <= text[end] <= "~":
        end += 1
    return end + 1, text[end : end + 1], text[at + 2 : end]
