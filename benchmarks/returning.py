"""A return by codename, with few and with very many deliveries stored."""

import os
import sqlite3
import threading
import time
from datetime import UTC, datetime
from statistics import median

from rich.table import Table

from benchmarks.pages import fetch, p95
from formats.handles import new_handle
from tests.journey.house import House
from tests.journey.measuring import highest_pss, pss

STORED = (1_000, 100_000, 1_000_000)
ROUNDS = 3
BATCH = 50_000


def measure(house: House) -> Table:
    """Fill the table of deliveries with strangers' rows; return; fetch the landing page."""
    table = Table(title=f"A return by codename, medians of {ROUNDS}")
    columns = (
        "stored deliveries",
        "return",
        "landing p95 alone",
        "landing p95 meanwhile",
        "PSS more",
    )
    for column in columns:
        table.add_column(column, justify="right")
    stored = 0
    for wanted in STORED:
        fill(house, wanted - stored)
        stored = wanted
        with house.serving():
            source = house.source().first_visit()
            source.deliver("bonjour")
            stored += 1
            table.add_row(f"{wanted:,}", *row(house, source.codename))
    return table


def row(house: House, codename: str) -> list[str]:
    """Measure returns, and the landing page without and with them."""
    assert house.process is not None
    address = house.addresses["source"]
    alone: list[float] = []
    fetch(address, 3, alone)
    rest = pss(house.process.pid)
    took: list[float] = []
    meanwhile: list[float] = []
    stop = threading.Event()

    def visit() -> None:
        while not stop.is_set():
            fetch(address, 0.2, meanwhile)

    visitor = threading.Thread(target=visit)
    visitor.start()
    with highest_pss(house.process.pid) as peak:
        for _ in range(ROUNDS):
            back = house.source()
            started = time.perf_counter()
            answer = back.http.post("/return", data={"codename": codename})
            took.append(time.perf_counter() - started)
            assert answer.status_code == 303
            assert len(back.get("/mailbox").ids["delivery"]) == 1
    stop.set()
    visitor.join()
    return [
        f"{median(took):.2f} s",
        f"{1000 * p95(alone):.1f} ms",
        f"{1000 * p95(meanwhile):.1f} ms",
        f"{(peak[0] - rest) / (1 << 20):.0f} MiB",
    ]


def fill(house: House, rows: int) -> None:
    """Insert strangers' deliveries of today, as they look: random ids, nonces, tags, keys."""
    today = datetime.now(UTC).date().isoformat()
    with sqlite3.connect(house.home / "vasistas.db") as db:
        for start in range(0, rows, BATCH):
            db.executemany(
                "INSERT INTO deliveries (id, desk, day, nonce, tag, reply_key, starred)"
                " VALUES (?, 'ville', ?, ?, ?, ?, 0)",
                [
                    (new_handle(), today, os.urandom(16), os.urandom(16), os.urandom(32))
                    for _ in range(min(BATCH, rows - start))
                ],
            )
