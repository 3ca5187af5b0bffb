"""The instance's two onion services, as `serve` and the commands see them.

Their addresses are noted among the instance's keys too. So a service whose folder is lost, or was
exchanged, is told of, and not replaced by a new one at another address.
"""

from pathlib import Path

from admin.errors import AdminError
from admin.serving.onion_keeper import Published
from admin.serving.shape import APP_NAMES
from tor.files import alone, make_private_folder, write_whole
from tor.identity import OnionIdentity
from tor.service_dir import ServiceDirectory, read_identity
from web.instance import Places

CLOSED = frozenset({"journalist"})  # only who was given a key reaches it


def make_services(places: Places, imported: dict[str, Path] | None = None) -> None:
    """Make the services that are missing, with new keys or with those of other folders.

    A service that is there keeps its key: an address never changes by accident.
    """
    make_private_folder(places.onions)
    make_private_folder(places.tor_data)
    with alone(places.onions / ".lock"):  # two admins at once would mix their keys
        _check_imported(places, imported or {})
        for app in APP_NAMES:
            if not service_of(places, app).exists:
                _make(places, app, (imported or {}).get(app))
            _check_noted(places, app)


def _check_imported(places: Places, imported: dict[str, Path]) -> None:
    """Read all that is imported before anything is made."""
    services = {app: service_of(places, app) for app in APP_NAMES}
    addresses = [service.address() for service in services.values() if service.exists]
    for app, folder in imported.items():
        if services[app].exists:
            raise AdminError(f"There is a {app} onion service already: its address stays.")
        address = read_identity(folder).address
        if address in addresses:
            raise AdminError("One key cannot serve both apps: the reviewers need their own.")
        addresses.append(address)
        ServiceDirectory(folder).clients.valid()


def _make(places: Places, app: str, imported: Path | None) -> None:
    if _note(places, app).exists():
        raise AdminError(
            f"{places.onion(app)} is gone: restore it from a backup, or the {app} address changes. "
            f"To give the address up for good, remove {_note(places, app)}."
        )
    service = service_of(places, app)
    service.make(read_identity(imported) if imported else OnionIdentity.new(), closed=app in CLOSED)
    if imported and app in CLOSED:
        service.clients.take_over(imported)


def _check_noted(places: Places, app: str) -> None:
    """Note the address, or see that it is still the one that was noted."""
    address, note = service_of(places, app).address(), _note(places, app)
    if not note.exists() or not note.stat().st_size:  # empty: cut off while it was written
        write_whole(note, f"{address.host}\n".encode())
    elif note.read_text("utf-8", "replace").strip() != address.host:
        raise AdminError(
            f"{places.onion(app)} holds the key of another address than {note} says: restore it "
            "from a backup, or remove that file if the change is meant."
        )


def _note(places: Places, app: str) -> Path:
    return places.keys / f"onion-{app}-address"


def seal_closed(places: Places) -> None:
    """Write the closing key of a service that lost it."""
    for app in CLOSED:
        clients = service_of(places, app).clients
        if not clients.sealed:
            clients.seal()


def service_of(places: Places, app: str) -> ServiceDirectory:
    """Give the folder of an app's service."""
    return ServiceDirectory(places.onion(app))


def published_services(places: Places, apps: tuple[str, ...] = APP_NAMES) -> dict[str, Published]:
    """Give what is to be published; raises KeyDamaged."""
    return {app: _published(places, app) for app in apps}


def _published(places: Places, app: str) -> Published:
    folder = service_of(places, app)
    return Published(folder, folder.address(), places.tor_socket(app), app in CLOSED)
