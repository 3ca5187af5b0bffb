import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from admin import founding
from admin.checks.history_check import check_history
from admin.compose import build_services
from admin.errors import AdminError
from admin.founding import found
from formats.identity import decode_identity
from storage.desks import list_desks
from tests.source_app.faults import fail_at
from web.errors import ConfigError
from web.instance import open_instance

NAME = "Vasistas – l’essai « 1 »"


def make(home: Path, **changed: str) -> None:
    found(home, **{"name": NAME, "database": "", "blobs": ""} | changed)


def modes(home: Path) -> dict[str, int]:
    return {
        str(path.relative_to(home)): stat.S_IMODE(path.stat().st_mode)
        for path in [home, *home.rglob("*")]
    }


def test_a_new_instance_opens_and_is_empty(tmp_path: Path) -> None:
    make(tmp_path / "home")
    instance = open_instance(tmp_path / "home")
    assert instance.config.name == NAME
    services = build_services(instance)
    with services.db.read() as transaction:
        assert list_desks(transaction) == []
    services.db.close()


def test_everything_is_its_owners_alone(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o755)  # as the admin may have made it
    make(tmp_path / "home")
    found_modes = modes(tmp_path / "home")
    folders = {name for name in found_modes if (tmp_path / "home" / name).is_dir()}
    assert {found_modes[name] for name in folders} == {0o700}
    files = set(found_modes) - folders
    assert {found_modes[name] for name in files} == {0o600}
    assert {name for name in files if "slots" not in name} >= {
        "config.toml", "instance.json", "vasistas.db",
        "keys/argon2-salt", "keys/instance-signing", "keys/totp-sealing",
    }  # fmt: skip


def test_the_public_identity_is_that_of_the_secret_key(tmp_path: Path) -> None:
    make(tmp_path / "home")
    instance = open_instance(tmp_path / "home")
    identity = decode_identity(instance.places.identity.read_bytes())
    assert identity.signing_key == instance.signer.public
    assert (identity.instance, identity.name) == (instance.config.instance, NAME)


def test_two_instances_share_no_secret(tmp_path: Path) -> None:
    for name in ("one", "two"):
        make(tmp_path / name)
    one, two = (open_instance(tmp_path / name) for name in ("one", "two"))
    assert one.salt != two.salt
    assert one.signer.public != two.signer.public
    assert one.config.instance != two.config.instance
    assert one.totp_key != two.totp_key


def test_an_empty_folder_will_do_and_a_full_one_will_not(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".hidden").write_text("somebody's")
    with pytest.raises(AdminError, match="is not empty"):
        make(home)
    assert [path.name for path in home.iterdir()] == [".hidden"]
    (home / ".hidden").unlink()
    make(home)
    with pytest.raises(AdminError, match="is not empty"):
        make(home)
    open_instance(home)


STEPS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "first key": lambda patch: fail_at(patch, founding, "write_private", OSError(28, "full")),
    "last key": lambda patch: fail_at(patch, founding, "write_private", OSError(28, "full"), 3),
    "configuration": lambda patch: fail_at(patch, founding, "write_whole", OSError(28, "full")),
    "database": lambda patch: fail_at(patch, founding, "upgrade", OSError(5, "broken")),
    "Ctrl-C": lambda patch: fail_at(patch, founding, "upgrade", KeyboardInterrupt()),
    "blobs": lambda patch: fail_at(patch, founding, "BlobStore", OSError(28, "full")),
}


@pytest.mark.parametrize("inject", STEPS.values(), ids=STEPS.keys())
def test_a_failure_leaves_nothing_and_the_next_try_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inject: Callable[[pytest.MonkeyPatch], None]
) -> None:
    with monkeypatch.context() as patch:
        inject(patch)
        with pytest.raises((OSError, KeyboardInterrupt)):
            make(tmp_path / "home")
    assert list((tmp_path / "home").iterdir()) == []
    make(tmp_path / "home")
    open_instance(tmp_path / "home")


def test_an_instance_without_its_configuration_is_none(tmp_path: Path) -> None:
    """The configuration gets its name last: a power cut before leaves nothing that serves."""
    make(tmp_path / "home")
    (tmp_path / "home" / "config.toml").unlink()
    with pytest.raises(ConfigError):
        open_instance(tmp_path / "home")
    with pytest.raises(AdminError, match="is not empty"):  # nor is it cleared away
        make(tmp_path / "home")
    assert (tmp_path / "home" / "keys" / "argon2-salt").exists()


def test_keys_that_an_interrupted_init_made_are_kept(tmp_path: Path) -> None:
    """A database elsewhere may hold a history that they sealed."""
    url = f"sqlite:///{tmp_path}/elsewhere/v.db"
    make(tmp_path / "home", database=url)
    key = (tmp_path / "home" / "keys" / "instance-signing").read_bytes()
    (tmp_path / "home" / "config.toml").rename(tmp_path / "home" / "config.toml.part")
    make(tmp_path / "home", database=url)
    assert (tmp_path / "home" / "keys" / "instance-signing").read_bytes() == key
    services = build_services(open_instance(tmp_path / "home"))
    assert list(check_history(services)) == []
    services.db.close()


def test_a_database_elsewhere_is_made_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/elsewhere/v.db"
    make(tmp_path / "home", database=url)
    assert not (tmp_path / "home" / "vasistas.db").exists()
    assert open_instance(tmp_path / "home").database_url == url
    assert stat.S_IMODE((tmp_path / "elsewhere" / "v.db").stat().st_mode) == 0o600
