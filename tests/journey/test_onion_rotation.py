"""Moving to a new onion address while sources and reviewers go on, over a real Tor network."""

import json
import os
import re
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.journey.house import BIN, House, Station, run
from tests.journey.onion_house import OnionHouse, command, published
from tests.journey.test_faults import eventually
from tests.tor_network.network import TorNetwork
from tests.tor_network.socks import NoKey, WrongKey

pytest_plugins = ["tests.tor_network.fixture"]
pytestmark = pytest.mark.xdist_group("tor")

CLOSED = (httpx.HTTPError, OSError)
PAGE = 65_536
GONE_SECONDS = 90.0  # the sweeper looks once a minute


def shown(house: House, app: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(house("onion", "show", "--json"))
    return [row for row in rows if row["service"] == app]


def move(house: House, app: str, *words: str) -> tuple[str, str]:
    """Begin a move; give the old and the new host, and have the new one known to visitors."""
    house("onion", "rotate", app, *words)
    old, new = (row["address"].removeprefix("http://") for row in shown(house, app))
    assert old == house.onions[app]
    house.onions["new"] = new
    return old, new


def pinned(house: House) -> Station:
    """Have the station make the announcement key, and the server pin it."""
    station = house.stations["ville"]
    station("announcement-key")
    house("onion", "announcement-key", station.home / "announcement-key.json")
    return station


def refused(house: House, *words: str | Path) -> str:
    process = command(house, *words)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1, said
    return said


def reachable(onions: OnionHouse, app: str) -> bool:
    visitor = onions.visit(app, os.urandom(4).hex())
    try:
        return visitor.get("/", timeout=8).status_code in {200, 303}
    except CLOSED:
        return False


def secrets_of(house: House) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in (house.home / "onions").rglob("*secret_key")}


def test_sources_move_to_a_new_address_that_the_station_announced(
    house: House, tor_network: TorNetwork, root: Path
) -> None:
    station = pinned(house)
    kept = Path(shutil.copy(station.home / "announcement-key.json", root / "kept.json"))
    with published(house, tor_network) as onions:
        source = onions.source("early").first_visit()
        assert source.deliver("avant").status_code == 303
        old, new = move(house, "source", "--days", "30")
        assert old != new
        draft = house.home / "onions" / "announcement-draft.json"
        page = onions.visit("source", "a").get("/")
        assert new not in page.text, "nobody is told before it is signed"
        forged(house, draft, root)
        station("announce", draft, "--to", root / "announcement.json", "--yes")
        house("onion", "announce", root / "announcement.json")
        page = onions.visit("source", "b").get("/")
        assert f"http://{new}" in page.text
        assert len(page.content) == PAGE, "every page has the one length"
        assert "Ce service change d’adresse" in page.text
        assert "This service is changing" in onions.visit("source", "b").get("/?l=en").text
        for path in ("/", "/return", "/nowhere", "/safety"):
            assert new in onions.visit("source", "c").get(path).text, path
            assert "change d’adresse." not in onions.visit("new", "c").get(path).text, path
        checked(onions, kept, root, (old, new))
        assert source.deliver("pendant").status_code == 303, "the hatch stays open at the old"
        fresh = onions.visit("new", "fresh")
        back = type(source)(fresh)
        assert back.return_with(source.codename).status_code == 303
        assert len(back.get("/mailbox").ids["delivery"]) == 2
        assert back.deliver("après").status_code == 303
        assert "until" in refused(house, "onion", "retire", "source")
        retire(house, onions, old)
        assert reachable(onions, "new")
        house.onions["source"] = new
        assert back.get("/mailbox").ids["delivery"], "who was there is not disturbed"
        assert onions.visit("source", "late").get("/announcement.json").status_code == 200
    with published(house, tor_network) as onions:
        assert house.onions["source"] == new, "a new start is at the new address"
        again = onions.source("again")
        assert again.return_with(source.codename).status_code == 303
        assert len(again.get("/mailbox").ids["delivery"]) == 3


def forged(house: House, draft: Path, root: Path) -> None:
    """Have what a thief could bring refused, by the server and by anybody who kept the key."""
    stranger = Station(root / "stranger", house.stations["ville"].passphrase)
    stranger("init", "--desk", "ville", "--instance", house.home / "instance.json")
    stranger("announcement-key")
    stranger("announce", draft, "--to", root / "other-key.json", "--yes")
    assert "did not sign it" in refused(house, "onion", "announce", root / "other-key.json")
    station = house.stations["ville"]
    station("announce", draft, "--to", root / "true.json", "--yes")
    address = json.loads((root / "true.json").read_text())["old"]
    changed = re.sub(r'"new": "[^"]*"', f'"new": "{address}"', (root / "true.json").read_text())
    changed = re.sub(r'"old": "[^"]*"', f'"old": "{house.onions["journalist"]}"', changed)
    (root / "changed.json").write_text(changed)
    assert "did not sign it" in refused(house, "onion", "announce", root / "changed.json")
    foreign = json.loads((root / "true.json").read_text()) | {"instance": "0" * 32}
    (root / "foreign.json").write_text(json.dumps(foreign, indent=1, sort_keys=True) + "\n")
    assert "another instance" in refused(house, "onion", "announce", root / "foreign.json")


