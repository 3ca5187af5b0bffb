"""A house on the private Tor network: visitors with circuits of their own, reviewers with keys."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import httpx

from tests.journey.house import BIN, House, Reviewer, Source
from tests.tor_network.client import OnionClient
from tests.tor_network.network import TorNetwork
from tests.tor_network.socks import client

SAID_SECONDS = 60


@dataclass
class OnionHouse:
    """A served house and the network that it is published on."""

    house: House
    network: TorNetwork
    clients: list[httpx.Client] = field(default_factory=list)

    def visit(
        self, app: str, visitor: str = "visitor", by: OnionClient | None = None
    ) -> httpx.Client:
        """Give an HTTP client on a circuit of this visitor's, through a tor of the network."""
        socks_port = (by or self.network.visitor).socks_port
        made = client(socks_port, self.house.onions[app], visitor=visitor)
        self.clients.append(made)
        return made

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
        for made in self.clients:
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
