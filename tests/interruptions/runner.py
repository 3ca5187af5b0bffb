"""Runs our commands again and again: it has loaded all of them, and forks for each run.

It reads one request a line on standard input and answers with one line; see `stage.py`, which
speaks to it. It has one thread, as forking wants it, and adopts what a command leaves behind.
"""

import gc
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any, BinaryIO

from argon2 import PasswordHasher
from sqlalchemy.orm import configure_mappers

from crypto import passphrase, store_key
from storage import blobs
from tests.interruptions import tracing
from tests.interruptions.calls import CALLS

LOADED = (
    "admin.cli",
    "alembic.command",
    "journalist_app.app",
    "tests.interruptions.looking",
    "viewing_station.cli",
)
MARK = "/nothing-by-this-name"
RESUMED = " resumed>"  # in the line of a call that another line began
SET_SUBREAPER = 36
PATIENCE = 300  # seconds for what a command leaves behind to end by itself


def serve() -> None:
    """Answer requests until there are no more."""
    store_key.PASSES, store_key.MEMORY = 1, 64 * 1024
    passphrase._HASHER = PasswordHasher(1, 8, 1)
    for name in LOADED:
        importlib.import_module(name)
    os.sync = lambda: None  # a kill loses nothing that was written, synced or not
    configure_mappers()
    gc.freeze()
    tracing.libc.prctl(SET_SUBREAPER, 1, 0, 0, 0)
    os.chdir("/")
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)
    os._exit(0)  # some of what is loaded complains of what it leaves


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        hold, release = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(release)
            _child(asked, hold, out, err)
        os.close(hold)
        way = {"plain": _plain, "traced": _traced, "strace": _straced}[asked["way"]]
        told = way(asked, pid, release)
        said = {}
        for name, file in (("out", out), ("err", err)):
            file.seek(0)
            said[name] = file.read().decode(errors="replace")
        return told | said


def _plain(_asked: dict[str, Any], pid: int, release: int) -> dict[str, Any]:
    os.close(release)
    _, status = os.waitpid(pid, 0)
    _end_what_is_left()
    return {"code": os.waitstatus_to_exitcode(status)}


def _traced(asked: dict[str, Any], pid: int, release: int) -> dict[str, Any]:
    traced = tracing.Traced(pid, Path(asked["root"]), asked["point"], asked["after"])
    traced.follow(lambda: os.close(release))
    assert traced.status is not None
    code = os.waitstatus_to_exitcode(traced.status)
    return {"code": code, "killed": traced.killed, "writes": traced.writes}


def _straced(asked: dict[str, Any], pid: int, release: int) -> dict[str, Any]:
    """Let strace watch, which ends when all that it watches has ended."""
    log = Path(asked["log"])
    words = ["-f", "-qq", "-y", "-s", "0", "-e", "signal=none", "-e", f"trace={','.join(CALLS)}"]
    with subprocess.Popen(["strace", *words, "-o", log, "-p", str(pid)]) as strace:
        while not (log.exists() and MARK in log.read_text()):
            assert strace.poll() is None
            time.sleep(0.005)
        os.close(release)
        _, status = os.waitpid(pid, 0)
        strace.wait(PATIENCE)
    _end_what_is_left()
    return {"code": os.waitstatus_to_exitcode(status)}


def _child(asked: dict[str, Any], hold: int, out: BinaryIO, err: BinaryIO) -> None:
    """Become the command; nothing returns from here."""
    code = 70
    blobs.SHARDS = asked["shards"]
    try:
        with tempfile.TemporaryFile() as given:
            given.write(asked["stdin"].encode())
            given.seek(0)
            for number, file in enumerate((given, out, err)):
                os.dup2(file.fileno(), number)
        os.setsid()
        os.environ.update(asked["environment"])
        if asked["way"] == "strace":
            _show_oneself(hold)
        else:
            os.read(hold, 1)
        os.close(hold)
        if asked["way"] == "traced":
            tracing.stop_at_writes()
        code = _run(asked["program"], asked["words"])
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001  # whatever it is, this process must not go on as the runner
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _show_oneself(hold: int) -> None:
    """Make calls that strace sees, until it is said to have seen one."""
    tracing.let_anyone_trace()
    while not select.select([hold], [], [], 0.005)[0]:
        try:
            os.rmdir(MARK)  # noqa: PTH106  one call and no other
        except FileNotFoundError:
            continue


def _run(program: str, words: list[str]) -> int:
    module, _, function = program.partition(":")
    sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115  # as it is in a process of its own
    sys.stdout = open(1, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8")  # noqa: SIM115
    sys.argv = [program, *words]
    try:
        getattr(importlib.import_module(module), function)()
    except SystemExit as ended:
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
            return 1
        return ended.code or 0
    return 0


def _end_what_is_left() -> None:
    """Kill what a command started and left, which is this process's child by now."""
    while True:
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        for child in children:
            os.kill(int(child), signal.SIGKILL)
        if not children:
            return
        for child in children:
            os.waitpid(int(child), 0)


if __name__ == "__main__":
    serve()
