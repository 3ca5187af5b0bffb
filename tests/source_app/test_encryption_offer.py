"""The offer stands on one page, and only where the instance makes it."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from source_app.encryption_offer import FOLDER, SCRIPTS
from tests.source_app.conftest import Furnish
from tests.source_app.house import PAGE, House, new_keys

# OpenPGP.js 6.3.2, as `scripts/vendor` fetches it.
LIBRARY_SHA256 = "e19bf4f04f34f24caded3ff3f3643099538b2674a0a94221e2faca75ac3e4aa1"
PAGES = ("/", "/return", "/mailbox", "/keys", "/safety", "/progress", "/nowhere")


@pytest.fixture
def offering(furnish: Furnish) -> House:
    return furnish(browser_encryption="offer")


def policy(house: House, path: str) -> dict[str, str]:
    answer = house.visit(new_keys()).get(path)
    rules = answer.headers["Content-Security-Policy"].split("; ")
    return dict(rule.split(" ", 1) for rule in rules)


def test_by_default_no_page_runs_or_loads_anything(house: House) -> None:
    assert policy(house, "/deliver") == policy(house, "/")
    assert policy(house, "/deliver")["script-src"] == "'none'"
    assert "<script" not in house.visit(new_keys()).get("/deliver").text
    for name in SCRIPTS:
        assert house.browser().get(f"/encryption/{name}").status_code == 404


def test_where_it_is_offered_one_page_may_run_the_two_scripts(offering: House) -> None:
    page = offering.visit(new_keys()).get("/deliver")
    tags = re.findall(r'<script src="([^"]+)" integrity="([^"]+)" defer></script>', page.text)
    assert [path for path, _ in tags] == [f"/encryption/{name}" for name in SCRIPTS]
    allowed = policy(offering, "/deliver")
    assert allowed["script-src"] == " ".join(f"'{integrity}'" for _, integrity in tags)
    assert allowed["connect-src"] == "'self'"
    for path in PAGES:
        assert policy(offering, path)["script-src"] == "'none'"
        assert policy(offering, path)["connect-src"] == "'none'"


def test_that_page_has_the_usual_length_also_when_it_refuses(offering: House) -> None:
    browser = offering.visit(new_keys())
    assert len(browser.get("/deliver").data) == PAGE
    refused = browser.deliver("")
    assert (refused.status_code, len(refused.data)) == (422, PAGE)
    assert "script-src 'sha256-" in refused.headers["Content-Security-Policy"]


def test_the_scripts_are_given_as_they_are_here(offering: House) -> None:
    for name in SCRIPTS:
        answer = offering.browser().get(f"/encryption/{name}")
        assert answer.mimetype == "text/javascript"
        assert answer.data == (FOLDER / name).read_bytes()
    for name in ("", "LICENSE.openpgp", "../app.py", "%2e%2e/app.py"):
        assert offering.browser().get(f"/encryption/{name}").status_code == 404


def test_the_library_is_the_one_that_was_looked_at() -> None:
    assert hashlib.sha256((FOLDER / SCRIPTS[0]).read_bytes()).hexdigest() == LIBRARY_SHA256
    licence = (FOLDER / "LICENSE.openpgp").read_text()
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in licence.upper()


def test_our_script_asks_for_nothing_but_keys_of_this_service() -> None:
    text = (FOLDER / "deliver.js").read_text()
    assert re.findall(r"fetch\((.*?),", text) == ["`/keys/${encodeURIComponent(slug)}.asc`"]
    for word in ("eval", "innerHTML", "localStorage", "sessionStorage", "XMLHttpRequest", "http:"):
        assert word not in text


def test_our_script_can_be_parsed(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed; the journey runs the script in browsers")
    subprocess.run([node, "--check", str(FOLDER / "deliver.js")], check=True, cwd=tmp_path)
