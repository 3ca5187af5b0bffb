"""What the public page says of an instance: nothing that its own pages do not say."""

from dataclasses import dataclass

from admin.errors import AdminError
from admin.onions import service_of
from crypto.fingerprint import fingerprint, spaced
from source_app.desk_list import ShownDesk, desks_for_sources
from web.services import Services


class NothingToAnnounce(AdminError):
    """The instance has no address or no desk that could be told of."""


@dataclass(frozen=True)
class Facts:
    """An instance as the public may know it. `onion` is the host alone, without a scheme."""

    name: str
    language: str
    onion: str
    instance_fingerprint: str
    desks: tuple[ShownDesk, ...]

    @property
    def address(self) -> str:
        """The address to open in Tor Browser."""
        return f"http://{self.onion}/"


def facts_of(services: Services) -> Facts:
    """Gather them. Raises NothingToAnnounce without an onion service or a desk with a key."""
    instance = services.instance
    service = service_of(instance.places, "source")
    if not service.exists:
        raise NothingToAnnounce(
            "There is no source address to announce yet: `vasistas onion publish` makes one."
        )
    desks = tuple(desk for desk in desks_for_sources(services) if desk.fingerprints)
    if not desks:
        raise NothingToAnnounce("No desk has a key yet: sources would find the hatch closed.")
    return Facts(
        name=instance.config.name,
        language=instance.config.language,
        onion=service.address().host,
        instance_fingerprint=spaced(fingerprint(instance.signer.public)),
        desks=desks,
    )
