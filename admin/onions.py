"""The instance's onion services, as `serve` and the commands see them: one an app, two in a move.

Their addresses are noted among the instance's keys too. So a service whose folder is lost, or was
exchanged, is told of, and not replaced by a new one at another address.
"""

from pathlib import Path

from admin.errors import AdminError
from admin.onion_state import read_state, state_file
from admin.serving.onion_lineup import Published
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
    with alone(lock_of(places)):  # two admins at once would mix their keys
        _check_imported(places, imported or {})
        for app in APP_NAMES:
            if not service_of(places, app).exists:
                _make(places, app, (imported or {}).get(app))
            if read_state(places, app).retired:
                note_address(places, app)  # a move that ended; it was cut off here
            _check_noted(places, app)


def lock_of(places: Places) -> Path:
    """Give the lock under which services are made, moved, and let clients in."""
    return places.onions / ".lock"


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
    service, note = service_of(places, app), _note(places, app)
    if note.exists() or service.path != places.onion(app):
        raise AdminError(
            f"{service.path} is gone: restore it from a backup, or the {app} address changes. "
            f"To give the address up for good, remove {note}."
        )
    service.make(read_identity(imported) if imported else OnionIdentity.new(), closed=app in CLOSED)
    if imported and app in CLOSED:
        service.clients.take_over(imported)


def note_address(places: Places, app: str) -> None:
    """Note the address that an app has now."""
    write_whole(_note(places, app), f"{service_of(places, app).address().host}\n".encode())


def _check_noted(places: Places, app: str) -> None:
    """Note the address, or see that it is still the one that was noted."""
    service, note = service_of(places, app), _note(places, app)
    address = service.address()
    if not note.exists() or not note.stat().st_size:  # empty: cut off while it was written
        note_address(places, app)
    elif note.read_text("utf-8", "replace").strip() != address.host:
        raise AdminError(
            f"{service.path} holds the key of another address than {note} says: restore it "
            "from a backup, or remove that file if the change is meant."
        )


def _note(places: Places, app: str) -> Path:
    return places.keys / f"onion-{app}-address"


def seal_closed(places: Places) -> None:
    """Write the closing key of a service that lost it."""
    for app in CLOSED:
        for service in (service_of(places, app), next_of(places, app)):
            if service is not None and not service.clients.sealed:
                service.clients.seal()


def service_of(places: Places, app: str) -> ServiceDirectory:
    """Give the folder of an app's service; of two, the one at the old address."""
    return ServiceDirectory(places.onions / read_state(places, app).current)


def next_of(places: Places, app: str) -> ServiceDirectory | None:
    """Give the folder of the service that an app moves to, if it does."""
    overlap = read_state(places, app).overlap
    return None if overlap is None else ServiceDirectory(places.onions / overlap.folder)


def paths_of(places: Places, app: str) -> list[Path]:
    """Give all that an app's service needs to be published."""
    services = (service_of(places, app), next_of(places, app))
    return [state_file(places, app), *(each.path for each in services if each is not None)]


def published_services(places: Places, apps: tuple[str, ...] = APP_NAMES) -> dict[str, Published]:
    """Give what is to be published, `APP` and in a move `APP-next`; raises KeyDamaged."""
    found = {}
    for app in apps:
        service, coming = service_of(places, app), next_of(places, app)
        found[app] = _published(places, app, service)
        if coming is not None:
            found[f"{app}-next"] = _published(places, app, coming, beside=service)
    return found


def _published(
    places: Places, app: str, service: ServiceDirectory, beside: ServiceDirectory | None = None
) -> Published:
    return Published(service, service.address(), places.tor_socket(app), app in CLOSED, beside)
