"""Desks, as the commands change them: files are read here, the rest is `desk_keeping`'s."""

from pathlib import Path
from typing import Any

from admin.errors import AdminError
from crypto.deskkeys import MAX_FILE_SIZE
from journalist_app.desk_keeping import DeskKeeping
from web.services import Services


def add_desk(services: Services, slug: str, name: str) -> None:
    """Add a desk; its slug stands in addresses and file names."""
    DeskKeeping(services).add(slug, name)


def list_desks(services: Services) -> list[dict[str, Any]]:
    """List the desks with their state and how many keys they seal to."""
    return [
        {
            "slug": desk.slug,
            "name": desk.name,
            "state": desk.state.value,
            "keys": desk.keys,
            "station": desk.station,
        }
        for desk in DeskKeeping(services).list_desks()
    ]


def add_desk_key(services: Services, slug: str, file: Path) -> str:
    """Check the key in `file` and add it; gives its fingerprint."""
    return DeskKeeping(services).add_key(slug, _read(file)).fingerprint


def list_keys(services: Services, slug: str) -> list[dict[str, Any]]:
    """List a desk's keys with what makes them usable or not."""
    return [
        {
            "fingerprint": key.fingerprint,
            "state": key.state,
            "expires": key.expires.isoformat() if key.expires else None,
            **({"sealed_to": key.sealed_to, "windows": key.windows} if key.windows else {}),
        }
        for key in DeskKeeping(services).keys(slug)
    ]


def set_station(services: Services, slug: str, file: Path) -> bytes:
    """Pin the station's public key that signs the desk's couriers; give it back."""
    return DeskKeeping(services).set_station(slug, _read(file))


def _read(file: Path) -> bytes:
    with file.open("rb") as source:
        content = source.read(MAX_FILE_SIZE + 1)
    if len(content) > MAX_FILE_SIZE:
        raise AdminError(f"{file} is too large to be a key.")
    return content
