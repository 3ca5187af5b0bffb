import os

import pytest

from admin.checks.permission_check import NAMED_AT_MOST, check_permissions
from web.services import Services


def found(services: Services) -> list[str]:
    return [problem.said for problem in check_permissions(services)]


def test_a_new_home_is_its_owners_alone(services: Services) -> None:
    assert found(services) == []


@pytest.mark.parametrize("name", [".", "keys", "keys/instance-signing", "vasistas.db", "blobs/a7"])
@pytest.mark.parametrize("more", [0o040, 0o001, 0o020])
def test_what_others_may_touch_is_named_with_the_remedy(
    services: Services, name: str, more: int
) -> None:
    path = services.instance.places.home / name
    path.chmod(path.stat().st_mode | more)
    (said,) = found(services)
    assert f"chmod go= {path}" in said


def test_many_of_them_are_told_in_few_lines(services: Services) -> None:
    for shard in services.instance.places.blobs.iterdir():
        shard.chmod(0o755)
    said = found(services)
    assert len(said) == NAMED_AT_MOST + 1
    assert said[-1].startswith("246 more")


def test_a_link_is_not_followed(services: Services) -> None:
    (services.instance.places.home / "link").symlink_to("/etc")
    assert found(services) == []


def test_anothers_file_is_named(services: Services) -> None:
    if os.geteuid() != 0:
        pytest.skip("giving a file away needs root")
    os.chown(services.instance.places.home / "config.toml", 65534, 65534)
    assert len(found(services)) == 1
