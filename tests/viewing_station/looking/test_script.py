"""The scripts for the sandbox are there, and what they import is carried to the station."""

import ast
import re
from pathlib import Path

import pytest

from viewing_station.looking import script

ROOT = Path(__file__).parents[3]
PACKAGES = {
    "libarchive": "libarchive-c",
    "oxmsg": "python-oxmsg",
    "PIL": "pillow",
    "pillow_heif": "pillow-heif",
}
NAMES = [script.IMAGE, script.MAIL, script.ARCHIVE, script.PDF, script.OFFICE]


@pytest.mark.parametrize("name", NAMES)
def test_each_is_there(name: str) -> None:
    assert len(script.script(name)) > 500


def test_the_folder_that_installs_the_station_carries_what_they_import() -> None:
    lock = (ROOT / "requirements-station.txt").read_text("utf-8")
    carried = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    assert {PACKAGES[name] for name in imported() if name in PACKAGES} == set(PACKAGES.values())
    assert set(PACKAGES.values()) <= carried


def imported() -> set[str]:
    """Return the modules that the scripts import, at their top or where they need them."""
    found: set[str] = set()
    for name in NAMES:
        if not name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(script.script(name))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            if isinstance(node, ast.ImportFrom):
                found.add((node.module or "").partition(".")[0])
    return found
