"""What belongs to the instance is taken, what belongs to the machine is not."""

from pathlib import Path

import pytest

from admin.backup.small_files import FILE_LIMIT, small_files
from admin.errors import AdminError
from web.instance import Places


def taken(home: Path) -> set[str]:
    return {file.path for file in small_files(Places(home), home / "vasistas.db").taken}


def test_secrets_configuration_and_identity_are_taken(home: Path) -> None:
    found = taken(home)
    assert {"config.toml", "instance.json", "keys/argon2-salt", "keys/instance-signing",
            "keys/totp-sealing"} <= found  # fmt: skip
    (salt,) = [
        file for file in small_files(Places(home), None).taken if file.path == "keys/argon2-salt"
    ]
    assert salt.content == (home / "keys" / "argon2-salt").read_bytes()
    assert salt.content.decode().strip() not in repr(salt)


def test_what_a_later_version_keeps_is_taken_too(home: Path) -> None:
    (home / "announcements").mkdir()
    (home / "announcements" / "source.json").write_text("{}")
    assert "announcements/source.json" in taken(home)


def test_what_is_this_machines_or_nobodys_is_not(home: Path) -> None:
    before = taken(home)
    for name in (
        "vasistas.db-wal",
        "keys/.hidden",
        "tor/state",
        "run/x",
        "retired.json",
        "station/key",
        "blobs/b",
    ):
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text("x")
    (home / "keys" / "link").symlink_to("/etc/passwd")
    assert taken(home) == before


def test_what_is_not_ours_is_named(home: Path) -> None:
    (home / "my notes.txt").write_text("x")
    with (home / "disk.img").open("wb") as file:
        file.truncate(FILE_LIMIT + 1)
    found = small_files(Places(home), home / "vasistas.db")
    assert found.foreign == ("disk.img", "my notes.txt")


def test_without_its_configuration_there_is_no_backup(home: Path) -> None:
    (home / "config.toml").unlink()
    with pytest.raises(AdminError, match="would not come back"):
        taken(home)
