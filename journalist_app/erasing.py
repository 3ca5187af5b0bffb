"""Erasing the blobs of deliveries whose rows are gone."""

from collections.abc import Iterable

from storage.errors import StorageError
from web.faults import report_fault
from web.services import Services


def erase(services: Services, blobs: Iterable[str]) -> None:
    """Overwrite and remove blobs, after the transaction that took their rows is committed.

    One that cannot be erased now (someone is downloading it, the disk fails) has no row any more,
    and the sweeper takes it as an orphan.
    """
    for blob in blobs:
        try:
            services.blobs.delete(blob)
        except (OSError, StorageError) as error:
            report_fault(error)
