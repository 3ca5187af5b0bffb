"""A thread reads as a conversation, and cannot disturb the terminal."""

import unicodedata
from datetime import timedelta

from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import TODAY, SmallServer, Source

NASTY = "\x1b[2J\x1b]0;owned\x07 \u202egpj.exe \x9b31m \u2066x\u2069 \x00 é\ttab"


def test_it_is_in_the_order_of_days(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    later = server.receive(source, "plus tard", day=TODAY + timedelta(days=1))
    earlier = server.receive(source, "d'abord", day=TODAY - timedelta(days=1))
    reviewer.open(server.bundle(earlier))
    reviewer.run("reply", reviewer.thread(), text="une question")
    reviewer.open(server.bundle(later))
    entries = reviewer.json("show", reviewer.thread())["entries"]
    assert [entry["text"] for entry in entries] == ["d'abord", "une question", "plus tard"]
    shown = reviewer.run("show", reviewer.thread()).stdout
    assert shown.index("d'abord") < shown.index("> une question") < shown.index("plus tard")


def test_files_are_listed(reviewer: Reviewer, server: SmallServer, source: Source) -> None:
    letter, files = server.receive(source, "", {"mât — 12.jpg": bytes(1500)})
    reviewer.open(server.bundle([letter]))
    shown = reviewer.run("show", reviewer.thread()).stdout
    assert "no message" in shown
    assert "1 file (not here):" in shown
    reviewer.open(server.bundle([files]))
    shown = reviewer.run("show", reviewer.thread()).stdout
    assert "1 file:" in shown
    assert "mât — 12.jpg  1.5 KiB" in shown


def test_what_would_disturb_a_terminal_is_made_visible(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    reviewer.open(server.bundle(server.receive(source, NASTY)))
    for words in (["show", reviewer.thread()], ["show", reviewer.thread(), "--json"]):
        shown = reviewer.run(*words).stdout
        unseen = {unicodedata.category(character) for character in shown if character not in "\n\t"}
        assert not unseen & {"Cc", "Cf", "Cs"}
    assert "⟨U+001B⟩[2J" in reviewer.run("show", reviewer.thread()).stdout
    assert reviewer.json("show", reviewer.thread())["entries"][0]["text"] == NASTY


def test_a_deletion_is_told(reviewer: Reviewer, server: SmallServer, source: Source) -> None:
    [letter] = server.receive(source, "x")
    reviewer.open(server.bundle([letter]))
    reviewer.run("discard", letter.entry.delivery)
    assert "its deletion waits for a courier" in reviewer.run("show", reviewer.thread()).stdout


def test_a_reply_says_how_far_it_got(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    reviewer.open(server.bundle(server.receive(source, "x")))
    reviewer.run("reply", reviewer.thread(), text="Merci.")
    assert "waits for a courier" in reviewer.run("show", reviewer.thread()).stdout


def test_an_unknown_thread_is_told(reviewer: Reviewer) -> None:
    told = reviewer.refusal("show", "nobody\x1b[2J")
    assert "\x1b" not in told
    assert told.startswith("No thread here is called nobody")
