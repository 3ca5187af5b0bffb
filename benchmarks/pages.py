"""Landing pages a second, what a first delivery costs, and what each page weighs."""

import threading
import time
from statistics import median, quantiles

from playwright.sync_api import sync_playwright
from rich.table import Table

from admin.serving.answer import HEAD_BYTES
from tests.journey.house import House
from tests.journey.measuring import connect

SECONDS = 5
CLIENTS = 8
ROUNDS = 20
PAGES = ("/", "/safety", "/keys", "/return", "/elsewhere", "/deliver", "/mailbox", "/forget")
PROGRAM = "/usr/bin/chromium"
SETTLED_SECONDS = 1  # for what a page asks for at once; a frame that asks again comes later


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
        for path, weight in weights(house).items():
            table.add_row(f"{path}: bytes, first byte", weight)
    with house.serving(tcp=True):
        for path, count in requests_of(house).items():
            table.add_row(f"{path}: requests, scripts off", str(count))
    return table


def weights(house: House) -> dict[str, str]:
    """Ask for each page over and over: its bytes on the line, and the time to the first one."""
    cookie = house.source().first_visit().http.cookies["vasistas"]
    found: dict[str, str] = {}
    for path in PAGES:
        connection = connect(house.addresses["source"])
        waited: list[float] = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": f"vasistas={cookie}"})
            answer = connection.getresponse()
            waited.append(time.perf_counter() - started)
            body = answer.read()
        connection.close()
        found[path] = f"{HEAD_BYTES + len(body)} bytes, {1000 * median(waited):.1f} ms"
    return found


def requests_of(house: House) -> dict[str, int]:
    """Open each page in Chromium, scripts off, and count all that it asks for."""
    found: dict[str, int] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, chromium_sandbox=False)
        address = f"http://{house.addresses['source']}"
        context = browser.new_context(java_script_enabled=False, base_url=address)
        page = context.new_page()
        page.goto("/")
        page.click("main form button.main")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for path in PAGES:
            page.goto("about:blank")  # or a frame of the page before still asks
            asked.clear()
            page.goto(path)
            page.wait_for_timeout(1000 * SETTLED_SECONDS)
            found[path] = len(asked)
        browser.close()
    return found


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
