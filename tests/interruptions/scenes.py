"""States that several cases begin with."""

import json

from tests.interruptions.stage import Stage
from tests.viewing_station.reviewer import PASSPHRASE

SLUG = "ville"
SECRET = "canari-interrompu"  # in messages and replies: never to be found in the clear


def found(stage: Stage) -> None:
    """An instance and nothing else."""
    stage.did(stage.vasistas("init", "--name", "Vasistas d’essai"))


def found_station(stage: Stage) -> None:
    """An instance, and the station of a desk that it does not have yet."""
    found(stage)
    stage.passphrase.write_text(PASSPHRASE + "\n")
    identity = stage.home / "instance.json"
    stage.did(stage.station("init", "--desk", SLUG, "--instance", identity))


def add_desk(stage: Stage) -> None:
    """A desk that takes deliveries, and couriers of its station."""
    found_station(stage)
    stage.did(stage.vasistas("desk", "add", SLUG, "--name", "Ville"))
    public = stage.station_home / f"{SLUG}-openpgp.asc"
    stage.did(stage.vasistas("desk", "key", "add", SLUG, public))
    station = stage.station_home / f"{SLUG}-station.pub"
    stage.did(stage.vasistas("desk", "station", "add", SLUG, station))


def bring_bundle(stage: Stage) -> None:
    """A station, and a bundle for it in `b.tar`."""
    found_station(stage)
    key = stage.station_home / f"{SLUG}-openpgp.asc"
    stage.prepared("bundle", stage.home, SLUG, key, stage.root / "b.tar")


def open_bundle(stage: Stage) -> list[str]:
    """A station that opened a bundle; return the ids of its threads."""
    bring_bundle(stage)
    stage.did(stage.station("open", stage.root / "b.tar"))
    return [each["id"] for each in json.loads(stage.did(stage.station("threads", "--json")))]


def add_reviewer(stage: Stage) -> None:
    """A desk and a reviewer who is logged in."""
    add_desk(stage)
    stage.did(stage.vasistas("reviewer", "add", "lou", "--desk", SLUG))
    cookie, token = stage.prepared("session", stage.home, "lou").split()
    (stage.root / "session").write_text(f"{cookie}\n{token}\n")


def own_keys(stage: Stage) -> list[str]:
    """Return the fingerprints of the station's keys, oldest first."""
    return [
        each["fingerprint"]
        for each in json.loads(stage.did(stage.station("key", "list", "--json")))
    ]


def change_key(stage: Stage) -> None:
    """Deliveries sealed to a desk's key, which another one has replaced since."""
    add_reviewer(stage)
    stage.prepared("deliver", stage.home, SLUG)
    stage.did(stage.station("key", "new"))
    old, _new = own_keys(stage)
    public = stage.station_home / f"{SLUG}-openpgp.asc"
    stage.did(stage.vasistas("desk", "key", "add", SLUG, public))
    stage.did(stage.vasistas("desk", "key", "retire", SLUG, old))


def rewrap(stage: Stage) -> None:
    """A courier with new heads, before the server takes it."""
    change_key(stage)
    stage.did(stage.vasistas("rewrap", "export", stage.root / "r.tar"))
    stage.did(stage.station("rewrap", stage.root / "r.tar"))
    stage.did(stage.station("courier", stage.root / "c.tar"))


def take_heads(stage: Stage) -> None:
    """Heads that were swapped, the old ones kept."""
    rewrap(stage)
    stage.prepared("take_courier", stage.home, stage.root / "c.tar", *session(stage))


def session(stage: Stage) -> list[str]:
    """Return the cookie and the token of the reviewer who is logged in."""
    return (stage.root / "session").read_text().split()
