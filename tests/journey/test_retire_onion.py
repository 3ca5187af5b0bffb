"""A service that ends says so at its onion address, and the reviewers' is gone at once."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.journey.house import BIN, House
from tests.journey.onion_house import OnionHouse
from tests.tor_network.network import TorNetwork

pytest_plugins = ["tests.tor_network.fixture"]
pytestmark = pytest.mark.xdist_group("tor")

NAME = "Vasistas d’essai"
SAID = "Ce service est fermé"


def retire(house: House, *words: str | Path) -> None:
    command = [BIN / "vasistas", "--home", house.home, "retire", "--yes", NAME, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=150)
    assert done.returncode == 0, done.stderr


def test_the_closing_page_stands_at_the_onion_address_until_it_is_ended(
    house: House, tor_network: TorNetwork
) -> None:
    house.start(torrc=tor_network.torrc)
    assert house.process is not None
    assert house.process.stdout is not None
    onions, source_key = OnionHouse(house, tor_network), house.home / "onions" / "source"
    try:
        source = onions.source().first_visit()
        assert source.deliver("Une lettre").status_code == 303
        retire(house, "--discard-uncollected", "--closing-days", "2")
        assert house.process.stdout.readline().startswith("ready source=")
        onion = house.process.stdout.readline()  # published anew, at the same address
        assert onion.split() == ["onion", f"source=http://{house.onions['source']}"]
        assert not (house.home / "onions" / "journalist" / "hs_ed25519_secret_key").exists()
        page = onions.visit("source", "later").get("/")
        assert (page.status_code, SAID in page.text, len(page.content)) == (410, True, 64 << 10)
        late = onions.visit("source", "late").post("/return", data={"codename": source.codename})
        assert (late.status_code, SAID in late.text) == (410, True)
        retire(house)
        assert house.process.wait(60) == 0
        assert not source_key.exists()
        assert json.loads((house.home / "retired.json").read_text())["stage"] == "ended"
    finally:
        onions.close()
        if house.process.poll() is not None:
            house._close()
            house.process = None
