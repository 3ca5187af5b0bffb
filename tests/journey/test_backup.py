"""A server is backed up while it works, lost, and brought back on another machine."""

import hashlib
import json
import os
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.crypto.gnupg_home import GnupgHome
from tests.journey.house import BIN, Files, House, Reviewer, Source

PASSPHRASE = "la phrase de passe de l’admin"


@pytest.fixture
def admin(monkeypatch: pytest.MonkeyPatch) -> Iterator[GnupgHome]:
    """Give the admin's own gpg, whose key has a passphrase, as their environment names it."""
    home = GnupgHome(PASSPHRASE)
    home.make_key("Admin", "cv25519")
    monkeypatch.setenv("GNUPGHOME", str(home.path))
    yield home
    home.close()


@pytest.fixture
def key(admin: GnupgHome, root: Path) -> tuple[str, Path]:
    """Give the fingerprint and the public file of the admin's key."""
    file = root / "admin.asc"
    file.write_text(admin.public())
    return admin.fingerprints()[0], file


def restore(house: House, file: Path, root: Path) -> tuple[House, str]:
    """Restore into another home; return the house with it, and what was said."""
    other = replace(house, home=root / "restored", process=None, addresses={}, clients=[])
    passphrase = root / "admin-passphrase"
    passphrase.write_text(PASSPHRASE + "\n")
    return other, other("restore", file, "--passphrase-file", passphrase)


def bodies(house: House) -> dict[str, bytes]:
    """Hash the bodies by their blobs."""
    found = [path for path in (house.home / "blobs").glob("??/*") if len(path.name) == 32]
    return {path.name: hashlib.sha256(path.read_bytes()).digest() for path in found}


def rows(house: House, table: str) -> int:
    with sqlite3.connect(house.home / "vasistas.db") as db:
        (number,) = db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()  # noqa: S608
    assert isinstance(number, int)
    return number


def collect(reviewer: Reviewer, house: House, name: str) -> str:
    """Collect all that is new, and open it at the station."""
    return house.stations["ville"]("open", reviewer.bundle(house.root / name, all_new="1"))


@dataclass(frozen=True)
class Past:
    """What was before the server was lost."""

    codename: str
    cookies: dict[str, str]
    discarded: str
    bodies: dict[str, bytes]


def live(house: House, documents: Files, key: tuple[str, Path]) -> Past:
    """Deliver, collect, back up while deliveries go on, answer one thread and discard the other."""
    station, file = house.stations["ville"], house.root / "b.gpg"
    source = house.source().first_visit()
    assert source.deliver("Avant la sauvegarde", documents).status_code == 303
    assert house.source().first_visit().deliver("À effacer plus tard").status_code == 303
    reviewer = house.reviewer("alex")
    bundle = reviewer.bundle(house.root / "b1.tar", all_new="1")
    opened = {each["files"]: each for each in json.loads(station("open", bundle, "--json"))}
    answered, discarded = opened[len(documents)]["thread"], opened[0]["delivery"]
    assert rows(house, "sessions") > 0

    # Deliveries go on while the backup is made: each is in it whole, or not at all.
    stop = threading.Event()
    busy = threading.Thread(target=_keep_delivering, args=(house, stop))
    busy.start()
    said = house("backup", file, "--to", key[0], "--key", key[1])
    stop.set()
    busy.join()
    assert hashlib.sha256(file.read_bytes()).hexdigest() in said
    assert file.stat().st_mode & 0o777 == 0o600
    assert not list(house.home.glob("run/backup/*"))
    before = bodies(house)

    # What happens after it is not in it.
    station("reply", answered, stdin="Une réponse après la sauvegarde")
    station("discard", discarded)
    station("courier", house.root / "c1.tar")
    assert "1 dépôt effacé" in reviewer.courier(house.root / "c1.tar")[1].text
    collect(reviewer, house, "b2.tar")  # which acknowledges it
    return Past(source.codename, dict(source.http.cookies), discarded, before)


