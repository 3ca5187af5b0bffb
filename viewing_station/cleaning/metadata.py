"""The metadata method: mat2 makes a copy without what it knows to be metadata.

It keeps the format and the look. What mat2 does not know stays, and inspecting the copy says so.
"""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from viewing_station.cleaning.errors import Mat2Error
from viewing_station.looking.tools import MAT2
from viewing_station.sandbox import Limits, ToolFailedError, run_python

MIB = 1 << 20
ROOM = 4  # times the document's size: unpacked, repacked, drawn anew
LEAST_ROOM = 768 * MIB  # bytes
SECONDS = 180
SCRIPT = Path(__file__).with_name("inside.py").read_text(encoding="utf-8")


def make_without_metadata(
    stream: BinaryIO, size: int, suffix: str, sink: Callable[[bytes], object]
) -> None:
    """Give the copy to `sink`. `suffix` is from our list. Raises Mat2Error, SandboxError."""
    MAT2.require()
    limits = Limits(seconds=SECONDS, scratch=LEAST_ROOM + ROOM * size)
    script = f"{SCRIPT}\n\nmain({suffix!r})\n"
    try:
        run_python(script, [], sink, files={"document": stream}, limits=limits)
    except ToolFailedError:
        raise Mat2Error from None
