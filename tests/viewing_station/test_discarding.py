"""Deliveries are discarded on the server, once each, and stay at the station."""

from formats.handles import new_handle
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source


def test_each_is_queued_once(reviewer: Reviewer, server: SmallServer, source: Source) -> None:
    letters = [server.receive(source, text)[0] for text in ("un", "deux")]
    reviewer.open(server.bundle(letters))
    one, other = (letter.entry.delivery for letter in letters)
    assert "1 deletion queued" in reviewer.run("discard", one, one).stdout
    told = reviewer.run("discard", one, other).stdout
    assert "1 deletion queued for the next courier" in told
    assert "1 deletion had been queued before" in told
    assert reviewer.json("courier", str(reviewer.home.parent / "c.tar"))["deletions"] == 2
    assert reviewer.json("threads")[0]["deliveries"] == 2


def test_an_unknown_one_stops_all(reviewer: Reviewer, server: SmallServer, source: Source) -> None:
    [letter] = server.receive(source, "un")
    reviewer.open(server.bundle([letter]))
    unknown = new_handle()
    assert unknown in reviewer.refusal("discard", letter.entry.delivery, unknown)
    assert "nothing to carry back" in reviewer.refusal("courier", "unwritten.tar")


def test_what_was_refused_can_be_discarded(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    liar = server.seal_letter(source.write(server), "x", delivery=new_handle())
    reviewer.open(server.bundle([liar]), code=1)
    assert "1 deletion queued" in reviewer.run("discard", liar.entry.delivery).stdout
