"""Sealing through the whole stack against `gpg -z0` alone on the same bytes in the same run."""

import os
import subprocess
import time
from pathlib import Path
from statistics import median

from rich.table import Table

from tests.journey.house import House, tree
from tests.journey.measuring import MIB, highest_pss, pss, send_delivery

SIZES = {"10 MB": 10, "100 MB": 100, "1 GB": 1000}
ROUNDS = 5
CHUNK = 1_000_000


def measure(house: House) -> Table:
    """Deliver each size ROUNDS times, gpg in between; compare medians."""
    table = Table(title=f"Sealing, medians of {ROUNDS} (client, server and gpg share the cores)")
    for column in (
        "size",
        "whole stack",
        "gpg -z0 to a file",
        "ratio",
        "peak PSS over rest",
        "written ×",
    ):
        table.add_column(column, justify="right")
    with house.serving():
        source = house.source().first_visit()
        send_delivery(house, source, os.urandom(CHUNK), 1)
        for name, megabytes in SIZES.items():
            table.add_row(name, *row(house, megabytes))
    return table


def row(house: House, megabytes: int) -> list[str]:
    """Measure one size."""
    assert house.process is not None
    chunk = os.urandom(CHUNK)
    plain = house.root / "plain.bin"
    with plain.open("wb") as file:
        for _ in range(megabytes):
            file.write(chunk)
    source = house.source().first_visit()
    ours, alone, peaks = [], [], []
    written = disk_writes(house.process.pid)
    for _ in range(ROUNDS):
        rest = pss(house.process.pid)
        with highest_pss(house.process.pid, every=0.2) as peak:
            ours.append(send_delivery(house, source, chunk, megabytes))
        peaks.append(peak[0] - rest)
        alone.append(gpg_alone(house, plain))
    writes = (disk_writes(house.process.pid) - written) / (megabytes * CHUNK * ROUNDS)
    plain.unlink()
    speed = megabytes / median(ours)
    reference = megabytes / median(alone)
    return [
        f"{speed:.0f} MB/s",
        f"{reference:.0f} MB/s",
        f"{speed / reference:.2f}",
        f"{max(peaks) / MIB:.1f} MiB",
        f"{writes:.2f}",
    ]


def gpg_alone(house: House, plain: Path) -> float:
    """Seal the same bytes with gpg, to a file that is then synced; give the seconds."""
    home = house.root / "gpg"
    home.mkdir(mode=0o700, exist_ok=True)
    key = house.stations["ville"].home / "ville-openpgp.asc"
    sealed = house.root / "plain.gpg"
    command = ["gpg", "--homedir", home, "--batch", "--quiet", "--trust-model", "always", "-z0"]
    words = ["--hidden-recipient-file", key, "--output", sealed, "--encrypt", plain]
    started = time.perf_counter()
    subprocess.run([*command, *words], check=True)
    with sealed.open("rb") as file:
        os.fsync(file.fileno())
    took = time.perf_counter() - started
    sealed.unlink()
    return took


def disk_writes(pid: int) -> int:
    """Give the bytes that the tree's living processes caused to be written to the disk."""
    total = 0
    for one in [pid, *tree(pid)]:
        for line in Path(f"/proc/{one}/io").read_text().splitlines():
            if line.startswith("write_bytes:"):
                total += int(line.split()[1])
    return total
