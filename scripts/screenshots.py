"""Take a picture of each page of a demo made for it, in Chromium without JavaScript.

usage: screenshots.py FOLDER
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyotp
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))  # the journeys' house serves here too

from scripts import account_pictures, inbox_pictures
from tests.journey.house import House

CHROMIUM = "/usr/bin/chromium"
TOR_BROWSER = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
SIZES: dict[str, ViewportSize] = {
    "phone": {"width": 360, "height": 740},
    "desk": {"width": 1280, "height": 900},
}
PUBLIC = {
    "landing": "/",
    "return": "/return",
    "safety": "/safety",
    "keys": "/keys",
    "elsewhere": "/elsewhere",
}


KEPT_OF_ACCOUNTS = {
    "reviewers-account",
    "reviewers-recovery-problem",
    "reviewers-totp-shown",
    "admin-reviewers",
    "admin-reviewer-added",
    "admin-desk",
}


@dataclass(frozen=True)
class Look:
    """In which language, on which screen, by day or by night."""

    language: str
    size: str
    scheme: str

    def __str__(self) -> str:
        return f"{self.language}-{self.size}-{self.scheme}"


LOOKS = (Look("fr", "desk", "light"), Look("en", "phone", "dark"))


@dataclass(frozen=True)
class Camera:
    """A browser window and where its pictures go."""

    page: Page
    folder: Path
    look: Look

    def take(self, name: str) -> None:
        """Take the whole page's picture, with what sticks to the window's edge at its end."""
        self.page.wait_for_load_state()
        width, height = SIZES[self.look.size].values()
        whole = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": width, "height": max(height, whole)})
        self.page.screenshot(path=self.folder / f"{name}-{self.look}.png", full_page=True)
        self.page.set_viewport_size({"width": width, "height": height})


@dataclass(frozen=True)
class Picking(Camera):
    """A camera that goes everywhere and keeps a few pictures."""

    def take(self, name: str) -> None:
        """Take the picture if it is one of those to keep."""
        if name in KEPT_OF_ACCOUNTS:
            super().take(name)


def main() -> None:
    """Serve a fresh house, and walk through it once for each look."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="vas-", dir="/tmp") as root:
        house = House.found(Path(root))
        house.configure(quick_replies=True)
        house.add_desk(inbox_pictures.DESK, "Équipe de démonstration")
        house.add_desk(inbox_pictures.EMPTY_DESK, "Collectif de la vallée")
        house(
            "desk",
            "describe",
            inbox_pictures.DESK,
            "--city",
            "Marseille",
            "--subject",
            "vidéosurveillance, drones",
            "--languages",
            "fr,en",
        )
        house("desk", "close", inbox_pictures.EMPTY_DESK)  # sources have one to choose from
        house.add_reviewer("furnisher", inbox_pictures.DESK)
        for look in LOOKS:
            house.add_reviewer(f"alex-{look.language}", "demo")
            house.add_reviewer(f"new-{look.language}", inbox_pictures.EMPTY_DESK)
            house.add_reviewer(f"admin-{look.language}", "demo", admin=True)
        with house.serving(tcp=True), chromium() as browser:
            inbox_pictures.furnish(house, "furnisher")
            for look in LOOKS:
                walk_as_source(camera(house, browser, folder, look, "source"))
                walk_as_reviewer(house, camera(house, browser, folder, look, "journalist"))
                log_in(house, camera(house, browser, folder, look, "journalist"), "new").take(
                    "reviewers-list-empty"
                )
                walk_as_admin(house, camera(house, browser, folder, look, "journalist"))


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium, quiet."""
    with sync_playwright() as playwright:
        quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield browser
        browser.close()


def camera(house: House, browser: Browser, folder: Path, look: Look, app: str) -> Camera:
    """Open a window on an app."""
    context = browser.new_context(
        java_script_enabled=False,
        user_agent=TOR_BROWSER,  # or every page would warn of another browser
        viewport=SIZES[look.size],
        locale=look.language,
        color_scheme="dark" if look.scheme == "dark" else "light",
        base_url=f"http://{house.addresses[app]}",
    )
    return Camera(context.new_page(), folder, look)


def walk_as_source(camera: Camera) -> None:
    """Go a source's way."""
    page = camera.page
    for name, path in PUBLIC.items():
        page.goto(path)
        camera.take(name)
    page.goto("/return")
    page.fill("#codename", "ancien calicot attentat grand prof refermer cruche xyzzy")
    page.click("main button")
    camera.take("return-problem")
    page.goto("/")
    page.click("main form button")
    camera.take("deliver")
    page.goto("/copy")
    camera.take("copy")
    page.fill("#copy", "ancien calicot attentat grand prof refermer cruche calculer")
    page.click("main button")
    camera.take("copy-problem")
    page.goto("/deliver")
    page.click("#delivery button.main")
    page.frame_locator("iframe.progress").locator(".alarm").wait_for()
    camera.take("deliver-problem")
    deliver(page)
    page.frame_locator("iframe.progress").locator("a.button").wait_for()
    camera.take("deliver-sealed")
    page.frame_locator("iframe.progress").locator("a.button").click()
    page.wait_for_url("**/mailbox")
    camera.take("mailbox")
    page.goto("/forget")
    camera.take("forget")
    page.click("header button.leave")
    camera.take("left")


def deliver(page: Page) -> None:
    """Deliver a letter with one small file."""
    page.fill("#message", "Le lot 2 sera notifié avant la délibération du conseil.")
    page.set_input_files(
        "#files",
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": "Réunion du 14 mars".encode()},
    )
    page.click("#delivery button.main")


def walk_as_reviewer(house: House, camera: Camera) -> None:
    """Log in, look at the list and do what can be done from it."""
    camera.page.goto("/login")
    camera.take("reviewers-login")
    log_in(house, camera, "alex")
    camera.take("reviewers-list")
    inbox_pictures.walk(house, camera)


def walk_as_admin(house: House, camera: Camera) -> None:
    """Look at one's own account, and at the pages that keep others' and desks."""
    log_in(house, camera, "admin")
    login = house.logins[f"admin-{camera.look.language}"]
    picking = Picking(camera.page, camera.folder, camera.look)
    account_pictures.walk(picking, login, list(login["recovery_codes"]))


def log_in(house: House, camera: Camera, name: str) -> Camera:
    """Log a reviewer in; give the camera back."""
    page, login = camera.page, house.logins[f"{name}-{camera.look.language}"]
    page.goto("/login")
    totp = pyotp.parse_uri(login["totp_uri"])
    if not isinstance(totp, pyotp.TOTP):
        raise TypeError("the log-in holds no TOTP address")
    page.fill("[name=username]", login["name"])
    page.fill("[name=passphrase]", login["passphrase"])
    page.fill("[name=code]", totp.now())
    page.click("main button")
    page.wait_for_load_state()
    return camera


if __name__ == "__main__":
    main()
