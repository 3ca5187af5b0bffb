"""The reviewers' list, over the socket and rendered, with few and with very many deliveries."""

import os
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from statistics import median

from rich.table import Table

from benchmarks.pages import p95
from formats.handles import new_handle
from tests.journey.house import House
from tests.journey.measuring import connect

STORED = (1_000, 100_000, 1_000_000)
REQUESTS = 300
BATCH = 50_000
DAYS = 500
NEW_SHARE = 10  # one in so many is new
VIEWS = {
    "first page": "/",
    "new": "/?state=new",
    "starred": "/?starred=1&state=collected",
    "page amid": "",
    "all of one day": "",
}


def measure(house: House) -> Table:
    """Fill the tables, log in, and fetch each view over and over on one connection."""
    house.add_reviewer("alex", "ville")
    key_set = make_key_set(house)
    table = Table(title=f"The list: {REQUESTS} requests each, on one connection")
    for column in ("stored deliveries", "view", "rows", "p50", "p95"):
        table.add_column(column, justify="right")
    stored = 0
    for wanted in STORED:
        fill(house, wanted - stored, key_set)
        stored = wanted
        with house.serving():
            cookie = house.reviewer("alex").http.cookies["vasistas_reviewer"]
            for view in VIEWS:
                table.add_row(f"{wanted:,}", view, *row(house, address(view), cookie))
    return table


def address(view: str) -> str:
    """Give a view's address; those that depend on the day are made here."""
    amid = datetime.now(UTC).date() - timedelta(days=DAYS // 2)
    own = {"page amid": f"/?after={amid}.k7qm-3vtx-9fwd", "all of one day": f"/?day={amid}"}
    return VIEWS[view] or own[view]


def row(house: House, path: str, cookie: str) -> list[str]:
    """Fetch one view."""
    connection = connect(house.addresses["journalist"])
    headers = {"Cookie": f"vasistas_reviewer={cookie}"}
    times, text = [], b""
    for _ in range(REQUESTS):
        started = time.perf_counter()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        text = answer.read()
        times.append(time.perf_counter() - started)
        assert answer.status == 200, answer.status
    connection.close()
    rows = text.count(b"data-delivery=")
    return [f"{rows}", f"{1000 * median(times):.1f} ms", f"{1000 * p95(times):.1f} ms"]


def make_key_set(house: House) -> str:
    """Name a key set: envelopes refer to one."""
    with sqlite3.connect(house.home / "vasistas.db") as db:
        db.execute("INSERT INTO key_sets VALUES ('bench', 'ville')")
    return "bench"


def fill(house: House, rows: int, key_set: str) -> None:
    """Insert strangers' deliveries over some hundred days, each with a letter, as they look."""
    today = datetime.now(UTC).date()
    with sqlite3.connect(house.home / "vasistas.db") as db:
        (reviewer,) = db.execute("SELECT id FROM reviewers").fetchone()
        for start in range(0, rows, BATCH):
            made = [
                (number, new_handle(), str(today - timedelta(days=number % DAYS)))
                for number in range(min(BATCH, rows - start))
            ]
            db.executemany(
                "INSERT INTO deliveries (id, desk, day, nonce, tag, reply_key, collected_by,"
                " collected_day, starred, answered) VALUES (?, 'ville', ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (handle, day, os.urandom(16), os.urandom(16), os.urandom(32), *seen)
                    for number, handle, day in made
                    for seen in [state(number, reviewer, day)]
                ],
            )
            db.executemany(
                "INSERT INTO envelopes VALUES (?, 'letter', 16384, ?, ?, 16500, ?, ?, ?)",
                [
                    (handle, key_set, os.urandom(16).hex(), bytes(32), bytes(32), bytes(96))
                    for _, handle, _ in made
                ],
            )


def state(number: int, reviewer: str, day: str) -> tuple[str | None, str | None, int, int | None]:
    """Give collected by, collected on, starred and answered: most are collected, few starred."""
    if number // DAYS % NEW_SHARE == 0:
        return None, None, 0, None
    return reviewer, day, number % 997 == 0, True if number % 5 == 0 else None
