"""Runs the programs that gather, and turns a failure into one sentence."""

import os
import subprocess

from scripts.station_bundle.errors import NoBundle

QUIET = {
    **os.environ,
    "LC_ALL": "C.UTF-8",
    "SOURCE_DATE_EPOCH": "315532800",
}  # 1980, as in our ZIPs


def run(*words: object, what: str, stdin: bytes | None = None) -> bytes:
    """Run a program; return what it printed. Raises NoBundle with its last line."""
    call = [str(word) for word in words]
    try:
        done = subprocess.run(call, input=stdin, capture_output=True, env=QUIET, check=False)
    except FileNotFoundError:
        raise NoBundle(f"{what}: {call[0]} is not installed.") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise NoBundle(f"{what}: {said[-1]}")
    return done.stdout