def test_a_server_comes_back_as_it_was_and_is_told_what_it_forgot(
    house: House, root: Path, documents: Files, key: tuple[str, Path]
) -> None:
    with house.serving():
        past = live(house, documents, key)
    subprocess.run(["gpgconf", "--kill", "all"], check=True)
    restored, said = restore(house, root / "b.gpg", root)
    assert "is valid again" in said
    assert "alex (reviewer)" in said
    assert not list(root.glob(".*restor*"))
    assert _modes(restored.home) == {0o600, 0o700}
    assert rows(restored, "sessions") == 0
    assert len(bodies(restored)) >= 3
    assert bodies(restored).items() <= past.bodies.items()
    with restored.serving():
        again = returning(restored, past)
        taught(restored, past)
        assert len(again.get("/mailbox").ids["reply"]) == 1
        # Later bundles do not say it again.
        assert again.deliver("Après le retour").status_code == 303
        reviewer = restored.reviewer("alex")
        assert "came back from a backup" not in collect(reviewer, restored, "b4.tar")
        with pytest.raises(AssertionError, match="nothing to carry back"):
            restored.stations["ville"]("courier", root / "c3.tar")


def returning(house: House, past: Past) -> Source:
    """See that no session came along, and that the codename opens as before."""
    visitor = house.source()
    for name, value in past.cookies.items():
        visitor.http.cookies.set(name, value)
    assert visitor.http.get("/mailbox").status_code != 200
    source = house.source()
    assert source.return_with(past.codename).status_code == 303
    assert source.get("/mailbox").ids["reply"] == []
    return source


def taught(house: House, past: Past) -> None:
    """Have the station hear that the server was restored, and bring again what it forgot."""
    station = house.stations["ville"]
    assert "wait for its station's next courier" in house("check", check=False)
    reviewer = house.reviewer("alex")
    assert past.discarded in reviewer.deliveries()
    assert "came back from a backup" in collect(reviewer, house, "b3.tar")
    station("courier", house.root / "c2.tar")
    shown, done = reviewer.courier(house.root / "c2.tar")
    assert "ce que sa sauvegarde ne savait pas" in shown.text
    assert "1 réponse remise" in done.text
    assert "1 dépôt effacé" in done.text
    assert past.discarded not in reviewer.deliveries()
    assert "restored:" not in house("check", check=False)


def test_a_backup_on_standard_output_is_the_same_to_plain_gpg(
    house: House, root: Path, key: tuple[str, Path], admin: GnupgHome
) -> None:
    fingerprint, public = key
    with house.serving():
        assert house.source().first_visit().deliver("Bonjour").status_code == 303
        sealed = subprocess.run(
            [BIN / "vasistas", "--home", house.home, "backup", "-", "--to", fingerprint,
             "--key", public],
            capture_output=True, check=True,
        ).stdout  # fmt: skip
    plain = admin.gpg("--decrypt", given=sealed)
    (root / "plain.tar").write_bytes(plain)
    listed = subprocess.run(
        ["tar", "--list", "--file", root / "plain.tar"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert listed[-2:] == ["manifest.json", "manifest.sig"]
    assert len(listed[0]) == 32
    said = subprocess.run(
        ["tar", "--extract", "--to-stdout", "--file", root / "plain.tar", "manifest.json"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    manifest = json.loads(said)
    assert manifest["format"] == "vasistas/backup/1"
    paths = [file["path"] for file in manifest["files"]]
    assert {"config.toml", "instance.json", "keys/argon2-salt", "vasistas.db"} <= set(paths)
    for number, file in enumerate(manifest["files"]):
        content = subprocess.run(
            ["tar", "--extract", "--to-stdout", "--file", root / "plain.tar",
             f"{number:07d}.file"],
            capture_output=True, check=True,
        ).stdout  # fmt: skip
        assert hashlib.sha256(content).hexdigest() == file["sha256"]


def test_the_onion_addresses_come_along(house: House, root: Path, key: tuple[str, Path]) -> None:
    fingerprint, public = key
    house("onion", "publish", check=False)
    ours = house("onion", "client", "add", "alex", check=False)
    house("backup", root / "b.gpg", "--to", fingerprint, "--key", public)
    restored, said = restore(house, root / "b.gpg", root)
    for path in (house.home / "onions").rglob("*"):
        if path.is_file() and not path.name.startswith("."):
            same = restored.home / path.relative_to(house.home)
            assert same.read_bytes() == path.read_bytes()
    assert ours
    assert "onion service: alex" in said


def _keep_delivering(house: House, stop: threading.Event) -> None:
    while not stop.is_set():
        source = house.source().first_visit()
        assert source.deliver("Pendant la sauvegarde", [("a.bin", os.urandom(300_000))])
        time.sleep(0.01)


def _modes(home: Path) -> set[int]:
    return {path.lstat().st_mode & 0o777 for path in (home, *home.rglob("*"))}
