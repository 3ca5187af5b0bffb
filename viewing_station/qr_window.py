"""Shows a courier's frames in the terminal, one after the other, to a camera."""

import math
import os
import select
import sys
import termios
import time
import tty
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

from rich.console import Console
from rich.style import Style
from rich.text import Text

from formats.qr_frames import Frame
from viewing_station.errors import NoTerminalError
from viewing_station.qr_codes import frames_for, squares, version_for_window
from viewing_station.screen import human_size

TEXT_ROWS = 2  # below the code
# Fixed colours, whatever the terminal's theme: cameras expect black on white.
INK = Style(color="#000000", bgcolor="#ffffff")
BLOCKS = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}  # upper and lower square

NEXT, BACK, PAUSE, END = "next", "back", "pause", "end"
KEYS = {
    **dict.fromkeys((b" ", b"p"), PAUSE),
    **dict.fromkeys((b"\x1b[C", b"\x1bOC", b"n"), NEXT),
    **dict.fromkeys((b"\x1b[D", b"\x1bOD", b"b"), BACK),
    **dict.fromkeys((b"\x1b", b"q", b"\r", b"\n", b"\x04", b""), END),
}
SLICE = 0.5  # seconds
KEY_SIZE = 8  # bytes: a key with all its modifiers


def window_show(content: bytes) -> "Show":
    """Prepare to show a courier in this window.

    Raises NoTerminalError, SmallWindowError, NoQrError.
    """
    console = Console(highlight=False, markup=False, emoji=False)
    if not (console.is_terminal and sys.stdin.isatty()):
        raise NoTerminalError
    version = version_for_window(console.width, console.height - TEXT_ROWS)
    return Show(console, frames_for(content, version), version, len(content))


class Show:
    """The series on the screen: which frame is on, and whether it moves by itself."""

    def __init__(self, console: Console, frames: Sequence[Frame], version: int, size: int) -> None:
        self._console = console
        self._frames = frames
        self._size = size
        self._at = 0
        self._moving = True
        self._lines = lru_cache(maxsize=None)(lambda at: code_lines(frames[at], version))

    def run(self, seconds: float) -> None:
        """Go round and round until a key ends it."""
        with _each_key(), self._console.screen():
            while True:
                self._draw()
                key = _key(seconds if self._moving else math.inf)
                if key == END:
                    return
                self._turn(key)

    def _turn(self, key: str) -> None:
        if key == PAUSE:
            self._moving = not self._moving
        else:
            step = -1 if key == BACK else 1
            self._at = (self._at + step) % len(self._frames)

    def _draw(self) -> None:
        console = self._console
        pad = " " * ((console.width - self._lines(0)[0].cell_len) // 2)
        console.clear()
        for line in self._lines(self._at):
            console.print(Text(pad) + line, soft_wrap=True)
        told = f"frame {self._at + 1} of {len(self._frames)} ({human_size(self._size)} in all)"
        moving = "pause" if self._moving else "go on"
        console.print(Text(pad + told, "bold"), soft_wrap=True)
        keys = f"space {moving} · ← → back, next · q end"
        console.print(Text(pad + keys), soft_wrap=True, end="")


def code_lines(frame: Frame, version: int) -> list[Text]:
    """Draw a frame in half blocks: two rows of squares to a row of characters."""
    rows = list(squares(frame, version))
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    return [
        Text("".join(BLOCKS[pair] for pair in zip(upper, lower, strict=True)), INK)
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]


def _key(seconds: float) -> str:
    """Wait for a key; time that passes without one means the next frame."""
    handle = sys.stdin.fileno()
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        # In slices: a Ctrl-C just before a wait is noticed after it.
        if select.select([handle], [], [], min(left, SLICE))[0]:
            return KEYS.get(os.read(handle, KEY_SIZE), NEXT)
    return NEXT


@contextmanager
def _each_key() -> Iterator[None]:
    """Have keys come as they are pressed, and unseen; put the terminal back whatever happens."""
    handle = sys.stdin.fileno()
    before = termios.tcgetattr(handle)
    try:
        tty.setcbreak(handle)
        yield
    finally:
        termios.tcsetattr(handle, termios.TCSADRAIN, before)
