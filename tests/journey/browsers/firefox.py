"""Debian's Firefox ESR at Tor Browser's "Safest", through a SOCKS port, driven by Marionette.

Its own part is written in JavaScript, and goes on with the pages' JavaScript off: so it can be
asked for cookies and requests, whatever a page may do.
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.journey.browsers.browser import HEIGHT, NAVIGATION_SECONDS, WIDTH, Seen
from tests.journey.browsers.safest import PRIVACY, SECURITY_LEVEL, SILENCE, Preferences, proxy

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of the system's name, in mozinfo
    from marionette_driver.errors import (
        MarionetteException,
        NoSuchElementException,
        NoSuchWindowException,
    )
    from marionette_driver.marionette import Marionette, WebElement

PROGRAM = shutil.which("firefox-esr")
START_SECONDS = 60
END_SECONDS = 10
POLL_SECONDS = 0.05
AGAIN_SECONDS = 15  # without a page that comes: the press was not noticed
LAST_WORDS = 2000  # characters of its log that an error carries
EDGE, BARS = 60, 86  # pixels beyond the page: of the letterbox, of the window

WATCH = """
window.channels = [];
Services.obs.addObserver(
  channel => window.channels.push(channel.QueryInterface(Ci.nsIHttpChannel)),
  "http-on-modify-request"
);
"""
# Read late: the headers asked for are set on the way out, after the observer was told. What
# Firefox asks for of its own accord belongs to no page, and comes no further than tor.
SEEN = """
function header(channel, name) {
  try { return channel.getRequestHeader(name); } catch (error) { return null; }
}
return window.channels.filter(channel => channel.loadInfo.browsingContextID).map(channel => [
  channel.requestMethod,
  channel.URI.spec,
  ...["Origin", "Sec-Fetch-Site", "Referer"].map(name => header(channel, name)),
]);
"""
INTO_SIGHT = "arguments[0].scrollIntoView({block: 'center'})"
WHOLE = "return document.readyState"
# Those of private windows are kept apart.
COOKIES = """
const hidden = JSON.stringify({privateBrowsingId: 1});
return [
  ...Services.cookies.cookies, ...Services.cookies.getCookiesWithOriginAttributes(hidden),
].map(cookie => [cookie.name, cookie.value]);
"""


class FirefoxFailed(Exception):
    """Firefox did not do what was asked of it."""


class Firefox:
    """A fresh profile's first window."""

    name = "firefox"

    def __init__(self, marionette: Marionette, onion: str) -> None:
        self._marionette, self._base = marionette, f"http://{onion}"
        self.pid, self.profile = int(marionette.process_id), Path(marionette.profile)
        self._in_chrome(WATCH)

    def open(self, path: str) -> None:
        self._marionette.navigate(path if path.startswith("data:") else self._base + path)

    def back(self) -> None:
        self._marionette.go_back()

    def press(self, selector: str) -> None:
        old = self._find("html")
        self._find(selector).click()
        _wait(lambda: self._left(old), NAVIGATION_SECONDS, f"the page after {selector}")

    def click(self, selector: str) -> None:
        """Press what leads to no other page in this window."""
        self._find(selector).click()

    def shown(self, selector: str) -> bool:
        """Tell whether a person sees it."""
        return bool(self._find(selector).is_displayed())

    def drawn(self, selector: str) -> bool:
        """Tell whether an image is drawn, and not its text in its place."""
        return bool(self._find(selector).get_property("naturalWidth"))

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something holds."""
        _wait(holds, NAVIGATION_SECONDS, what)

    def text_in(self, frame: str, selector: str) -> str:
        """Read what stands in a frame; nothing while it is between two pages."""
        try:
            with self._within(frame):
                return self.text(selector)
        except MarionetteException:  # whichever: the frame went while it was looked at
            return ""

    def press_in(self, frame: str, selector: str) -> None:
        """Press a link in a frame that leads the whole window on."""
        old = self._find("html")

        def pressed() -> bool:
            """Press, again if need be: the frame may have asked for itself just then."""
            try:
                # A frame below the window's edge is not scrolled to, and gets no click.
                self._marionette.execute_script(INTO_SIGHT, [self._find(frame)])
                with self._within(frame):
                    self._find(selector).click()
            except MarionetteException:
                return self._left(old)
            until = time.monotonic() + AGAIN_SECONDS
            while not (left := self._left(old)) and time.monotonic() < until:
                time.sleep(POLL_SECONDS)
            return left

        _wait(pressed, NAVIGATION_SECONDS, f"the page after {selector}")

    @contextmanager
    def _within(self, frame: str) -> Iterator[None]:
        self._marionette.switch_to_frame(self._find(frame))
        try:
            yield
        finally:
            self._marionette.switch_to_frame()

    def _left(self, old: WebElement) -> bool:
        """Say whether the window holds another page than the one of this element, and the whole.

        Through Tor a page comes in pieces: its first element stands long before its last.
        """
        try:
            came = self._find("html") != old
            return came and self._marionette.execute_script(WHOLE) == "complete"
        except (NoSuchElementException, NoSuchWindowException):  # between the two
            return False

    def fill(self, selector: str, text: str) -> None:
        field = self._find(selector)
        field.clear()
        field.send_keys(text)

    def choose(self, selector: str, files: Sequence[Path]) -> None:
        for file in files:  # each is added to those before it
            self._find(selector).send_keys(str(file))

    def text(self, selector: str) -> str:
        return str(self._find(selector).text)

    def value(self, selector: str) -> str:
        return str(self._find(selector).get_property("value"))

    def count(self, selector: str) -> int:
        return len(self._marionette.find_elements("css selector", selector))

    def size(self) -> tuple[int, int]:
        """Tell how large the page thinks its window is; our scripts run where its own do not."""
        width, height = self._marionette.execute_script("return [innerWidth, innerHeight]")
        return width, height

    def overflow(self) -> int:
        root = self._find("html")
        return int(root.get_property("scrollWidth") - root.get_property("clientWidth"))

    def cookies(self) -> dict[str, str]:
        return dict(self._in_chrome(COOKIES))

    def picture(self, path: Path) -> None:
        with path.open("wb") as file:
            self._marionette.save_screenshot(file)

    def requests(self) -> list[Seen]:
        return [Seen(*each) for each in self._in_chrome(SEEN)]

    def _find(self, selector: str) -> WebElement:
        return self._marionette.find_element("css selector", selector)

    def _in_chrome(self, script: str) -> list[list[str]]:
        """Run a script in the browser's own part."""
        with self._marionette.using_context("chrome"):
            return self._marionette.execute_script(script, sandbox="system") or []


