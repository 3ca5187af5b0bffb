"""Giving and taking away the keys to the reviewers' onion service, while it is in use."""

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.journey.house import House, tree
from tests.journey.onion_house import OnionHouse, Said, command, published
from tests.journey.test_faults import eventually
from tests.tor_network.client import OnionClient
from tests.tor_network.network import TorNetwork
from tests.tor_network.socks import NoKey, Unreachable, WrongKey

pytest_plugins = ["tests.tor_network.fixture"]
pytestmark = pytest.mark.xdist_group("tor")

CLOSED = (httpx.HTTPError, OSError)


@pytest.fixture
def second(tor_network: TorNetwork) -> Iterator[OnionClient]:
    """Give another reviewer's tor, with keys and caches of its own."""
    client = tor_network.client()
    yield client
    client.stop()


def sealed(house: House) -> Path:
    """Give the file of the key that keeps the service closed."""
    return house.home / "onions" / "journalist" / "authorized_clients" / "_seal.auth"


class Download:
    """A bundle that is taken slowly, on a thread, while other things happen."""

    def __init__(self, onions: OnionHouse, name: str, by: OnionClient) -> None:
        self.reviewer = onions.reviewer(name, by)
        self.digest = hashlib.sha256()
        self.size = 0
        self.slow = threading.Event()
        self.slow.set()
        self._thread = threading.Thread(target=self._take)
        self._thread.start()

    def _take(self) -> None:
        fields = {"csrf_token": self.reviewer.token, "all_new": "1"}
        with self.reviewer.http.stream("POST", "/bundle", data=fields) as answer:
            for chunk in answer.iter_raw(65_536):
                self.digest.update(chunk)
                self.size += len(chunk)
                if self.slow.is_set():
                    time.sleep(0.1)

    def finish(self) -> None:
        """Take the rest at full speed."""
        self.slow.clear()
        self._thread.join(60)
        assert not self._thread.is_alive()


def test_a_key_is_taken_away_while_another_reviewers_download_goes_on(
    house: House, tor_network: TorNetwork, second: OnionClient, root: Path
) -> None:
    """The one who loses the key has been there: sessions, circuits, directories, in this order."""
    house.add_reviewer("ines", "ville")
    with published(house, tor_network) as onions:
        house.source().first_visit().deliver("gros", [("g.bin", os.urandom(12_000_000))])
        tor_network.visitor.add_key(onions.give_key("alex")["auth_private"])
        lost = onions.give_key("ines")
        second.add_key(lost["auth_private"])
        ines = onions.reviewer("ines", second)
        download = Download(onions, "alex", tor_network.visitor)
        eventually(lambda: download.size > 500_000, "the download is under way")
        house.add_reviewer("noor", "ville")
        onions.give_key("noor")
        house("onion", "client", "remove", "ines")
        with pytest.raises(CLOSED):  # its circuit was closed under it
            ines.http.get("/").raise_for_status()
        again = onions.visit("journalist", "again", second)
        again.cookies = ines.http.cookies
        assert _sent_to_the_log_in(again), "no session outlives the key"
        third = tor_network.client()
        third.add_key(lost["auth_private"])
        with pytest.raises(WrongKey):
            onions.visit("journalist", "fresh", third).get("/login")
        third.stop()
        assert download.size < 11_000_000, "it lasted through all of that"
        download.finish()
    name = next(iter((house.home / "blobs").rglob("?" * 32)), None)
    assert name is not None
    assert download.size > 12_000_000


def _sent_to_the_log_in(http: httpx.Client) -> bool:
    """Tell whether the list is refused, be it because the address is out of reach."""
    try:
        answer = http.get("/")
    except CLOSED:
        return True
    return answer.status_code == 303 and answer.headers["Location"].startswith("/login")


