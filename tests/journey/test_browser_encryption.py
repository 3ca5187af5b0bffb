"""Encryption in the browser, in both browsers with scripts on: what leaves is sealed already."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.journey.browsers.chromium import PROGRAM
from tests.journey.browsers.firefox import firefox
from tests.journey.house import House
from tests.journey.slow_line import slow_line

MESSAGE = "Le lot 2 est attribué : voyez « Annexe 4 ».\n" * 40
NAME = "Délibération n° 12 — vidéo.bin"
ARMOR = "-----BEGIN PGP MESSAGE-----"
WITH_SCRIPTS = {"network.proxy.type": 0, "javascript.enabled": True}
SEND = "#delivery button.main"
SEALED = "scellé et enregistré"


@pytest.fixture
def offering(house: House) -> House:
    house.configure(browser_encryption="offer")
    return house


@pytest.fixture
def document(root: Path) -> Path:
    document = root / NAME
    document.write_bytes(secrets.token_bytes(3 << 20))
    return document


@pytest.fixture
def heard() -> list[bytes]:
    """All that went over the line to the server."""
    return []


@pytest.fixture
def page(offering: House, heard: list[bytes]) -> Iterator[Page]:
    """Open the delivery page in Chromium, scripts on."""
    if PROGRAM is None:
        pytest.skip("Chromium is not installed")
    with (
        offering.serving(tcp=True),
        slow_line(offering.addresses["source"], 0, heard) as line,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=PROGRAM, chromium_sandbox=False)
        opened = browser.new_context(locale="fr-FR", base_url=f"http://{line}").new_page()
        complaints: list[str] = []
        opened.on("console", lambda said: complaints.append(said.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.goto("/")
        opened.click("main form button.main")
        yield opened
        browser.close()
        assert [text for text in complaints if "Content Security Policy" in text] == []


def test_chromium_encrypts_before_anything_leaves(
    offering: House, page: Page, heard: list[bytes], document: Path, root: Path
) -> None:
    page.wait_for_selector("#encryption:not([hidden])")
    page.fill("#message", MESSAGE)
    page.set_input_files("#files", [str(document)])
    page.click(SEND)
    page.frame_locator("iframe.progress").get_by_text(SEALED).wait_for()
    assert page.input_value("#message") == MESSAGE, "the page has its own words back"
    sent = b"".join(heard)
    assert ARMOR.encode() in sent
    assert b"lot 2" not in sent
    assert "Délibération".encode() not in sent
    assert document.read_bytes()[:40] not in sent
    assert_opened(offering, root, document)


def test_what_cannot_be_encrypted_is_not_sent(page: Page) -> None:
    posted: list[str] = []
    page.on("request", lambda r: posted.append(r.url) if r.method == "POST" else None)
    page.wait_for_selector("#encryption:not([hidden])")
    page.route("**/keys/*.asc", lambda route: route.fulfill(status=503, body=""))
    page.fill("#message", MESSAGE)
    page.click(SEND)
    page.get_by_text("rien n’est parti").wait_for()
    words = page.inner_text("#codename").split()
    page.fill("#message", "Mon code : " + "-".join(words).upper())
    page.click(SEND)
    page.get_by_text("contient votre nom de code").wait_for()
    assert posted == []


def test_who_unticks_the_box_sends_as_without_it(page: Page, heard: list[bytes]) -> None:
    page.wait_for_selector("#encryption:not([hidden])")
    page.uncheck("#encrypt")
    page.fill("#message", MESSAGE)
    page.click(SEND)
    page.frame_locator("iframe.progress").get_by_text(SEALED).wait_for()
    assert b"lot 2" in b"".join(heard)


def test_without_scripts_the_offer_does_not_show_and_nothing_more_is_fetched(
    offering: House,
) -> None:
    if PROGRAM is None:
        pytest.skip("Chromium is not installed")
    with offering.serving(tcp=True), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, chromium_sandbox=False)
        address = f"http://{offering.addresses['source']}"
        page = browser.new_context(java_script_enabled=False, base_url=address).new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.removeprefix(address)))
        page.goto("/")
        page.click("main form button.main")
        assert not page.is_visible("#encryption")
        assert asked[:3] == ["/", "/codename?l=en", "/deliver"]
        assert set(asked[3:]) == {"/progress"}
        browser.close()


def test_firefox_with_scripts_encrypts_too(offering: House, document: Path, root: Path) -> None:
    with offering.serving(tcp=True):
        address = offering.addresses["source"]
        with firefox(1, address, WITH_SCRIPTS) as browser:
            browser.open("/")
            browser.press("main form button.main")
            browser.until(lambda: browser.shown("#encryption"), "the offer")
            browser.fill("#message", MESSAGE)
            browser.choose("#files", [document])
            browser.click(SEND)
            browser.until(
                lambda: SEALED in browser.text_in("iframe.progress", "body"), "the sealed delivery"
            )
            assert browser.value("#message") == MESSAGE
        assert_opened(offering, root, document)


def assert_opened(house: House, root: Path, document: Path) -> None:
    """The server sealed armor; the station opens both layers."""
    bundle = house.reviewer("alex").bundle(root / "bundle", all_new="1")
    station = house.stations["ville"]
    station("open", bundle)
    (thread,) = station.threads()
    station("export", thread["id"], root / "out")
    written = {path.name: path for path in (root / "out").rglob("*") if path.is_file()}
    assert written["message.txt"].read_text().startswith(ARMOR)
    (opened,) = (path for name, path in written.items() if "opened" in name)
    assert opened.read_text().startswith(MESSAGE.strip())
    assert NAME in opened.read_text()
    assert written["1"].read_bytes() == document.read_bytes()
    assert written["1.gpg"].read_bytes()[:1] in {b"\x84", b"\xc1"}, "a PKESK begins it"
