"""E-mails of both kinds: what people read of them, and what is attached."""

import io
import struct

import pytest

from tests.viewing_station.inspecting.outlook_file import (
    STORAGE,
    STREAM,
    Entry,
    _storage,
    compound,
    outlook_message,
)
from viewing_station.errors import StationError
from viewing_station.looking.members import list_members, take_out
from viewing_station.looking.pages import PagesMade, make_pages

SUBJECT, BODY, SENDER, SENDER_ADDRESS = 0x0037, 0x1000, 0x0C1A, 0x0C1F
HEADERS = "Date: Sat, 14 Mar 2026 08:12:44 +0100\r\nFrom: Durand <d@example.org>\r\n"


def look(content: bytes, name: str) -> PagesMade:
    return make_pages(io.BytesIO(content), name, io.BytesIO(), text_layer=True)


def message_with(attached: bytes) -> bytes:
    """An Outlook message with a file attached ([MS-OXCMSG] 2.2.2)."""
    name = "marché.pdf".encode("utf-16-le")
    table = b"\0" * 8
    table += struct.pack("<HHIII", 0x0102, 0x3701, 6, len(attached), 0)
    table += struct.pack("<HHIII", 0x001F, 0x3707, 6, len(name) + 2, 0)
    table += struct.pack("<HHIII", 0x0003, 0x3705, 6, 1, 0)
    attachment = Entry(
        "__attach_version1.0_#00000000",
        STORAGE,
        children=(
            Entry("__properties_version1.0", STREAM, table),
            Entry("__substg1.0_37010102", STREAM, attached),
            Entry("__substg1.0_3707001F", STREAM, name),
        ),
    )
    text = {SUBJECT: "Lot deux", BODY: "Voir ci-joint."}
    return compound((*_storage(text, header=32), attachment, Entry("__nameid_version1.0", STORAGE)))


def test_an_outlook_message_shows_what_people_read() -> None:
    told = {SUBJECT: "Lot deux", BODY: "Le marché est signé.", SENDER: "Durand", 0x007D: HEADERS}
    made = look(outlook_message(told, [("Martin", "martin@example.org")]), "x.msg")
    assert made.kind == "Outlook e-mail"
    for word in ("Lot deux", "Le marché est signé", "martin@example.org"):
        assert word in made.text


def test_what_is_attached_to_it_is_listed_and_taken_out() -> None:
    content = message_with(b"%PDF-1.4 a contract")
    listing = list_members(lambda: io.BytesIO(content), "x.msg")
    assert [(member.name, member.size) for member in listing.members] == [("marché.pdf", 19)]
    taken = bytearray()
    take_out(lambda: io.BytesIO(content), "x.msg", "1", taken.extend)
    assert taken == b"%PDF-1.4 a contract"


@pytest.mark.parametrize("part", [0.2, 0.5, 0.8])
def test_one_that_was_cut_short_says_so_in_a_sentence(part: float) -> None:
    content = message_with(b"x" * 3000)
    with pytest.raises(StationError) as refused:
        look(content[: int(len(content) * part)], "x.msg")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "headers",
    [
        b"From: =?unknown-charset?q?x?=\r\nSubject: x",
        b"From: \xff\xfe\r\nSubject: \xe9t\xe9",
        b"From: a@b.c\r\nDate: never\r\nContent-Type: text/plain; charset=nothing",
        b"From: a@b.c\r\nTo: " + b"x@y.z, " * 5000,
        b"From: a@b.c\r\nContent-Type: multipart/mixed",
        b"From: a@b.c\r\nTo: <<<>>>@@\r\nContent-Type: ;;;=",
        b"From: a@b.c\r\nSubject: x\r\nContent-Transfer-Encoding: base64",
    ],
)
def test_an_email_that_breaks_the_rules_is_read_all_the_same(headers: bytes) -> None:
    made = look(headers + b"\r\n\r\nWords of it\r\n", "x.eml")
    assert made.count >= 1
