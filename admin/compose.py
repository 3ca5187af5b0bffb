"""Putting an instance's parts together, for the apps, the sweeper and the commands."""

import os
from datetime import timedelta
from random import SystemRandom

from sqlalchemy.orm import Session

from admin.backup.workbench import clear_abandoned
from storage.blobs import BlobStore
from storage.engine import open_database
from storage.history import Deed
from storage.slots import HostSlots
from storage.sweeper import Kept, expire, night, sweep
from web.history import note
from web.instance import Instance
from web.services import Services

DERIVATION_PLACES = 32  # past so many waiting, a source is told at once that we are busy


def make_places(instance: Instance) -> None:
    """Make the folders that may be missing, for their owner alone."""
    places = instance.places
    for folder in (places.run, places.gnupg):
        folder.mkdir(mode=0o700, exist_ok=True)


def build_services(instance: Instance) -> Services:
    """Open the database and the blobs, and set the host's bounds.

    Call it in the process that uses it: connections must not cross a fork.
    """
    make_places(instance)
    slots = instance.places.run / "slots"
    cores = len(os.sched_getaffinity(0))
    return Services(
        instance=instance,
        db=open_database(instance.database_url),
        blobs=BlobStore(instance.places.blobs),
        derivations=HostSlots(slots, "derivation", cores, places=DERIVATION_PLACES),
        uploads=HostSlots(
            slots,
            "upload",
            instance.config.uploads_at_once,
            capacity=instance.config.uploads_max_bytes_in_flight,
        ),
    )


def sweep_once(services: Services) -> None:
    """Run one round of upkeep, and the night's work when a day is over and not yet done."""
    clear_abandoned(services.instance.places)
    dice = SystemRandom()
    kept = Kept(replies=timedelta(days=services.instance.config.reply_days))

    def note_expired(transaction: Session, desk: str, number: int) -> None:
        note(services, transaction, Deed.EXPIRED, desk=desk, number=number)

    expire(services.db, services.today, note_expired)
    sweep(services.db, services.blobs, services.now(), dice, kept)
    night(services.db, services.blobs, services.today, dice)
