"""The reviewers' way in a real browser, with JavaScript and without, and by keyboard alone."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from scripts import account_pictures, inbox_pictures
from tests.journey.accessibility import Examiner
from tests.journey.house import House

CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium, quiet."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield started
        started.close()


def log_in(browser: Browser, house: House, *, scripts: bool, name: str = "alex") -> Page:
    context = browser.new_context(
        java_script_enabled=scripts,
        locale="fr-FR",
        base_url=f"http://{house.addresses['journalist']}",
        viewport={"width": 1280, "height": 900},
    )
    page, login = context.new_page(), house.logins[name]
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto("/login")
    totp = pyotp.parse_uri(login["totp_uri"])
    assert isinstance(totp, pyotp.TOTP)
    page.fill("[name=username]", login["name"])
    page.fill("[name=passphrase]", login["passphrase"])
    page.fill("[name=code]", totp.now())
    page.click("main button")
    assert page.inner_text("h1") == "Dépôts"
    assert problems == [], "the policy refuses nothing of our own"
    return page


def deliver(house: House, number: int) -> None:
    for _ in range(number):
        house.source().first_visit().deliver("Voyez la page 3.", [("plan.txt", b"plan")])


def handles(page: Page) -> list[str]:
    return [
        row.get_attribute("data-delivery") or "" for row in page.locator("tr[data-delivery]").all()
    ]


def download(page: Page, path: Path) -> Path:
    with page.expect_download() as started:
        page.click("main form button.main")
    started.value.save_as(path)
    return path


def answer_by_courier(page: Page, house: House, courier: Path) -> None:
    station = house.stations["ville"]
    station("reply", station.threads()[0]["id"], stdin="Merci.")
    station("courier", courier)
    page.goto("/courier")
    page.set_input_files("#courier", courier)
    page.click("main button")
    assert "1 réponse à remettre" in page.inner_text("main")
    page.click("main button.main")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_collecting_starring_answering_and_deleting(
    house: House, root: Path, browser: Browser, *, scripts: bool
) -> None:
    with house.serving(tcp=True):
        deliver(house, 3)
        page = log_in(browser, house, scripts=scripts)
        assert page.inner_text("nav .count") == "3 nouveaux"
        first, second, third = handles(page)

        page.check(f"[value='{first}']")
        page.check(f"[value='{second}']")
        if scripts:
            assert page.inner_text("#ticked-number") == "2"
            page.check("thead input")
            assert page.inner_text("#ticked-number") == "3"
            page.uncheck(f"[value='{third}']")
        else:
            assert page.locator("thead input").count() == 0
        page.click(".bar button.main")
        assert "Emporter 2 dépôts" in page.inner_text("h1")
        assert "Kio" in page.inner_text("main button.main")
        station = house.stations["ville"]
        station("open", download(page, root / "bundle.tar"))
        assert len(station.threads()) == 2

        page.goto("/?state=collected")
        assert sorted(handles(page)) == sorted([first, second])
        page.check(f"[value='{first}']")
        page.click("text=Mettre l’étoile")
        assert page.url.endswith("/?state=collected"), "back where it was"
        assert "1 dépôt" in page.inner_text("[role=status]")
        page.click("text=Avec l’étoile")
        assert handles(page) == [first]

        answer_by_courier(page, house, root / "courier.tar")
        page.goto("/?state=answered")
        (answered,) = handles(page)
        assert "répondu" in page.inner_text(f"tr[data-delivery='{answered}']")

        page.goto("/?state=new")
        page.check(f"[value='{third}']")
        page.click(".bar .grave")
        assert "Effacer 1 dépôt" in page.inner_text("h1")
        page.click("main button.grave")
        assert "Aucun nouveau dépôt" in page.inner_text("main")

        page.goto("/history")
        told = page.inner_text("table")
        for deed in ("a emporté 2 dépôts", "a remis un courrier", "a effacé 1 dépôt"):
            assert deed in told
        page.click("header button")
        page.goto("/")
        assert page.inner_text("h1") == "Se connecter"


def focused(page: Page) -> str:
    text: str = page.evaluate(
        "document.activeElement.name + ' ' + document.activeElement.textContent.trim()"
    )
    return text


def tab_to(page: Page, wanted: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted in focused(page):
            return
    raise AssertionError(f"no way to {wanted} by keyboard")


def test_by_keyboard_alone(house: House, root: Path, browser: Browser) -> None:
    with house.serving(tcp=True):
        deliver(house, 2)
        page = log_in(browser, house, scripts=True)
        page.keyboard.press("Tab")
        assert "Aller au contenu" in focused(page)
        page.keyboard.press("Enter")
        tab_to(page, "id ")
        page.keyboard.press("Space")
        tab_to(page, "Emporter")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert outline == "4px", "the focus cannot be missed"
        page.keyboard.press("Enter")
        page.wait_for_url("**/bundle")
        assert "Emporter 1 dépôt" in page.inner_text("h1")
        tab_to(page, "Télécharger")
        with page.expect_download() as started:
            page.keyboard.press("Enter")
        started.value.save_as(root / "bundle.tar")
        assert (root / "bundle.tar").stat().st_size > 10_000


@pytest.fixture(scope="module")
def lively() -> Iterator[House]:
    """A house in which there is something of every kind to look at."""
    folder = Path(tempfile.mkdtemp(prefix="vas-", dir="/tmp"))
    made = House.found(folder)
    made.configure(quick_replies=True)
    made.add_desk(inbox_pictures.DESK, "Équipe de démonstration")
    made.add_desk(inbox_pictures.EMPTY_DESK, "Collectif de la vallée")
    for name in ("alex", "narrow", "wide", "admin-narrow", "admin-wide"):
        desks = (inbox_pictures.DESK, inbox_pictures.EMPTY_DESK)
        made.add_reviewer(name, *desks, admin=name.startswith("admin"))
    with made.serving(tcp=True):
        inbox_pictures.furnish(made, "alex")
        yield made
    shutil.rmtree(folder, ignore_errors=True)


def examined(
    browser: Browser, house: House, name: str, width: int, scheme: str
) -> tuple[Page, Examiner]:
    """Log in on a screen of this width, by day or by night, and look with axe's eyes."""
    page = log_in(browser, house, scripts=True, name=name)
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    return page, Examiner(page)


