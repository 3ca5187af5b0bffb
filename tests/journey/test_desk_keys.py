"""Keys change while the server runs: the hatch closes with the last one and opens by itself."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.crypto.gnupg_home import GnupgHome
from tests.journey.house import House, Source

SLUG = "ville"
CLOSED = "Le guichet est fermé"
TODAY = datetime.now(UTC).date()


@pytest.fixture
def owner() -> Iterator[GnupgHome]:
    made = GnupgHome()
    yield made
    made.close()


def keys(house: House) -> dict[str, str]:
    listed = json.loads(house("desk", "key", "list", SLUG, "--json"))
    return {key["fingerprint"]: key["state"] for key in listed}


def try_all(house: House, source: Source) -> list[httpx.Response]:
    """Deliver often enough for each of the app's processes to have had its turn."""
    return [source.deliver(f"Message {number}.") for number in range(6)]


def is_closed(answers: list[httpx.Response]) -> bool:
    assert len({answer.status_code for answer in answers}) == 1
    closed = answers[0].status_code == 503
    assert all((CLOSED in answer.text) is closed for answer in answers)
    return closed


def test_without_a_key_the_hatch_closes_and_with_one_it_opens(
    house: House, root: Path, owner: GnupgHome
) -> None:
    new = owner.make_key("Ville", "cv25519", expires="90d")
    (root / "new.asc").write_text(owner.public())
    (only,) = keys(house)
    with house.serving():
        source = house.source().first_visit()
        assert not is_closed(try_all(house, source))
        house("desk", "key", "retire", SLUG, only)
        assert is_closed(try_all(house, source))
        assert f"Desk {SLUG} has no usable key" in house("check", check=False)

        house("desk", "key", "add", SLUG, root / "new.asc")
        assert keys(house) == {only: "retired", new: "active"}
        assert not is_closed(try_all(house, source))

        # The day comes on which it expires: no command is given, and nothing is started anew.
        end_on(house, new, TODAY.isoformat())
        assert is_closed(try_all(house, source))
        assert keys(house)[new] == "expired"
        owner.gpg("--quick-set-expire", new, "1y", "*")
        owner.gpg("--quick-set-expire", new, "1y")
        (root / "longer.asc").write_text(owner.public())
        house("desk", "key", "add", SLUG, root / "longer.asc")
        assert not is_closed(try_all(house, source))
        assert keys(house)[new] == "active"


def end_on(house: House, fingerprint: str, day: str) -> None:
    with sqlite3.connect(house.home / "vasistas.db", timeout=30) as db:
        changed = db.execute(
            "UPDATE desk_keys SET expires = ? WHERE fingerprint = ?", (day, fingerprint)
        )
        assert changed.rowcount == 1


@pytest.mark.parametrize("days", [60, 30, 7])
def test_check_speaks_of_a_keys_end_ahead(house: House, days: int) -> None:
    (only,) = keys(house)
    end_on(house, only, (TODAY + timedelta(days=days + 1)).isoformat())
    assert f"expires in {days} days" not in house("check", check=False)
    end_on(house, only, (TODAY + timedelta(days=days)).isoformat())
    assert f"expires in {days} days (within {days})" in house("check", check=False)


def test_a_secret_key_is_refused_loudly_and_not_stored(
    house: House, root: Path, owner: GnupgHome
) -> None:
    owner.make_key("Ville", "cv25519")
    secret = owner.gpg("--export-secret-keys")
    (root / "secret.gpg").write_bytes(secret)
    before = keys(house)
    with pytest.raises(AssertionError, match="SECRET key"):
        house("desk", "key", "add", SLUG, root / "secret.gpg")
    assert keys(house) == before
    kept = [path for path in house.home.rglob("*") if path.is_file()]
    assert not [path for path in kept if secret[20:60] in path.read_bytes()]
