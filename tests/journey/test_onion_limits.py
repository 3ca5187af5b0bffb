"""What one circuit may do, and whom the apps answer, through Tor."""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from crypto.codename import generate
from tests.journey.house import House, Source
from tests.journey.measuring import delivery
from tests.journey.onion_house import OnionHouse, published
from tests.journey.test_faults import eventually, gpgs
from tests.tor_network.network import TorNetwork

pytest_plugins = ["tests.tor_network.fixture"]
pytestmark = pytest.mark.xdist_group("tor")

CLOSED = (httpx.HTTPError, OSError)
FREE_CODENAMES, GRACE = 8, 8
FREE_VISITS, FREE_CONNECTIONS = 10, 32
HALF_A_FORM = (
    b"POST /return HTTP/1.1\r\nHost: %s\r\nContent-Length: 5000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\ncodename=a"
)


@pytest.fixture(scope="module")
def onions(furnished: House, tor_network: TorNetwork) -> Iterator[OnionHouse]:
    """Serve one house for all that is asked of it here: each test has circuits of its own."""
    with tempfile.TemporaryDirectory(prefix="vas-", dir="/tmp") as folder:
        house = furnished.copy(Path(folder))
        with published(house, tor_network) as served:
            yield served


def ends(step: Callable[[], object], seconds: float = 60) -> bool:
    """Do something over and over until its circuit is closed under it; tell whether it was."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            step()
        except CLOSED:
            return True
    return False


@pytest.mark.slow
def test_who_guesses_codenames_is_slowed_and_then_cut_and_nobody_else_is(
    onions: OnionHouse,
) -> None:
    guesser, neighbour = onions.visit("source", "guesser"), onions.visit("source", "neighbour")
    neighbour.get("/")
    with onions.circuits_of() as theirs:
        guesser.get("/")
    times: list[float] = []

    def guess() -> None:
        started = time.monotonic()
        guesser.post("/return", data={"codename": generate("fr").text}, timeout=20)
        times.append(time.monotonic() - started)

    crowd = threading.Thread(target=lambda: ends(guess, 120))
    crowd.start()
    eventually(lambda: len(times) >= FREE_CODENAMES + 3, "it is slowed", 60)
    started = time.monotonic()
    assert neighbour.get("/").status_code == 200
    waited = time.monotonic() - started
    crowd.join(120)
    assert not crowd.is_alive()
    eventually(lambda: not theirs & onions.circuits(), "its circuit was closed")
    assert len(times) <= FREE_CODENAMES + GRACE + 2
    assert max(times[FREE_CODENAMES + 2 :]) > 2 * max(times[:FREE_CODENAMES])
    assert waited < max(times)
    fresh = onions.visit("source", "guesser with a new identity")
    assert fresh.post("/return", data={"codename": generate("fr").text}).status_code == 303


def test_a_crowd_of_connections_on_one_circuit_is_turned_away_and_then_cut(
    onions: OnionHouse,
) -> None:
    held: list[httpx.Client] = []

    def one_more() -> None:
        held.append(onions.visit("source", "crowd"))
        held[-1].get("/", timeout=10)

    with onions.circuits_of() as theirs:
        assert ends(one_more)
    assert FREE_CONNECTIONS <= len(held) <= FREE_CONNECTIONS + 2
    assert theirs <= onions.circuits(), "the place of one that leaves is another's"

    def is_cut() -> bool:
        ends(one_more, 1)
        return not theirs & onions.circuits()

    eventually(is_cut, "its circuit was closed", 60)
    assert onions.visit("source", "beside the crowd").get("/").status_code == 200


def test_first_visits_in_a_row_on_one_circuit_are_slowed(onions: OnionHouse) -> None:
    times: list[float] = []
    for _ in range(FREE_VISITS + 2):
        http, started = onions.visit("source", "eager"), time.monotonic()
        assert http.post("/codename").status_code == 303
        times.append(time.monotonic() - started)
    assert times[-1] >= 1
    assert min(times[:FREE_VISITS]) < 0.5
    started = time.monotonic()
    assert onions.source("not eager").first_visit().codename
    assert time.monotonic() - started < sum(times)


@pytest.mark.slow
def test_half_sent_requests_on_one_circuit_are_counted_and_it_is_cut(onions: OnionHouse) -> None:
    """Each ends after its seconds; a circuit that sends many of them ends with them."""
    with onions.circuits_of() as theirs:
        dripping = [onions.connect("source", "dripping") for _ in range(24)]
    with onions.circuits_of() as careless:
        broken = [onions.connect("source", "on a bad line") for _ in range(3)]
    for stream in [*dripping, *broken]:
        stream.write(HALF_A_FORM % onions.house.onions["source"].encode(), 10)
    eventually(lambda: not theirs & onions.circuits(), "its circuit was closed", 40)
    assert [stream.read(1, 30) for stream in broken] == [b""] * 3, "each was ended"
    assert careless <= onions.circuits(), "a few are borne"
    assert onions.visit("source", "on a bad line").get("/").status_code == 200


def test_a_fourth_delivery_at_once_is_refused_with_a_page_that_says_so(
    onions: OnionHouse,
) -> None:
    stop = threading.Event()
    sources = [onions.source("sender").first_visit() for _ in range(4)]
    senders = [threading.Thread(target=_send_slowly, args=(one, stop)) for one in sources[:3]]
    for sender in senders:
        sender.start()
    try:
        eventually(lambda: len(gpgs(onions.house)) == 3, "three are under way")
        answer = sources[3].deliver("bonjour")
        assert answer.status_code == 503
        assert "Rien n’a été enregistré" in answer.text
        assert "bonjour" in answer.text, "the message is given back"
        other = onions.source("another circuit").first_visit()
        assert other.deliver("bonjour").status_code == 303
    finally:
        stop.set()
        for sender in senders:
            sender.join(60)
    eventually(lambda: not gpgs(onions.house), "all three have ended")
    assert sources[3].deliver("bonjour").status_code == 303


def _send_slowly(source: Source, stop: threading.Event) -> None:
    headers, body = delivery(source.token, os.urandom(100_000), 40)

    def paced() -> Iterator[bytes]:
        for number, chunk in enumerate(body):
            yield chunk
            if number > 10:
                stop.wait(60)

    assert source.http.post("/deliver", content=paced(), headers=headers).status_code == 303


FOREIGN = {
    "another": "evil.example",
    "local": "localhost",
    "loopback": "127.0.0.1",
    "another onion": "a" * 56 + ".onion",
}


@pytest.mark.parametrize("host", FOREIGN.values(), ids=FOREIGN.keys())
def test_through_tor_only_the_services_own_name_is_answered(onions: OnionHouse, host: str) -> None:
    http = onions.visit("source", "hosts")
    answer = http.get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert "n’est pas celle de ce service" in answer.text
    subdomain = {"Host": f"www.{onions.house.onions['source']}"}
    assert http.get("/", headers=subdomain).status_code == 400
    assert http.get("/").status_code == 200


@pytest.mark.parametrize("header", ["X-Tor2Web", "X-Forwarded-For", "Forwarded", "Via"])
def test_a_gateway_from_the_web_is_told_to_stop(onions: OnionHouse, header: str) -> None:
    http = onions.visit("source", "gateway")
    answer = http.get("/", headers={header: "1"})
    assert answer.status_code == 403
    assert "Arrêtez-vous ici" in answer.text
    assert len(answer.content) == 65_536


def test_local_answers_name_the_onion_address_and_it_is_not_answered_there(
    onions: OnionHouse,
) -> None:
    local = onions.house.client("source")
    onion = onions.house.onions["source"]
    assert local.get("/").headers["Onion-Location"] == f"http://{onion}/"
    assert local.get("/", headers={"Host": onion}).status_code == 400
    assert "Onion-Location" not in onions.visit("source", "location").get("/").headers
