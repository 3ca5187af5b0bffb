"""The real tor, without a network: what it makes of the files that we write for it."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_SECONDS = 60.0  # a loaded machine; an idle one needs a fifth of a second


def judge(folder: Path, service: Path, seen: Callable[[str], bool]) -> str:
    """Run tor on a service's folder until its log shows something; give the log."""
    log = folder / "log"
    (folder / "defaults").touch()  # tor refuses /dev/null, and would read the system's without one
    (folder / "torrc").write_text(
        f"DataDirectory {folder / 'data'}\n"
        "DisableNetwork 1\n"
        "SocksPort 0\n"
        f"__OwningControllerProcess {os.getpid()}\n"
        f"HiddenServiceDir {service}\n"
        f"HiddenServicePort 80 unix:{folder / 'app.sock'}\n"
        "Log info stdout\n"
    )
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "tor",
             "-f", folder / "torrc", "--defaults-torrc", folder / "defaults"],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while not seen(log.read_text(errors="replace")):
            assert time.monotonic() < until, log.read_text(errors="replace")
            if process.poll() is not None:
                break
            time.sleep(0.02)
    finally:
        process.kill()
        process.wait()
    return log.read_text(errors="replace")


def asked(torrc: Path, *words: str) -> tuple[int, str]:
    """Ask tor about a configuration without running it; give its exit code and its words."""
    defaults = torrc.with_name("defaults")
    defaults.touch()
    done = subprocess.run(
        ["tor", "-f", torrc, "--defaults-torrc", defaults, *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")
