"""Copies of replies written online join their threads."""

from formats.bundle import QuickCopy
from formats.handles import new_handle
from formats.reply import Origin, ReplyText, encode_reply
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source


def quick_copy(server: SmallServer, delivery: str, text: str) -> tuple[QuickCopy, bytes]:
    padded = encode_reply(ReplyText(Origin.ONLINE, text))
    sealed = server.seal_bytes(padded)
    return server.quick(delivery, sealed), sealed


def test_a_reply_written_online_joins_its_thread(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    letter, *_ = server.receive(source, "Bonjour")
    copies = [quick_copy(server, letter.entry.delivery, "Bien reçu.")]
    told = reviewer.open(server.bundle([letter], copies))
    assert "1 reply written online joined" in told.stdout
    entries = reviewer.json("show", reviewer.thread())["entries"]
    assert [(entry["text"], entry["progress"]) for entry in entries] == [
        ("Bonjour", None),
        ("Bien reçu.", "online"),
    ]
    assert "nothing to carry back" in reviewer.refusal("courier", "unwritten.tar")


def test_a_copy_that_does_not_open_is_counted(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    letter, *_ = server.receive(source, "Bonjour")
    copies = [
        (server.quick(letter.entry.delivery, b"garbage"), b"garbage"),
        quick_copy(server, new_handle(), "to a delivery that is not here"),
    ]
    copies.sort(key=lambda pair: pair[0].id)
    told = reviewer.open(server.bundle([letter], copies)).stdout
    assert "2 copies of replies written online do not open" in told
