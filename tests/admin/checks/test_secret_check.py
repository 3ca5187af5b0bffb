"""An overlap that lasts, and a rotation that was cut off, are told of."""

import pytest

from admin.checks.secret_check import OVERLAP_DAYS, check_secrets
from admin.custody.signing_key import retire_signing, rotate_signing
from admin.custody.totp_key import retire_totp, rotate_totp
from tests.admin.custody.killing import killed_before
from tests.web.instances import Clock
from web.services import Services


def said(services: Services) -> list[str]:
    return [problem.said for problem in check_secrets(services)]


def test_a_new_instance_and_a_short_overlap_are_no_problem(
    services: Services, clock: Clock
) -> None:
    clock.forward(days=1000)
    assert said(services) == []
    rotate_signing(services)
    rotate_totp(services)
    clock.forward(days=OVERLAP_DAYS["totp"])
    assert said(services) == []


def test_an_overlap_that_lasts_too_long_names_its_command(services: Services, clock: Clock) -> None:
    rotate_signing(services)
    rotate_totp(services)
    clock.forward(days=OVERLAP_DAYS["signing"] + 1)
    signing, totp = said(services)
    assert "31 days" in signing
    assert "`vasistas secret retire signing`" in signing
    assert "`vasistas secret retire totp`" in totp
    retire_signing(services)
    retire_totp(services)
    assert said(services) == []


@pytest.mark.parametrize("last", [3, 4, 5])
def test_a_rotation_that_was_cut_off_is_told_of(services: Services, last: int) -> None:
    with killed_before(last):
        rotate_signing(services)
    assert any("was cut off" in each for each in said(services))
    rotate_signing(services)
    assert said(services) == []


def test_an_identity_that_is_another_keys_is_told_of(services: Services) -> None:
    old = services.instance.places.identity.read_bytes()
    rotate_signing(services)
    services.instance.places.identity.write_bytes(old)
    assert any("was cut off" in each for each in said(services))
