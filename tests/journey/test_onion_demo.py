"""`make onion-demo` and `TOR=1 make run`: the demo as onion services, and nothing left of it."""

import ipaddress
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.journey.demos import PROJECT, end, free_port
from tests.journey.house import tree
from tests.tor_network.sockets import sockets_of
from tests.tor_network.socks import fetch


@contextmanager
def demo(script: str, home: Path, until: str, **more: str) -> Iterator[tuple[int, str]]:
    """Run a script of the Makefile; give its process's id and what it printed until a word."""
    command = [sys.executable, PROJECT / "scripts" / script, home, *ports()]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        cwd=PROJECT,
        env=os.environ | more,
    )
    assert process.stdout is not None
    printed = ""
    try:
        while until not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
        yield process.pid, printed
    finally:
        end(process)


def ports() -> list[str]:
    """Give two free ports."""
    return [str(free_port()), str(free_port())]


def test_the_onion_demo_is_a_tor_network_on_loopback_that_both_apps_are_reached_by(
    root: Path,
) -> None:
    with demo("onion_demo.py", root / "demo", "on a train") as (pid, printed):
        port = re.search(r"--socks5-hostname 127\.0\.0\.1:(\d+)", printed)
        named = re.search(r"\nonion source=http://(\S+) journalist=http://(\S+)\n", printed)
        assert port
        assert named
        assert "première visite" in fetch(int(port[1]), named[1]).text
        assert fetch(int(port[1]), named[2], "/login").status_code == 200, "the key is at hand"
        for one in [pid, *tree(pid)]:
            for found in sockets_of(one):
                assert ipaddress.ip_address(found.local).is_loopback


def test_without_a_tor_network_tor_1_says_so_and_serves_locally(root: Path) -> None:
    with demo("run_demo.py", root / "demo", "\nready ", TOR="1") as (_, printed):
        assert "served locally" in printed
        assert re.search(r"key to the second address: [A-Z2-7]{52}\n", printed)
