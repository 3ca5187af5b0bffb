"""A desk moves to a new key: what is stored opens with the new one, and no more with the old."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from crypto.secret import Secret
from tests.crypto.gnupg_home import GnupgHome
from tests.journey.house import BIN, STATION_PASSPHRASE, Files, House, Reviewer, Station
from tests.journey.secret_part import secret_part
from viewing_station.errors import BusyError
from viewing_station.station import open_station

Envelopes = dict[tuple[str, str], tuple[bytes, str]]


@pytest.fixture
def plain_gpg() -> Iterator[Callable[[Station, str], GnupgHome]]:
    """Make homes of gpg with one of a station's keys, and nothing of ours."""
    homes = []

    def make(station: Station, fingerprint: str) -> GnupgHome:
        key, passphrase = secret_part(station, fingerprint)
        homes.append(GnupgHome(passphrase))
        homes[-1].gpg("--import", given=key)
        return homes[-1]

    yield make
    for home in homes:
        home.close()


def stored(house: House) -> Envelopes:
    """Read the heads from the database, and where the bodies lie."""
    with sqlite3.connect(house.home / "vasistas.db") as db:
        rows = db.execute("SELECT delivery, kind, head, body_blob FROM envelopes").fetchall()
    return {(delivery, kind): (head, blob) for delivery, kind, head, blob in rows}


def body(house: House, blob: str) -> bytes:
    return (house.home / "blobs" / blob[:2] / blob).read_bytes()


def bodies(house: House) -> dict[tuple[str, str], bytes]:
    return {place: body(house, blob) for place, (_, blob) in stored(house).items()}


def opened_by(home: GnupgHome, house: House) -> int:
    """Count the stored envelopes that plain gpg opens."""
    found = 0
    for head, blob in stored(house).values():
        done = home.run("--decrypt", given=head + body(house, blob))
        found += done.returncode == 0 and done.stdout[:2] == b"PK"
    return found


def status(house: House) -> dict[str, int]:
    (only,) = json.loads(house("rewrap", "status", "--json"))
    return {name: only[name] for name in ("envelopes", "outstanding", "old_heads")}


def usable(station: Station) -> list[str]:
    keys = json.loads(station("key", "list", "--json"))
    return [key["fingerprint"] for key in keys if key["state"] == "usable"]


def change_key(house: House) -> tuple[str, str]:
    """Make a new key at the station and bring it to the server; return the old and the new."""
    station = house.stations["ville"]
    (old,) = usable(station)
    made = json.loads(station("key", "new", "--json"))
    house("desk", "key", "add", "ville", made["openpgp_file"])
    house("desk", "key", "retire", "ville", old)
    return old, made["fingerprint"]


def deliver(house: House, documents: Files, letters: int = 3) -> list[str]:
    """Have sources deliver letters, the first of them with files; return their codenames."""
    codenames = []
    for number in range(letters):
        source = house.source().first_visit()
        files = documents if number == 0 else None
        assert source.deliver(f"Lettre {number}", files).status_code == 303
        codenames.append(source.codename)
    return codenames


def carry(house: House, reviewer: Reviewer, file: Path) -> str:
    """Bring a courier to the server; return what the page says is done."""
    house.stations["ville"]("courier", file, "--force")
    shown, done = reviewer.courier(file)
    assert (shown.status_code, done.status_code) == (200, 200)
    return done.text


def test_the_new_key_opens_everything_stored_and_the_old_one_nothing(
    house: House, root: Path, documents: Files, plain_gpg: Callable[[Station, str], GnupgHome]
) -> None:
    station = house.stations["ville"]
    with house.serving():
        codenames = deliver(house, documents)
        old, new = change_key(house)
        before, all_bodies = stored(house), bodies(house)
        with_old, with_new = plain_gpg(station, old), plain_gpg(station, new)
        assert (opened_by(with_old, house), opened_by(with_new, house)) == (4, 0)
        assert status(house) == {"envelopes": 4, "outstanding": 4, "old_heads": 0}

        house("rewrap", "export", root / "r.tar")
        assert (root / "r.tar").stat().st_mode & 0o777 == 0o600
        answer = json.loads(station("rewrap", root / "r.tar", "--json"))
        assert (answer["rewrapped"], answer["sealed_to"]) == (4, [new])
        assert status(house) == {"envelopes": 4, "outstanding": 4, "old_heads": 0}
        reviewer = house.reviewer("alex")
        assert "4 enveloppes" in carry(house, reviewer, root / "c.tar")

        assert status(house) == {"envelopes": 4, "outstanding": 0, "old_heads": 4}
        assert (opened_by(with_old, house), opened_by(with_new, house)) == (0, 4)
        assert bodies(house) == all_bodies
        assert {place: blob for place, (_, blob) in stored(house).items()} == {
            place: blob for place, (_, blob) in before.items()
        }

        assert "4 old heads destroyed" in house("rewrap", "finish")
        assert status(house) == {"envelopes": 4, "outstanding": 0, "old_heads": 0}
        remains = b"".join(path.read_bytes() for path in house.home.glob("vasistas.db*"))
        assert not [head for head, _ in before.values() if head[10:90] in remains]

        # The station reads what it collects, and the source finds its own as before.
        station("open", reviewer.bundle(root / "b.tar", all_new="1"))
        assert len(station.threads()) == 3
        back = house.source()
        assert back.return_with(codenames[0]).status_code == 303
        assert len(back.get("/mailbox").ids["delivery"]) == 1


