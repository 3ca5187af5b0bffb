"""What happens to onion services when something dies, and what they never do."""

import json
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.journey.house import BIN, House, Source, tree
from tests.journey.measuring import delivery
from tests.journey.onion_house import OnionHouse, Said, command, published
from tests.journey.test_faults import cmdline, envelope_count, eventually, gpgs, parent
from tests.journey.traces import in_files, needles_of, needles_of_codename
from tests.tor_network.network import TorNetwork
from tests.tor_network.sockets import sockets_of
from tests.tor_network.socks import fetch

pytest_plugins = ["tests.tor_network.fixture"]
pytestmark = pytest.mark.xdist_group("tor")

DOORS = {
    "source.sock",
    "journalist.sock",
    "source-tor.sock",
    "journalist-tor.sock",
    "tor-control.sock",
    "onion.sock",
    "circuits.sock",
}
ACCEPTS = 1 << 16  # __SO_ACCEPTCON in include/linux/net.h
NO_NETWORK = """\
TestingTorNetwork 1
DirAuthority nobody orport={port} no-v2 v3ident={forty} 127.0.0.1:{port} {forty}
"""


def tors(house: House) -> list[int]:
    """List the tor processes below the server."""
    assert house.process is not None
    return [pid for pid in tree(house.process.pid) if b"tor\0-f\0" in cmdline(pid)]


def unix_listeners(pid: int) -> list[str]:
    """List the unix sockets that a process listens on; abstract ones begin with `@`."""
    own = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    rows = [line.split() for line in Path(f"/proc/{pid}/net/unix").read_text().splitlines()[1:]]
    return [
        " ".join(row[7:])
        for row in rows
        if int(row[3], 16) & ACCEPTS and f"socket:[{row[6]}]" in own
    ]


def reaches(onions: OnionHouse, app: str = "source") -> bool:
    """Tell whether a fresh circuit reaches a page."""
    try:
        visitor = os.urandom(4).hex()
        return onions.visit(app, visitor).get("/", timeout=20).status_code in {200, 303}
    except httpx.HTTPError:
        return False


def test_tor_killed_during_a_delivery_keeps_nothing_and_comes_back_at_its_address(
    house: House, tor_network: TorNetwork
) -> None:
    with published(house, tor_network) as onions:
        before = dict(house.onions)
        source = onions.source().first_visit()
        broke = threading.Event()
        sending = threading.Thread(target=_send_until_cut, args=(source, broke))
        sending.start()
        eventually(lambda: len(gpgs(house)) == 1, "gpg is at work")
        eventually(lambda: _bytes_on_disk(house) > 1_000_000, "bytes have reached the disk")
        (tor,) = tors(house)
        os.kill(tor, signal.SIGKILL)
        eventually(broke.is_set, "the sender is cut")
        sending.join()
        eventually(lambda: not gpgs(house), "gpg ends with its delivery", 40)
        assert envelope_count(house) == (0, 0)
        eventually(lambda: reaches(onions), "the service is back", 60)
        eventually(lambda: _states(house) == {"published"}, "both are seen to be up", 60)
        assert house.onions == before
        assert tors(house) != [tor]


def _states(house: House) -> set[str]:
    return {service["state"] for service in json.loads(house("onion", "show", "--json"))}


def _send_until_cut(source: Source, broke: threading.Event) -> None:
    headers, body = delivery(source.token, os.urandom(1_000_000), 400)
    try:
        source.http.post("/deliver", content=body, headers=headers)
    except httpx.HTTPError:
        broke.set()


def _bytes_on_disk(house: House) -> int:
    return sum(part.stat().st_size for part in (house.home / "blobs").rglob("*.part"))


def test_after_restarts_of_serve_and_of_its_workers_the_addresses_are_the_same(
    house: House, tor_network: TorNetwork
) -> None:
    with published(house, tor_network) as onions:
        before = dict(house.onions)
        assert house.process is not None
        apps = [
            pid for pid in tree(house.process.pid) if b"admin.serving.app_process" in cmdline(pid)
        ]
        for worker in [pid for pid in apps if parent(pid) in apps]:
            os.kill(worker, signal.SIGKILL)
        eventually(lambda: reaches(onions), "the service goes on", 30)
        assert onions.source("after").first_visit().codename
    with published(house, tor_network):
        assert house.onions == before


