"""An instance ends in stages; what an admin did not mean does not happen."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import inspect

from admin.compose import build_services
from admin.founding import found
from admin.retiring import destroying, retirement
from admin.retiring.notice import Stage, read_notice
from storage.connections import make_engine
from tests.admin.backup.conftest import Stored, store
from tests.admin.conftest import Command, KeyFiles
from tests.storage.conftest import empty_postgres_url, postgres_server
from tests.web.instances import NAME
from web.instance import open_instance
from web.services import Services

__all__ = ["empty_postgres_url", "postgres_server"]


@pytest.fixture
def opened(home: Path, vasistas: Command, keys: KeyFiles) -> Iterator[Services]:
    assert vasistas("desk", "add", "ville", "--name", "Ville").code == 0
    assert vasistas("desk", "key", "add", "ville", keys.public).code == 0
    services = build_services(open_instance(home))
    yield services
    services.db.close()


@pytest.fixture
def stored(opened: Services) -> list[Stored]:
    return [store(opened) for _ in range(3)]


def files(home: Path) -> set[str]:
    return {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}


def stage(home: Path) -> Stage | None:
    notice = read_notice(home)
    return None if notice is None else notice.stage


def test_the_wrong_name_does_nothing(home: Path, vasistas: Command) -> None:
    before = files(home)
    refused = vasistas("retire", "--yes", "Autre chose")
    assert (refused.code, "nothing was done" in refused.err) == (1, True)
    assert stage(home) is None
    assert files(home) - {"run/slots"} >= before


def test_what_is_uncollected_is_not_lost_by_oversight(
    home: Path, vasistas: Command, stored: list[Stored], tmp_path: Path
) -> None:
    refused = vasistas("retire", "--yes", NAME)
    assert (refused.code, "3 of ville" in refused.err) == (1, True)
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "mine").write_text("x")
    assert "not empty" in vasistas("retire", "--yes", NAME, "--export", tmp_path / "stick").err
    assert "in the home" in vasistas("retire", "--yes", NAME, "--export", home / "x").err
    assert stage(home) is None
    assert vasistas("retire", "--yes", NAME, "--discard-uncollected").code == 0
    assert stage(home) is Stage.ENDED


def test_nothing_is_left_and_bodies_were_overwritten_before(
    home: Path,
    vasistas: Command,
    stored: list[Stored],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, zeroed = destroying.overwrite, []

    def overwrite(file: int) -> None:
        real(file)
        zeroed.append(Path(f"/proc/self/fd/{file}").read_bytes().strip(b"\0"))

    monkeypatch.setattr(destroying, "overwrite", overwrite)
    done = vasistas("retire", "--yes", NAME, "--export", tmp_path / "stick")
    assert done.code == 0, done.err
    assert files(home) == {"retired.json", ".served"}
    assert len(zeroed) > len(stored)
    assert set(zeroed) == {b""}
    again = vasistas("retire", "--yes", NAME)
    assert (again.code, "can be removed" in again.out) == (0, True)


@pytest.mark.parametrize("cut", range(0, 40, 3))
def test_cut_off_at_any_file_it_is_finished_by_running_it_again(
    home: Path, vasistas: Command, stored: list[Stored], monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    real, left = destroying._shred, [cut]

    def shred(path: Path, advance: object) -> None:
        if not left[0]:
            raise OSError(5, "cut off", str(path))
        left[0] -= 1
        real(path, advance)  # type: ignore[arg-type]

    monkeypatch.setattr(destroying, "_shred", shred)
    words = ("retire", "--yes", NAME, "--discard-uncollected")
    vasistas(*words)
    monkeypatch.setattr(destroying, "_shred", real)
    assert vasistas("retire").code == 0  # it was confirmed before
    assert files(home) == {"retired.json", ".served"}


def test_the_closing_page_keeps_its_address_for_its_days_and_no_longer(
    home: Path, vasistas: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    vasistas("onion", "publish")
    address = (home / "onions" / "source" / "hostname").read_text()
    assert vasistas("retire", "--yes", NAME, "--closing-days", "2").code == 0
    left = {name for name in files(home) if not name.startswith("run/")}
    assert {name.split("/")[0] for name in left} <= {"retired.json", ".served", "onions", "tor"}
    assert not [name for name in left if name.startswith("onions/journalist/")]
    assert (home / "onions" / "source" / "hostname").read_text() == address
    # Run again as it was, nothing changes; when the days are over, the key goes.
    assert "stands until" in vasistas("retire", "--yes", NAME, "--closing-days", "2").out
    monkeypatch.setattr(retirement, "_today", lambda: date(2099, 1, 1))
    retirement.end_closing(home)
    assert files(home) == {"retired.json", ".served"}
    assert stage(home) is Stage.ENDED


def test_a_postgresql_database_is_emptied(
    bare: Command, tmp_path: Path, empty_postgres_url: str
) -> None:
    found(tmp_path / "pg", NAME, empty_postgres_url, "")
    assert bare("--home", tmp_path / "pg", "retire", "--yes", NAME).code == 0
    engine = make_engine(empty_postgres_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_where_there_is_no_instance_nothing_is_retired(bare: Command, tmp_path: Path) -> None:
    assert bare("--home", tmp_path / "none", "retire", "--yes", NAME).code == 1
    assert bare("--home", tmp_path, "retire", "--yes", NAME).code == 1
    assert read_notice(tmp_path) is None
