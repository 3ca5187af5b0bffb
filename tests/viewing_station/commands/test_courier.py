"""The courier says what it carries."""

from pathlib import Path

from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source


def test_it_says_what_it_carries(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path
) -> None:
    [letter] = server.receive(source, "x")
    reviewer.open(server.bundle([letter]))
    reviewer.run("reply", reviewer.thread(), text="un")
    reviewer.run("reply", reviewer.thread(), text="deux")
    reviewer.run("discard", letter.entry.delivery)
    told = reviewer.run("courier", str(tmp_path / "c.tar")).stdout
    assert told.startswith("2 replies and 1 deletion in ")
    assert reviewer.json("courier", str(tmp_path / "d.tar")) == {
        "file": str(tmp_path / "d.tar"),
        "replies": 2,
        "deletions": 1,
    }
