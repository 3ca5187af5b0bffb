"""`make run`: a demo from nothing, taken up again, and nothing left after Ctrl-C."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pyotp

from tests.journey.demos import PROJECT, end, free_port
from tests.journey.house import Reviewer, Source, Station


def run_demo(home: Path, ports: tuple[int, int]) -> tuple[subprocess.Popen[str], str]:
    """Start what `make run` runs once all is installed; give what it printed until ready."""
    command = [sys.executable, PROJECT / "scripts" / "run_demo.py", home, *map(str, ports)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True, cwd=PROJECT
    )
    assert process.stdout is not None
    printed = ""
    while not printed.endswith("\n") or "\nready " not in printed:
        line = process.stdout.readline()
        assert line, printed
        printed += line
    return process, printed


def test_the_demo_is_made_served_and_taken_up_again(root: Path) -> None:
    home, ports = root / "demo", (free_port(), free_port())
    process, printed = run_demo(home, ports)
    try:
        assert "private keys" in printed
        assert "never for a real delivery" in printed
        source = Source(httpx.Client(base_url=f"http://127.0.0.1:{ports[0]}")).first_visit()
        assert source.deliver("bonjour", [("a.txt", b"a")]).status_code == 303
        found = re.search(r"passphrase +(.+)\n", printed)
        assert found
        _, _, uri = (home / "reviewer-login").read_text().splitlines()
        assert isinstance(pyotp.parse_uri(uri), pyotp.TOTP)
        login = {"name": "alex", "passphrase": found[1].strip(), "totp_uri": uri}
        with httpx.Client(base_url=f"http://127.0.0.1:{ports[1]}") as http:
            reviewer = Reviewer.log_in(http, login)
            bundle = reviewer.bundle(root / "b.tar", all_new="1")
        station = Station(home / "station", home / "station-passphrase")
        station("open", bundle)
        assert len(station.threads()) == 1
        source.http.close()
    finally:
        end(process)
    process, printed = run_demo(home, ports)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{ports[0]}") as http:
            back = Source(http)
            assert back.return_with(source.codename).status_code == 303
            assert len(back.get("/mailbox").ids["delivery"]) == 1
    finally:
        end(process)


def test_the_demos_secrets_are_for_their_owner_alone(root: Path) -> None:
    process, _ = run_demo(root / "demo", (free_port(), free_port()))
    end(process)
    for path in (root / "demo").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
