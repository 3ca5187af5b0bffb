"""The network does what the onion tests build on, stays on this machine, and goes with its user."""

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tor_network import authority
from tests.tor_network.authority import free_ports
from tests.tor_network.errors import ForeignThread, NotStarted
from tests.tor_network.network import RELAYS, TorNetwork
from tests.tor_network.node import Node
from tests.tor_network.sockets import sockets_of

pytestmark = [
    pytest.mark.xdist_group("tor"),  # one network for all
]
pytest_plugins = ["tests.tor_network.fixture"]

GONE_SECONDS = 5.0
RUNNER = """
import sys, time
from pathlib import Path
from tests.tor_network.network import TorNetwork

with TorNetwork(Path(sys.argv[1])) as network:
    print(*network.pids(), flush=True)
    time.sleep(600)
"""


@pytest.fixture
def short() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="vt-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


def alive(pid: int) -> bool:
    """Say whether a process runs; a zombie holds nothing any more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_all_relays_are_in_the_consensus(tor_network: TorNetwork) -> None:
    assert tor_network.visitor.ask("ns/all").count("Running") == RELAYS + 1


def test_nothing_leaves_the_machine(tor_network: TorNetwork) -> None:
    found = [each for pid in tor_network.pids() for each in sockets_of(pid)]
    assert any(each.listens for each in found)
    assert any(not each.listens for each in found)
    for each in found:
        assert each.protocol == "tcp"
        assert each.local == "127.0.0.1"
        assert each.listens or each.remote == "127.0.0.1"


def test_folders_are_private(tor_network: TorNetwork) -> None:
    for folder in [tor_network.folder, *tor_network.folder.iterdir()]:
        assert folder.is_file() or folder.stat().st_mode & 0o777 == 0o700


def test_a_client_is_usable_and_ends(tor_network: TorNetwork) -> None:
    client = tor_network.client()
    pid = client.pid
    with client.control() as control:
        assert control.get_info("status/enough-dir-info") == "1"
    assert client.socks_port not in {0, tor_network.visitor.socks_port}
    client.stop()
    assert not alive(pid)


def test_a_killed_runner_leaves_no_tor(short: Path) -> None:
    command = [sys.executable, "-c", RUNNER, short / "network"]
    runner = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert runner.stdout is not None
    with runner.stdout:
        pids = [int(word) for word in runner.stdout.readline().split()]
        assert len(pids) == RELAYS + 2
        assert all(map(alive, pids))
        runner.send_signal(signal.SIGKILL)
        runner.wait()
    until = time.monotonic() + GONE_SECONDS
    while any(map(alive, pids)):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_an_error_inside_leaves_neither_tor_nor_folder(short: Path) -> None:
    pids: list[int] = []

    def use_and_fail() -> None:
        with TorNetwork(short / "network") as network:
            pids.extend(network.pids())
            raise KeyError

    with pytest.raises(KeyError):
        use_and_fail()
    assert pids
    assert not any(map(alive, pids))
    assert not (short / "network").exists()


def test_a_port_that_another_takes_meanwhile_is_chosen_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        choices = iter([[other.getsockname()[1], *free_ports(1)], free_ports(2)])
        monkeypatch.setattr(authority, "free_ports", lambda _: next(choices))
        with TorNetwork() as network:
            assert network.visitor.running
    assert next(choices, None) is None


def test_a_tor_that_ends_says_why(short: Path) -> None:
    node = Node(short / "broken", ["ORPort nonsense"])
    node.start()
    with pytest.raises(NotStarted, match=r"(?s)broken ended.*\[warn\].*nonsense"):
        node.wait_for_circuits()
    node.stop()


def test_no_tor_starts_from_a_thread_that_may_end(short: Path) -> None:
    refused = []

    def start() -> None:
        try:
            Node(short / "node", []).start()
        except ForeignThread as error:
            refused.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert refused