def test_no_tor_outlives_a_server_that_was_killed(house: House, tor_network: TorNetwork) -> None:
    house.start(torrc=tor_network.torrc)
    assert house.process is not None
    assert len(tors(house)) == 1
    below = tree(house.process.pid)
    os.kill(house.process.pid, signal.SIGKILL)
    eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in below), "all is gone")
    house.process.wait()
    house._close()


def test_through_tor_nothing_listens_on_tcp_and_no_file_is_for_others(
    house: House, tor_network: TorNetwork
) -> None:
    with published(house, tor_network):
        assert house.process is not None
        pids = [house.process.pid, *tree(house.process.pid)]
        for pid in pids:
            assert [found for found in sockets_of(pid) if found.listens] == []
        doors = {name for pid in pids for name in unix_listeners(pid)}
        assert doors == {f"{house.home}/run/{name}" for name in DOORS}
        for path in house.home.rglob("*"):
            assert path.lstat().st_mode & 0o077 == 0, path


def test_no_word_and_no_circuit_of_a_visit_through_tor_is_on_the_disk(
    house: House, tor_network: TorNetwork
) -> None:
    with published(house, tor_network) as onions:
        source = onions.source().first_visit()
        assert (
            source.deliver("kanarienvogel", [("perruche.txt", b"colibri plumage")]).status_code
            == 303
        )
        needles = needles_of(["kanarienvogel", "perruche", "colibri plumage", "fc00:dead:beef"])
        needles |= needles_of_codename(source.codename)
        assert in_files([house.home], needles, 0.0, lambda _path: False) == []
        (house.home / "tor" / "planted").write_text("fc00:dead:beef:4dad::1:2")
        assert in_files([house.home], needles, 0.0, lambda _path: False) != []


def test_without_a_network_it_is_said_and_the_apps_are_served_locally(
    house: House, root: Path
) -> None:
    torrc = root / "nowhere"
    torrc.write_text(NO_NETWORK.format(port=9, forty="A" * 40))
    started = time.monotonic()
    process = house.process = command(house, "serve", "--tor", "--torrc", torrc)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("ready ")
        assert time.monotonic() - started < 30
        house.addresses = dict(word.split("=", 1) for word in line.split()[1:])
        assert house.source().first_visit().deliver("bonjour").status_code == 303
        said = Said(process).wait_for("Tor cannot reach its network")
        assert re.search(r"^onion: Tor cannot reach its network \(\d+ %\): .+ goes on trying", said)
        assert "starting" in house("onion", "show")
        below = tree(process.pid)
        assert len(tors(house)) == 1
        house.stop()
        assert not [pid for pid in below if Path(f"/proc/{pid}").exists()]
    finally:
        if house.process is not None:
            house.stop()
        assert process.stderr is not None
        process.stderr.close()


def test_a_log_that_cannot_be_written_to_ends_nothing(house: House, root: Path) -> None:
    torrc = root / "nowhere"
    torrc.write_text(NO_NETWORK.format(port=9, forty="A" * 40))
    with Path("/dev/full").open("w") as full:
        house.process = subprocess.Popen(
            [BIN / "vasistas", "--home", house.home, "serve", "--tor", "--torrc", torrc],
            stdout=subprocess.PIPE,
            stderr=full,
            text=True,
        )
    assert house.process.stdout is not None
    line = house.process.stdout.readline()
    house.addresses = dict(word.split("=", 1) for word in line.split()[1:])
    time.sleep(8)  # past the moment when it says that there is no network
    assert house.source().first_visit().deliver("bonjour").status_code == 303
    house.stop()


def test_a_socket_that_is_gone_is_told(house: House, tor_network: TorNetwork) -> None:
    process = house.process = command(house, "serve", "--tor", "--torrc", tor_network.torrc)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready ")
        house.await_onions()
        assert fetch(tor_network.visitor.socks_port, house.onions["source"]).status_code == 200
        (house.home / "run" / "source-tor.sock").unlink()
        assert "the source app's socket" in Said(process).wait_for("is gone").lower()
    finally:
        house.stop()
        assert process.stderr is not None
        process.stderr.close()
