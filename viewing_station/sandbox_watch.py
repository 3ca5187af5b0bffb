"""Counts the processes of a sandbox and their memory, from outside.

Limits that the kernel sets hold for each process alone, and it sets none on processes for root. A
control group would hold for all together, but not every machine lets its user make one.
"""

import os
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
_PROCESSES = Path("/proc")


@dataclass(frozen=True)
class Use:
    """What is in use: processes, and bytes of memory that are their own."""

    processes: int
    memory: int


def use_of(process: int) -> Use:
    """Count a process and all its descendants. Orphans inside are their first process's."""
    children = _children()
    waiting, count, memory = [process], 0, 0
    while waiting:
        found = waiting.pop()
        waiting += children.get(found, ())
        count += 1
        memory += _memory(found)
    return Use(count, memory)


def _children() -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for entry in os.listdir(_PROCESSES):  # noqa: PTH208  names are all that is wanted
        if entry.isdecimal():
            # Its name, in brackets, is its own choice; what comes behind the last one is not.
            fields = _read(entry, "stat").rpartition(")")[2].split()
            if fields:
                children.setdefault(int(fields[1]), []).append(int(entry))
    return children


def _memory(process: int) -> int:
    """Return the bytes that are a process's own: what it shares is files and other processes'."""
    fields = _read(str(process), "statm").split()
    return max(0, int(fields[1]) - int(fields[2])) * PAGE if fields else 0


def _read(process: str, what: str) -> str:
    try:
        return (_PROCESSES / process / what).read_text(errors="replace")
    except OSError:  # it has ended meanwhile
        return ""
