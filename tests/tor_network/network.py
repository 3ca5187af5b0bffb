"""A private Tor network on loopback: an authority, four relays, and clients on demand.

It has no exits and knows no other network; nothing but loopback and unix sockets is bound.
"""

import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.tor_network.authority import RELAY, Authority
from tests.tor_network.client import OnionClient
from tests.tor_network.errors import PortTaken
from tests.tor_network.node import Node

RELAYS = 4  # three suffice; with two no rendezvous works
ATTEMPTS = 3  # a port that was free may be taken, but hardly three times in a row


class TorNetwork:
    """The network, up from `with` on and gone without a trace after it.

    `torrc` is the file that another tor includes at the top of its own to join; `visitor` is a
    client that is there from the start. `fast` lets much more data travel at once than the public
    network allows: it saves tests' time, and predicts nothing about the public network.

    Start it, and its clients, from the main thread (see `Node`). `folder` is to be short, since
    unix sockets lie below it; it must not exist yet, and is removed at the end.
    """

    def __init__(self, folder: Path | None = None, *, fast: bool = True) -> None:
        self._wanted, self._fast = folder, fast
        self._nodes: list[Node] = []
        self.folder = Path()
        self.torrc = Path()
        self.visitor: OnionClient

    def __enter__(self) -> Self:
        try:
            self._found(ATTEMPTS)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _found(self, attempts: int) -> None:
        try:
            self._make_folder()
            authority = self._start_authority()
            relays = [self._start_relay(number) for number in range(RELAYS)]
            authority.wait_for_descriptors(RELAYS + 1)
        except PortTaken:
            if attempts == 1:
                raise
            self.stop()
            self._found(attempts - 1)
            return
        authority.vote()
        for relay in relays:
            relay.hang_up()
        for relay in relays:
            relay.wait_for_circuits()
        self.visitor = self.client("visitor")

    def _make_folder(self) -> None:
        if self._wanted is None:
            self.folder = Path(tempfile.mkdtemp(prefix="vt-", dir="/tmp"))
        else:
            self._wanted.mkdir(mode=0o700)
            self.folder = self._wanted
        self.torrc = self.folder / "network.torrc"

    def _start_authority(self) -> Authority:
        authority = Authority(self.folder / "authority", self.torrc, fast=self._fast)
        common = [
            "TestingTorNetwork 1",
            f"DirAuthority {authority.address}",
            "LearnCircuitBuildTimeout 0",  # loopback teaches a timeout that a busy machine misses
            *(["Schedulers Vanilla"] if self._fast else []),
        ]
        self.torrc.write_text("\n".join([*common, ""]))
        self._start(authority)
        authority.wait_until(lambda: authority.ask("version") != "", "an open control socket")
        return authority

    def _start_relay(self, number: int) -> Node:
        name = f"relay{number}"
        lines = [f"%include {self.torrc}", *RELAY, f"Nickname {name}"]
        relay = Node(self.folder / name, lines)
        self._start(relay)
        return relay

    def _start(self, node: Node) -> None:
        self._nodes.append(node)
        node.start()

    def client(self, name: str | None = None) -> OnionClient:
        """Start one more client, with keys and caches of its own, and wait until it is usable."""
        client = OnionClient(self.folder / (name or f"client{len(self._nodes)}"), self.torrc)
        self._start(client)
        client.wait_until_usable()
        return client

    def pids(self) -> list[int]:
        """List the network's processes that were not stopped."""
        return [node.pid for node in self._nodes if node.running]

    def stop(self) -> None:
        """End every tor, and remove the folder."""
        for node in self._nodes:
            node.terminate()
        for node in self._nodes:
            node.stop()
        self._nodes.clear()
        if self.folder != Path():
            shutil.rmtree(self.folder, ignore_errors=True)
