"""Log-ins a second, and what sources notice of them."""

import threading
import time
from statistics import median
from urllib.parse import urlencode

import pyotp
from rich.table import Table

from admin.compose import build_services
from admin.reviewers import add_reviewer
from benchmarks.pages import fetch, p95
from tests.journey.house import House
from tests.journey.measuring import connect
from web.instance import open_instance

REVIEWERS = 60  # a one-time code serves once: each logs in once
CLIENTS = 8


def measure(house: House) -> Table:
    """Log many reviewers in from several clients, and look at the landing page meanwhile."""
    logins = make_reviewers(house)
    table = Table(title=f"Log-ins: {REVIEWERS} reviewers, {CLIENTS} clients")
    for column in ("what", "figure"):
        table.add_column(column)
    with house.serving():
        alone: list[float] = []
        fetch_landing(house, 3, alone)
        meanwhile: list[float] = []
        stop = threading.Event()
        visitor = threading.Thread(target=visit, args=(house, stop, meanwhile))
        visitor.start()
        started = time.perf_counter()
        times = log_all_in(house, logins)
        took = time.perf_counter() - started
        stop.set()
        visitor.join()
    table.add_row("log-ins a second", f"{len(times) / took:.1f}")
    table.add_row("  p50 and p95", f"{1000 * median(times):.0f} ms, {1000 * p95(times):.0f} ms")
    table.add_row("source's landing page alone, p95", f"{1000 * p95(alone):.1f} ms")
    table.add_row("  meanwhile, p95", f"{1000 * p95(meanwhile):.1f} ms")
    return table


def make_reviewers(house: House) -> list[tuple[str, str, str]]:
    """Add reviewers; give name, passphrase and TOTP address of each."""
    services = build_services(open_instance(house.home))
    made = [
        add_reviewer(services, f"r{number}", ["ville"], admin=False) for number in range(REVIEWERS)
    ]
    services.db.close()
    return [(login.name, login.passphrase.text, login.totp_uri) for login in made]


def log_all_in(house: House, logins: list[tuple[str, str, str]]) -> list[float]:
    """Log all in, CLIENTS at a time; give the seconds that each took."""
    waiting, times = list(logins), []

    def work() -> None:
        while waiting:
            try:
                login = waiting.pop()
            except IndexError:
                return
            times.append(log_in(house, login))

    clients = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return times


def log_in(house: House, login: tuple[str, str, str]) -> float:
    """Send the log-in form."""
    name, passphrase, uri = login
    totp = pyotp.parse_uri(uri)
    assert isinstance(totp, pyotp.TOTP)
    form = urlencode({"username": name, "passphrase": passphrase, "code": totp.now()})
    connection = connect(house.addresses["journalist"])
    started = time.perf_counter()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/login", body=form, headers=headers)
    answer = connection.getresponse()
    answer.read()
    took = time.perf_counter() - started
    connection.close()
    assert answer.status == 303, answer.status
    return took


def fetch_landing(house: House, seconds: float, times: list[float]) -> None:
    """Fetch the source's landing page: log-ins must not hold sources up."""
    fetch(house.addresses["source"], seconds, times)


def visit(house: House, stop: threading.Event, times: list[float]) -> None:
    """Look at the landing page until told to stop."""
    while not stop.is_set():
        fetch_landing(house, 0.2, times)
