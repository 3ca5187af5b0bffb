"""Takes one file out of a document, in the sandbox: of an archive, a message, an office file.

Its path is the one that inspecting shows.
"""

import io
from collections.abc import Callable
from typing import BinaryIO

from viewing_station.errors import StationError
from viewing_station.inspecting.inspection import CODE, ROOM, SECONDS, SIZE_LIMIT, code
from viewing_station.sandbox import Limits, ToolFailedError, run_python

SCRIPT = """
import sys
sys.path.insert(0, "code.zip")
from viewing_station.inspecting.inside import fetch
fetch("document", "within", "wanted")
"""


class NoSuchMemberError(StationError):
    """There is no {member} in {name}, or it cannot be taken out: `inspect` shows what is in it."""


def fetch_member(
    stream: BinaryIO, size: int, member: str, sink: Callable[[bytes], object], name: str
) -> None:
    """Give the bytes of a file within a document to `sink`; they count once this returns.

    Raises NoSuchMemberError, SandboxError.
    """
    if size > SIZE_LIMIT:
        raise NoSuchMemberError(member=member, name=name)
    wanted = io.BytesIO(member.encode("utf-8", "surrogatepass"))
    files = {"document": stream, CODE: io.BytesIO(code()), "wanted": wanted}
    limits = Limits(seconds=SECONDS, scratch=size + ROOM)
    try:
        run_python(SCRIPT, [], sink, files=files, limits=limits)
    except ToolFailedError:
        raise NoSuchMemberError(member=member, name=name) from None
