"""The list of threads says what is unread."""

from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source


def test_the_list_says_what_is_unread(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    assert "No threads yet" in reviewer.run("threads").stdout
    reviewer.open(server.bundle(server.receive(source, "un")))
    [found] = reviewer.json("threads")
    assert "1 unread" in reviewer.run("threads").stdout
    reviewer.run("show", found["name"])
    assert "unread" not in reviewer.run("threads").stdout
    reviewer.open(server.bundle(server.receive(source, "deux")))
    assert "2 deliveries" in reviewer.run("threads").stdout
    assert "1 unread" in reviewer.run("threads").stdout
