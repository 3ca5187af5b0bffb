"""What the documents name exists: files, names in the code, tests, links, labels."""

import ast
import functools
import re
from itertools import pairwise

import pytest

from crypto.labels import Label
from tests.docs.pages import PAGES, ROOT, Page, page

FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()} - {"var"}
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
PATH = re.compile(r"[\w.-]+/[\w./-]*")
IDENTIFIER = re.compile(r"[A-Za-z_]\w*(\.\w+)*")
# A file, and the names right after it: `a/b.py` `Name`, `other`
FILE_AND_NAMES = re.compile(r"`([\w/]+\.py)`((?:,?\s`[A-Za-z_][\w.]*`(?!\s*::))+)")
PICTURE = re.compile(r"docs/pictures/(\w[\w-]*)-(fr|en)-(phone|desk)-(light|dark)\.png")
STATION_PICTURE = re.compile(r"pictures/station-([\w-]+)\.png")

each_page = pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)


@functools.cache
def names_in(file: str) -> frozenset[str]:
    """List what a module defines, members of its classes as `Class.member`. Nothing is run."""
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return frozenset(_defined(tree.body, ""))


def _defined(body: list[ast.stmt], prefix: str) -> list[str]:
    found: list[str] = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.append(prefix + node.name)
        if isinstance(node, ast.ClassDef):
            found += _defined(node.body, f"{prefix}{node.name}.")
        if isinstance(node, ast.Assign):
            found += [prefix + target.id for target in node.targets if isinstance(target, ast.Name)]
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.append(prefix + node.target.id)
    return found


def test_the_names_of_a_module_are_found() -> None:
    names = names_in("source_app/taking.py")
    assert {"Taking", "Taking.take", "Taking._begin"} <= names
    assert "PATH" in names_in("source_app/progress_frame.py")
    assert "Kept.bundles" in names_in("storage/sweeper.py")
    assert "Taking.took" not in names


@each_page
def test_every_path_exists(shown: Page) -> None:
    for code in shown.inline_code():
        if PATH.fullmatch(code) and code.partition("/")[0] in FOLDERS:
            assert (ROOT / code).exists(), f"{shown.name} names {code}"


@each_page
def test_a_name_after_a_file_is_defined_there(shown: Page) -> None:
    for file, names in FILE_AND_NAMES.findall(shown.prose):
        for name in re.findall(r"`([^`]+)`", names):
            assert name in names_in(file), f"{shown.name}: {file} has no {name}"


def test_every_name_of_the_walkthrough_is_defined_in_the_file_before_it() -> None:
    file, checked = "", 0
    for code in page("docs/walkthrough.md").inline_code():
        if code.endswith(".py"):
            file = code
        elif IDENTIFIER.fullmatch(code):
            assert code in names_in(file), f"{file} has no {code}"
            checked += 1
    assert checked > 80


@each_page
def test_every_test_named_exists(shown: Page) -> None:
    for file, name in NAMED_TEST.findall(shown.prose):
        assert name in names_in(file), f"{shown.name}: there is no {file}::{name}"


def guarantees() -> list[str]:
    """List the guarantees of the threat model, each with what shows it."""
    text = page("docs/threat-model.md").section("Guarantees")
    starts = [match.start() for match in re.finditer(r"^- ", text, re.MULTILINE)]
    return [text[start:end].partition("\n\n")[0] for start, end in pairwise([*starts, len(text)])]


@pytest.mark.parametrize("guarantee", guarantees(), ids=lambda text: text[2:40])
def test_every_guarantee_names_a_test(guarantee: str) -> None:
    assert guarantee.startswith("- **")
    assert NAMED_TEST.search(guarantee), guarantee


@each_page
def test_every_relative_link_leads_somewhere(shown: Page) -> None:
    for link in shown.relative_links():
        place, _, anchor = link.partition("#")
        target = shown.path.parent / place if place else shown.path
        if (ROOT / "docs" / "pictures").exists() or not PICTURE.fullmatch(place):
            assert target.exists(), f"{shown.name} leads to {link}"
        if anchor:
            assert anchor in Page(target).anchors(), f"{shown.name} leads to {link}"


def test_every_picture_is_one_that_the_script_takes() -> None:
    script = (ROOT / "scripts" / "screenshots.py").read_text("utf-8")
    station_script = (ROOT / "scripts" / "station_pictures.py").read_text("utf-8")
    for shown in PAGES:
        for link in shown.relative_links():
            if link.endswith(".png"):
                if match := STATION_PICTURE.fullmatch(link):
                    assert f'"{match[1]}"' in station_script
                    continue
                match = PICTURE.fullmatch(link)
                assert match, link
                assert f'"{match[1]}"' in script


def test_every_label_is_written_down() -> None:
    codes = page("docs/cryptography.md").inline_code()
    assert {label.value.decode() for label in Label} <= set(codes)


def test_decisions_are_numbered_listed_and_have_three_parts() -> None:
    listed = page("docs/adr/README.md").relative_links()
    decisions = [shown for shown in PAGES if re.match(r"docs/adr/\d", shown.name)]
    assert [shown.path.name for shown in decisions] == listed
    for number, decision in enumerate(decisions, start=1):
        title = decision.text.splitlines()[0]
        assert decision.path.name.startswith(f"{number:04d}-")
        assert title.startswith(f"# {number:04d}. ")
        assert f"[{title[2:]}]" in page("docs/adr/README.md").text
        parts = re.findall(r"^## (.+)$", decision.text, re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequences"]
