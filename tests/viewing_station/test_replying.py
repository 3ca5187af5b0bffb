"""A reply is sealed on the spot, for one codename only."""

import io
from datetime import timedelta

import pytest

from crypto.errors import BadBox
from crypto.kinds import Nonce
from crypto.replybox import open_reply
from crypto.schedule import reply_secret
from formats.courier import decode_courier
from formats.reply import Origin, decode_reply
from formats.tarstream import TarLimits, TarReader
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import TODAY, SmallServer, Source


def courier(reviewer: Reviewer) -> list[tuple[bytes, bytes, bytes]]:
    """Write a courier; return nonce, tag and box of each reply in it."""
    file = reviewer.home.parent / "courier.tar"
    reviewer.run("courier", str(file), "--force")
    reader = TarReader(io.BytesIO(file.read_bytes()), TarLimits(100, 1 << 20, 1 << 20))
    manifest = decode_courier(reader.read_manifest()[0])
    boxes = {name: stream.read() for name, _, stream in reader}
    return [(item.nonce, item.tag, boxes[item.name]) for item in manifest.replies]


def test_only_the_source_can_read_it(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    letter = source.write(server)
    reviewer.open(server.bundle([server.seal_letter(letter, "x")]))
    text = "Merci ! Où était-ce ?\n\nBien à vous — 🙂"
    reviewer.run("reply", reviewer.thread(), text=text + "\n")
    [(nonce, tag, box)] = courier(reviewer)
    assert (nonce, tag) == (letter.nonce, letter.tag)
    reply = decode_reply(open_reply(reply_secret(source.keys, Nonce(nonce)), box))
    assert (reply.origin, reply.text) == (Origin.STATION, text)
    with pytest.raises(BadBox):
        open_reply(reply_secret(Source().keys, Nonce(nonce)), box)


def test_it_goes_to_the_newest_delivery(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    letters = [source.write(server, day=TODAY - timedelta(days=ago)) for ago in (3, 1, 2)]
    reviewer.open(server.bundle([server.seal_letter(letter, "x") for letter in letters]))
    told = reviewer.run("reply", reviewer.thread(), text="Merci.").stdout
    assert letters[1].delivery in told
    [(nonce, _, _)] = courier(reviewer)
    assert nonce == letters[1].nonce


def test_the_same_text_again_before_it_left_is_one_reply(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    """A command that was cut off did not say whether it had sealed it."""
    reviewer.open(server.bundle(server.receive(source, "x")))
    for text in ("Oui.", "Oui.\n", "Non."):
        reviewer.run("reply", reviewer.thread(), text=text)
    assert len(courier(reviewer)) == 2
    reviewer.run("reply", reviewer.thread(), text="Oui.")  # meant: the first is on its way
    assert len(courier(reviewer)) == 3


def test_its_length_does_not_show(reviewer: Reviewer, server: SmallServer, source: Source) -> None:
    reviewer.open(server.bundle(server.receive(source, "x")))
    for text in ("Oui.", "a" * 3000):
        reviewer.run("reply", reviewer.thread(), text=text)
    assert len({len(box) for _, _, box in courier(reviewer)}) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "is empty"),
        (b" \n\t\r\n", "is empty"),
        (b"\xff", "not UTF-8"),
        (b"a" * 8001, "longer than 8,000 characters"),
        ("é".encode() * 16_001, "longer than 8,000 characters"),
        ("🙂".encode() * 9000, "longer than 8,000 characters"),
    ],
)
def test_what_is_no_reply_is_refused(
    reviewer: Reviewer, server: SmallServer, source: Source, text: bytes, told: str
) -> None:
    reviewer.open(server.bundle(server.receive(source, "x")))
    assert told in reviewer.refusal("reply", reviewer.thread(), text=text)
    assert "nothing to carry back" in reviewer.refusal("courier", "unwritten.tar")


@pytest.mark.parametrize("character", ["a", "é", "🙂"])
def test_the_longest_reply_fits(
    reviewer: Reviewer, server: SmallServer, source: Source, character: str
) -> None:
    reviewer.open(server.bundle(server.receive(source, "x")))
    reviewer.run("reply", reviewer.thread(), text=character * 8000 + "\n")
    [(nonce, _, box)] = courier(reviewer)
    reply = decode_reply(open_reply(reply_secret(source.keys, Nonce(nonce)), box))
    assert reply.text == character * 8000


def test_a_letter_with_a_key_that_seals_to_everyone_is_told(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    reviewer.open(server.bundle(server.receive(source, "x", reply_key=bytes(32))))
    told = reviewer.refusal("reply", reviewer.thread(), text="Merci.")
    assert "holds no key that a reply can be sealed to" in told
