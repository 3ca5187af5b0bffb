"""The station has no way to a network: it imports none, and needs none."""

import subprocess
import sys

# What Python's own library has to reach a network with. `_socket` is the one that does it.
NETWORK = ["_socket", "socket", "ssl", "http", "asyncio", "urllib.request", "ftplib", "smtplib"]

IMPORT_ALL = """
import importlib, pkgutil, sys
import viewing_station
found = pkgutil.walk_packages(viewing_station.__path__, "viewing_station.")
names = [module.name for module in found]
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


def test_the_search_finds_what_is_there() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import http.client\n" + IMPORT_ALL, *NETWORK],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "_socket" in done.stdout