@contextmanager
def firefox(socks_port: int, onion: str, changed: Preferences | None = None) -> Iterator[Firefox]:
    """Start it in a profile of its own; whatever happens, nothing of it stays."""
    if PROGRAM is None:
        pytest.skip("Firefox ESR is not installed")
    profile = Path(tempfile.mkdtemp(prefix="vas-", dir="/tmp"))
    try:
        wanted = SECURITY_LEVEL | PRIVACY | SILENCE | proxy(socks_port) | (changed or {})
        with _running(PROGRAM, profile, wanted) as port:
            marionette = Marionette(port=port)
            marionette.start_session()
            try:
                marionette.timeout.page_load = NAVIGATION_SECONDS
                marionette.set_window_rect(width=WIDTH + EDGE, height=HEIGHT + EDGE + BARS)
                yield Firefox(marionette, onion)
            finally:
                marionette.delete_session()
    finally:
        shutil.rmtree(profile)


@contextmanager
def _running(program: str, profile: Path, wanted: Preferences) -> Iterator[int]:
    """Run Firefox, and give the port on which it listens for us."""
    own = wanted | {"marionette.port": 0}  # it chooses one, and writes it down
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in own.items()]
    (profile / "user.js").write_text("\n".join(lines))
    log, told = profile / "log", profile / "MarionetteActivePort"
    surroundings = {
        "HOME": str(profile),
        "TMPDIR": str(profile),
        "MOZ_CRASHREPORTER_DISABLE": "1",  # its helper would be in a group of its own
        "MOZ_REMOTE_SETTINGS_DEVTOOLS": "1",  # else it keeps to its own server, whatever we prefer
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *("setpriv", "--pdeathsig", "KILL"),  # it goes with a runner that is killed
                *(program, "--headless", "--no-remote", "--profile", profile),
                *("--marionette", "--remote-allow-system-access", "about:blank"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=os.environ | surroundings,
        )
    try:
        _wait(lambda: _ready(process, told, log), START_SECONDS, "Firefox to listen")
        yield int(told.read_text())
    finally:
        _end(process)


def _ready(process: subprocess.Popen[bytes], told: Path, log: Path) -> bool:
    if process.poll() is not None:
        raise FirefoxFailed(f"Firefox ended: {log.read_text('utf-8', 'replace')[-LAST_WORDS:]}")
    return told.exists() and told.read_text() != ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End Firefox and its children, and see that they are gone."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(END_SECONDS)
            _wait(lambda: _gone(process.pid), END_SECONDS, "Firefox's children to end")
        except ProcessLookupError:
            break
        except (subprocess.TimeoutExpired, FirefoxFailed):
            continue
    process.wait()
    _wait(lambda: _gone(process.pid), END_SECONDS, "Firefox's children to end")


def _gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def _wait(holds: Callable[[], bool], seconds: float, what: str) -> None:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise FirefoxFailed(f"waited in vain for {what}")
        time.sleep(POLL_SECONDS)
