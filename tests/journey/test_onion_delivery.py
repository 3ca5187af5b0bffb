"""The way of a delivery and back, all of it through the two onion addresses."""

import hashlib
import os
from pathlib import Path

import httpx
import pytest

from tests.journey.house import Files, House
from tests.journey.measuring import BOUNDARY, delivery
from tests.journey.onion_house import published
from tests.tor_network.network import TorNetwork
from tests.tor_network.socks import NoKey, WrongKey

pytest_plugins = ["tests.tor_network.fixture"]
pytestmark = pytest.mark.xdist_group("tor")

MEGABYTES = 100
CHUNK = 1_000_000


def test_a_delivery_and_its_reply_travel_through_tor(
    house: House, tor_network: TorNetwork, documents: Files, root: Path
) -> None:
    station = house.stations["ville"]
    with published(house, tor_network) as onions:
        source = onions.source().first_visit()
        assert source.deliver("Voyez la page 3.", documents).status_code == 303
        source.post("/leave")
        tor_network.visitor.add_key(onions.give_key("alex")["auth_private"])
        reviewer = onions.reviewer("alex", tor_network.visitor)
        station("open", reviewer.bundle(root / "b.tar", all_new="1"))
        (thread,) = station.threads()
        station("export", thread["id"], root / "out")
        exported = [path.read_bytes() for path in (root / "out").rglob("*") if path.is_file()]
        assert {content for _, content in documents} <= set(exported)
        station("reply", thread["id"], stdin="Merci, bien reçu.")
        station("courier", root / "c.tar")
        shown, done = reviewer.courier(root / "c.tar")
        assert (shown.status_code, done.status_code) == (200, 200)
        back = onions.source("back")
        assert back.return_with(source.codename.upper()).status_code == 303
        assert back.get("/mailbox").texts["p"] == "Merci, bien reçu."


def test_a_hundred_megabytes_arrive_byte_for_byte(
    house: House, tor_network: TorNetwork, root: Path
) -> None:
    chunk = os.urandom(CHUNK)
    with published(house, tor_network) as onions:
        source = onions.source("heavy").first_visit()
        headers, body = delivery(source.token, chunk, MEGABYTES)
        assert BOUNDARY in headers["Content-Type"]
        assert source.http.post("/deliver", content=body, headers=headers).status_code == 303
        house.stations["ville"]("open", house.reviewer("alex").bundle(root / "b", all_new="1"))
    station = house.stations["ville"]
    station("export", station.threads()[0]["id"], root / "out")
    (arrived,) = (root / "out").rglob("grand.bin")
    sent = hashlib.sha256()
    for _ in range(MEGABYTES):
        sent.update(chunk)
    assert hashlib.sha256(arrived.read_bytes()).digest() == sent.digest()


def test_the_reviewers_address_opens_with_a_key_only(house: House, tor_network: TorNetwork) -> None:
    visitor = tor_network.client()
    with published(house, tor_network) as onions:
        with pytest.raises(NoKey):
            onions.visit("journalist", "a", visitor).get("/login")
        given = onions.give_key("alex")
        visitor.add_key(_another_key(given["auth_private"]))
        with pytest.raises(WrongKey):
            onions.visit("journalist", "b", visitor).get("/login")
        visitor.add_key(given["auth_private"])
        answer = onions.visit("journalist", "c", visitor).get("/login")
        assert answer.status_code == 200
        source = onions.visit("source", "d", visitor).get("/")
        assert source.status_code == 200, "sources need no key"
    visitor.stop()
    assert isinstance(answer, httpx.Response)


def _another_key(auth_private: str) -> str:
    """Give a well-formed key that the service does not know."""
    return auth_private[:-10] + ("A" if auth_private[-10] != "A" else "B") + auth_private[-9:]
