"""What a file is, is told by its content; its name may lie, and that is told too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewing_station.looking.kinds import Kind, kind_by_name, kind_of, remark

ZIP = b"PK\x03\x04" + bytes(26)
CASES = [
    (b"%PDF-1.7", "x.jpg", Kind.PDF),
    (b"\xff\xd8\xff\xe0", "x.pdf", Kind.IMAGE),
    (b"\0\0\0\x18ftypheic", "x.mp4", Kind.IMAGE),
    (b"\0\0\0\x18ftypisom", "x.heic", Kind.MEDIA),
    (b"RIFF\0\0\0\0WEBP", "x", Kind.IMAGE),
    (b"RIFF\0\0\0\0WAVE", "x", Kind.MEDIA),
    (ZIP + b"[Content_Types].xml", "x.zip", Kind.OFFICE),
    (ZIP + b"mimetypeapplication/vnd.oasis.opendocument.text", "x.zip", Kind.OFFICE),
    (ZIP + b"notes.txt", "x.docx", Kind.ARCHIVE),
    (ZIP + b"a.docx" + ZIP + b"[Content_Types].xml", "x.zip", Kind.ARCHIVE),
    (ZIP + b"customXml/item1.xml" + ZIP + b"[Content_Types].xml", "x.docx", Kind.OFFICE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x.doc", Kind.OFFICE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x.msg", Kind.OUTLOOK),
    (b"{\\rtf1", "x.txt", Kind.OFFICE),
    (b"<?xml version='1.0'?><office:document office:", "x.xml", Kind.OFFICE),
    (b"From: a@b.c\nTo: d@e.f\nDate: x\n\n", "x.txt", Kind.EMAIL),
    (b"anything", "x.eml", Kind.EMAIL),
    (b"a;b;c\n", "x.csv", Kind.OFFICE),
    (b"just words", "x.pdf", Kind.TEXT),
    ("Réunion".encode("utf-16"), "x", Kind.TEXT),
    (b"#EXTM3U\n", "x.mp4", Kind.TEXT),
    (b"\x7fELF\x02\x01\x01\0", "x.pdf", Kind.UNKNOWN),
    (bytes(257) + b"ustar", "x", Kind.ARCHIVE),
]


@pytest.mark.parametrize(("beginning", "name", "kind"), CASES)
def test_it_is_told_by_its_content(beginning: bytes, name: str, kind: Kind) -> None:
    assert kind_of(beginning, name) is kind


@pytest.mark.parametrize(
    ("beginning", "name", "told"),
    [
        (b"%PDF-", "x.jpg", "its name says that it is an image, and its content is a PDF"),
        (
            b"\x7fELF\0",
            "x.pdf",
            "its name says that it is a PDF, and its content is a file of an unknown kind",
        ),
        (b"words", "x.mp3", "its name says that it is sound or film, and its content is text"),
        (b"%PDF-", "x.pdf", ""),
        (b"%PDF-", "x", ""),
        (b"%PDF-", "x.PDF", ""),
        (b"a;b", "x.csv", ""),
    ],
)
def test_a_name_that_says_something_else_is_told(beginning: bytes, name: str, told: str) -> None:
    assert remark(beginning, name) == told


@given(st.binary(max_size=400), st.text(max_size=30))
def test_any_bytes_under_any_name_have_a_kind(beginning: bytes, name: str) -> None:
    assert kind_of(beginning, name) in Kind
    assert "\n" not in remark(beginning, name)
    assert kind_by_name(name) is None or kind_by_name(name) in Kind
