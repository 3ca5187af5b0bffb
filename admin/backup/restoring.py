"""Brings an instance back: unpacked, verified, put in its place, and told that it was away."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from admin.backup.building import building
from admin.backup.opening import opened_backup
from admin.backup.unpacking import Unpacked, listed_bodies, unpack
from admin.compose import build_services
from admin.errors import AdminError
from admin.progress import meter
from crypto.secret import Secret
from formats.backup import DATABASE, file_member
from formats.identity import Identity
from storage import restorations
from storage.blobs import BlobStore
from storage.history import Deed
from storage.schema import REVISIONS, upgrade
from storage.snapshot import all_bodies, load_snapshot, opened_snapshot
from storage.upkeep import truncate_wal
from web.config import CONFIG_NAME, Config, load_config, render_config
from web.history import note
from web.instance import open_instance, write_private
from web.services import Services

# What no manifest may put anything into: bodies come by themselves, the rest is made anew.
_OWN = frozenset({"blobs", "run", "tor"})
_ASIDE = ".unpacked"


@dataclass(frozen=True)
class Wanted:
    """What an admin asks of a restore.

    `database` is the URL of one to load into (empty: in the home); `identity` what the instance's
    public identity has to be, where the admin has a copy.
    """

    passphrase: Secret | None = None
    database: str = ""
    identity: Identity | None = None


@dataclass(frozen=True)
class Restored:
    """What came back: its day and identity, and the desks whose stations have to answer."""

    day: date
    identity: Identity
    bodies: int
    lost: tuple[str, ...]
    desks: tuple[str, ...]


def restore_backup(home: Path, file: Path, wanted: Wanted) -> Restored:
    """Make an instance in `home`, which is absent or empty, of the backup in `file`.

    It is there whole and verified, or not at all. Raises AdminError, OSError.
    """
    with building(home) as folder:
        blobs, aside = folder / "blobs", folder / _ASIDE
        BlobStore(blobs)
        aside.mkdir(0o700)
        with (
            file.open("rb") as source,
            meter("Restoring", file.stat().st_size) as advance,
            opened_backup(source, wanted.passphrase) as opened,
        ):
            try:
                unpacked = unpack(opened.plain, blobs, aside, advance)
            except AdminError:
                opened.explain()  # what gpg says was wrong comes before what we see of it
                raise
            opened.check()
        _refuse_stranger(unpacked, wanted)
        _place(folder, unpacked)
        desks = _bring_up(folder, unpacked, wanted.database)
        shutil.rmtree(aside)
        manifest = unpacked.manifest
        return Restored(
            manifest.day, unpacked.identity, manifest.bodies, manifest.lost, tuple(desks)
        )


def _refuse_stranger(unpacked: Unpacked, wanted: Wanted) -> None:
    if unpacked.manifest.schema not in REVISIONS:
        raise AdminError("The backup was made by a newer version of this program.")
    known = wanted.identity
    if known is not None and (known.instance, known.signing_key) != (
        unpacked.identity.instance,
        unpacked.identity.signing_key,
    ):
        raise AdminError("The backup is of another instance than the identity given.")


def _place(folder: Path, unpacked: Unpacked) -> None:
    for number, file in enumerate(unpacked.manifest.files):
        if file.path.partition("/")[0] in _OWN:
            raise AdminError(f"The backup has a file in a place that is not its own: {file.path}.")
        place = folder / file.path
        for parent in reversed(place.relative_to(folder).parents[:-1]):
            (folder / parent).mkdir(0o700, exist_ok=True)
        (unpacked.aside / file_member(number)).replace(place)
        os.utime(place)


def _bring_up(folder: Path, unpacked: Unpacked, url: str) -> list[str]:
    """Check the database against the bodies, and have it know that it was restored."""
    database = folder / DATABASE
    upgrade(f"sqlite:///{database}")
    with opened_snapshot(database) as copy:
        _match(folder / "blobs", all_bodies(copy), unpacked)
    config = load_config(folder)
    if config.database:
        _configure(folder, replace(config, database=""))
    instance = open_instance(folder)
    if instance.signer.public != unpacked.identity.signing_key:
        raise AdminError("The backup's signing key is not that of its identity.")
    services = build_services(instance)
    try:
        desks = _note(services, unpacked.manifest.day)
        truncate_wal(services.db)
    finally:
        services.db.close()
    if url:
        with opened_snapshot(database):
            pass  # which folds up its log
        load_snapshot(database, url)
        database.unlink()
        _configure(folder, replace(config, database=url))
    return desks


def _configure(folder: Path, config: Config) -> None:
    place = folder / CONFIG_NAME
    place.unlink()
    write_private(place, render_config(config).encode())


def _match(blobs: Path, rows: Iterator[tuple[str, str, int, bytes]], unpacked: Unpacked) -> None:
    """See that each row's body is here as it says, and drop bodies that no row names.

    Both come in the order of the bodies' names, so neither is held in memory whole.
    """
    lost = set(unpacked.manifest.lost)
    found = listed_bodies(unpacked.aside)
    body = next(found, None)
    for _, name, size, sha256 in rows:
        while body is not None and body[0] < name:
            _drop(blobs, body[0])
            body = next(found, None)
        if body is not None and body[0] == name:
            if body != (name, size, sha256) and name not in lost:
                raise AdminError("The backup's bodies are not those of its database.")
            body = next(found, None)
        elif name not in lost:
            raise AdminError("The backup lacks a body that its database names.")
    while body is not None:
        _drop(blobs, body[0])
        body = next(found, None)


def _drop(blobs: Path, name: str) -> None:
    (blobs / name[:2] / name).unlink()


def _note(services: Services, day: date) -> list[str]:
    with services.db.write() as transaction:
        restorations.begin(transaction, day, services.today)
        note(services, transaction, Deed.RESTORED, about=day.isoformat())
        return [each.desk for each in restorations.awaited(transaction)]
