"""What a copy is called: nothing of its source's name, and nothing that could trouble a system."""

import re

from viewing_station.cleaning.errors import BadCopyNameError
from viewing_station.copies import Copies

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")  # 80 characters fit anywhere


def new_name(copies: Copies, thread: str, suffix: str) -> str:
    """Return the first `document-N` that no copy of this thread has, whatever its suffix."""
    taken = {copy.name.partition(".")[0] for copy in copies.all() if copy.thread == thread}
    number = 1
    while f"document-{number}" in taken:
        number += 1
    return f"document-{number}{suffix}"


def checked_name(wanted: str, suffix: str) -> str:
    """Return the name that a reviewer chose, with the suffix. Raises BadCopyNameError."""
    if not NAME.fullmatch(wanted):
        raise BadCopyNameError(name=wanted)
    return wanted if wanted.lower().endswith(suffix) else wanted + suffix
