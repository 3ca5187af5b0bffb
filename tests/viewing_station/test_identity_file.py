"""An instance's identity is read from a file, or told to be none."""

from pathlib import Path

import pytest

from tests.viewing_station.small_server import SmallServer
from viewing_station.errors import BadIdentityError
from viewing_station.identity_file import read_identity


def test_it_is_read(tmp_path: Path, server: SmallServer) -> None:
    file = tmp_path / "instance.json"
    file.write_bytes(server.identity.encode())
    assert read_identity(file) == server.identity


@pytest.mark.parametrize("content", [b"", b"[]", b"\x00" * 5000, b"{" * 5000])
def test_what_is_none_is_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "instance.json"
    file.write_bytes(content)
    with pytest.raises(BadIdentityError):
        read_identity(file)


def test_a_missing_file_is_the_systems_to_tell(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_identity(tmp_path / "none")
