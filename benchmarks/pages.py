"""Landing pages a second, and what a first delivery costs."""

import threading
import time
from statistics import median, quantiles

from rich.table import Table

from tests.journey.house import House
from tests.journey.measuring import connect

SECONDS = 5
CLIENTS = 8
ROUNDS = 20


def measure(house: House) -> Table:
    """Fetch the landing page from several clients; deliver a letter from new sources."""
    table = Table(title="Pages")
    for column in ("what", "figure"):
        table.add_column(column)
    with house.serving():
        address = house.addresses["source"]
        times: list[float] = []
        threads = [
            threading.Thread(target=fetch, args=(address, SECONDS, times)) for _ in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        table.add_row(f"landing pages a second, {CLIENTS} clients", f"{len(times) / SECONDS:.0f}")
        table.add_row("  p50 and p95", f"{1000 * median(times):.1f} ms, {1000 * p95(times):.1f} ms")
        first = [first_delivery(house) for _ in range(ROUNDS)]
        table.add_row(
            f"first delivery of a letter, median of {ROUNDS}", f"{1000 * median(first):.0f} ms"
        )
        table.add_row("  p95", f"{1000 * p95(first):.0f} ms")
    return table


def fetch(address: str, seconds: float, times: list[float]) -> None:
    """Fetch the landing page over and over, on one connection."""
    connection = connect(address)
    until = time.perf_counter() + seconds
    while (started := time.perf_counter()) < until:
        connection.request("GET", "/")
        connection.getresponse().read()
        times.append(time.perf_counter() - started)
    connection.close()


def first_delivery(house: House) -> float:
    """Deliver a letter on a first visit: it is then that the keys are derived."""
    source = house.source().first_visit()
    started = time.perf_counter()
    assert source.deliver("Bonjour").status_code == 303
    return time.perf_counter() - started


def p95(times: list[float]) -> float:
    """Give the 95th percentile."""
    return quantiles(times, n=20)[-1]
