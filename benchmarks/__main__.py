"""Run all benchmarks, or those named: `python -m benchmarks [NAME …]`."""

import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import (
    backing_up,
    bundles,
    inbox,
    looking,
    onions,
    pages,
    returning,
    rewrapping,
    sealing,
    signing_in,
    station,
)
from tests.journey.house import House

ALL: dict[str, Callable[[House], Table]] = {
    "sealing": sealing.measure,
    "pages": pages.measure,
    "returning": returning.measure,
    "onions": onions.measure,
    "inbox": inbox.measure,
    "signing_in": signing_in.measure,
    "bundles": bundles.measure,
    "rewrapping": rewrapping.measure,
    "backing_up": backing_up.measure,
    "station": station.measure,
    "looking": looking.measure,
}


def main() -> None:
    """Make a house for each benchmark, measure, print its table."""
    console = Console(width=110)
    console.print(machine())
    for name in sys.argv[1:] or list(ALL):
        root = Path(tempfile.mkdtemp(prefix="vas-", dir="/tmp"))
        try:
            house = House.found(root)
            house.add_desk("ville", "Ville")
            console.print(ALL[name](house))
        finally:
            shutil.rmtree(root, ignore_errors=True)


def machine() -> str:
    """Say what this ran on."""
    info = Path("/proc/cpuinfo").read_text()
    model = next(line.split(":")[1].strip() for line in info.splitlines() if "model name" in line)
    cores = info.count("processor\t")
    gib = int(Path("/proc/meminfo").read_text().split()[1]) >> 20
    return f"{cores} × {model}, {gib} GiB, {platform.system()} {platform.release()}"


if __name__ == "__main__":
    main()
