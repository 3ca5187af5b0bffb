"""A kind is told by what a file holds, and a text is not taken for more than it is."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viewing_station.inspecting.kinds import Kind, kind_of, suffix_of

KNOWN: dict[bytes, Kind] = {
    b"": Kind.EMPTY,
    b"%PDF-1.7\n": Kind.PDF,
    b"\n\n junk %PDF-1.4": Kind.PDF,
    b"\xff\xd8\xff\xe0": Kind.IMAGE,
    b"RIFF\0\0\0\0WEBPVP8 ": Kind.IMAGE,
    b"\0\0\0\x18ftypheic": Kind.IMAGE,
    b"RIFF\0\0\0\0WAVEfmt ": Kind.MEDIA,
    b"\0\0\0\x18ftypisom": Kind.MEDIA,
    b"ID3\x03": Kind.MEDIA,
    b"7z\xbc\xaf\x27\x1c": Kind.ARCHIVE,
    b"Rar!\x1a\x07\0": Kind.ARCHIVE,
    b"PK\x05\x06" + b"\0" * 18: Kind.ARCHIVE,
    b"PK\x03\x04 and then nothing of a ZIP": Kind.ARCHIVE,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512: Kind.OLE,
    b"{\\rtf1": Kind.RTF,
    b"<!DOCTYPE html><html>": Kind.MARKUP,
    b"From: a@b\nTo: c@d\n\nBonjour": Kind.MAIL,
    b"From MAILER Sat Mar 14\nReceived: x\n\tby y\nSubject: z\n\n": Kind.MAIL,
    "À : tous\nLot 2 : oui\n".encode(): Kind.TEXT,
    b"Date: samedi\n\nun seul champ": Kind.TEXT,
    b"Subject: a\nTo: b\nsans ligne vide ni fin d'en-tete\n": Kind.TEXT,
    b"Lot 2\0\1": Kind.UNKNOWN,
}


@pytest.mark.parametrize("content", KNOWN)
def test_it_is_told_by_its_beginning(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "named.pdf"
    file.write_bytes(content)
    assert kind_of(file) is KNOWN[content]


@settings(suppress_health_check=list(HealthCheck), max_examples=300)
@given(st.sampled_from(list(KNOWN)), st.binary(max_size=80))
def test_any_bytes_have_a_kind_and_a_suffix_of_our_own(
    tmp_path: Path, beginning: bytes, rest: bytes
) -> None:
    file = tmp_path / "any"
    file.write_bytes(beginning + rest)
    kind = kind_of(file)
    if kind not in {Kind.OOXML, Kind.ODF}:
        assert suffix_of(file, kind).strip(".").isalnum() or suffix_of(file, kind) == ""
