"""The instance's two onion services, as `serve` and the commands see them."""

from pathlib import Path

from admin.errors import AdminError
from admin.serving.onion_keeper import Published
from admin.serving.shape import APP_NAMES
from tor.files import make_private_folder
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
    for app, folder in (imported or {}).items():
        if service_of(places, app).exists:
            raise AdminError(f"There is a {app} onion service already: its address stays.")
        read_identity(folder)  # nothing is made before all that is imported was read
    for app in APP_NAMES:
        service = service_of(places, app)
        if service.exists:
            continue
        source = (imported or {}).get(app)
        service.make(read_identity(source) if source else OnionIdentity.new(), closed=app in CLOSED)
        if source and app in CLOSED:
            service.clients.take_over(source)


def seal_closed(places: Places) -> None:
    """Write the closing key of a service that lost it."""
    for app in CLOSED:
        clients = service_of(places, app).clients
        if not clients.sealed:
            clients.seal()


def service_of(places: Places, app: str) -> ServiceDirectory:
    """Give the folder of an app's service."""
    return ServiceDirectory(places.onion(app))


def published_services(places: Places) -> dict[str, Published]:
    """Give what is to be published; raises KeyDamaged."""
    return {app: _published(places, app) for app in APP_NAMES}


def _published(places: Places, app: str) -> Published:
    folder = service_of(places, app)
    return Published(folder, folder.address(), places.tor_socket(app), app in CLOSED)
