"""What `vasistas serve` is: it opens the sockets, starts the children and stops them."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from admin.errors import AdminError
from admin.presence import be_present
from admin.serving.addresses import Address, bound, listen
from admin.serving.shape import WORKERS
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


class Ended(Enum):
    """Why serving ended."""

    ASKED = "asked"  # by SIGINT or SIGTERM
    OVER = "over"  # the instance is being retired, or its closing page has had its days


@dataclass(frozen=True)
class Serving:
    """What is to be served: the apps at their addresses, or the `closing` page at the source's.

    `announce` gets the addresses by app, once all accept; `over` tells when there is nothing to
    serve any more.
    """

    addresses: dict[str, Address]
    announce: "Announce"
    over: Callable[[], bool]
    onions: Onions | None = None
    closing: bool = False


def serve(home: Path, serving: Serving, stop: Stop) -> Ended:
    """Serve until told to stop, or until it is over; raises AdminError when a part fails."""
    doors, ready = Doors(), Ready()
    children: list[Child] = []
    presence = be_present(home)  # all children hold it too, so that it ends with the last
    more = ["--closing"] if serving.closing else []
    try:
        local = {name: doors.open(address) for name, address in serving.addresses.items()}
        for_tor: dict[str, socket.socket] = {}
        if serving.onions is not None:
            for_tor = {name: doors.open(where) for name, where in serving.onions.sockets.items()}
            children.append(_start_onions(home, serving.onions, [presence, ready.read], more))
        _start_apps(home, [local, for_tor], children, presence, more)
        if not serving.closing:
            children.append(_start(home, "sweeper_process", "sweeper", [], [presence]))
        serving.announce({name: bound(serving.addresses[name], local[name]) for name in local})
        ready.tell()
        return Ended.OVER if _watch(children, stop, serving.over) else Ended.ASKED
    finally:
        _stop(children)
        doors.close()
        ready.close()
        os.close(presence)


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


def _start_onions(home: Path, onions: Onions, passed: list[int], more: list[str]) -> Child:
    """Start the keeper of the onion services; the apps' workers turn to it from the start.

    `passed` are the instance's presence, and what tells when the apps accept.
    """
    read, write = os.pipe()
    words = ["--ready", str(write), "--accepting", str(passed[-1]), *more]
    if onions.torrc is not None:
        words += ["--torrc", str(onions.torrc)]
    child = _start(home, "onion_process", KEEPER, words, [write, *passed])
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
    doors: list[dict[str, socket.socket]],
    children: list[Child],
    presence: int,
    more: list[str],
) -> None:
    """Start each app with its listening sockets: the local one, then that for Tor if any."""
    pipes = []
    for name in doors[0]:
        read, write = os.pipe()
        listeners = [found[name].fileno() for found in doors if name in found]
        words = ["--app", name, "--ready", str(write), *more]
        for listener in listeners:
            words += ["--listener", str(listener)]
        child = _start(home, "app_process", name, words, [*listeners, write, presence])
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


def _watch(children: list[Child], stop: Stop, over: Callable[[], bool]) -> bool:
    """Wait for the end; tell whether it is over rather than asked for."""
    while not stop.wait(POLL_SECONDS):
        if over():
            return True
        for child in children:
            if child.process.poll() is not None:
                raise AdminError(f"The {child.name} process ended by itself; all was stopped.")
    return False


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
