"""The first line of an instance's history, so that one without a line is known to be cut."""

from admin.compose import build_services
from storage import history
from storage.history import Deed
from web.history import note
from web.instance import Instance


def begin_history(instance: Instance) -> None:
    """Write the first line, unless there is one."""
    services = build_services(instance)
    try:
        with services.db.write() as transaction:
            if history.head(transaction) is None:
                note(services, transaction, Deed.BEGUN)
    finally:
        services.db.close()