def test_the_bundle_acknowledges_and_nothing_is_offered_again(
    house: House, root: Path, documents: Files
) -> None:
    station = house.stations["ville"]
    with house.serving():
        deliver(house, documents)
        change_key(house)
        house("rewrap", "export", root / "r.tar")
        station("rewrap", root / "r.tar")
        reviewer = house.reviewer("alex")
        carry(house, reviewer, root / "c.tar")
        station("open", reviewer.bundle(root / "b.tar", all_new="1"))
        with pytest.raises(AssertionError, match="nothing to carry back"):
            station("courier", root / "d.tar")
        assert "rien de nouveau" not in reviewer.courier(root / "c.tar")[1].text
        assert status(house)["outstanding"] == 0


def test_undo_puts_the_old_heads_back_to_the_byte(
    house: House, root: Path, documents: Files
) -> None:
    with house.serving():
        deliver(house, documents)
        before = stored(house)
        change_key(house)
        house("rewrap", "export", root / "r.tar")
        house.stations["ville"]("rewrap", root / "r.tar")
        carry(house, house.reviewer("alex"), root / "c.tar")
        assert stored(house) != before
        assert "4 old heads are back" in house("rewrap", "undo")
        assert stored(house) == before
        assert status(house) == {"envelopes": 4, "outstanding": 4, "old_heads": 0}


def test_a_new_key_that_nobody_at_the_station_knows_is_not_sealed_to(
    house: House, root: Path, documents: Files
) -> None:
    """Whoever holds the server adds a key of theirs, and asks for everything to be sealed to it."""
    station = house.stations["ville"]
    thief = GnupgHome()
    try:
        theirs = thief.make_key("Collectif de la ville", "cv25519")
        (root / "theirs.asc").write_text(thief.public(theirs))
        with house.serving():
            deliver(house, documents)
            old, new = change_key(house)
            house("desk", "key", "add", "ville", root / "theirs.asc")
            assert theirs[:4] in house("rewrap", "export", root / "r.tar")
            answer = json.loads(station("rewrap", root / "r.tar", "--json"))
            assert (answer["sealed_to"], answer["not_sealed_to"]) == ([new], [theirs])
            carry(house, house.reviewer("alex"), root / "c.tar")
        assert status(house) == {"envelopes": 4, "outstanding": 4, "old_heads": 4}
        assert opened_by(thief, house) == 0
        assert old != new
        with pytest.raises(AssertionError, match="4 of 4 envelopes of ville are not re-wrapped"):
            house("rewrap", "finish")
    finally:
        thief.close()


def test_from_every_kind_of_key_to_every_other_through_the_whole_house(
    house: House, root: Path, documents: Files
) -> None:
    """RSA-4096 to RSA-4096, to cv25519, to cv25519, to RSA-4096, with keys that gpg made."""
    station, owner = house.stations["ville"], GnupgHome("0" * 64)
    kinds = ("rsa4096", "rsa4096", "cv25519", "cv25519")
    keys = [owner.make_key(f"Desk {n}", kind) for n, kind in enumerate(kinds)]
    readers = []
    try:
        (own,) = usable(station)
        bring_keys(station, owner, keys, root)
        for key in keys:
            readers.append(GnupgHome(owner.passphrase))
            readers[-1].gpg("--import", given=owner.gpg("--export-secret-keys", key))
            (root / f"{key}.asc").write_text(owner.public(key))
        with house.serving():
            house("desk", "key", "add", "ville", root / f"{keys[0]}.asc")
            house("desk", "key", "retire", "ville", own)
            deliver(house, documents, letters=2)
            all_bodies, reviewer = bodies(house), house.reviewer("alex")
            for old, new in zip((0, 1, 2, 3), (1, 2, 3, 0), strict=True):
                assert opened_by(readers[old], house) == 3
                house("desk", "key", "add", "ville", root / f"{keys[new]}.asc")
                house("desk", "key", "retire", "ville", keys[old])
                house("rewrap", "export", root / f"{new}.tar")
                answer = json.loads(station("rewrap", root / f"{new}.tar", "--json"))
                assert answer["sealed_to"] == [keys[new]]
                carry(house, reviewer, root / "c.tar")
                house("rewrap", "finish")
                opened = (opened_by(readers[old], house), opened_by(readers[new], house))
                assert opened == (0, 3)
            assert bodies(house) == all_bodies
    finally:
        for home in (owner, *readers):
            home.close()


