"""The signing key is rotated: both sign meanwhile, and what is published leads to the new one."""

import shutil
from pathlib import Path

import pytest

from admin.checks.history_check import check_history
from admin.custody.holding import holding_keys
from admin.custody.signing_key import is_announced, retire_signing, rotate_signing
from admin.errors import AdminError
from crypto.signing import InstanceVerifier
from formats.identity import decode_identity
from formats.succession import KIND, Succession, decode_succession
from storage import history
from storage.history import Deed
from storage.models import HistoryLine
from tests.admin.custody.killing import every_point
from tests.web.instances import Clock
from web.key_files import read_keys
from web.services import Services


def published(services: Services) -> bytes:
    return decode_identity(services.instance.places.identity.read_bytes()).signing_key


def succession(services: Services) -> Succession:
    return decode_succession(services.instance.places.succession.read_bytes())


def lines(services: Services, deed: Deed) -> int:
    with services.db.read() as transaction:
        rows = transaction.query(HistoryLine).filter(HistoryLine.deed == deed)
        return rows.count()


def test_the_new_key_is_in_force_and_announced_by_the_old(services: Services) -> None:
    old = services.instance.signer.public
    assert rotate_signing(services).begun
    new, before = (signer.public for signer in services.instance.signers)
    assert before == old != new
    assert published(services) == new
    (link,) = succession(services).links
    assert (link.previous, link.key, link.day) == (old, new, services.today)
    InstanceVerifier(old).verify(KIND, succession(services).signed(link), link.signature)
    assert is_announced(services)
    assert list(check_history(services)) == []


def test_a_second_rotation_within_the_overlap_changes_nothing(
    services: Services, clock: Clock
) -> None:
    rotate_signing(services)
    files = [path.read_bytes() for path in _files(services)]
    clock.forward(days=3)
    done = rotate_signing(services)
    assert not done.begun
    assert (services.today - done.since).days == 3
    assert [path.read_bytes() for path in _files(services)] == files
    assert lines(services, Deed.SIGNING_ROTATED) == 1


def _files(services: Services) -> list[Path]:
    places = services.instance.places
    return [places.signing, places.identity, places.succession]


def test_the_end_destroys_the_old_key_and_the_next_rotation_leads_on(services: Services) -> None:
    keys = [services.instance.signer.public]
    for _ in range(3):
        rotate_signing(services)
        keys.append(services.instance.signer.public)
        seed = read_keys(services.instance.places.signing).all[1]
        assert retire_signing(services)
        assert len(services.instance.signers) == 1
        files = services.instance.places.home.rglob("*")
        assert not [path for path in files if path.is_file() and seed.hex().encode() in _raw(path)]
        assert list(check_history(services)) == []
    assert list(succession(services).keys) == keys
    for link in succession(services).links:
        said = succession(services).signed(link)
        InstanceVerifier(link.previous).verify(KIND, said, link.signature)
    assert not retire_signing(services)


def _raw(path: Path) -> bytes:
    return path.read_bytes()


def test_a_succession_that_came_back_from_another_time_is_begun_anew(services: Services) -> None:
    rotate_signing(services)
    retire_signing(services)
    places = services.instance.places
    strange = places.succession.read_bytes()
    rotate_signing(services)
    retire_signing(services)
    places.succession.write_bytes(strange)  # the backup is older than the keys
    rotate_signing(services)
    assert len(succession(services).links) == 1
    places.succession.write_text("damaged")
    rotate_signing(services)
    assert len(succession(services).links) == 1


def test_two_commands_at_once_do_not_mix(services: Services) -> None:
    with holding_keys(services), pytest.raises(AdminError, match="Another command"):
        rotate_signing(services)


@pytest.fixture
def saved(services: Services, tmp_path: Path) -> Path:
    return Path(shutil.copytree(services.instance.places.home, tmp_path / "saved"))


def put_back(services: Services, saved: Path) -> None:
    """Give the instance's files their first state; the history's lines stay."""
    places = services.instance.places
    shutil.rmtree(places.keys)
    shutil.copytree(saved / "keys", places.keys)
    shutil.copy(saved / "instance.json", places.identity)
    places.succession.unlink(missing_ok=True)


def test_killed_at_any_write_a_rotation_is_completed_by_the_next(
    services: Services, saved: Path
) -> None:
    old, points = services.instance.signer.public, 0
    for _ in every_point(lambda: rotate_signing(services), lambda: put_back(services, saved)):
        points += 1
        assert old in {signer.public for signer in services.instance.signers}
        with services.db.read() as transaction:
            assert history.head(transaction) is not None
        rotate_signing(services)
        assert is_announced(services)
        assert len(services.instance.signers) == 2
        assert list(succession(services).keys) == [old, services.instance.signer.public]
        assert published(services) == services.instance.signer.public
    assert points > 5


def test_killed_at_any_write_an_end_is_completed_by_the_next(
    services: Services, tmp_path: Path
) -> None:
    rotate_signing(services)
    new, points = services.instance.signer.public, 0
    seed = read_keys(services.instance.places.signing).all[1].hex().encode()
    saved = Path(shutil.copytree(services.instance.places.home, tmp_path / "saved"))

    def begin() -> None:
        keys = services.instance.places.keys
        shutil.rmtree(keys)
        shutil.copytree(saved / "keys", keys)

    for _ in every_point(lambda: retire_signing(services), begin):
        points += 1
        assert services.instance.signer.public == new
        retire_signing(services)
        assert is_announced(services)
        assert len(services.instance.signers) == 1
        assert not [path for path in services.instance.places.keys.iterdir() if seed in _raw(path)]
        assert list(check_history(services)) == []
    assert points > 3
    assert lines(services, Deed.SIGNING_RETIRED) == 1
