"""A private PostgreSQL cluster on a unix socket, gone with the tests that asked for it."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

_WAIT = 30.0  # seconds for a cold start on a busy machine


def programs() -> Path | None:
    """Return the directory of initdb and postgres, where Debian puts the newest of them."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def cluster(where: Path) -> Iterator[str]:
    """Run a cluster and yield its URL. It dies with this process, however that ends."""
    home = Path(tempfile.mkdtemp(prefix="vs-pg-"))  # short: it holds a unix socket
    try:
        user = _unprivileged(home)
        _init(where, home, user)
        with _served(where, home, user):
            yield f"postgresql://postgres@/postgres?host={home}"
    finally:
        shutil.rmtree(home)


def _unprivileged(home: Path) -> list[str]:
    """Return what makes a command run as a common user: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return []
    name = "postgres" if any(user.pw_name == "postgres" for user in pwd.getpwall()) else "nobody"
    account = pwd.getpwnam(name)
    os.chown(home, account.pw_uid, account.pw_gid)
    ids = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    return ["setpriv", *ids]


def _init(where: Path, home: Path, user: list[str]) -> None:
    options = ["--username=postgres", "--auth=trust", "--no-sync", "--no-locale", "--encoding=UTF8"]
    command = [*user, str(where / "initdb"), f"--pgdata={home / 'data'}", *options]
    subprocess.run(command, check=True, capture_output=True, cwd=home)


@contextmanager
def _served(where: Path, home: Path, user: list[str]) -> Iterator[None]:
    dying_with_us = [*(user or ["setpriv"]), "--pdeathsig", "KILL"]
    options = ["-F", "-c", "listen_addresses=", "-c", "shared_buffers=16MB"]
    command = [str(where / "postgres"), "-D", str(home / "data"), "-k", str(home), *options]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen([*dying_with_us, *command], stdout=log, stderr=log, cwd=home)
    try:
        _await(server, home)
        yield
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown: it waits for no client
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _await(server: "subprocess.Popen[bytes]", home: Path) -> None:
    give_up = time.monotonic() + _WAIT
    while True:
        try:
            psycopg.connect(host=str(home), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError((home / "log").read_text()) from None
            time.sleep(0.05)
        else:
            return
