"""A house on the private Tor network: visitors with circuits of their own, reviewers with keys."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import httpcore
import httpx
from stem.control import Controller

from tests.journey.house import BIN, House, Reviewer, Source
from tests.tor_network.client import OnionClient
from tests.tor_network.network import TorNetwork
from tests.tor_network.socks import SocksBackend, client

SAID_SECONDS = 60
ONION_PORT = 80


@dataclass
class OnionHouse:
    """A served house and the network that it is published on."""

    house: House
    network: TorNetwork
    clients: list[httpx.Client] = field(default_factory=list)
    streams: list[httpcore.NetworkStream] = field(default_factory=list)

    def visit(
        self, app: str, visitor: str = "visitor", by: OnionClient | None = None
    ) -> httpx.Client:
        """Give an HTTP client on a circuit of this visitor's, through a tor of the network."""
        socks_port = (by or self.network.visitor).socks_port
        made = client(socks_port, self.house.onions[app], visitor=visitor)
        self.clients.append(made)
        return made

    def connect(self, app: str, visitor: str) -> httpcore.NetworkStream:
        """Give a connection on which to speak HTTP by hand, or half of it."""
        backend = SocksBackend(self.network.visitor.socks_port, visitor)
        made = backend.connect_tcp(self.house.onions[app], ONION_PORT, timeout=60)
        self.streams.append(made)
        return made

    def circuits(self) -> set[str]:
        """List the visitors' circuits, as the tor that serves them has them.

        A visitor's own tor may believe in a circuit for minutes after it was closed: with the
        fast network's scheduler, word of it gets lost.
        """
        with Controller.from_socket_file(str(self.house.home / "run/tor-control.sock")) as control:
            control.authenticate()
            found = control.get_circuits()
        return {each.id for each in found if each.purpose == "HS_SERVICE_REND"}

    @contextmanager
    def circuits_of(self) -> Iterator[set[str]]:
        """Note the circuits that come up meanwhile: those of whoever visits, and nobody else."""
        before, theirs = self.circuits(), set[str]()
        yield theirs
        theirs |= self.circuits() - before
        assert theirs

    def source(self, visitor: str = "source") -> Source:
        """Give a source who has just opened the onion address."""
        return Source(self.visit("source", visitor))

    def give_key(self, name: str) -> dict[str, str]:
        """Give a reviewer an onion key."""
        given: dict[str, str] = json.loads(self.house("onion", "client", "add", name, "--json"))
        return given

    def reviewer(self, name: str, by: OnionClient) -> Reviewer:
        """Give a reviewer who has logged in through a tor that holds their key."""
        return Reviewer.log_in(self.visit("journalist", name, by), self.house.logins[name])

    def close(self) -> None:
        """Close the visitors' connections."""
        for made in [*self.clients, *self.streams]:
            made.close()


@contextmanager
def published(house: House, network: TorNetwork) -> Iterator[OnionHouse]:
    """Serve a house on the network meanwhile."""
    onions = OnionHouse(house, network)
    with house.serving(torrc=network.torrc):
        try:
            yield onions
        finally:
            onions.close()


class Said:
    """What a process says on a pipe, line by line, as it comes."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._lines: Queue[str] = Queue()
        self.so_far = ""
        Thread(target=self._read, args=(process,), daemon=True).start()

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr is not None
        for line in process.stderr:
            self._lines.put(line)

    def wait_for(self, words: str) -> str:
        """Wait for a line with these words."""
        while words not in self.so_far:
            try:
                self.so_far += self._lines.get(timeout=SAID_SECONDS)
            except Empty:
                raise AssertionError(f"never said: {words}\n{self.so_far}") from None
        return self.so_far


def command(house: House, *words: str | Path) -> "subprocess.Popen[str]":
    """Start a `vasistas` command beside others."""
    return subprocess.Popen(
        [BIN / "vasistas", "--home", house.home, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
