"""Our own tor process, and the one connection that steers it.

The process ends with its parent, however that came about: the kernel sees to it (`setpriv
--pdeathsig`), and tor itself looks for its owner. It listens on nothing but a unix socket, for
its control; what is found to listen elsewhere is stopped.
"""

import re
import shutil
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

import stem
from stem.connection import AuthenticationFailure
from stem.control import Controller, EventType

from tor.errors import TorFailed, TorMissing
from tor.files import write_whole

START_SECONDS = 30
STOP_SECONDS = 5
ANSWER_SECONDS = 20  # tor answers within milliseconds; one that hangs serves nobody
POLL_SECONDS = 0.05
LAST_LINES = 3  # of what tor said before it ended; with SafeLogging they name nobody
_LISTENERS = (
    "control",
    "or",
    "dir",
    "socks",
    "trans",
    "natd",
    "dns",
    "httptunnel",
    "extor",
    "metrics",
)
_NOTHING = re.compile("")
# One unix socket, written as a C string: the one that answers. There must be no second.
_ALLOWED = {"control": re.compile(r'"unix:(?:[^"\\]|\\.)+"')}
EVENTS = (
    EventType.HS_DESC,
    EventType.STATUS_CLIENT,
    EventType.STATUS_GENERAL,
    EventType.NETWORK_LIVENESS,
    EventType.SIGNAL,
)


class TorDaemon:
    """A running tor with our configuration. `told` gets stem's events, from another thread."""

    def __init__(self, process: "subprocess.Popen[str]", control: Controller) -> None:
        self._process, self._control = process, control

    @classmethod
    def start(cls, torrc: Path, control: Path, told: Callable[[Any], None]) -> Self:
        """Start tor on a configuration file; raises TorMissing or TorFailed with its reason."""
        program = find_tor()
        control.unlink(missing_ok=True)  # left by a tor that was killed
        defaults = torrc.with_name("torrc-defaults")
        write_whole(defaults, b"")  # else the system's own defaults would count; not /dev/null
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", program, "-f", torrc, "--defaults-torrc", defaults],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        said = _listen(process)
        try:
            daemon = cls(process, _connect(process, control, said))
        except BaseException:
            process.kill()
            process.wait()
            raise
        try:
            daemon._begin(told)
        except BaseException:
            daemon.stop()
            raise
        return daemon

    def _begin(self, told: Callable[[Any], None]) -> None:
        try:
            for kind in _LISTENERS:
                listeners = self._control.get_info(f"net/listeners/{kind}", "")
                if not _ALLOWED.get(kind, _NOTHING).fullmatch(listeners):
                    raise TorFailed(f"tor would listen for {kind}: its extra lines ask for it.")
            self._control.add_event_listener(told, *EVENTS)
        except stem.ControllerError:
            raise TorFailed("tor ended while it was being set up.") from None

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def reload(self) -> None:
        """Have tor read its configuration and its clients again."""
        self._ask(lambda: self._control.signal(stem.Signal.RELOAD))

    def close_circuit(self, circuit: int) -> None:
        """Cut one visitor's circuit; one that is gone already is no error."""
        self._ask(lambda: self._close_if_there(str(circuit)))

    def _close_if_there(self, circuit: str) -> None:
        with suppress(stem.OperationFailed, stem.InvalidRequest):
            self._control.close_circuit(circuit)

    def bootstrapped(self) -> bool:
        """Tell whether tor has reached its network."""
        phase = self._ask(lambda: self._control.get_info("status/bootstrap-phase", ""))
        return "PROGRESS=100" in str(phase)

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._control.close()

    def _ask(self, question: Callable[[], Any]) -> Any:
        """Ask tor; one that does not answer for long is killed, and so the question ends."""
        impatient = threading.Timer(ANSWER_SECONDS, self._process.kill)
        impatient.start()
        try:
            return question()
        except stem.ControllerError:
            raise TorFailed("tor does not answer.") from None
        finally:
            impatient.cancel()


def find_tor() -> str:
    """Give tor's path; raises TorMissing."""
    program = shutil.which("tor") or shutil.which("tor", path="/usr/sbin:/usr/bin:/sbin")
    if program is None:
        raise TorMissing("The program tor is not installed: `apt-get install tor`.")
    return program


def _listen(process: "subprocess.Popen[str]") -> deque[str]:
    """Keep the last things tor says, and its pipe empty."""
    said: deque[str] = deque(maxlen=LAST_LINES)
    if process.stdout is not None:
        threading.Thread(target=_keep, args=(said, process.stdout), daemon=True).start()
    return said


def _keep(said: deque[str], lines: IO[str]) -> None:
    with lines:
        said.extend(lines)


def _connect(process: "subprocess.Popen[str]", path: Path, said: deque[str]) -> Controller:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            time.sleep(POLL_SECONDS)  # for the thread that reads its last words
            words = " ".join(line.strip() for line in said) or "no reason given"
            raise TorFailed(f"tor ended at once: {words}")
        control = _knock(path)
        if control is not None:
            return control
        time.sleep(POLL_SECONDS)
    raise TorFailed(f"tor did not open its control socket within {START_SECONDS} s.")


def _knock(path: Path) -> Controller | None:
    """Give an authenticated connection, or None while tor does not answer yet."""
    if not path.is_socket():
        return None
    try:
        control = Controller.from_socket_file(str(path))
    except stem.SocketError:
        return None
    try:
        control.authenticate()
    except (stem.ControllerError, AuthenticationFailure):
        control.close()
        return None
    return control
