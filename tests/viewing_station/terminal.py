"""A terminal for a command to be run in, and a picture of what it shows."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw
from rich.ansi import AnsiDecoder
from rich.text import Text

# With the passphrase's cost that the tests' stations have (see conftest).
CHEAP = "from crypto import store_key; store_key.PASSES, store_key.MEMORY = 1, 64 * 1024"
RUN = [sys.executable, "-c", f"{CHEAP}; from viewing_station.cli import main; main()"]
CLEAR = b"\x1b[2J\x1b[H"  # what stands before each screenful
PATIENCE = 60  # seconds
CELL = (8, 16)  # pixels of a character
BLOCKS = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}  # which half is inked


@dataclass
class Terminal:
    """A running command and all that it has printed."""

    handle: int
    process: subprocess.Popen[bytes]
    printed: bytes = field(default=b"", repr=False)

    def type(self, keys: bytes) -> None:
        os.write(self.handle, keys)

    def wait_for(self, text: str) -> bytes:
        """Wait until `text` is printed; return the screenful that holds it."""
        deadline = time.monotonic() + PATIENCE
        while text.encode() not in self.printed:
            assert time.monotonic() < deadline, self.printed[-400:]
            assert self._read() or self.process.poll() is None, self.printed[-400:]
        at = self.printed.index(text.encode())
        screens, self.printed = self.printed[:at], self.printed[at + len(text.encode()) :]
        return screens.rpartition(CLEAR)[2]

    def end(self) -> int:
        """Wait for the command's end; return its exit code."""
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < deadline, self.printed[-400:]
            self._read()
        while self._read():
            pass
        return self.process.returncode

    def _read(self) -> bool:
        if not select.select([self.handle], [], [], 0.1)[0]:
            return False
        try:
            more = os.read(self.handle, 1 << 16)
        except OSError:  # the other side has closed
            return False
        self.printed += more
        return bool(more)


@contextmanager
def terminal(
    *words: str, columns: int = 200, rows: int = 60, **environment: str
) -> Iterator[Terminal]:
    """Run a `viewing-station` command in a terminal of a size."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    process = subprocess.Popen(
        [*RUN, *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env={
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            **environment,
        },
        cwd=Path(__file__).parents[2],
    )
    os.close(theirs)
    try:
        yield Terminal(ours, process)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def screen_lines(screen: bytes) -> list[Text]:
    return list(AnsiDecoder().decode(screen.decode().replace("\r\n", "\n")))


def drawn(screen: bytes, *, paper: str = "#101010", ink: str = "#e0e0e0") -> Image.Image:
    """Draw a screenful with a terminal's own colours where the program names none."""
    lines = screen_lines(screen)
    width = max(line.cell_len for line in lines) + 4
    image = Image.new("RGB", (width * CELL[0], (len(lines) + 4) * CELL[1]), paper)
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines, start=1):
        for at, character in enumerate(line.plain):
            halves = BLOCKS.get(character)
            if halves is None:
                continue
            styles = [span.style for span in line.spans if span.start <= at < span.end]
            colours = _colours(styles, paper, ink)
            for half, inked in enumerate(halves):
                left, top = (at + 2) * CELL[0], row * CELL[1] + half * CELL[1] // 2
                box = (left, top, left + CELL[0] - 1, top + CELL[1] // 2 - 1)
                draw.rectangle(box, fill=colours[inked])
    return image


def _colours(styles: list[object], paper: str, ink: str) -> tuple[str, str]:
    for style in styles:
        back, front = getattr(style, "bgcolor", None), getattr(style, "color", None)
        if back is not None and front is not None:
            return back.get_truecolor().hex, front.get_truecolor().hex
    return paper, ink