def test_hard_revocation_shuts_out_who_has_been_there_and_lets_others_return(
    house: House, tor_network: TorNetwork, second: OnionClient
) -> None:
    with published(house, tor_network) as onions:
        tor_network.visitor.add_key(onions.give_key("alex")["auth_private"])
        second.add_key(onions.give_key("ines")["auth_private"])
        assert onions.visit("journalist", "1", second).get("/login").status_code == 200
        assert onions.visit("journalist", "2").get("/login").status_code == 200
        house("onion", "client", "remove", "ines", "--hard")
        with pytest.raises((Unreachable, httpx.TimeoutException)):
            onions.visit("journalist", "3", second).get("/login", timeout=40)
        eventually(lambda: _reachable(onions, "journalist"), "the others are back", 40)


def _reachable(onions: OnionHouse, app: str) -> bool:
    try:
        page = "/login" if app == "journalist" else "/"
        return onions.visit(app, os.urandom(4).hex()).get(page, timeout=20).status_code == 200
    except CLOSED:
        return False


def test_with_no_client_left_the_service_is_closed_and_not_open(
    house: House, tor_network: TorNetwork, second: OnionClient
) -> None:
    with published(house, tor_network) as onions:
        given = onions.give_key("alex")
        house("onion", "client", "remove", "alex")
        assert "nobody gets in" in house("onion", "client", "list")
        with pytest.raises(NoKey):
            onions.visit("journalist", "1", second).get("/login")
        second.add_key(given["auth_private"])
        with pytest.raises(WrongKey):
            onions.visit("journalist", "2", second).get("/login")


def test_a_service_that_lost_its_seal_is_taken_down_and_comes_back_when_told(
    house: House, tor_network: TorNetwork
) -> None:
    process = command(house, "serve", "--tor", "--torrc", tor_network.torrc)
    try:
        house.process = process
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready ")
        house.await_onions()
        onions, said = OnionHouse(house, tor_network), Said(process)
        tor_network.visitor.add_key(onions.give_key("alex")["auth_private"])
        assert _reachable(onions, "journalist")
        for file in sealed(house).parent.glob("*.auth"):  # somebody tidied up
            file.unlink()
        said.wait_for("keeps the reviewers' onion service closed is missing")
        assert "stopped" in house("onion", "show")
        eventually(lambda: not _reachable(onions, "journalist"), "it is down", 30)
        stranger = tor_network.client()
        with pytest.raises(CLOSED):
            onions.visit("journalist", "stranger", stranger).get("/login", timeout=20)
        stranger.stop()
        assert _reachable(onions, "source"), "the sources' service goes on"
        house("onion", "publish")
        tor_network.visitor.add_key(onions.give_key("alex")["auth_private"])
        eventually(lambda: _reachable(onions, "journalist"), "it is back, closed", 60)
        onions.close()
    finally:
        house.stop()
        assert process.stderr is not None
        process.stderr.close()


def test_two_admins_at_once_and_changes_in_a_row_lose_nothing(
    house: House, tor_network: TorNetwork
) -> None:
    """Tor's directories refuse a second description within a second; it is sent again."""
    names = ["a1", "a2", "a3", "a4"]
    with published(house, tor_network) as onions:
        running = [command(house, "onion", "client", "add", name) for name in names]
        said = [process.communicate(timeout=120) for process in running]
        assert [process.returncode for process in running] == [0] * len(names), said
        assert all("Seen in tor's directories" in errors for _, errors in said)
        assert house("onion", "client", "list").split() == names
        house("onion", "client", "remove", "a1")
        house("onion", "client", "remove", "a2")
        kept = onions.give_key("a5")
        fresh = tor_network.client()
        fresh.add_key(kept["auth_private"])
        assert onions.visit("journalist", "a5", fresh).get("/login").status_code == 200
        fresh.stop()
    assert house("onion", "client", "list").split() == ["a3", "a4", "a5"]
    assert not [pid for pid in tree(os.getpid()) if _is_serve(pid)]


def _is_serve(pid: int) -> bool:
    try:
        return b"admin.serving" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False
