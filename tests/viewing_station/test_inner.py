"""What a source sealed beforehand is known by its content."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.names import safe_name
from viewing_station.inner import looks_sealed, opened_name

PKESK = b"\x03" + bytes(8) + b"\x12" + bytes(80)


@pytest.mark.parametrize(
    "beginning",
    [
        b"-----BEGIN PGP MESSAGE-----\n\nhF4D",
        b"\r\n\n  -----BEGIN PGP MESSAGE-----\r\nVersion: x\r\n",
        b"\xef\xbb\xbf-----BEGIN PGP MESSAGE-----\n",
        b"\x84" + bytes([len(PKESK)]) + PKESK,
        b"\x85\x00" + bytes([len(PKESK)]) + PKESK,
        b"\xc1" + bytes([len(PKESK)]) + PKESK,
        b"\x85\x01\x0c\x03" + bytes(8) + b"\x01" + bytes(300),
    ],
)
def test_sealed(beginning: bytes) -> None:
    assert looks_sealed(beginning)


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"\x84",
        b"\x84\x5e",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"\xff\xd8\xff\xe0",
        b"Bonjour,\n-----BEGIN PGP MESSAGE-----\n",
        b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n",
        b"-----BEGIN PGP SIGNED MESSAGE-----\n",
        b"\x84\x5e\x02" + PKESK[1:],  # another version
        b"\x84\x5e" + PKESK[:9] + b"\x11" + PKESK[10:],  # another algorithm
        b"\x99\x5e" + PKESK,  # another packet
        b"\x86\x7f\xff\xff\xff" + PKESK,  # longer than any
    ],
)
def test_not_sealed(beginning: bytes) -> None:
    assert not looks_sealed(beginning)


@given(st.binary(max_size=600))
def test_any_bytes_can_be_looked_at(beginning: bytes) -> None:
    assert looks_sealed(beginning) in (True, False)


@pytest.mark.parametrize(
    ("name", "opened"),
    [
        ("plan.pdf.gpg", "plan.pdf"),
        ("plan.pdf.PGP", "plan.pdf"),
        ("notes.asc", "notes"),
        ("report.docx", "report (opened).docx"),
        ("report", "report (opened)"),
        (".gpg", ".gpg (opened)"),
    ],
)
def test_the_name_of_what_was_in_it(name: str, opened: str) -> None:
    assert opened_name(name) == opened


@given(st.text(min_size=1, max_size=300).map(safe_name))
def test_the_name_is_never_the_same(name: str) -> None:
    assert opened_name(name) != name
