"""A move of an onion address, announced as a station does it."""

from pathlib import Path

from admin import announcing, onion_rotation
from admin.onion_state import Overlap
from admin.onions import make_services
from crypto.signing import AnnouncementSigner, SigningSeed
from formats.announcement import KIND, Announcement, Move
from formats.announcement_key import AnnouncementKey
from web.services import Services


def begun(services: Services, app: str = "source", days: int = 30) -> Overlap:
    """Make the services, and begin to move one."""
    places = services.instance.places
    make_services(places)

    def before(overlap: Overlap) -> None:
        if app == announcing.APP:
            announcing.write_draft(services.instance, overlap)

    return onion_rotation.begin(places, app, services.today, days, before)


def signer() -> AnnouncementSigner:
    return AnnouncementSigner(SigningSeed.new())


def key_of(services: Services, by: AnnouncementSigner, folder: Path) -> Path:
    """Write the public key that a station gives its admin."""
    file = folder / "announcement-key.json"
    file.write_bytes(AnnouncementKey(services.instance.config.instance, by.public).encode())
    return file


def signed(move: Move, by: AnnouncementSigner, folder: Path) -> Path:
    """Write what a station signed."""
    file = folder / "announcement.json"
    file.write_bytes(Announcement(move, by.sign(KIND, move.signed())).encode())
    return file


def announced(services: Services, folder: Path) -> Move:
    """Pin a new key, and announce the move under way."""
    by, instance = signer(), services.instance
    announcing.pin_key(instance, key_of(services, by, folder), replace=True)
    move = announcing.present_move(instance)
    return announcing.announce(instance, signed(move, by, folder))