def bring_keys(station: Station, owner: GnupgHome, keys: list[str], root: Path) -> None:
    """Have a station take in keys that gpg made, as it does from a backup of keys."""
    lines = [f"Key: {key} made 2026-01-01" for key in keys]
    text = "\n".join(["The OpenPGP keys of a Vasistas desk", *lines, f"Passphrase: {'0' * 64}\n"])
    armored = owner.gpg("--armor", "--export-secret-keys", *keys)
    sealing = GnupgHome(STATION_PASSPHRASE)
    try:
        (root / "keys.gpg").write_bytes(sealing.gpg("--symmetric", given=text.encode() + armored))
    finally:
        sealing.close()
    station("key", "restore", root / "keys.gpg")


def test_killed_at_any_moment_each_step_leaves_old_or_new_and_goes_on_when_run_again(
    house: House, root: Path, plain_gpg: Callable[[Station, str], GnupgHome]
) -> None:
    """SIGKILL to the station in the middle of its work, and to the server while it swaps heads."""
    station = house.stations["ville"]
    with house.serving():
        deliver(house, [], letters=40)
        old, new = change_key(house)
    with_old, with_new = plain_gpg(station, old), plain_gpg(station, new)
    all_bodies = bodies(house)

    for seconds in (0.3, 0.5, 0.7, 0.9):
        kill_after(seconds, BIN / "vasistas", "--home", house.home, "rewrap", "export", root / "r")
        assert [path.name for path in root.glob("r*")] in ([], ["r"])
        (root / "r").unlink(missing_ok=True)
    house("rewrap", "export", root / "r.tar")

    program = [BIN / "viewing-station", "--home", station.home]
    program += ["--passphrase-file", station.passphrase]
    kept, seconds = [0], 0.4
    while kept[-1] < 40:
        kill_after(seconds, *program, "rewrap", root / "r.tar")
        kept.append(len(queued(station)))
        seconds += 0.1
    answer = json.loads(station("rewrap", root / "r.tar", "--json"))
    assert kept == sorted(kept)
    assert any(0 < number < 40 for number in kept)
    assert (answer["known"], answer["rewrapped"]) == (40, 0)
    station("courier", root / "c.tar")

    with house.serving():
        session = house.reviewer("alex")
    for delay in (0.0, 0.004, 0.008, 0.016, 0.03, 0.06):
        house.start()
        confirm_and_kill(house, come_back(house, session), root / "c.tar", delay)
        found = status(house)
        assert found["outstanding"] in {0, 40}
        assert found["old_heads"] == 40 - found["outstanding"]
        opened = (opened_by(with_old, house), opened_by(with_new, house))
        assert opened == (found["outstanding"], 40 - found["outstanding"])
    with house.serving():
        come_back(house, session).courier(root / "c.tar")
    assert status(house) == {"envelopes": 40, "outstanding": 0, "old_heads": 40}

    for seconds in (0.4, 0.6, 0.8, 1.0):
        kill_after(seconds, BIN / "vasistas", "--home", house.home, "rewrap", "finish")
        assert status(house)["old_heads"] in {0, 40}
    house("rewrap", "finish")
    assert status(house) == {"envelopes": 40, "outstanding": 0, "old_heads": 0}
    assert opened_by(with_new, house) == 40
    assert bodies(house) == all_bodies


GONE_SECONDS = 20  # for processes that were killed to be gone, on a busy machine


def kill_after(seconds: float, *words: str | Path) -> None:
    """Run a command, and kill it and all it started after some seconds."""
    with subprocess.Popen(
        [str(word) for word in words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def queued(station: Station) -> list[str]:
    """List the ids of the new heads that the station keeps.

    Those that a killed command had started hold the station until they are gone as well.
    """
    until = time.monotonic() + GONE_SECONDS
    while True:
        try:
            with open_station(station.home, Secret(STATION_PASSPHRASE.encode())) as opened:
                return [head.id for head in opened.outbox.heads()]
        except BusyError:
            assert time.monotonic() < until
            time.sleep(0.05)


def come_back(house: House, session: Reviewer) -> Reviewer:
    """Go on with a session after the server was started again."""
    http = house.client("journalist")
    http.cookies.update(session.http.cookies)
    return Reviewer(http, session.token)


def confirm_and_kill(house: House, reviewer: Reviewer, courier: Path, delay: float) -> None:
    """Hand a courier over, confirm it, and kill the server at once or a little later."""
    reviewer.http.post(
        "/courier",
        files=[
            ("csrf_token", (None, reviewer.token)),
            ("courier", (courier.name, courier.read_bytes(), "application/x-tar")),
        ],
    )

    def confirm() -> None:
        with contextlib.suppress(httpx.HTTPError):
            reviewer.http.post("/courier", data={"csrf_token": reviewer.token, "confirm": "1"})

    asking = threading.Thread(target=confirm)
    asking.start()
    time.sleep(delay)
    house.kill()
    asking.join()
