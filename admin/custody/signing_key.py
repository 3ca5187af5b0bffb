"""Rotating the key that signs bundles and requests to re-wrap.

The rename of the key file decides: from then on both keys sign. The old key's signature on the
new one is made from that file, and so are the public files, as often as it takes.
"""

from contextlib import suppress

from admin.custody.holding import holding_keys
from admin.custody.rotation import Rotated
from crypto.fingerprint import fingerprint
from crypto.signing import InstanceSigner, SigningSeed
from formats.errors import FormatError
from formats.identity import Identity
from formats.succession import KIND, LINKS_LIMIT, Link, Succession, decode_succession, statement
from storage.history import Deed, was_noted
from web.history import note
from web.key_files import KeptKey, KeptKeys, read_keys
from web.private_files import is_tidy, replace_private, replace_public, tidy
from web.services import Services


def rotate_signing(services: Services) -> Rotated:
    """Begin an overlap with a new key, or complete one that was begun; raises AdminError."""
    path = services.instance.places.signing
    with holding_keys(services):
        tidy(path)
        keys = read_keys(path)
        begun = keys.previous is None
        if begun:
            keys = KeptKeys(KeptKey(SigningSeed.new().reveal(), services.today), keys.present)
            replace_private(path, keys.encode())
        _announce(services)
    return Rotated(begun, keys.present.since or services.today)


def retire_signing(services: Services) -> bool:
    """End the overlap and destroy the old key; False where there is none. Raises AdminError."""
    path = services.instance.places.signing
    with holding_keys(services):
        tidy(path)
        keys = read_keys(path)
        if keys.previous is None:
            return False
        _announce(services)
        old = services.instance.signers[1]
        _note_once(services, Deed.SIGNING_RETIRED, old)
        replace_private(path, KeptKeys(keys.present).encode())
    return True


def is_announced(services: Services) -> bool:
    """Tell whether a rotation came to its end: nothing is left over, and all is published."""
    places, signer = services.instance.places, services.instance.signer
    published = _identity(services, signer) == places.identity.read_bytes()
    return published and is_tidy(places.signing)


def _announce(services: Services) -> None:
    """Write down what follows from the keys: a line of history, the succession, the identity."""
    places = services.instance.places
    new, old = services.instance.signers
    _note_once(services, Deed.SIGNING_ROTATED, new)
    succession = _succession(services, old, new)
    if not places.succession.exists() or succession != places.succession.read_bytes():
        replace_public(places.succession, succession)
    if (identity := _identity(services, new)) != places.identity.read_bytes():
        replace_public(places.identity, identity)


def _note_once(services: Services, deed: Deed, signer: InstanceSigner) -> None:
    about = fingerprint(signer.public)
    with services.db.write() as transaction:
        if not was_noted(transaction, deed, about):
            note(services, transaction, deed, about=about)


def _succession(services: Services, old: InstanceSigner, new: InstanceSigner) -> bytes:
    """Return the whole succession, the last link made anew: the same keys give the same bytes."""
    instance = services.instance.config.instance
    day = read_keys(services.instance.places.signing).present.since or services.today
    said = statement(instance, old.public, new.public, day)
    link = Link(old.public, new.public, day, old.sign(KIND, said))
    before = [each for each in _links_before(services) if each.key != new.public]
    if before and before[-1].key != old.public:
        before = []  # of another time: it came back with a backup, and does not lead here
    return Succession(instance, (*before[-(LINKS_LIMIT - 1) :], link)).encode()


def _links_before(services: Services) -> tuple[Link, ...]:
    with suppress(FileNotFoundError, FormatError):
        return decode_succession(services.instance.places.succession.read_bytes()).links
    return ()


def _identity(services: Services, signer: InstanceSigner) -> bytes:
    config = services.instance.config
    return Identity(config.instance, config.name, signer.public).encode()
