"""Each delivery is opened once, letter before files; the others open all the same."""

import hashlib

from tests.viewing_station.hostile import FILES, files_kept, only_trouble
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source, day


def test_a_delivery_is_opened(reviewer: Reviewer, server: SmallServer, source: Source) -> None:
    envelopes = server.receive(source, "Bonjour", FILES, day=day("2026-03-14"))
    [opened] = reviewer.open_json(server.bundle(envelopes))
    assert opened == {
        "delivery": envelopes[0].entry.delivery,
        "day": "2026-03-14",
        "thread": reviewer.thread(),
        "name": reviewer.json("threads")[0]["name"],
        "files": 3,
        "size": sum(map(len, FILES.values())),
        "files_here": True,
        "state": "new",
        "trouble": None,
    }


def test_a_letter_comes_first_and_its_files_later(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    letter, files = server.receive(source, "Bonjour", FILES)
    [first] = reviewer.open_json(server.bundle([letter]))
    assert (first["state"], first["files_here"]) == ("new", False)
    reviewer.run("show", reviewer.thread())
    [second] = reviewer.open_json(server.bundle([letter, files]))
    assert (second["state"], second["files_here"]) == ("files", True)
    assert reviewer.json("threads")[0]["unread"] == 1


def test_files_may_come_without_the_letter_that_came_before(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    letter, files = server.receive(source, "Bonjour", FILES)
    reviewer.open(server.bundle([letter]))
    [second] = reviewer.open_json(server.bundle([files]))
    assert second["state"] == "files"


def test_a_delivery_that_is_here_is_not_opened_again(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    envelopes = server.receive(source, "Bonjour", FILES)
    reviewer.open(server.bundle(envelopes))
    reviewer.run("show", reviewer.thread())
    [again] = reviewer.open_json(server.bundle(envelopes))
    assert again["state"] == "known"
    assert reviewer.json("threads")[0]["unread"] == 0
    assert files_kept(reviewer) == 1


def test_a_second_letter_under_one_name(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    letter = source.write(server)
    reviewer.open(server.bundle([server.seal_letter(letter, "first")]))
    told = only_trouble(reviewer, server, [server.seal_letter(letter, "second")])
    assert "the one that came first was kept" in told
    shown = reviewer.json("show", letter.thread.hex())
    assert [entry["text"] for entry in shown["entries"]] == ["first"]


def test_files_without_any_letter(reviewer: Reviewer, server: SmallServer, source: Source) -> None:
    _, files = server.receive(source, "x", FILES)
    assert only_trouble(reviewer, server, [files]) == "its letter is not in the bundle."
    assert files_kept(reviewer) == 1  # the honest ones


def test_files_that_no_letter_speaks_of(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    letter = source.write(server)
    envelopes = [server.seal_letter(letter, "hi"), server.seal_files(letter.delivery, FILES)]
    assert "does not list" in only_trouble(reviewer, server, envelopes)


def test_what_is_kept_cannot_be_read(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    envelopes = server.receive(source, "canary in the message", {"canary.txt": b"canary" * 100})
    reviewer.open(server.bundle(envelopes))
    kept = [file.read_bytes() for file in reviewer.home.rglob("*") if file.is_file()]
    thread = reviewer.thread()
    digest = hashlib.sha256(b"canary" * 100).hexdigest()
    for told in ("canary", envelopes[0].entry.delivery, thread, digest):
        assert not any(told.encode() in content for content in kept)
        assert not any(told in file.name for file in reviewer.home.rglob("*"))
    assert any(b"CREATE TABLE records" in content for content in kept)  # the search finds
