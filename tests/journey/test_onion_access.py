"""Giving and taking away the keys to the reviewers' onion service, while it is in use."""

import json
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.journey.house import House, tree
from tests.journey.onion_house import OnionHouse, Said, command, published
from tests.journey.test_faults import eventually
from tests.journey.test_onion_faults import tors
from tests.tor_network.client import OnionClient
from tests.tor_network.network import TorNetwork
from tests.tor_network.socks import NoKey, Unreachable, WrongKey, client

pytest_plugins = ["tests.tor_network.fixture"]
pytestmark = pytest.mark.xdist_group("tor")

SECONDS = 60.0  # a bound for a machine that is shared; it takes two or three
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

    def __init__(self, onions: OnionHouse, name: str, by: OnionClient, path: Path) -> None:
        self.reviewer = onions.reviewer(name, by)
        self.path, self.size = path, 0
        self.slow = threading.Event()
        self.slow.set()
        self._thread = threading.Thread(target=self._take)
        self._thread.start()

    def _take(self) -> None:
        fields = {"csrf_token": self.reviewer.token, "all_new": "1"}
        with (
            self.path.open("wb") as file,
            self.reviewer.http.stream("POST", "/bundle", data=fields) as answer,
        ):
            for chunk in answer.iter_raw(65_536):
                file.write(chunk)
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
    sent = os.urandom(12_000_000)
    with published(house, tor_network) as onions:
        house.source().first_visit().deliver("gros", [("g.bin", sent)])
        tor_network.visitor.add_key(onions.give_key("alex")["auth_private"])
        lost = onions.give_key("ines")
        second.add_key(lost["auth_private"])
        with onions.circuits_of() as hers:
            ines = onions.reviewer("ines", second)
        with onions.circuits_of() as his:
            download = Download(onions, "alex", tor_network.visitor, root / "b.tar")
        eventually(lambda: download.size > 500_000, "the download is under way")
        house.add_reviewer("noor", "ville")
        onions.give_key("noor")
        house("onion", "client", "remove", "ines", "--gentle")
        left = onions.circuits()
        assert not hers & left, "her circuit was closed under her"
        assert his <= left, "his was not"
        again = onions.visit("journalist", "again", second)  # it still knows the way
        again.cookies = ines.http.cookies
        answer = again.get("/")
        assert answer.status_code == 303, "no session outlives the key"
        assert answer.headers["Location"].startswith("/login")
        third = tor_network.client()
        third.add_key(lost["auth_private"])
        with pytest.raises(WrongKey):
            onions.visit("journalist", "fresh", third).get("/login")
        third.stop()
        assert download.size < 11_000_000, "it lasted through all of that"
        download.finish()
    station = house.stations["ville"]
    station("open", download.path)
    station("export", station.threads()[0]["id"], root / "out")
    (arrived,) = (root / "out").rglob("g.bin")
    assert arrived.read_bytes() == sent


def test_a_key_is_replaced_while_it_is_served(
    house: House, tor_network: TorNetwork, second: OnionClient
) -> None:
    """The session ends at once, the old key opens nothing within seconds, the new one does."""
    with published(house, tor_network) as onions:
        old = onions.give_key("alex")
        tor_network.visitor.add_key(old["auth_private"])
        alex = onions.reviewer("alex", tor_network.visitor)
        new = json.loads(house("onion", "client", "rotate", "alex", "--hard", "--json"))
        ended = time.monotonic()
        assert alex_is_out(onions, alex.http.cookies)
        second.add_key(old["auth_private"])
        with pytest.raises(WrongKey):
            onions.visit("journalist", "old", second).get("/login")
        assert time.monotonic() - ended < SECONDS
        second.add_key(new["auth_private"])
        second.forget()
        eventually(lambda: _lets_in(onions, second), "the new key opens it", 60)


def alex_is_out(onions: OnionHouse, cookies: httpx.Cookies) -> bool:
    """Tell whether no session is left, asked for past the onion service that is coming back."""
    local = onions.house.client("journalist")
    local.cookies.update(dict(cookies))
    return local.get("/").headers.get("Location", "").startswith("/login")


def _lets_in(onions: OnionHouse, by: OnionClient) -> bool:
    try:
        visitor = onions.visit("journalist", os.urandom(4).hex(), by)
        return visitor.get("/login", timeout=8).status_code == 200
    except CLOSED:
        return False


def test_hard_revocation_shuts_out_who_has_been_there_and_lets_others_return(
    house: House, tor_network: TorNetwork, second: OnionClient
) -> None:
    with published(house, tor_network) as onions:
        tor_network.visitor.add_key(onions.give_key("alex")["auth_private"])
        second.add_key(onions.give_key("ines")["auth_private"])
        assert onions.visit("journalist", "1", second).get("/login").status_code == 200
        assert onions.visit("journalist", "2").get("/login").status_code == 200
        house("onion", "client", "remove", "ines")
        eventually(lambda: _reachable(onions, "journalist"), "the others are back", 20)
        for visitor in ("1", "3"):  # on the way that she knows, and looking for another
            with pytest.raises((Unreachable, httpx.TimeoutException)):
                onions.visit("journalist", visitor, second).get("/login", timeout=8)
        assert _reachable(onions, "journalist")


