"""The vault keeps whole files, sealed, and forgets the rest."""

from pathlib import Path

import pytest

from crypto.errors import BadBox
from crypto.store_key import MasterKey
from viewing_station.vault import Vault

CONTENT = bytes(range(256)) * 1000


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path, MasterKey.new())


def keep(vault: Vault, content: bytes) -> str:
    with vault.draft() as draft:
        draft.write(content)
        draft.finish()
        return vault.keep(draft)


def test_what_is_kept_is_read_back(vault: Vault, tmp_path: Path) -> None:
    name = keep(vault, CONTENT)
    with vault.open(name) as plain:
        assert plain.read() == CONTENT
    [file] = tmp_path.iterdir()
    assert file.name == name
    assert file.stat().st_mode & 0o777 == 0o600
    assert CONTENT[:64] not in file.read_bytes()


def test_a_draft_can_be_read_before_it_is_kept(vault: Vault, tmp_path: Path) -> None:
    with vault.draft() as draft:
        draft.write(CONTENT)
        draft.finish()
        with vault.reading(draft) as plain:
            plain.seek(1000)
            assert plain.read(8) == CONTENT[1000:1008]
    assert list(tmp_path.iterdir()) == []


def test_a_draft_that_fails_leaves_nothing(vault: Vault, tmp_path: Path) -> None:
    def write() -> None:
        with vault.draft() as draft:
            draft.write(CONTENT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert list(tmp_path.iterdir()) == []


def test_an_unfinished_draft_does_not_open(vault: Vault) -> None:
    with vault.draft() as draft:
        draft.write(CONTENT)
        draft.sink.flush()
        with pytest.raises(BadBox), vault.reading(draft):
            pass


def test_files_cannot_change_places(vault: Vault, tmp_path: Path) -> None:
    one, other = keep(vault, CONTENT), keep(vault, CONTENT)
    (tmp_path / one).write_bytes((tmp_path / other).read_bytes())
    with pytest.raises(BadBox), vault.open(one):
        pass


def test_sweeping_leaves_what_is_known(vault: Vault, tmp_path: Path) -> None:
    name = keep(vault, CONTENT)
    keep(vault, CONTENT)
    (tmp_path / "cut-off.part").write_bytes(b"x")
    vault.sweep([name, ""])
    assert [file.name for file in tmp_path.iterdir()] == [name]