def test_axe_finds_what_is_planted(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    pale = '<p style="color: #bbb; width: 999px">gris clair'
    page.set_content(f'<html lang="fr"><title>x</title><h1>x</h1><input>{pale}')
    examiner = Examiner(page)
    examiner.take("planted")
    found = " ".join(examiner.wrong)
    for rule in ("label", "color-contrast", "scrolls sideways"):
        assert rule in found


@pytest.mark.parametrize(
    ("name", "width", "scheme"), [("narrow", 360, "dark"), ("wide", 1600, "light")]
)
def test_axe_finds_nothing_on_any_page_in_any_state(
    lively: House, browser: Browser, name: str, width: int, scheme: str
) -> None:
    page, examiner = examined(browser, lively, name, width, scheme)

    inbox_pictures.walk(lively, examiner)
    page.goto(f"/?desk={inbox_pictures.EMPTY_DESK}")
    examiner.take("nothing there yet")
    page.goto("/bundle/nowhere")
    examiner.take("an error")

    assert examiner.wrong == []
    assert len(examiner.seen) >= 15


@pytest.mark.parametrize(
    ("name", "width", "scheme"), [("admin-narrow", 360, "dark"), ("admin-wide", 1600, "light")]
)
def test_axe_finds_nothing_on_the_pages_of_accounts_and_desks(
    lively: House, browser: Browser, name: str, width: int, scheme: str
) -> None:
    _, examiner = examined(browser, lively, name, width, scheme)
    login = lively.logins[name]

    account_pictures.walk(examiner, login, list(login["recovery_codes"]))

    assert examiner.wrong == []
    assert len(examiner.seen) >= 24
