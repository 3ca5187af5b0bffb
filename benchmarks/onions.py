"""What onion services cost beside the unix socket, and how fast a change takes effect.

The network is this machine's own, with settings for much data at once: what is measured here
predicts nothing about the public network, where circuits are long and slow.
"""

import os
import threading
import time
from collections.abc import Callable
from statistics import median

import httpx
from rich.table import Table

from benchmarks.pages import p95
from crypto.codename import generate
from tests.journey.house import House, Source
from tests.journey.measuring import delivery, send_delivery
from tests.tor_network.network import TorNetwork
from tests.tor_network.socks import Unreachable, client

PAGES = 100
ROUNDS = 3
MEGABYTES = 100
CHUNK = 1_000_000
GUESSERS = 6  # as many connections as a browser opens to a host
CROWD_SECONDS = 15


def measure(house: House) -> Table:
    """Measure pages and uploads both ways, publishing, revoking, and a crowd on one circuit."""
    table = Table(title="Onion services, on a private Tor network (no figure for the public one)")
    for column in ("what", "unix socket", "onion service"):
        table.add_column(column)
    with TorNetwork() as network:
        publishing = [publish(house, network) for _ in range(ROUNDS)]
        table.add_row(f"start to published, median of {ROUNDS}", "", f"{median(publishing):.1f} s")
        with house.serving(torrc=network.torrc):
            rows(table, house, network)
    return table


def publish(house: House, network: TorNetwork) -> float:
    """Start serve with tor; give the seconds until both services were seen to be up."""
    started = time.perf_counter()
    with house.serving(torrc=network.torrc):
        return time.perf_counter() - started


def rows(table: Table, house: House, network: TorNetwork) -> None:
    """Add the rows that one served house gives."""
    port, host = network.visitor.socks_port, house.onions["source"]
    ways = [house.client("source"), client(port, host)]
    for what, figure in (("landing page, p50", median), ("landing page, p95", p95)):
        table.add_row(what, *(f"{1000 * figure(pages(way)):.1f} ms" for way in ways))
    uploads = [local_upload(house), upload(Source(client(port, host)))]
    table.add_row(f"{MEGABYTES} MB up", *(f"{MEGABYTES / took:.0f} MB/s" for took in uploads))
    for words in (
        ("add", "ines"),
        ("remove", "ines"),
        ("add", "ines"),
        ("remove", "ines", "--hard"),
    ):
        took = timed(lambda words=words: house("onion", "client", *words))  # type: ignore[misc]
        table.add_row(
            f"onion client {' '.join(words)}, seen in the directories", "", f"{took:.1f} s"
        )
    alone = pages(client(port, host, visitor="neighbour"))
    meanwhile, tried, ended = beside_a_crowd(house, network)
    table.add_row("landing page's p95 on a circuit alone", "", f"{1000 * p95(alone):.0f} ms")
    table.add_row("  while another guesses codenames", "", f"{1000 * p95(meanwhile):.0f} ms")
    table.add_row(
        "  codenames answered before its circuit was closed", "", f"{tried} in {ended:.0f} s"
    )


def pages(http: httpx.Client) -> list[float]:
    """Fetch the landing page over and over on one connection; give the seconds of each."""
    http.get("/")
    return [timed(lambda: http.get("/").raise_for_status()) for _ in range(PAGES)]


def timed(done: Callable[[], object]) -> float:
    """Give the seconds that something takes."""
    started = time.perf_counter()
    done()
    return time.perf_counter() - started


def local_upload(house: House) -> float:
    """Deliver over the unix socket."""
    return send_delivery(house, house.source().first_visit(), os.urandom(CHUNK), MEGABYTES)


def upload(source: Source) -> float:
    """Deliver through Tor."""
    source.first_visit()
    headers, body = delivery(source.token, os.urandom(CHUNK), MEGABYTES)
    started = time.perf_counter()
    answer = source.http.post("/deliver", content=body, headers=headers)
    assert answer.status_code == 303, answer.status_code
    return time.perf_counter() - started


def beside_a_crowd(house: House, network: TorNetwork) -> tuple[list[float], int, float]:
    """Guess codenames on one circuit, fetch pages on another; give what both came to."""
    port, host = network.visitor.socks_port, house.onions["source"]
    answered: list[float] = []
    started = time.perf_counter()

    def guess() -> None:
        with client(port, host, visitor="guesser") as http:
            try:
                while time.perf_counter() - started < CROWD_SECONDS:
                    http.post("/return", data={"codename": generate("fr").text})
                    answered.append(time.perf_counter() - started)
            except (Unreachable, httpx.HTTPError):
                return  # its circuit was closed

    crowd = [threading.Thread(target=guess) for _ in range(GUESSERS)]
    for guesser in crowd:
        guesser.start()
    neighbour = client(port, host, visitor="neighbour")
    times = pages(neighbour)
    while any(guesser.is_alive() for guesser in crowd):
        times += pages(neighbour)
    return times, len(answered), time.perf_counter() - started
