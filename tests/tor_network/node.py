"""One tor process: its folder, its torrc, its control socket, and its end."""

import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from stem import ControllerError, SocketError
from stem.connection import AuthenticationFailure
from stem.control import Controller
from stem.socket import ControlSocketFile

from tests.tor_network.errors import ForeignThread, NotStarted, PortTaken

READY_SECONDS = 60.0  # a loaded machine; an idle one needs two at most
STOP_SECONDS = 5.0  # after a SIGTERM tor ends at once, unless it cannot be scheduled
POLL_SECONDS = 0.05
LAST_WORDS = 8  # lines of complaint that an exception carries


class ControlSocket(ControlSocketFile):
    """stem's, which left the socket open where it could not connect: we knock until tor opens."""

    def _make_socket(self) -> socket.socket:
        made = socket.socket(socket.AF_UNIX)
        try:
            made.connect(self.path)
        except OSError as error:
            made.close()
            raise SocketError(error) from error
        return made


class Node:
    """A tor with the lines `torrc` and what every one of ours needs.

    The kernel kills it when the thread that started it ends (`--pdeathsig`): so nothing survives
    a test runner that is killed, and so `start` refuses every thread but the main one. A torrc
    with `User` would undo this, since changing user clears the signal.
    """

    def __init__(self, folder: Path, torrc: Sequence[str]) -> None:
        self.folder = folder
        self.name = folder.name
        self.control_socket = folder / "control"
        self.log = folder / "log"
        self._torrc = torrc
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process's id, while it runs."""
        if self._process is None:
            raise NotStarted(f"{self.name} is not running")
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it was started, and not stopped."""
        return self._process is not None

    def start(self) -> None:
        """Start tor and return at once."""
        if threading.current_thread() is not threading.main_thread():
            raise ForeignThread("start every tor from the main thread")
        self.folder.mkdir(mode=0o700, exist_ok=True)
        torrc, defaults = self.folder / "torrc", self.folder / "defaults"
        torrc.write_text("\n".join([*self._torrc, *self._own_lines(), ""]))
        defaults.touch()  # tor refuses /dev/null, and would read the system's without one
        dying_with_us = ["setpriv", "--pdeathsig", "KILL"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*dying_with_us, "tor", "-f", torrc, "--defaults-torrc", defaults],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the runner, which then stops us
            )

    def _own_lines(self) -> list[str]:
        return [
            f"DataDirectory {self.folder / 'data'}",
            f"ControlSocket {self.control_socket}",
            "CookieAuthentication 1",
            "Log notice stdout",
        ]

    def control(self) -> Controller:
        """Give a new authenticated connection to the control socket; the caller closes it."""
        controller = Controller(ControlSocket(str(self.control_socket)))
        try:
            controller.authenticate()
        except BaseException:
            controller.close()
            raise
        return controller

    def ask(self, question: str) -> str:
        """Answer a GETINFO, or nothing while tor does not answer yet."""
        try:
            with self.control() as controller:
                return str(controller.get_info(question))
        except (ControllerError, AuthenticationFailure):
            return ""

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something holds, as long as tor runs and patience lasts."""
        until = time.monotonic() + READY_SECONDS
        while not holds():
            if self._process is None or self._process.poll() is not None:
                raise self._failure("ended")
            if time.monotonic() > until:
                raise self._failure(f"did not get so far in {READY_SECONDS:.0f} s: {what}")
            time.sleep(POLL_SECONDS)

    def wait_for_circuits(self) -> None:
        """Wait until it knows enough of the network to build circuits."""
        enough = "status/enough-dir-info"
        self.wait_until(lambda: self.ask(enough) == "1", enough)

    def complaints(self) -> list[str]:
        """Give the last warnings and errors of its log."""
        lines = self.log.read_text("utf-8", "replace").splitlines() if self.log.exists() else []
        bad = [line for line in lines if "[warn]" in line or "[err]" in line]
        latest = {line.partition("] ")[2]: line for line in bad}  # tor says the same many times
        return [line for line in bad if line in latest.values()][-LAST_WORDS:]

    def _failure(self, what: str) -> NotStarted:
        complaints = self.complaints()
        taken = any("Address already in use" in line for line in complaints)
        cause = PortTaken if taken else NotStarted
        return cause("\n".join([f"{self.name} {what}", *complaints]))

    def hang_up(self) -> None:
        """Make it read its torrc and keys again, and forget its download back-off."""
        if self._process is not None:
            self._process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        """End it, and wait until it has ended."""
        self.terminate()
        if self._process is None:
            return
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def terminate(self) -> None:
        """Ask it to end, and return at once."""
        if self._process is not None:
            self._process.terminate()
