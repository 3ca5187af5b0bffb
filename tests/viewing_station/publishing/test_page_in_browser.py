"""The page of an exported folder, as a browser shows it straight from the disk."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journey.accessibility import Examiner
from tests.viewing_station.publishing.house import Desk

PROGRAM = shutil.which("chromium")
Scheme = Literal["light", "dark"]


@pytest.fixture
def browser() -> Iterator[Browser]:
    if PROGRAM is None:
        pytest.skip("there is no Chromium here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, chromium_sandbox=False)
        yield browser
        browser.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_it_can_be_read_by_everyone_and_fetches_nothing(
    desk: Desk, tmp_path: Path, browser: Browser, scheme: Scheme, width: int
) -> None:
    words = ["--attach", desk.copy(b"\x89PNG", "image/png"), "--title-in", "en", "In English"]
    words += ["--summary", "Un\n\ndeux", "--city", "Saint-" + "Rémy" * 20, "--date", "2026-03-14"]
    desk.publish(*words, "--source", "Article|https://example.org/")
    desk.publish(title="x" * 300)
    desk.reviewer.run("export", "folder", str(tmp_path / "out"))
    page = browser.new_page(
        color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=False
    )
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto((tmp_path / "out" / "index.html").as_uri())
    assert asked == [(tmp_path / "out" / "index.html").as_uri()]
    assert said == []  # a style that its policy refuses would be told here
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(251, 248, 241)", "dark": "rgb(16, 22, 31)"}[scheme]
    examiner = Examiner(page)
    examiner.take("page")
    assert examiner.wrong == []
