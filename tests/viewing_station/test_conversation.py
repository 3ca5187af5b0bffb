"""A conversation is in the order of days, and tells how far each thing got."""

from datetime import timedelta

from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import TODAY, SmallServer, Source


def test_within_a_day_deliveries_stand_before_replies(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    for ago in (3, 1, 2, 0):
        letters = server.receive(source, f"{ago} days ago", day=TODAY - timedelta(days=ago))
        reviewer.open(server.bundle(letters))
        reviewer.run("reply", reviewer.thread(), text=f"after {ago}")
    entries = reviewer.json("show", reviewer.thread())["entries"]
    said = [entry["text"] for entry in entries]
    assert said[:4] == ["3 days ago", "2 days ago", "1 days ago", "0 days ago"]
    assert set(said[4:]) == {"after 3", "after 1", "after 2", "after 0"}


def test_a_thread_has_no_word_of_another(reviewer: Reviewer, server: SmallServer) -> None:
    reviewer.open(
        server.bundle([*server.receive(Source(), "un"), *server.receive(Source(), "deux")])
    )
    one, other = (thread["id"] for thread in reviewer.json("threads"))
    reviewer.run("reply", one, text="réponse")
    assert len(reviewer.json("show", one)["entries"]) == 2
    [only] = reviewer.json("show", other)["entries"]
    assert only["kind"] == "delivery"


def test_how_far_a_reply_and_a_deletion_got(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    [letter] = server.receive(source, "x")
    reviewer.open(server.bundle([letter]))
    reviewer.run("reply", reviewer.thread(), text="Merci.")
    reviewer.run("discard", letter.entry.delivery)
    entries = reviewer.json("show", reviewer.thread())["entries"]
    assert [entry["progress"] for entry in entries] == ["queued", "queued"]
    courier = reviewer.courier_id()
    reviewer.open(server.bundle([], couriers_taken=(courier,)))
    entries = reviewer.json("show", reviewer.thread())["entries"]
    assert [entry["progress"] for entry in entries] == ["arrived", "arrived"]
