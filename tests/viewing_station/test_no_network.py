"""The station has no way to a network: it imports none, and needs none.

The full screen's library brings `asyncio` along, and that a socket module; what is not reached by
importing is shown in `interface/test_launch.py`, in a network namespace without interfaces.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

import viewing_station

# What Python's own library has to reach a network with. `_socket` is the one that does it.
NETWORK = ["_socket", "socket", "ssl", "http", "asyncio", "urllib.request", "ftplib", "smtplib"]

IMPORT_ALL = """
import importlib, pkgutil, sys
import viewing_station
found = pkgutil.walk_packages(viewing_station.__path__, "viewing_station.")
names = [module.name for module in found]
kept_apart = "viewing_station.interface."
names = [name for name in names if not name.startswith(kept_apart) or name == kept_apart + "launch"]
for name in names:
    importlib.import_module(name)
print(len(names))
print(*[name for name in sys.argv[1:] if name in sys.modules])
"""


def test_no_module_of_it_nor_of_what_it_uses_is_one_for_networks() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, *NETWORK], capture_output=True, text=True, check=True
    )
    count, found = done.stdout.splitlines()
    assert int(count) > 40
    assert found == ""


OWN = ["socket", "ssl", "http", "asyncio", "urllib", "ftplib", "smtplib", "select", "selectors"]


def test_the_full_screen_itself_imports_none_either() -> None:
    modules = sorted((Path(viewing_station.__file__).parent / "interface").glob("*.py"))
    assert len(modules) > 15
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            named += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert [name for name in named if name.partition(".")[0] in OWN] == [], module.name


def test_the_search_finds_what_is_there() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import http.client\n" + IMPORT_ALL, *NETWORK],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "_socket" in done.stdout


IMPORTED_PACKAGES = (
    IMPORT_ALL
    + """
from importlib.metadata import packages_distributions
tops = {name.partition(".")[0] for name in sys.modules}
known = packages_distributions()
print(*sorted({name.lower() for top in tops for name in known.get(top, ())}))
"""
)


def test_all_that_it_imports_is_in_the_folder_that_installs_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED_PACKAGES], capture_output=True, text=True, check=True
    )
    imported = set(done.stdout.splitlines()[-1].split()) - {"vasistas", "setuptools"}
    lock = (Path(__file__).parents[2] / "requirements-station.txt").read_text("utf-8")
    carried = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    assert "pynacl" in imported
    assert imported - carried == set()


def test_the_folder_carries_the_versions_that_the_project_runs_with() -> None:
    root = Path(__file__).parents[2]
    locks = [
        dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", (root / name).read_text("utf-8"), re.MULTILINE))
        for name in ("requirements-station.txt", "requirements.txt")
    ]
    carried, whole = locks
    assert {name for name in carried if whole.get(name) != carried[name]} == {"pip"}
