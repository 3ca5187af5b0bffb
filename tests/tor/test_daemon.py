"""The real tor, with its network disabled or with a bridge at a port of loopback where none is."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from queue import Empty, Queue
from types import SimpleNamespace
from typing import Any

import pytest
import stem
from stem import InvalidArguments
from stem.control import Controller

from tor import daemon as daemon_module
from tor.daemon import TorDaemon, find_tor
from tor.errors import TorFailed, TorMissing
from tor.identity import OnionIdentity
from tor.service_dir import ServiceDirectory
from tor.torrc import Defence, Service, Torrc

OFFLINE = "DisableNetwork 1\n"
# tor opens its ports only with a network: this one ends at a closed port of this machine.
NOWHERE = f"UseBridges 1\nBridge 127.0.0.1:1 {'A' * 40}\n"

Start = Callable[..., TorDaemon]


def write_torrc(
    folder: Path, extra: str = OFFLINE, service: ServiceDirectory | None = None
) -> Path:
    (folder / "extra").write_text(extra)
    config = Torrc(
        folder / "data", folder / "c.sock", folder / "cookie", os.getpid(),
        Defence(250, 2500, 64), folder / "extra",
    )  # fmt: skip
    services = [Service(service.path, folder / "app.sock")] if service else []
    (folder / "torrc").write_text(config.render(services))
    return folder / "torrc"


@pytest.fixture
def start(short: Path) -> Iterator[Start]:
    with ExitStack() as running:

        def begin(
            extra: str = OFFLINE,
            service: ServiceDirectory | None = None,
            told: Callable[[Any], None] = lambda _event: None,
            folder: Path = short,
        ) -> TorDaemon:
            made = TorDaemon.start(write_torrc(folder, extra, service), folder / "c.sock", told)
            running.callback(made.stop)
            return made

        yield begin


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ask(folder: Path, option: str) -> str | None:
    with Controller.from_socket_file(str(folder / "c.sock")) as control:
        control.authenticate()
        found: str | None = control.get_conf(option)
        return found


def processes_of(folder: Path) -> list[int]:
    """List the tors whose command line names a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if command[0].endswith(b"tor") and any(
                word.startswith(os.fsencode(folder)) for word in command
            ):
                found.append(int(entry.name))
    return found


