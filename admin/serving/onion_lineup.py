"""Which onion services are kept, and what becomes of them when a move begins or ends."""

from dataclasses import dataclass
from pathlib import Path

from admin.serving.onion_service import OnionService
from tor.errors import KeyDamaged
from tor.identity import OnionAddress
from tor.service_dir import ServiceDirectory


@dataclass(frozen=True)
class Published:
    """One service to keep: its folder, the app's socket, and whether only clients may come.

    One that an app moves to stands `beside` the present one, and lets in the same clients.
    """

    folder: ServiceDirectory
    address: OnionAddress
    socket: Path
    closed: bool
    beside: ServiceDirectory | None = None


def take_lineup(
    found: dict[str, Published],
    published: dict[str, Published],
    services: dict[str, OnionService],
) -> dict[str, OnionService]:
    """Give the services of a new lineup: who was published stays so, under another name perhaps.

    Raises KeyDamaged where an app would be at an address that it neither had nor moved to.
    """
    for name in services:
        own = {published[each].address for each in (name, f"{name}-next") if each in published}
        if published[name].beside is None and found[name].address not in own:
            raise KeyDamaged(f"{found[name].folder.path} holds another address's key.")
    before = {published[name].address: service for name, service in services.items()}
    after = {}
    for name, each in found.items():
        known = each.address in before
        after[name] = before.pop(each.address) if known else OnionService(name, each.closed)
        after[name].name = name
    for service in before.values():
        service.retire()
    return after
