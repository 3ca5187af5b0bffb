"""Ages and overlaps are told, and no secret."""

from admin.custody.signing_key import rotate_signing
from admin.custody.state import states
from admin.custody.totp_key import rotate_totp
from crypto.fingerprint import fingerprint
from tests.web.instances import Clock
from web.key_files import read_keys
from web.services import Services


def test_keys_are_as_old_as_the_instance_until_they_are_rotated(
    services: Services, clock: Clock
) -> None:
    born = [state.since for state in states(services)]
    assert len(set(born)) == 1
    clock.forward(days=40)
    rotate_signing(services)
    clock.forward(days=2)
    signing, totp = states(services)
    assert (signing.secret, signing.days, signing.overlap) == ("signing", 2, True)
    assert (totp.secret, totp.since, totp.overlap) == ("totp", born[0], False)
    assert signing.fingerprint == fingerprint(services.instance.signer.public)
    assert signing.finished
    assert totp.finished


def test_no_secret_is_told(services: Services) -> None:
    rotate_signing(services)
    rotate_totp(services)
    told = repr(states(services))
    for path in (services.instance.places.signing, services.instance.places.totp):
        for raw in read_keys(path).all:
            assert raw.hex() not in told
            assert repr(raw) not in told
