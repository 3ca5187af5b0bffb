"""What `vasistas serve` is: it opens the sockets, starts the children and stops them."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from admin.errors import AdminError
from admin.serving.addresses import Address, bound, listen
from admin.serving.shape import APP_NAMES, WORKERS
from admin.serving.stopping import Stop

READY_SECONDS = 30
STOP_SECONDS = 15
POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Child:
    """A process under the supervisor, and the end of the pipe it holds on to."""

    name: str
    process: subprocess.Popen[bytes]
    lifeline: int


def serve(home: Path, addresses: dict[str, Address], announce: "Announce") -> None:
    """Serve until SIGINT or SIGTERM; raises AdminError when a part fails.

    `announce` gets the addresses by app, once both accept.
    """
    stop = Stop()
    listeners: dict[str, socket.socket] = {}
    children: list[Child] = []
    try:
        for name, address in addresses.items():
            listeners[name] = listen(address)
        _start_apps(home, listeners, children)
        children.append(_start(home, "sweeper_process", "sweeper", [], []))
        announce({name: bound(addresses[name], listeners[name]) for name in addresses})
        _watch(children, stop)
    finally:
        _stop(children)
        _close(addresses, listeners)


class Announce:
    """Says on standard output that the apps accept, in one line that programs can wait for."""

    def __call__(self, addresses: dict[str, Address]) -> None:
        """Print and flush the line."""
        parts = " ".join(f"{name}={address}" for name, address in addresses.items())
        print(f"ready {parts}", flush=True)  # noqa: T201  the line is this command's interface


def _start_apps(home: Path, listeners: dict[str, socket.socket], children: list[Child]) -> None:
    pipes = []
    for name in APP_NAMES:
        read, write = os.pipe()
        listener = listeners[name].fileno()
        words = ["--app", name, "--listener", str(listener), "--ready", str(write)]
        children.append(_start(home, "app_process", name, words, [listener, write]))
        os.close(write)
        pipes.append(read)
    deadline = time.monotonic() + READY_SECONDS
    try:
        for child, read in zip(children, pipes, strict=True):
            _await_ready(child, read, deadline)
    finally:
        for read in pipes:
            os.close(read)


def _start(home: Path, module: str, name: str, words: list[str], fds: Sequence[int]) -> Child:
    read, write = os.pipe()
    # -P: nothing is imported from the folder that the admin happens to stand in.
    command = [sys.executable, "-P", "-m", f"admin.serving.{module}", "--home", str(home)]
    process = subprocess.Popen(
        [*command, "--lifeline", str(read), *words],
        pass_fds=[read, *fds],
        stdin=subprocess.DEVNULL,
        # Ctrl-C reaches the supervisor alone, which then stops the children in order.
        start_new_session=True,
    )
    os.close(read)
    return Child(name, process, write)


def _await_ready(child: Child, pipe: int, deadline: float) -> None:
    for _ in range(WORKERS):
        left = max(0.0, deadline - time.monotonic())
        readable, _, _ = select.select([pipe], [], [], left)
        if not readable:
            raise AdminError(f"The {child.name} app did not start within {READY_SECONDS} s.")
        if not os.read(pipe, 1):
            raise AdminError(f"The {child.name} app could not start; its reason stands above.")


def _watch(children: list[Child], stop: Stop) -> None:
    while not stop.wait(POLL_SECONDS):
        for child in children:
            if child.process.poll() is not None:
                raise AdminError(f"The {child.name} process ended by itself; all was stopped.")


def _stop(children: list[Child]) -> None:
    for child in children:
        child.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
        os.close(child.lifeline)


def _close(addresses: dict[str, Address], listeners: dict[str, socket.socket]) -> None:
    for name, listener in listeners.items():
        listener.close()
        path = addresses[name].path
        if path is not None:
            path.unlink(missing_ok=True)
