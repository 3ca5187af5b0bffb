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
KEEPER = "onion services'"


@dataclass(frozen=True)
class Child:
    """A process under the supervisor, and the end of the pipe it holds on to."""

    name: str
    process: subprocess.Popen[bytes]
    lifeline: int


@dataclass(frozen=True)
class Onions:
    """The sockets by which Tor comes to each app, and more lines for tor's configuration."""

    sockets: dict[str, Address]
    torrc: Path | None = None


def serve(
    home: Path, addresses: dict[str, Address], announce: "Announce", onions: Onions | None = None
) -> None:
    """Serve until SIGINT or SIGTERM; raises AdminError when a part fails.

    `announce` gets the addresses by app, once both accept.
    """
    stop = Stop()
    doors, ready = Doors(), Ready()
    children: list[Child] = []
    try:
        local = {name: doors.open(address) for name, address in addresses.items()}
        for_tor: dict[str, socket.socket] = {}
        if onions is not None:
            for_tor = {name: doors.open(address) for name, address in onions.sockets.items()}
            children.append(_start_onions(home, onions, ready.read))
        _start_apps(home, local, for_tor, children)
        children.append(_start(home, "sweeper_process", "sweeper", [], []))
        announce({name: bound(addresses[name], local[name]) for name in addresses})
        ready.tell()
        _watch(children, stop)
    finally:
        _stop(children)
        doors.close()
        ready.close()


class Doors:
    """The listening sockets; those that are files are removed at the end."""

    def __init__(self) -> None:
        self._open: list[tuple[Address, socket.socket]] = []

    def open(self, address: Address) -> socket.socket:
        """Listen at an address."""
        listener = listen(address)
        self._open.append((address, listener))
        return listener

    def close(self) -> None:
        """Close all."""
        for address, listener in self._open:
            listener.close()
            if address.path is not None:
                address.path.unlink(missing_ok=True)


class Ready:
    """Tells the keeper that the line of the apps stands: that of the onion services comes after."""

    def __init__(self) -> None:
        self.read, self._write = os.pipe()

    def tell(self) -> None:
        """Let the keeper speak."""
        os.write(self._write, b"+")

    def close(self) -> None:
        """Close the pipe."""
        os.close(self.read)
        os.close(self._write)


class Announce:
    """Says on standard output that the apps accept, in one line that programs can wait for."""

    def __call__(self, addresses: dict[str, Address]) -> None:
        """Print and flush the line."""
        parts = " ".join(f"{name}={address}" for name, address in addresses.items())
        print(f"ready {parts}", flush=True)  # noqa: T201  the line is this command's interface


def _start_onions(home: Path, onions: Onions, accepting: int) -> Child:
    """Start the keeper of the onion services; the apps' workers turn to it from the start."""
    read, write = os.pipe()
    words = ["--ready", str(write), "--accepting", str(accepting)]
    if onions.torrc is not None:
        words += ["--torrc", str(onions.torrc)]
    child = _start(home, "onion_process", KEEPER, words, [write, accepting])
    os.close(write)
    try:
        _await_ready(child, read, time.monotonic() + READY_SECONDS, parts=1)
    except AdminError:
        _stop([child])
        raise
    finally:
        os.close(read)
    return child


def _start_apps(
    home: Path,
    local: dict[str, socket.socket],
    for_tor: dict[str, socket.socket],
    children: list[Child],
) -> None:
    pipes = []
    for name in APP_NAMES:
        read, write = os.pipe()
        listeners = [found[name].fileno() for found in (local, for_tor) if name in found]
        words = ["--app", name, "--ready", str(write)]
        for listener in listeners:
            words += ["--listener", str(listener)]
        child = _start(home, "app_process", name, words, [*listeners, write])
        children.append(child)
        os.close(write)
        pipes.append((child, read))
    deadline = time.monotonic() + READY_SECONDS
    try:
        for child, read in pipes:
            _await_ready(child, read, deadline, parts=WORKERS)
    finally:
        for _, read in pipes:
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


def _await_ready(child: Child, pipe: int, deadline: float, *, parts: int) -> None:
    for _ in range(parts):
        left = max(0.0, deadline - time.monotonic())
        readable, _, _ = select.select([pipe], [], [], left)
        if not readable:
            raise AdminError(f"The {child.name} process did not start within {READY_SECONDS} s.")
        if not os.read(pipe, 1):
            raise AdminError(f"The {child.name} process could not start; its reason stands above.")


def _watch(children: list[Child], stop: Stop) -> None:
    while not stop.wait(POLL_SECONDS):
        for child in children:
            if child.process.poll() is not None:
                raise AdminError(f"The {child.name} process ended by itself; all was stopped.")


def _stop(children: list[Child]) -> None:
    """Stop the children: the onion services' keeper before the apps that it sends visitors to."""
    keepers = [child for child in children if child.name == KEEPER]
    for group in (keepers, [child for child in children if child not in keepers]):
        _stop_together(group)


def _stop_together(children: list[Child]) -> None:
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
