"""How this room starts gpg: without options of the machine's, without a terminal, without a log."""

import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path

# Nothing of the server's own environment reaches gpg.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"}

STATUS_LIMIT = 64 * 1024  # bytes of status lines; a pipe holds as much, and a message needs 2 KiB


def command(home: Path, *arguments: str) -> list[str]:
    """Return the command line of gpg with the home given; standard error should go nowhere."""
    return ["gpg", "--homedir", os.fspath(home), "--no-options", "--batch", "--no-tty", *arguments]


def at_end_of(day: dt.date) -> Sequence[str]:
    """Return the arguments that stop gpg's clock at the last second of `day` (UTC).

    So an envelope tells the day and no time, and a key that expires on that day has expired.
    """
    return ("--faked-system-time", f"{day:%Y%m%d}T235959!")


def status_keywords(status: bytes) -> list[str]:
    """Return the keyword of each line of `--status-fd` output, in order."""
    lines = (line.split(b" ") for line in status.split(b"\n"))
    return [
        words[1].decode("ascii", "replace")
        for words in lines
        if words[0] == b"[GNUPG:]" and len(words) > 1
    ]
