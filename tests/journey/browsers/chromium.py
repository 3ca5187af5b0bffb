"""Debian's Chromium through a SOCKS port, JavaScript off."""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, sync_playwright

from tests.journey.browsers.browser import HEIGHT, NAVIGATION_SECONDS, WIDTH, Seen

PROGRAM = shutil.which("chromium")
POLL_MILLISECONDS = 50
# No name is looked up here, be it a slip of the browser's own: SOCKS 5 carries names to tor.
QUIET = (
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


class Chromium:
    """A fresh window, with nothing in it from another."""

    name = "chromium"

    def __init__(self, page: Page) -> None:
        self._page = page
        self._requests: list[Request] = []
        page.on("request", lambda request: self._requests.append(request))  # noqa: PLW0108  it wants a def
        page.set_default_timeout(NAVIGATION_SECONDS * 1000)

    def open(self, path: str) -> None:
        self._page.goto(path)

    def back(self) -> None:
        self._page.go_back()

    def press(self, selector: str) -> None:
        with self._page.expect_navigation():
            self._page.click(selector)

    def click(self, selector: str) -> None:
        self._page.click(selector, no_wait_after=True)

    def text_in(self, frame: str, selector: str) -> str:
        found = self._page.frame_locator(frame).locator(selector)
        return found.inner_text() if found.count() else ""

    def press_in(self, frame: str, selector: str) -> None:
        with self._page.expect_navigation():
            self._page.frame_locator(frame).locator(selector).click()

    def until(self, holds: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + NAVIGATION_SECONDS
        while not holds():
            assert time.monotonic() < until, f"waited in vain for {what}"
            self._page.wait_for_timeout(POLL_MILLISECONDS)

    def fill(self, selector: str, text: str) -> None:
        self._page.fill(selector, text)

    def choose(self, selector: str, files: Sequence[Path]) -> None:
        self._page.set_input_files(selector, [str(file) for file in files])

    def text(self, selector: str) -> str:
        return self._page.inner_text(selector)

    def value(self, selector: str) -> str:
        return self._page.input_value(selector)

    def count(self, selector: str) -> int:
        return self._page.locator(selector).count()

    def overflow(self) -> int:
        root = "document.documentElement"
        # Playwright's own scripts run even where the page's do not.
        found = self._page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
        return int(found)

    def cookies(self) -> dict[str, str]:
        return {each["name"]: each["value"] for each in self._page.context.cookies()}

    def picture(self, path: Path) -> None:
        self._page.screenshot(path=path, full_page=True)

    def requests(self) -> list[Seen]:
        return [_seen(request) for request in self._requests]


def _seen(request: Request) -> Seen:
    headers = request.all_headers()
    told = (headers.get(name) for name in ("origin", "sec-fetch-site", "referer"))
    return Seen(request.method, request.url, *told)


@contextmanager
def chromium(socks_port: int, onion: str) -> Iterator[Chromium]:
    """Start it, and end it whatever happens."""
    if PROGRAM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=PROGRAM,
            chromium_sandbox=False,  # as root it refuses to start with one
            args=[*QUIET, f"--proxy-server=socks5://127.0.0.1:{socks_port}"],
        )
        try:
            context = browser.new_context(
                java_script_enabled=False,
                locale="fr-FR",
                base_url=f"http://{onion}",
                viewport={"width": WIDTH, "height": HEIGHT},
            )
            yield Chromium(context.new_page())
        finally:
            browser.close()
