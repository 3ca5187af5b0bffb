"""A letter is believed only where it says what the bundle says."""

from dataclasses import replace
from pathlib import Path

import pytest

from formats.bundle import EnvelopeKind
from formats.handles import new_handle, new_item_id
from formats.letter import LETTER_NAME, MESSAGE_NAME
from formats.padding import letter_class
from tests.viewing_station.hostile import bomb, only_trouble
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import Files, SmallServer, Source, archive

LETTERS: list[Files] = [
    {},
    {LETTER_NAME: b"{}", MESSAGE_NAME: b""},
    {MESSAGE_NAME: b"no letter"},
    {LETTER_NAME: b"[" * 100_000, MESSAGE_NAME: b""},
]


HOSTILE_NAME = b"\\u001b[2J\\u202egpj.exe"


def test_a_letter_under_another_deliverys_name(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    letter = source.write(server)
    passed_off = server.seal_letter(letter, "mine", delivery=new_handle())
    told = only_trouble(reviewer, server, [passed_off])
    assert told == f"the letter in it is that of another delivery, {letter.delivery}."
    assert len(reviewer.json("threads")) == 1


@pytest.mark.parametrize(
    ("lie", "word"),
    [({"instance": new_item_id()}, "another instance"), ({"desk": "lyon"}, "another desk")],
)
def test_a_letter_to_someone_else(
    reviewer: Reviewer, server: SmallServer, source: Source, lie: dict[str, str], word: str
) -> None:
    assert word in only_trouble(reviewer, server, server.receive(source, "x", None, **lie))


@pytest.mark.parametrize("members", LETTERS)
def test_an_archive_that_is_no_letter(
    reviewer: Reviewer, server: SmallServer, members: Files
) -> None:
    plain = archive(members, letter_class)
    envelope = server.seal(EnvelopeKind.LETTER, new_handle(), plain)
    assert "has not the form" in only_trouble(reviewer, server, [envelope])


@pytest.mark.parametrize("message", [b"\xff\xfe", b"\xed\xa0\x80"])
def test_a_message_that_is_no_text(
    reviewer: Reviewer, server: SmallServer, source: Source, message: bytes
) -> None:
    letter = source.write(server)
    plain = archive({LETTER_NAME: letter.encode(), MESSAGE_NAME: message}, letter_class)
    envelope = server.seal(EnvelopeKind.LETTER, letter.delivery, plain)
    assert "has not the form" in only_trouble(reviewer, server, [envelope])


def test_a_name_that_disturbs_terminals_is_not_believed(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    letter = source.write(server, {"NAME": b"x"})
    hostile = letter.encode().replace(b"NAME", HOSTILE_NAME)
    plain = archive({LETTER_NAME: hostile, MESSAGE_NAME: b""}, letter_class)
    envelope = server.seal(EnvelopeKind.LETTER, letter.delivery, plain)
    assert "has not the form" in only_trouble(reviewer, server, [envelope])


def test_a_bomb_for_a_letter(reviewer: Reviewer, server: SmallServer, tmp_path: Path) -> None:
    envelope = bomb(server, tmp_path, EnvelopeKind.LETTER, new_handle())
    assert "far more than its size allows" in only_trouble(reviewer, server, [envelope])


def test_a_letter_larger_than_any_is_not_even_opened(
    reviewer: Reviewer, server: SmallServer
) -> None:
    huge = server.envelope(new_handle(), EnvelopeKind.LETTER, b"head", bytes(5 << 20))
    assert "larger than any letter" in only_trouble(reviewer, server, [huge])


def test_another_desks_envelope(
    reviewer: Reviewer, server: SmallServer, source: Source, stranger: Reviewer
) -> None:
    key = (stranger.home / "demo-openpgp.asc").read_text()
    envelopes = replace(server, desk_keys=[key]).receive(source, "x")
    assert only_trouble(reviewer, server, envelopes) == (
        "its letter envelope is sealed to no key that is held here."
    )


def test_an_envelope_of_garbage(reviewer: Reviewer, server: SmallServer) -> None:
    garbage = server.envelope(new_handle(), EnvelopeKind.LETTER, b"head", bytes(1000))
    assert "damaged or was altered" in only_trouble(reviewer, server, [garbage])
