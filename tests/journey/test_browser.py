"""The source's way in a real browser with JavaScript off, as Tor Browser's "Safest" has it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.journey.house import House

CHROMIUM = shutil.which("chromium")


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium, quiet."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield started
        started.close()


def open_page(browser: Browser, house: House, requests: list[Request]) -> Page:
    """Open a fresh window without scripts, and note all it asks for."""
    context = browser.new_context(
        java_script_enabled=False,
        locale="fr-FR",
        base_url=f"http://{house.addresses['source']}",
        viewport={"width": 1000, "height": 900},
    )
    page = context.new_page()
    page.on("request", lambda request: requests.append(request))  # noqa: PLW0108  it wants a def
    return page


def codename_on(page: Page) -> str:
    """Read the codename as a person copies it."""
    return " ".join(page.inner_text("#codename").split())


def test_first_visit_delivery_return_reply_and_leaving_without_scripts(
    house: House, root: Path, browser: Browser
) -> None:
    document = root / "Compte rendu — « lot 2 ».txt"
    document.write_text("Le lot 2 est attribué.\n")
    requests: list[Request] = []
    with house.serving(tcp=True):
        page = open_page(browser, house, requests)
        page.goto("/")
        assert page.context.cookies() == [], "the landing page sets no cookie"
        page.click("text=Commencer")
        codename = codename_on(page)
        assert len(codename.split()) == 8
        page.fill("#message", f"mon code est {codename}")
        page.click("#delivery button.main")
        progress = page.frame_locator("iframe.progress")
        progress.get_by_text("contient un nom de code").wait_for()
        page.fill("#message", "Voyez la page 3.")
        page.set_input_files("#files", [str(document)])
        page.click("#delivery button.main")
        progress.locator("a.button").click()
        page.wait_for_url("**/mailbox")
        assert page.inner_text("[role=status]").count("1") >= 1
        page.click("header button.leave")
        assert page.context.cookies() == []

        reviewer = house.reviewer("alex")
        station = house.stations["ville"]
        station("open", reviewer.bundle(root / "b", all_new="1"))
        (thread,) = station.threads()
        station("export", thread["id"], root / "out")
        (exported,) = (root / "out").rglob("Compte rendu*")
        assert exported.name == document.name
        assert exported.read_text() == document.read_text()
        station("reply", thread["id"], stdin="Merci <i>beaucoup</i>.")
        station("courier", root / "c")
        reviewer.courier(root / "c")

        page.goto("/return")
        page.fill("#codename", codename.upper())
        page.click("main button.main")
        assert page.inner_text("article.reply p.text") == "Merci <i>beaucoup</i>."
        page.click("text=Effacer cette réponse")
        assert page.query_selector("article.reply") is None
        page.click("text=Retirer")
        assert page.query_selector("article.delivery") is None
        page.click("header button.leave")
        assert "Vous avez quitté" in page.inner_text("h1")
    pages = [request for request in requests if request.resource_type == "document"]
    assert len(requests) == len(pages), "a page asked for something besides itself"


def test_a_form_from_another_site_is_refused(house: House, root: Path, browser: Browser) -> None:
    """The browser says by Origin and Sec-Fetch-Site where a form comes from."""
    with house.serving(tcp=True):
        address = house.addresses["source"]
        for path in ("codename", "return", "leave"):
            page = open_page(browser, house, [])
            page.set_content(
                f'<form method=post action="http://{address}/{path}"><button>x</button></form>'
            )
            with page.expect_navigation() as navigated:
                page.click("button")
            assert navigated.value.status == 403
            assert page.context.cookies() == []
