"""`viewing-station init`, `passphrase`, `instance set`, `backup`, `restore`, killed."""

from dataclasses import replace
from typing import Any

from crypto.fingerprint import fingerprint
from formats.identity import decode_identity
from tests.interruptions import scenes
from tests.interruptions.scenes import SLUG
from tests.interruptions.stage import Case, Stage, exhaust, station
from tests.viewing_station.reviewer import PASSPHRASE


def test_init(stage: Stage) -> None:
    scenes.found(stage)
    stage.passphrase.write_text(PASSPHRASE + "\n")
    words = ["init", "--desk", SLUG, "--instance", stage.home / "instance.json"]
    case = Case(stage.station(*words), station(stage), already="already a viewing station")
    exhaust(stage, case)


def test_passphrase(stage: Stage) -> None:
    """The old one opens it, or the new one."""
    scenes.found_station(stage)
    new = stage.root / "new"
    new.write_text("une toute autre phrase de passe\n")
    command = stage.station("passphrase", "--new-passphrase-file", new)
    look = station(stage, stage.passphrase, new)
    exhaust(stage, Case(command, look, already="not this station's passphrase"))


def test_instance_set(stage: Stage) -> None:
    scenes.found_station(stage)
    file = stage.home / "instance.json"
    renamed = replace(decode_identity(file.read_bytes()), name="Autre nom")
    file.write_bytes(renamed.encode())
    told = fingerprint(renamed.signing_key)
    command = stage.station("instance", "set", file, "--fingerprint", told)
    exhaust(stage, Case(command, station(stage)))


def test_backup(stage: Stage) -> None:
    """No backup, or one that was read back; then it is replaced only where that is said."""
    scenes.open_bundle(stage)
    command = stage.station("backup", stage.root / "b.vas")
    exhaust(stage, Case(command, _with_file(stage, "b.vas"), already="exists already|already"))


def test_restore(stage: Stage) -> None:
    scenes.open_bundle(stage)
    stage.did(stage.station("backup", stage.root / "b.vas"))
    stage.station_home.rename(stage.root / "former")
    command = stage.station("restore", stage.root / "b.vas")
    exhaust(stage, Case(command, station(stage), already="already a viewing station"))


def _with_file(stage: Stage, name: str) -> Any:
    def look(root: Any) -> Any:
        file = stage.root / name
        return station(stage)(root) | {"file": file.exists() and file.stat().st_size}

    return look