def _reachable(onions: OnionHouse, app: str) -> bool:
    try:
        page = "/login" if app == "journalist" else "/"
        return onions.visit(app, os.urandom(4).hex()).get(page, timeout=8).status_code == 200
    except CLOSED:
        return False


def test_with_no_client_left_the_service_is_closed_and_not_open(
    house: House, tor_network: TorNetwork, second: OnionClient
) -> None:
    with published(house, tor_network) as onions:
        given = onions.give_key("alex")
        house("onion", "client", "remove", "alex", "--gentle")
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
        sealed(house).unlink()  # another key is left: it would not be open, and is stopped
        said.wait_for("keeps the reviewers' onion service closed is missing")
        assert "stopped" in house("onion", "show")
        assert not _reachable(onions, "journalist")
        assert _reachable(onions, "source"), "the sources' service goes on"
        house("onion", "publish")
        eventually(lambda: _reachable(onions, "journalist"), "it is back", 60)
        onions.close()
    finally:
        house.stop()
        assert process.stderr is not None
        process.stderr.close()


def test_with_all_keys_gone_it_is_never_open_even_where_tor_reads_its_files_at_once(
    house: House, tor_network: TorNetwork
) -> None:
    """Whoever clears a folder may well send a signal after it; tor then opens the service."""
    with published(house, tor_network) as onions:
        onions.give_key("alex")
        answers: list[int] = []
        stranger = tor_network.client()
        knocking = [
            threading.Thread(target=_knock, args=(onions, stranger, answers)) for _ in range(6)
        ]
        (tor,) = tors(house)
        for file in sealed(house).parent.glob("*.auth"):
            file.unlink()
        os.kill(tor, signal.SIGHUP)
        for one in knocking:
            one.start()
        for one in knocking:
            one.join()
        stranger.stop()
        assert answers == []
        assert "stopped" in house("onion", "show")
        assert _reachable(onions, "source")


def _knock(onions: OnionHouse, by: OnionClient, answers: list[int]) -> None:
    """Try to get in for some seconds, always by another circuit."""
    until = time.monotonic() + 4
    while time.monotonic() < until:
        onion = onions.house.onions["journalist"]
        with client(by.socks_port, onion, timeout=4, visitor=os.urandom(4).hex()) as http:
            try:
                answers.append(http.get("/login").status_code)
            except CLOSED:
                continue


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
        at_once = [
            command(house, "onion", "client", "remove", "a1", "--gentle"),
            command(house, "onion", "client", "add", "a5", "--json"),
        ]
        said += [process.communicate(timeout=120) for process in at_once]
        assert [process.returncode for process in at_once] == [0, 0], said
        house("onion", "client", "remove", "a2", "--gentle")
        keys = dict(zip([*names, "", "a5"], (_key_in(words) for words, _ in said), strict=True))
        for kept in ("a3", "a4", "a5"):
            fresh = tor_network.client()  # what one key opened, a tor remembers
            for gone in ("a1", "a2"):
                fresh.add_key(keys[gone])
                with pytest.raises(WrongKey):
                    onions.visit("journalist", gone, fresh).get("/login")
            fresh.add_key(keys[kept])
            assert onions.visit("journalist", kept, fresh).get("/login").status_code == 200
            fresh.stop()
    assert house("onion", "client", "list").split() == ["a3", "a4", "a5"]
    assert not [pid for pid in tree(os.getpid()) if _is_serve(pid)]


def _key_in(words: str) -> str:
    """Read the line of a `.auth_private` file from what `client add` printed."""
    return next((word for word in re.split(r'[\s"]', words) if ":descriptor:" in word), "")


def _is_serve(pid: int) -> bool:
    try:
        return b"admin.serving" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


def test_a_key_is_taken_away_also_where_serve_cannot_be_told(
    house: House, tor_network: TorNetwork, second: OnionClient
) -> None:
    """Somebody tidied up `run`: the command says so, and the keeper sees the key go by itself."""
    with published(house, tor_network) as onions:
        given = onions.give_key("alex")
        (house.home / "run" / "onion.sock").unlink()
        process = command(house, "onion", "client", "remove", "alex", "--gentle")
        _, complaint = process.communicate(timeout=60)
        assert process.returncode == 1
        assert "serve cannot be told" in complaint
        second.add_key(given["auth_private"])
        eventually(lambda: _refused(onions, second), "the key opens nothing any more", 60)


def _refused(onions: OnionHouse, by: OnionClient) -> bool:
    """Tell whether a client that has forgotten what it knew is turned away for its key."""
    by.forget()
    try:
        onions.visit("journalist", os.urandom(4).hex(), by).get("/login", timeout=20)
    except WrongKey:
        return True
    except CLOSED:
        return False
    return False
