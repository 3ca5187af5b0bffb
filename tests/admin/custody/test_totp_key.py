"""The key that seals TOTP secrets is rotated: every secret stays what it is, and opens."""

import pytest

from admin.custody.totp_key import is_resealed, retire_totp, rotate_totp
from admin.desks import add_desk
from admin.errors import AdminError
from admin.reviewers import add_reviewer
from crypto.errors import BadBox
from crypto.totp import TotpSealingKey, TotpSecret, open_totp_under, seal_totp
from storage import reviewers
from storage.models import Reviewer
from tests.admin.custody.killing import every_point
from web.key_files import KeptKeys, read_keys
from web.private_files import is_tidy
from web.services import Services


@pytest.fixture
def people(services: Services) -> dict[str, TotpSecret]:
    """Secrets by name, of reviewers who have used a code already."""
    add_desk(services, "ville", "Ville")
    found = {}
    for name in ("alex", "zoé", "lou"):
        found[name] = add_reviewer(services, name, ["ville"], admin=False).totp
        with services.db.write() as transaction:
            reviewers.accept_step(transaction, _row(services, name).id, 7)
    return found


def _row(services: Services, name: str) -> Reviewer:
    with services.db.read() as transaction:
        row = reviewers.by_name(transaction, name)
    assert row is not None
    return row


def opened(services: Services, keys: tuple[TotpSealingKey, ...] = ()) -> dict[str, TotpSecret]:
    with services.db.read() as transaction:
        rows = reviewers.list_reviewers(transaction)
    under = keys or services.instance.totp_keys
    return {row.name: open_totp_under(under, row.name, row.totp_box) for row in rows}


def test_everything_is_sealed_anew_and_what_was_used_stays_used(
    services: Services, people: dict[str, TotpSecret]
) -> None:
    old = services.instance.totp_key
    done = rotate_totp(services)
    assert (done.begun, done.resealed, done.unreadable) == (True, 3, 0)
    assert opened(services, (services.instance.totp_key,)) == people
    with pytest.raises(BadBox):
        opened(services, (old,))
    assert [_row(services, name).totp_step for name in people] == [7, 7, 7]
    assert is_resealed(services)


def test_a_second_rotation_within_the_overlap_keeps_the_key(
    services: Services, people: dict[str, TotpSecret]
) -> None:
    rotate_totp(services)
    keys = read_keys(services.instance.places.totp)
    done = rotate_totp(services)
    assert (done.begun, done.resealed) == (False, 0)
    assert read_keys(services.instance.places.totp) == keys
    assert opened(services) == people


def test_what_was_sealed_with_the_old_key_meanwhile_is_sealed_anew_at_the_end(
    services: Services, people: dict[str, TotpSecret]
) -> None:
    old = services.instance.totp_key
    rotate_totp(services)
    assert opened(services) == people
    with services.db.write() as transaction:
        late = seal_totp(old, "lou", people["lou"])
        reviewers.reseal_totp(transaction, _row(services, "lou").id, late)
    assert not is_resealed(services)
    assert opened(services) == people
    assert retire_totp(services)
    assert services.instance.totp_keys == (services.instance.totp_key,)
    assert opened(services) == people
    assert not retire_totp(services)


def test_a_change_at_the_very_end_keeps_the_old_key(
    services: Services, people: dict[str, TotpSecret], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = services.instance.totp_key
    rotate_totp(services)

    def late(_: Services) -> None:
        with services.db.write() as transaction:
            box = seal_totp(old, "lou", people["lou"])
            reviewers.reseal_totp(transaction, _row(services, "lou").id, box)

    with monkeypatch.context() as patch:
        patch.setattr("admin.custody.totp_key.settle", late)
        with pytest.raises(AdminError, match="run it once more"):
            retire_totp(services)
    assert opened(services) == people
    assert retire_totp(services)
    assert opened(services) == people


def test_a_box_that_no_key_opens_is_counted_and_left(
    services: Services, people: dict[str, TotpSecret]
) -> None:
    with services.db.write() as transaction:
        strange = seal_totp(TotpSealingKey.new(), "lou", people["lou"])
        reviewers.reseal_totp(transaction, _row(services, "lou").id, strange)
    done = rotate_totp(services)
    assert (done.resealed, done.unreadable) == (2, 1)
    assert retire_totp(services)
    assert _row(services, "lou").totp_box == strange


def test_killed_at_any_write_every_secret_opens_and_the_next_completes(
    services: Services, people: dict[str, TotpSecret]
) -> None:
    path, points = services.instance.places.totp, 0

    def begin() -> None:
        rotate_totp(services)
        retire_totp(services)

    for _ in every_point(lambda: rotate_totp(services), begin):
        points += 1
        assert opened(services) == people
        rotate_totp(services)
        assert is_resealed(services)
        assert opened(services, (services.instance.totp_key,)) == people
        assert read_keys(path).previous is not None
    assert points > 5


def test_killed_at_any_write_an_end_is_completed_by_the_next(
    services: Services, people: dict[str, TotpSecret]
) -> None:
    path, points = services.instance.places.totp, 0
    old: list[bytes] = []

    def begin() -> None:
        rotate_totp(services)
        old[:] = [read_keys(path).all[1].hex().encode()]

    for _ in every_point(lambda: retire_totp(services), begin):
        points += 1
        assert opened(services) == people
        retire_totp(services)
        assert read_keys(path) == KeptKeys(read_keys(path).present)
        assert is_tidy(path)
        files = services.instance.places.keys.iterdir()
        assert not [file for file in files if old[0] in file.read_bytes()]
        assert opened(services) == people
    assert points > 5
