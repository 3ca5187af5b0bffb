"""An upload is watched without scripts, in both browsers, over all processes of the server."""

import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from admin.serving.shape import WORKERS
from tests.journey.browsers.chromium import PROGRAM
from tests.journey.browsers.firefox import firefox
from tests.journey.house import House
from tests.journey.slow_line import slow_line

SIZE = 6 << 20
PACE = 600_000  # bytes a second: some ten seconds
WATCHED_SECONDS = 40
SHARE = re.compile(r"soit (\d+) %")
DIRECT = {"network.proxy.type": 0}


@pytest.fixture
def document(root: Path) -> Path:
    document = root / "vidéo du mât 12.bin"
    document.write_bytes(secrets.token_bytes(SIZE))
    return document


def watched(look: Callable[[], str]) -> list[str]:
    """Read the frame as a person does, until the delivery is sealed."""
    seen: list[str] = []
    until = time.monotonic() + WATCHED_SECONDS
    while time.monotonic() < until:
        shown = look().replace("\N{NO-BREAK SPACE}", " ")
        if shown and shown not in seen[-1:]:
            seen.append(shown)
        if "scellé et enregistré" in shown:
            return seen
        time.sleep(0.2)
    raise AssertionError(seen)


def judge(seen: list[str]) -> None:
    shares = [int(found[1]) for shown in seen if (found := SHARE.search(shown))]
    assert len(shares) >= 3, seen
    assert shares == sorted(set(shares)), "they rise, each time"
    assert any("Encore" in shown for shown in seen), seen
    assert "Un fichier, 6 Mio." in seen[-1]


@contextmanager
def served(house: House) -> Iterator[str]:
    """Serve by both processes, at the end of a slow line."""
    assert WORKERS >= 2
    with house.serving(tcp=True), slow_line(house.addresses["source"], PACE) as address:
        yield address


def test_chromium_shows_rising_figures_without_scripts(
    house: House, document: Path, root: Path
) -> None:
    if PROGRAM is None:
        pytest.skip("Chromium is not installed")
    with served(house) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, chromium_sandbox=False)
        page = browser.new_context(
            java_script_enabled=False, locale="fr-FR", base_url=f"http://{address}"
        ).new_page()
        page.goto("/")
        page.click("main form button.main")
        page.fill("#message", "Voyez le début.")
        page.set_input_files("#files", [str(document)])
        page.click("main form button.main", no_wait_after=True)
        frame = page.frame_locator("iframe.progress")
        judge(watched(lambda: frame.locator("body").inner_text()))
        assert page.input_value("#message") == "Voyez le début.", "the page stayed"
        frame.locator("a.button").click()
        page.wait_for_url("**/mailbox")
        assert "6" in page.inner_text("[role=status]"), "told here too"
        assert page.locator("article.delivery").count() == 1
        browser.close()
    assert_carried(house, root, document)


def test_firefox_at_its_safest_shows_rising_figures(
    house: House, document: Path, root: Path
) -> None:
    with served(house) as address, firefox(1, address, DIRECT) as browser:
        browser.open("/")
        browser.press("main form button.main")
        browser.fill("#message", "Voyez le début.")
        browser.choose("#files", [document])
        browser.click("main form button.main")
        judge(watched(lambda: browser.text_in("iframe.progress", "body")))
        assert browser.value("#message") == "Voyez le début.", "the page stayed"
        browser.press_in("iframe.progress", "a.button")
        assert "6" in browser.text("[role=status]"), "told here too"
        assert browser.count("article.delivery") == 1
    assert_carried(house, root, document)


def assert_carried(house: House, root: Path, document: Path) -> None:
    """The delivery that was watched is whole, and there is one."""
    with house.serving():
        bundle = house.reviewer("alex").bundle(root / "bundle", all_new="1")
    station = house.stations["ville"]
    station("open", bundle)
    (thread,) = station.threads()
    station("export", thread["id"], root / "out")
    (exported,) = (root / "out").rglob(document.name)
    assert exported.read_bytes() == document.read_bytes()
