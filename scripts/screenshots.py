"""Take a picture of each page of a demo instance made for it, in Chromium without JavaScript.

usage: screenshots.py FOLDER
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # the journeys' house serves the pictures too

from tests.journey.house import House  # noqa: E402  after the path

CHROMIUM = "/usr/bin/chromium"
SHAPES = {
    "phone": {"width": 360, "height": 740},
    "desk": {"width": 1280, "height": 900},
}
LANGUAGES = ("fr", "en")
SCHEMES = ("light", "dark")


def main() -> None:
    """Serve a fresh instance and walk through it once for each shape and language."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir="/tmp") as root:
        house = House.found(Path(root))
        house.add_desk("demo", "Équipe de démonstration")
        house.add_reviewer("alex", "demo")
        with house.serving(tcp=True), chromium() as browser:
            for language in LANGUAGES:
                for shape, size in SHAPES.items():
                    for scheme in SCHEMES:
                        walk(house, browser, folder, language, shape, size, scheme)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium, quiet."""
    with sync_playwright() as playwright:
        quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield browser
        browser.close()


def walk(
    house: House,
    browser: Browser,
    folder: Path,
    language: str,
    shape: str,
    size: dict[str, int],
    scheme: str,
) -> None:
    """Go a source's way and take each page's picture."""
    context = browser.new_context(
        java_script_enabled=False,
        viewport=size,
        locale=language,
        color_scheme=scheme,
        base_url=f"http://{house.addresses['source']}",
    )
    page = context.new_page()

    def picture(name: str) -> None:
        page.screenshot(path=folder / f"{name}-{language}-{shape}-{scheme}.png", full_page=True)

    for name, path in {
        "landing": "/",
        "return": "/return",
        "safety": "/safety",
        "keys": "/keys",
    }.items():
        page.goto(path)
        picture(name)
    page.goto("/return")
    page.fill("#codename", "un deux trois")
    page.click("main button")
    picture("return-problem")
    page.goto("/")
    page.click("main form button")
    picture("deliver")
    fill_and_send(page)
    picture("mailbox")
    page.goto("/deliver")
    page.fill("#message", "")
    page.click("main form button")
    picture("deliver-problem")
    page.click("header button")
    picture("left")
    context.close()


def fill_and_send(page: Page) -> None:
    """Deliver a letter with one small file."""
    page.fill("#message", "Le lot 2 sera notifié avant la délibération du conseil.")
    page.set_input_files(
        "#files",
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": "Réunion du 14 mars".encode()},
    )
    page.click("main form button")


if __name__ == "__main__":
    main()
