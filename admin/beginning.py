"""The first line of an instance's history, so that one without a line is known to be cut."""

from pathlib import Path

from admin.compose import build_services
from storage import history
from storage.history import Deed
from web.history import note
from web.instance import open_instance


def begin_history(home: Path) -> None:
    """Write the first line, unless there is one."""
    services = build_services(open_instance(home))
    try:
        with services.db.write() as transaction:
            if history.head(transaction) is None:
                note(services, transaction, Deed.BEGUN)
    finally:
        services.db.close()