def checked(onions: OnionHouse, kept: Path, root: Path, move: tuple[str, str]) -> None:
    """Verify by hand, with a key kept earlier, what the pages at the old address give."""
    visitor = onions.visit("source", "checking")
    file = root / "downloaded.json"
    file.write_bytes(visitor.get("/announcement.json").content)
    text = visitor.get("/keys").text
    assert json.loads(file.read_text())["signature"] in text
    said = json.loads(run(BIN / "vasistas", "onion", "verify", file, "--key", kept, "--json"))
    assert (said["from"], said["to"]) == tuple(f"http://{host}" for host in move)
    assert date.fromisoformat(said["until"]) == datetime.now(UTC).date() + timedelta(30)
    assert "did not sign" in refused(
        onions.house, "onion", "verify", root / "other-key.json", "--key", kept
    )


def retire(house: House, onions: OnionHouse, old: str) -> None:
    """End the overlap before its day: the old address is gone, and its key overwritten."""
    before = secrets_of(house)
    (held,) = (file for file in before if file.parent.name == "source")
    with held.open("rb") as still_open:
        house("onion", "retire", "source", "--now")
        assert still_open.read() != before[held], "overwritten, and not only unlinked"
    assert not held.exists()
    assert not any(content == before[held] for content in secrets_of(house).values())
    assert len(shown(house, "source")) == 1
    house.onions["source"] = old
    eventually(lambda: not reachable(onions, "source"), "the old address leads nowhere", 30)


def test_the_last_day_ends_the_old_address_by_itself_once_it_is_announced(
    house: House, tor_network: TorNetwork, root: Path
) -> None:
    station = pinned(house)
    with published(house, tor_network) as onions:
        old, new = move(house, "source", "--days", "1")
        station(
            "announce", house.home / "onions/announcement-draft.json", "--to", root / "a", "--yes"
        )
        house("onion", "announce", root / "a")
        assert "moving already" in refused(house, "onion", "rotate", "source")
        assert "announced" in refused(house, "onion", "rotate", "source", "--cancel")
        let_days_pass(house, "source", 3)
        eventually(lambda: len(shown(house, "source")) == 1, "the move ended", GONE_SECONDS)
        eventually(
            lambda: len(list((house.home / "onions").glob("source*/"))) == 1, "it is destroyed", 30
        )
        eventually(lambda: reachable(onions, "new"), "the new one is there", 60)
        house.onions["source"] = old
        assert not reachable(onions, "source")
        assert shown(house, "source")[0]["address"] == f"http://{new}"


def let_days_pass(house: House, app: str, days: int) -> None:
    """Have a move's days lie so much earlier."""
    file = house.home / "onions" / f"{app}.json"
    state = json.loads(file.read_text())
    for name in ("since", "until"):
        state[name] = (date.fromisoformat(state[name]) - timedelta(days)).isoformat()
    part = file.with_name("part")
    part.touch(0o600)
    part.write_text(json.dumps(state, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    part.replace(file)


def test_reviewers_reach_both_addresses_with_the_same_key_and_nobody_else_does(
    house: House, tor_network: TorNetwork
) -> None:
    house.add_reviewer("ines", "ville")
    stranger = tor_network.client()
    with published(house, tor_network) as onions:
        his, hers = onions.give_key("alex"), onions.give_key("ines")
        tor_network.visitor.add_key(his["auth_private"])
        old, new = move(house, "journalist")
        label = new.removesuffix(".onion")
        with pytest.raises(NoKey):
            onions.visit("new", "open", stranger).get("/login")
        alex = onions.reviewer("alex", tor_network.visitor)
        page = alex.http.get("/").text
        assert f"http://{new}" in page
        assert f"{label}:descriptor:x25519:" in page
        tor_network.visitor.add_key(f"{label}:descriptor:x25519:{his['key']}")
        assert onions.visit("new", "alex").get("/login").status_code == 200
        assert [row["clients"] for row in shown(house, "journalist")] == [2, 2]
        house("onion", "client", "remove", "ines", "--gentle")
        for app, address in (("journalist", old), ("new", new)):
            lost = tor_network.client()
            lost.add_key(f"{address.removesuffix('.onion')}:descriptor:x25519:{hers['key']}")
            with pytest.raises(WrongKey):
                onions.visit(app, "lost", lost).get("/login")
            lost.stop()
        added = onions.give_key("noor")
        stranger.add_key(f"{label}:descriptor:x25519:{added['key']}")
        assert onions.visit("new", "noor", stranger).get("/login").status_code == 200
        house("onion", "retire", "journalist", "--now")
        assert onions.visit("new", "noor", stranger).get("/login").status_code == 200
        eventually(lambda: not reachable(onions, "journalist"), "the old one leads nowhere", 30)
    stranger.stop()


def test_a_move_that_is_called_off_leaves_no_key_and_the_old_address_as_it_was(
    house: House, tor_network: TorNetwork
) -> None:
    with published(house, tor_network) as onions:
        before = secrets_of(house)
        _, new = move(house, "source")
        assert len(secrets_of(house)) == len(before) + 1
        assert reachable(onions, "new")
    with published(house, tor_network) as onions:  # a start in the middle of it
        house.onions["new"] = new
        eventually(lambda: reachable(onions, "new"), "both are there again", 60)
        house("onion", "rotate", "source", "--cancel")
        assert secrets_of(house) == before
        # Who knocks in the moment of a reload may make tor 0.4.9.11 fall: the keeper picks it up.
        eventually(lambda: reachable(onions, "source"), "the old one stays", 60)
        eventually(lambda: not reachable(onions, "new"), "the new one leads nowhere", 30)