def wait_for(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_it_runs_and_ends(start: Start, short: Path) -> None:
    daemon = start()
    assert daemon.alive
    assert processes_of(short) == [daemon.pid]
    assert not daemon.bootstrapped()
    daemon.stop()
    assert not daemon.alive
    assert processes_of(short) == []


def test_nothing_listens_but_the_control_socket_of_its_owner(start: Start, short: Path) -> None:
    daemon = start(NOWHERE)
    sockets = {
        link.removeprefix("socket:[").removesuffix("]")
        for fd in Path(f"/proc/{daemon.pid}/fd").iterdir()
        if (link := str(fd.readlink())).startswith("socket:[")
    }
    listening = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{daemon.pid}/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and words[9] in sockets:
                listening.append(words[1])
    assert listening == []
    assert (short / "c.sock").stat().st_mode & 0o077 == 0
    assert (short / "cookie").stat().st_mode & 0o077 == 0


def test_a_service_of_ours_is_published_under_its_address(start: Start, short: Path) -> None:
    service = ServiceDirectory(short / "service")
    service.make(OnionIdentity.new(), closed=True)
    address = service.address()
    daemon = start(service=service)
    assert service.address() == address
    daemon.reload()
    assert daemon.alive
    assert service.address() == address
    service.clients.check_sealed()


@pytest.mark.parametrize("name", ["two words", "é", 'quo"te', "back\\slash", "hash#tag"])
def test_it_runs_in_a_folder_of_any_name(start: Start, short: Path, name: str) -> None:
    folder = short / name
    folder.mkdir(mode=0o700)
    service = ServiceDirectory(folder / "service")
    service.make(OnionIdentity.new(), closed=True)
    assert start(service=service, folder=folder).alive
    assert (folder / "c.sock").is_socket()


@pytest.mark.parametrize(
    "line",
    [
        "SocksPort 0.0.0.0:0\nSocksPort auto",
        "TransPort auto",
        "NATDPort auto",
        "DNSPort auto",
        "HTTPTunnelPort auto",
        "MetricsPort 127.0.0.1:{port}",
        "ControlPort auto",
        "ControlPort unix:{folder}/second.sock",
        "ControlSocket {folder}/second.sock",
    ],
)
def test_what_would_listen_elsewhere_does_not_run(start: Start, short: Path, line: str) -> None:
    with pytest.raises(TorFailed, match=r"would listen|ended at once.*SocksPort"):
        start(NOWHERE + line.format(folder=short, port=free_port()) + "\n")
    assert processes_of(short) == []


def test_an_extra_socks_port_keeps_it_from_running_without_a_network_too(
    start: Start, short: Path
) -> None:
    with pytest.raises(TorFailed, match="SocksPort"):
        start(OFFLINE + "SocksPort 9050\n")
    assert processes_of(short) == []


@pytest.mark.parametrize("order", [1, -1])
def test_the_services_cannot_be_made_traceable_by_extra_lines(
    start: Start, short: Path, order: int
) -> None:
    lines = ["HiddenServiceSingleHopMode 1\n", "HiddenServiceNonAnonymousMode 1\n"]
    start(OFFLINE + "".join(lines[::order]))
    assert ask(short, "HiddenServiceSingleHopMode") == "0"
    assert ask(short, "HiddenServiceNonAnonymousMode") == "0"


def test_neither_its_logging_nor_its_role_is_changed_by_extra_lines(
    start: Start, short: Path
) -> None:
    start(OFFLINE + "SafeLogging 0\nORPort 9001\nClientOnly 0\n")
    assert ask(short, "SafeLogging") == "1"
    assert ask(short, "ClientOnly") == "1"


def test_a_configuration_that_tor_refuses_is_told_with_its_reason(
    start: Start, short: Path
) -> None:
    with pytest.raises(TorFailed, match=r"ended at once: .*NoSuchOption"):
        start(OFFLINE + "NoSuchOption 1\n")
    assert processes_of(short) == []


def test_a_folder_that_others_can_read_is_told(start: Start, short: Path) -> None:
    service = ServiceDirectory(short / "service")
    service.make(OnionIdentity.new(), closed=False)
    service.path.chmod(0o755)
    try:
        daemon = start(service=service)
    except TorFailed as refusal:
        assert str(service.path) in str(refusal) or "ermission" in str(refusal)  # noqa: PT017
    else:  # tor closes the folder itself
        assert daemon.alive
        assert service.path.stat().st_mode & 0o077 == 0


def test_a_socket_left_by_a_killed_tor_is_no_hindrance(start: Start, short: Path) -> None:
    first = start()
    os.kill(first.pid, signal.SIGKILL)
    wait_for(lambda: not first.alive)
    assert (short / "c.sock").is_socket()
    assert start().alive


def test_a_dead_tor_is_noticed_and_answers_nothing(start: Start) -> None:
    daemon = start()
    os.kill(daemon.pid, signal.SIGKILL)
    wait_for(lambda: not daemon.alive)
    with pytest.raises(TorFailed):
        daemon.reload()
    with pytest.raises(TorFailed):
        daemon.close_circuit(7)
    assert not daemon.bootstrapped()
    daemon.stop()


def test_a_circuit_that_is_gone_is_no_error(start: Start) -> None:
    daemon = start()
    for circuit in (0, 1, 0xFFFF_FFFF):
        daemon.close_circuit(circuit)
    assert daemon.alive


def test_what_hinders_it_from_its_network_is_told(start: Start) -> None:
    told: Queue[Any] = Queue()
    start(NOWHERE, told=told.put)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            event = told.get(timeout=1)
        except Empty:
            continue
        if event.type == "STATUS_CLIENT" and event.action == "BOOTSTRAP":
            return
    pytest.fail("tor said nothing of its bootstrapping")


def test_a_tor_that_ignores_being_told_to_stop_is_killed(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon_module, "STOP_SECONDS", 0.3)
    daemon = start()
    os.kill(daemon.pid, signal.SIGSTOP)
    daemon.stop()
    assert not daemon.alive


def test_a_tor_that_does_not_open_its_socket_is_ended(
    short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon_module, "START_SECONDS", 0.5)
    with pytest.raises(TorFailed, match="did not open its control socket"):
        TorDaemon.start(write_torrc(short), short / "another.sock", lambda _event: None)
    assert processes_of(short) == []


def test_without_the_program_the_admin_is_told_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_given, **_named: None)
    with pytest.raises(TorMissing, match="apt-get install tor"):
        find_tor()


OWNER = """
import sys
import time
from pathlib import Path
from tor.daemon import TorDaemon
daemon = TorDaemon.start(Path(sys.argv[1]), Path(sys.argv[2]), lambda _event: None)
print(daemon.pid, flush=True)
time.sleep(60)
"""


def test_tor_ends_with_an_owner_that_is_killed(short: Path) -> None:
    torrc = write_torrc(short)
    owner = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", OWNER, torrc, short / "c.sock"],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert processes_of(short) == [pid]
    finally:
        owner.kill()
        owner.communicate()
    wait_for(lambda: processes_of(short) == [])


class _Control:
    """A mock of stem's controller: what no tor of ours answers."""

    def __init__(self, failure: Exception) -> None:
        self._failure = failure

    def close_circuit(self, _circuit: str) -> None:
        raise self._failure


@pytest.mark.parametrize(
    ("failure", "told"),
    [(InvalidArguments("552", "Unknown"), False), (stem.SocketClosed("x"), True)],
    ids=["unknown", "closed"],
)
def test_only_a_circuit_that_tor_does_not_know_is_let_pass(
    failure: Exception, *, told: bool
) -> None:
    process: Any = SimpleNamespace(kill=lambda: None)
    control: Any = _Control(failure)
    daemon = TorDaemon(process, control)
    if not told:
        daemon.close_circuit(3)
        return
    with pytest.raises(TorFailed):
        daemon.close_circuit(3)


class _Hung:
    """A mock of a controller whose tor does not answer until it is killed."""

    def __init__(self) -> None:
        self.killed = threading.Event()

    def signal(self, _signal: object) -> None:
        assert self.killed.wait(20)
        raise stem.SocketClosed("x")


def test_a_tor_that_hangs_is_killed_and_so_the_question_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tor.daemon.ANSWER_SECONDS", 0.2)
    control: Any = _Hung()
    process: Any = SimpleNamespace(kill=control.killed.set)
    with pytest.raises(TorFailed):
        TorDaemon(process, control).reload()
