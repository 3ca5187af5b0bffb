"""Discarding says what it queued."""

from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source


def test_none_is_wrong_usage(reviewer: Reviewer) -> None:
    reviewer.run("discard", code=2)


def test_it_says_what_is_new(reviewer: Reviewer, server: SmallServer, source: Source) -> None:
    [letter] = server.receive(source, "x")
    reviewer.open(server.bundle([letter]))
    words = ["discard", letter.entry.delivery]
    assert reviewer.run(*words).stdout == "1 deletion queued for the next courier.\n"
    assert reviewer.run(*words).stdout == "1 deletion had been queued before.\n"
