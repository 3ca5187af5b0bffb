import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from admin.checks.history_check import check_history, end_of_history, holds
from admin.compose import build_services
from storage.history import Deed
from web.history import note
from web.instance import open_instance


def deeds(home: Path, number: int) -> list[str]:
    """Write lines down; give the end of the chain after each."""
    services = build_services(open_instance(home))
    ends = []
    for at in range(number):
        with services.db.write() as transaction:
            note(services, transaction, Deed.COLLECTED, who="ada", desk="nord", number=at)
        ends.append(end_of_history(services) or "")
    services.db.close()
    return ends


def found(home: Path) -> list[str]:
    services = build_services(open_instance(home))
    said = [problem.said for problem in check_history(services)]
    services.db.close()
    return said


def tamper(home: Path, *statements: str) -> None:
    with closing(sqlite3.connect(home / "vasistas.db")) as database, database:
        for statement in statements:
            assert database.execute(statement).rowcount


def test_a_new_instance_and_one_in_use_are_whole(home: Path) -> None:
    assert found(home) == []
    deeds(home, 5)
    assert found(home) == []


@pytest.mark.parametrize("at", range(5))
def test_a_removed_line_shows_wherever_it_stood(home: Path, at: int) -> None:
    deeds(home, 5)
    tamper(home, f"DELETE FROM history WHERE number = {at}")  # noqa: S608  ours
    assert any("broken" in said for said in found(home))


@pytest.mark.parametrize(
    "change", ["who = 'eve'", "number = 9", "day = '2020-01-01'", "desk = NULL", "about = 'x'"]
)
def test_an_altered_line_shows(home: Path, change: str) -> None:
    deeds(home, 3)
    tamper(home, f"UPDATE history SET {change} WHERE number = 1")  # noqa: S608  ours
    assert any("broken" in said for said in found(home))


def test_the_last_line_cannot_be_cut_off_without_the_instances_key(home: Path) -> None:
    deeds(home, 3)
    tamper(
        home,
        "UPDATE history_head SET hash = (SELECT previous FROM history WHERE number = 2)",
        "DELETE FROM history WHERE number = 2",
    )
    assert any("not the one that this instance sealed" in said for said in found(home))


def test_an_emptied_history_shows(home: Path) -> None:
    deeds(home, 2)
    tamper(home, "DELETE FROM history", "DELETE FROM history_head")
    assert found(home) == ["There is no history: this instance began one, and it was removed."]


def test_lines_beside_the_chain_show(home: Path) -> None:
    tamper(
        home,
        "INSERT INTO history (hash, previous, day, deed) VALUES (x'01', x'02', '2026-01-01', 'x')",
    )
    assert any("outside its chain" in said for said in found(home))


def test_an_older_copy_of_the_whole_shows_to_who_noted_the_end(home: Path, tmp_path: Path) -> None:
    """What the seal cannot tell: database and seal of an earlier day, put back together."""
    earlier = deeds(home, 2)
    with closing(sqlite3.connect(home / "vasistas.db")) as database:
        database.execute("VACUUM INTO ?", (str(tmp_path / "copy.db"),))
    noted = deeds(home, 2)[-1]
    for name in ("vasistas.db-wal", "vasistas.db-shm"):
        (home / name).unlink(missing_ok=True)
    (tmp_path / "copy.db").replace(home / "vasistas.db")
    services = build_services(open_instance(home))
    assert list(check_history(services)) == []
    assert not holds(services, noted)
    assert holds(services, earlier[0])
    assert holds(services, earlier[1][:16])
    services.db.close()
