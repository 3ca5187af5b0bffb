"""Every state of every page of the source's, as axe sees it, narrow, wide, and by keyboard."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.crypto.gnupg_home import GnupgHome
from tests.journey.accessibility import OPTIONS, Examiner
from tests.journey.house import House
from tests.source_app.house import KEY_DAY, DeskKeys, furnished
from tests.source_app.states import NO_PAGES, State, states
from tests.web.instances import found_template

CHROMIUM = shutil.which("chromium")
# 320 pixels is 1280 at 400 % (WCAG 2.2, 1.4.10); 640 is 1280 at 200 % (1.4.4).
LOOKS = {"fr": ((320, "light"), (1280, "dark")), "en": ((640, "light"), (320, "dark"))}
# LOOK.md's own: 7:1 on the source's pages.
STRICT = {"rules": {**OPTIONS["rules"], "color-contrast-enhanced": {"enabled": True}}}


@dataclass(frozen=True)
class Walked:
    """All states in both languages, and the table of routes."""

    states: dict[str, list[State]]
    routes: frozenset[str]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """Walk through a small house, in this process: its pages stand by themselves."""
    folder = tmp_path_factory.mktemp("states")
    home = GnupgHome()
    fingerprint = home.make_key("Desk", "cv25519", clock=KEY_DAY)
    (folder / "desk.asc").write_text(home.public(fingerprint))
    desk = DeskKeys(home, folder / "desk.asc", fingerprint)
    template = found_template(folder)
    shown: dict[str, list[State]] = {}
    routes: set[str] = set()
    for language in LOOKS:
        with furnished(template, folder / language, desk, browser_encryption="offer") as house:
            shown[language] = list(states(house, language))
            routes |= set(house.app.extensions["gate"].policies)
    yield Walked(shown, frozenset(routes))
    home.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        yield browser
        browser.close()


def still(html: str) -> str:
    """Hold a frame that asks for itself again: axe needs longer than it waits."""
    return html.replace('http-equiv="refresh"', 'name="refresh"')


def test_the_states_are_of_all_routes(walked: Walked) -> None:
    shown = {state.route for state in walked.states["fr"]}
    assert shown == walked.routes - NO_PAGES
    assert len(walked.states["fr"]) == len(walked.states["en"]) > 40


@pytest.mark.slow
@pytest.mark.parametrize("language", LOOKS)
def test_axe_finds_nothing_in_any_state(walked: Walked, chromium: Browser, language: str) -> None:
    wrong: list[str] = []
    for width, scheme in LOOKS[language]:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.route("**/*", lambda route: route.abort())  # a frame's own page is a state of its own
        for state in walked.states[language]:
            page.set_content(still(state.html), wait_until="domcontentloaded")
            examiner = Examiner(page, options=STRICT)
            examiner.take(f"{state.route} {state.name} {width} {scheme}")
            wrong += examiner.wrong
        context.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("width", [320, 1280])
def test_a_language_that_is_written_from_the_right_turns_the_page_around(
    walked: Walked, chromium: Browser, width: int
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.route("**/*", lambda route: route.abort())
    for state in walked.states["fr"]:
        page.set_content(state.html.replace('dir="ltr"', 'dir="rtl"'))
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), state.name
    page.set_content(walked.states["fr"][0].html.replace('dir="ltr"', 'dir="rtl"'))
    brand = page.locator(".brand").bounding_box()
    leave = page.locator("button.leave").bounding_box()
    assert brand is not None
    assert leave is not None
    assert brand["x"] > leave["x"]
    page.close()


def press(page: Page, name: str) -> None:
    """Tab on until a thing of this name has the focus, see that it shows, and press it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => { const at = document.activeElement, style = getComputedStyle(at);
                return [at.innerText || at.id || "", style.outlineStyle, style.outlineWidth]; }"""
        )
        if found[0].strip() == name:
            assert found[1] == "solid", name
            assert int(float(found[2].removesuffix("px"))) >= 3, name
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} is not reached")


def test_the_whole_way_goes_by_keyboard_alone(
    house: House, chromium: Browser, tmp_path: Path
) -> None:
    with house.serving(tcp=True):
        context = chromium.new_context(
            java_script_enabled=False,
            locale="fr-FR",
            base_url=f"http://{house.addresses['source']}",
        )
        page = context.new_page()
        page.goto("/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.innerText") == "Aller au contenu"
        press(page, "Commencer")
        page.wait_for_url("**/deliver")
        words = page.inner_text("#codename").split()
        press(page, "Vérifier ma copie")
        page.wait_for_url("**/copy")
        page.focus("#copy")
        page.keyboard.type(" ".join(words))
        press(page, "Vérifier")
        page.wait_for_url("**/deliver")
        page.focus("#message")
        page.keyboard.type("Voyez la page 3.")
        press(page, "Déposer")
        progress = page.frame_locator("iframe.progress").locator("a.button")
        progress.wait_for()
        progress.press("Enter")
        page.wait_for_url("**/mailbox")
        press(page, "Retirer")
        page.get_by_text("a été retiré").wait_for()
        assert page.locator("article.delivery").count() == 0
        press(page, "Quitter")
        page.wait_for_url("**/leave")
        assert page.inner_text("h1") == "Vous avez quitté"
        context.close()


def test_what_reads_aloud_hears_what_is_seen_in_its_order(
    walked: Walked, chromium: Browser
) -> None:
    """Nothing is moved about by style: the order of the text is the order on the screen."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.route("**/*", lambda route: route.abort())
    for state in walked.states["fr"]:
        if state.route == "GET /progress":
            continue
        page.set_content(state.html)
        tops = page.evaluate(
            """() => [...document.querySelectorAll("h1, h2, main p, main label, main button")]
                .filter(seen => seen.checkVisibility()).map(seen =>
                seen.getBoundingClientRect().top)"""
        )
        beside = 64  # pixels: what stands on one line need not begin at one height
        assert all(after > before - beside for before, after in pairwise(tops)), state
    page.close()
